import type { RunResult } from '../../sim/model/result.ts';
import type { View } from '../address.ts';
import { byId, paced } from '../dom.ts';
import { Engine, fetchLibrary } from '../engine/client.ts';
import type { Batch, Choices, FromEngine } from '../engine/messages.ts';
import { HomeMap } from '../map/map.ts';
import { Packets } from '../map/packets.ts';
import { Story, type LogEntry } from '../story/story.ts';
import { ChoicesForm } from './choices.ts';
import { Inspector } from './inspector.ts';
import { Legend } from './legend.ts';
import { LogPanel } from './log.ts';
import { OutcomePanel } from './outcome.ts';
import { PlayerBar } from './player-bar.ts';
import { renderSteps } from './steps.ts';
import { steppedText } from './stepped.ts';
import { VitalsPanel } from './vitals.ts';

type Opened = Extract<FromEngine, { type: 'opened' }>;
/** Shows a complaint, with a button to try again where that may help; or takes it away. */
type Trouble = (text: string | null, again?: () => void) => void;

/** How often the panels are brought up to date, per second; messages on the map fly at the screen's own rate. */
const PANELS_PER_SECOND = 8;
/** A screen reader cannot follow more. */
const LOG_PER_SECOND = 1;

/** The page of one run: wires the engine's worker to the panels, which all show the same story. */
export class HomePage {
  private readonly engine: Engine;
  private readonly packets = new Packets(document.querySelector<HTMLCanvasElement>('#map canvas')!);
  private readonly map: HomeMap;
  private readonly bar: PlayerBar;
  private readonly form: ChoicesForm;
  private readonly inspector = new Inspector(byId('inspector'), () => this.closeInspector());
  private readonly legend = new Legend(byId('legend'), this.packets);
  private readonly vitals = new VitalsPanel(byId('vitals'));
  private readonly outcome = new OutcomePanel(byId('outcome'));
  private readonly log = new LogPanel(byId('log'));
  private readonly trouble: Trouble;
  private view: View;
  private opened: Opened | null = null;
  private story: Story | null = null;
  /** How the run ends, once that is known. */
  private result: RunResult | null = null;
  private untold: LogEntry[] = [];
  private readonly refresh = paced(PANELS_PER_SECOND, () => this.render());
  private readonly tell = paced(LOG_PER_SECOND, () => this.log.add(this.untold.splice(0)));

  /** @param onView called when a choice or the speed changed */
  constructor(view: View, onView: (view: View) => void, trouble: Trouble) {
    this.view = view;
    this.trouble = trouble;
    this.engine = new Engine((message) => this.hear(message));
    this.bar = new PlayerBar(
      byId('player'),
      byId('page-home'),
      view.speed,
      (message) => this.engine.send(message),
      (speed) => onView((this.view = { ...this.view, speed })),
    );
    this.map = new HomeMap(
      byId('map'),
      (device) => this.inspect(device),
      (layout) => this.packets.place(layout),
    );
    document.querySelector<HTMLElement>('.stage')!.addEventListener('keydown', (event) => {
      if (event.key === 'Escape') this.closeInspector();
    });
    this.form = new ChoicesForm(byId<HTMLFormElement>('choices'), view.choices, (choices) => {
      this.view = { ...this.view, choices };
      onView(this.view);
      this.open(choices);
    });
  }

  /** Gets the scenarios and opens the run that the address names. */
  async start(): Promise<void> {
    this.trouble(null);
    try {
      this.engine.library(await fetchLibrary());
    } catch (error) {
      this.clear();
      this.trouble(error instanceof Error ? error.message : String(error), () => void this.start());
    }
  }

  /** The address names another run, or the same one again. */
  adopt(view: View): void {
    const same = JSON.stringify(view.choices) === JSON.stringify(this.view.choices);
    this.view = view;
    this.bar.setSpeed(view.speed);
    if (same) return;
    this.form.adopt(view.choices);
    this.open(view.choices);
  }

  /** The reader goes to another page: nothing plays unseen. */
  leave(): void {
    this.bar.pause();
  }

  private open(choices: Choices): void {
    this.trouble(null);
    this.result = null;
    this.outcome.expect(choices);
    this.engine.open(choices, this.bar.speed, this.bar.playing);
  }

  private hear(message: FromEngine): void {
    switch (message.type) {
      case 'menu':
        this.form.show(message.menu);
        return this.open(this.view.choices);
      case 'opened':
        this.opened = message;
        this.bar.open(message.end);
        this.vitals.open(message.end);
        this.map.show(message.spec, message.kinds);
        return this.begin();
      case 'rewound':
        return this.begin();
      case 'batch':
        return this.take(message.batch);
      case 'result':
        this.result = message.result;
        this.refresh();
        return this.outcome.show(message.result);
      case 'twin':
        return this.outcome.showTwin(message.outcomes);
      case 'failed':
        this.clear();
        return this.trouble(message.message);
    }
  }

  private begin(): void {
    this.story = new Story(this.opened!.spec);
    this.forget();
    this.refresh();
  }

  /** Takes away what an earlier run has told. */
  private forget(): void {
    this.packets.reset();
    this.untold = [];
    this.log.clear();
    byId('stepped').textContent = '';
  }

  /** There is no run: nothing of an earlier one stays, and nothing can be played. */
  private clear(): void {
    this.opened = null;
    this.story = null;
    this.result = null;
    this.forget();
    this.bar.close();
    this.map.clear();
    this.vitals.clear();
    this.legend.clear();
    this.outcome.clear();
    this.closeInspector();
    byId('steps').replaceChildren();
  }

  private take(batch: Batch): void {
    if (this.story === null) return;
    this.untold.push(...this.story.take(batch));
    this.packets.send(batch.lines);
    this.bar.update(batch);
    byId('stepped').textContent = batch.stepped ? steppedText(batch) : '';
    this.refresh();
    if (this.untold.length > 0) this.tell();
  }

  private render(): void {
    if (this.story === null || this.opened === null) return;
    const { spec, kinds } = this.opened;
    this.map.update(this.story);
    this.legend.update(this.story.hops);
    this.vitals.update(this.story);
    renderSteps(byId('steps'), spec.threat, this.story, this.result?.threat ?? null);
    if (this.inspector.device !== '' && !this.inspector.update(spec, kinds, this.story)) this.closeInspector();
  }

  private inspect(device: string): void {
    if (this.opened === null || this.story === null) return;
    this.inspector.open(device);
    this.render();
    this.inspector.focus();
  }

  private closeInspector(): void {
    const { device } = this.inspector;
    if (device === '') return;
    const inside = byId('inspector').contains(document.activeElement);
    this.inspector.close();
    this.map.choose('');
    // Back to where it was opened from.
    if (inside) this.map.focus(device);
  }
}
