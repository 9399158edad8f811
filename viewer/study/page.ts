import type { ServerMessage, StudySnapshot, ViewerMessage } from '../../sim/protocol/messages.ts';
import { el, paced } from '../dom.ts';
import { SUCCESS } from '../outcomes.ts';
import type { Measure } from './estimates.ts';
import { StudyForm } from './form.ts';
import { Live, type Link } from './live.ts';
import { Plot } from './plot.ts';
import { conditions, doubts, failures, numbers } from './telling.ts';

const MEASURES: readonly (readonly [Measure, string])[] = [
  ['attributable', 'attributable to the attack'],
  ['with-attack', 'with the attack'],
];

/** Study of the present server: arms × outcomes with intervals that tighten as replications arrive. */
export class StudyPage {
  private readonly live: Live;
  private readonly form: StudyForm;
  private readonly title = el('h2', { id: 'study-title' });
  private readonly question = el('p', { class: 'question' });
  private readonly notice = el('p', { id: 'study-notice', class: 'notice', role: 'alert' });
  private readonly status = el('span', { id: 'study-status', role: 'status' });
  private readonly count = el('span', { id: 'study-count' });
  private readonly bar = el('progress', { max: 1, value: 0, 'aria-label': 'Replications done' });
  private readonly choices = el('fieldset', { class: 'measure' }, el('legend', {}, 'Outcomes'));
  private readonly given = el('p', { class: 'note', id: 'study-given' });
  private readonly doubts = el('div', { class: 'doubts' });
  private readonly plots = el('div', { class: 'plots' });
  private readonly table = el('div', { class: 'scroll', tabindex: 0, role: 'region', 'aria-labelledby': 'study-table-title' });
  private readonly failures = el('div');
  private readonly drawn = new Map<string, Plot>();
  private readonly refresh = paced(4, () => this.render());
  private snapshot: StudySnapshot | null = null;
  private link: Link = 'connecting';
  /** Has this server said what it has? Before that, nobody knows that no study has run. */
  private greeted = false;
  private measure: Measure = 'attributable';
  private drawnFor = '';

  constructor(host: HTMLElement) {
    this.live = new Live(
      (message) => this.hear(message),
      (link) => this.follow(link),
    );
    this.form = new StudyForm(
      (message) => this.ask(message),
      (why) => this.tell(why),
    );
    this.choices.append(...MEASURES.map(([measure, text]) => this.choice(measure, text)));
    host.append(
      el(
        'section',
        { 'aria-labelledby': 'study-title' },
        this.title,
        this.question,
        this.form.form,
        this.notice,
        el('p', { class: 'status' }, this.status, ' ', this.count),
        this.bar,
        this.choices,
        this.given,
        this.doubts,
        this.plots,
        this.failures,
      ),
      el('section', { 'aria-labelledby': 'study-table-title' }, el('h2', { id: 'study-table-title' }, 'The same in numbers'), this.table),
    );
    new ResizeObserver(() => this.refresh()).observe(this.plots);
    this.render();
  }

  start(): void {
    void this.live.open();
  }

  private hear(message: ServerMessage): void {
    if (message.type === 'refused' || message.type === 'study-failed') this.tell(message.message);
    if (message.type === 'hello') {
      this.greeted = true;
      this.form.offer(message.studies, message.study);
    }
    if ('study' in message) this.snapshot = message.study;
    this.refresh();
  }

  private follow(link: Link): void {
    // Trying again is no news, only having succeeded is.
    if (link === 'connecting' && this.link !== 'connecting') return;
    this.link = link;
    if (link === 'lost') this.greeted = false;
    this.refresh();
  }

  /** What a command led to is said until the next one. */
  private ask(message: ViewerMessage): void {
    this.tell(this.live.send(message) ? '' : 'not sent: there is no connection to the server');
  }

  private tell(notice: string): void {
    this.notice.textContent = notice;
  }

  private choice(measure: Measure, text: string): HTMLElement {
    const radio = el('input', { type: 'radio', name: 'measure', value: measure, checked: measure === this.measure });
    radio.addEventListener('change', () => {
      this.measure = measure;
      this.refresh();
    });
    return el('label', {}, radio, ` ${text}`);
  }

  private render(): void {
    const { snapshot, measure } = this;
    say(this.status, this.state());
    this.form.allow(this.reach, snapshot?.state === 'running');
    this.choices.hidden = snapshot === null;
    say(this.title, snapshot === null ? 'Study' : `Study ${snapshot.study}`);
    say(this.question, snapshot?.question ?? '');
    say(this.count, snapshot === null ? '' : progress(snapshot));
    say(this.given, snapshot === null ? '' : conditions(snapshot, measure));
    this.bar.max = Math.max(1, snapshot?.total ?? 1);
    this.bar.value = snapshot?.done ?? 0;
    this.doubts.replaceChildren(...(snapshot === null ? [] : doubts(snapshot, measure)));
    this.failures.replaceChildren(...(snapshot === null ? [] : failures(snapshot)));
    this.table.replaceChildren(...(snapshot === null ? [] : [numbers(snapshot, measure)]));
    this.draw(snapshot);
  }

  private draw(snapshot: StudySnapshot | null): void {
    // Another study, or another measure, has other scales.
    const key = JSON.stringify([this.measure, snapshot?.study, snapshot?.seed, snapshot?.arms.map(({ id }) => id)]);
    if (key !== this.drawnFor) this.drawn.clear();
    this.drawnFor = key;
    const wanted = snapshot === null ? [] : [SUCCESS, ...snapshot.outcomes];
    for (const outcome of wanted) if (!this.drawn.has(outcome)) this.drawn.set(outcome, new Plot(outcome, this.measure));
    for (const outcome of this.drawn.keys()) if (!wanted.includes(outcome)) this.drawn.delete(outcome);
    const figures = wanted.map((outcome) => this.drawn.get(outcome)!.figure);
    if (figures.length !== this.plots.childElementCount || figures.some((figure, i) => this.plots.children[i] !== figure))
      this.plots.replaceChildren(...figures);
    // A hidden page has no width to draw into; it is drawn when it is shown.
    if (snapshot === null || this.plots.clientWidth === 0) return;
    for (const plot of this.drawn.values()) plot.update(snapshot.arms, snapshot.state !== 'running');
  }

  /** Until a server has said what it has, what is shown is another one's, or nothing. */
  private get reach(): Link {
    if (this.link !== 'open' || this.greeted) return this.link;
    return this.snapshot === null ? 'connecting' : 'lost';
  }

  /** What a listener should hear when it changes; numbers that run are beside it. */
  private state(): string {
    const { snapshot, reach } = this;
    if (reach === 'foreign') return 'The server speaks another version than this page: reload the page.';
    if (reach === 'lost') return 'The connection to the server is lost; trying again.';
    if (reach === 'connecting') return 'Connecting …';
    if (snapshot === null) return 'No study has run yet.';
    const states = { running: 'Running.', done: 'Done.', stopped: 'Stopped.', failed: 'Failed.' } as const;
    return states[snapshot.state];
  }
}

const progress = ({ done, total, elapsedMs }: StudySnapshot): string =>
  `${done.toLocaleString('en')} of ${total.toLocaleString('en')} runs, ${(elapsedMs / 1000).toFixed(0)} s.`;

/** Writes a text that has changed: writing the same one again would have it read aloud again. */
function say(element: HTMLElement, text: string): void {
  if (element.textContent !== text) element.textContent = text;
}
