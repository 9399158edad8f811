import type { RunResult } from '../../sim/model/result.ts';
import type { View } from '../address.ts';
import { byId, paced } from '../dom.ts';
import { Engine, fetchLibrary } from '../engine/client.ts';
import type { Batch, Choices, FromEngine } from '../engine/messages.ts';
import { HomeMap } from '../map/map.ts';
import { Packets } from '../map/packets.ts';
import { Story, type LogEntry } from '../story/story.ts';
import { ChoicesForm } from './choices.ts';
import { renderInspector } from './inspector.ts';
import { Legend } from './legend.ts';
import { LogPanel } from './log.ts';
import { OutcomePanel } from './outcome.ts';
import { PlayerBar } from './player-bar.ts';
import { renderSteps } from './steps.ts';
import { VitalsPanel } from './vitals.ts';

type Opened = Extract<FromEngine, { type: 'opened' }>;

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
  private readonly legend = new Legend(byId('legend'), this.packets);
  private readonly vitals = new VitalsPanel(byId('vitals'));
  private readonly outcome = new OutcomePanel(byId('outcome'));
  private readonly log = new LogPanel(byId('log'));
  private readonly trouble: (text: string | null) => void;
  private view: View;
  private opened: Opened | null = null;
  private story: Story | null = null;
  /** How the run ends, once that is known. */
  private result: RunResult | null = null;
  private chosen: string | null = null;
  private untold: LogEntry[] = [];
  private readonly refresh = paced(PANELS_PER_SECOND, () => this.render());
  private readonly tell = paced(LOG_PER_SECOND, () => this.log.add(this.untold.splice(0)));

  /**
   * @param onView called when a choice or the speed changed
   * @param trouble shows a complaint, or takes it away
   */
  constructor(view: View, onView: (view: View) => void, trouble: (text: string | null) => void) {
    this.view = view;
    this.trouble = trouble;
    this.engine = new Engine((message) => this.hear(message));
    const stage = document.querySelector<HTMLElement>('.stage')!;
    this.bar = new PlayerBar(
      byId('player'),
      stage,
      view.speed,
      (message) => this.engine.send(message),
      (speed) => onView((this.view = { ...this.view, speed })),
    );
    this.map = new HomeMap(
      byId('map'),
      (device) => this.inspect(device),
      (layout) => this.packets.place(layout),
    );
    this.form = new ChoicesForm(byId<HTMLFormElement>('choices'), view.choices, (choices) => {
      this.view = { ...this.view, choices };
      onView(this.view);
      this.open(choices);
    });
  }

  /** Gets the scenarios and opens the run that the address names. */
  async start(): Promise<void> {
    this.engine.library(await fetchLibrary());
  }

  /** The address names another run. */
  adopt(view: View): void {
    const same = JSON.stringify(view.choices) === JSON.stringify(this.view.choices);
    this.view = view;
    if (same) return;
    this.form.adopt(view.choices);
    this.open(view.choices);
  }

  private open(choices: Choices): void {
    this.trouble(null);
    this.result = null;
    this.outcome.expect();
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
      case 'failed':
        return this.trouble(message.message);
    }
  }

  private begin(): void {
    const { spec } = this.opened!;
    this.story = new Story(spec);
    this.packets.reset();
    this.untold = [];
    this.log.clear();
    this.refresh();
  }

  private take(batch: Batch): void {
    if (this.story === null) return;
    this.untold.push(...this.story.take(batch));
    this.packets.send(batch.lines);
    this.bar.update(batch.now, batch.playing);
    this.refresh();
    if (this.untold.length > 0) this.tell();
  }

  private render(): void {
    if (this.story === null || this.opened === null) return;
    this.map.update(this.story);
    this.legend.update(this.story.hops);
    this.vitals.update(this.story);
    renderSteps(byId('steps'), this.opened.spec.threat, this.story, this.result?.threat ?? null);
  }

  private inspect(device: string): void {
    if (this.opened === null || this.story === null) return;
    this.chosen = device;
    renderInspector(byId('inspector'), device, this.opened.spec, this.opened.kinds, this.story, () => this.closeInspector());
  }

  private closeInspector(): void {
    const node = document.querySelector<SVGElement>(`.node[data-id="${CSS.escape(this.chosen ?? '')}"]`);
    this.chosen = null;
    this.map.choose('');
    byId('inspector').hidden = true;
    node?.focus();
  }
}
