import type { ServerMessage, StudySnapshot } from '../../sim/protocol/messages.ts';
import { el, paced } from '../dom.ts';
import { words } from '../story/incidents.ts';
import { Live, type Link } from './live.ts';
import { axisTitle, estimateOf, Plot, sayEstimate, shortThreat, SUCCESS } from './plot.ts';

/** Study of the present server: arms × outcomes with intervals that tighten as replications arrive. */
export class StudyPage {
  private readonly live: Live;
  private readonly title = el('h2', { id: 'study-title' }, 'Study');
  private readonly question = el('p', { class: 'question' });
  private readonly status = el('p', { id: 'study-status', role: 'status' }, 'Connecting …');
  private readonly bar = el('progress', { max: 1, value: 0, 'aria-label': 'Replications done' });
  private readonly given = el('p', { class: 'note' });
  private readonly plots = el('div', { class: 'plots' });
  private readonly table = el('div', { class: 'scroll', tabindex: 0, role: 'region', 'aria-labelledby': 'study-table-title' });
  private readonly failures = el('div');
  private readonly start_ = el('form', { class: 'start' });
  private readonly drawn = new Map<string, Plot>();
  private readonly refresh = paced(4, () => this.render());
  private snapshot: StudySnapshot | null = null;
  private link: Link = 'connecting';
  private notice = '';

  constructor(host: HTMLElement) {
    this.live = new Live(
      (message) => this.hear(message),
      (link) => {
        this.link = link;
        this.refresh();
      },
    );
    host.append(
      el(
        'section',
        { 'aria-labelledby': 'study-title' },
        this.title,
        this.question,
        this.start_,
        this.status,
        this.bar,
        this.given,
        this.plots,
        this.failures,
      ),
      el('section', { 'aria-labelledby': 'study-table-title' }, el('h2', { id: 'study-table-title' }, 'The same in numbers'), this.table),
    );
    new ResizeObserver(() => this.refresh()).observe(this.plots);
  }

  start(): void {
    void this.live.open();
  }

  private hear(message: ServerMessage): void {
    this.notice = message.type === 'refused' || message.type === 'study-failed' ? message.message : '';
    if (message.type === 'hello') this.offer(message.studies);
    if ('study' in message) this.snapshot = message.study;
    this.refresh();
  }

  /** The form that starts another study. */
  private offer(studies: readonly string[]): void {
    if (studies.length === 0) return this.start_.replaceChildren();
    const study = el('select', { id: 'study' }, ...studies.map((id) => el('option', { value: id }, id)));
    const replications = el('input', {
      id: 'replications',
      type: 'number',
      min: 1,
      max: 100_000,
      value: this.snapshot?.replications ?? 200,
      required: true,
    });
    const seed = el('input', { id: 'study-seed', type: 'number', min: 0, value: this.snapshot?.seed ?? 1, required: true });
    const stop = el('button', { type: 'button', id: 'study-stop' }, 'Stop');
    stop.addEventListener('click', () => this.live.send({ type: 'study-stop' }));
    this.start_.replaceChildren(
      ...(
        [
          ['Study', study],
          ['Replications an arm', replications],
          ['Seed', seed],
        ] as const
      ).map(([text, control]) => el('div', { class: 'field' }, el('label', { for: control.id }, text), control)),
      el('button', { type: 'submit', class: 'primary', id: 'study-start' }, 'Start'),
      stop,
    );
    this.start_.onsubmit = (event) => {
      event.preventDefault();
      this.live.send({ type: 'study-start', study: study.value, replications: Number(replications.value), seed: Number(seed.value) });
    };
  }

  private render(): void {
    const { snapshot } = this;
    this.status.textContent = this.say();
    if (snapshot === null) {
      this.plots.replaceChildren();
      this.drawn.clear();
      this.table.replaceChildren(el('p', { class: 'note' }, 'No study has run yet.'));
      return;
    }
    this.title.textContent = `Study ${snapshot.study}`;
    this.question.textContent = snapshot.question;
    this.bar.max = Math.max(1, snapshot.total);
    this.bar.value = snapshot.done;
    this.given.textContent = conditions(snapshot);
    this.draw(snapshot);
    this.table.replaceChildren(numbers(snapshot));
    this.failures.replaceChildren(...failures(snapshot));
  }

  private draw({ outcomes, arms }: StudySnapshot): void {
    const wanted = [SUCCESS, ...outcomes];
    for (const outcome of wanted) if (!this.drawn.has(outcome)) this.drawn.set(outcome, new Plot(outcome));
    for (const outcome of this.drawn.keys()) if (!wanted.includes(outcome)) this.drawn.delete(outcome);
    const figures = wanted.map((outcome) => this.drawn.get(outcome)!.figure);
    if (figures.length !== this.plots.childElementCount || figures.some((figure, i) => this.plots.children[i] !== figure))
      this.plots.replaceChildren(...figures);
    // A hidden page has no width to draw into; it is drawn when it is shown.
    if (this.plots.clientWidth > 0) for (const plot of this.drawn.values()) plot.update(arms);
  }

  private say(): string {
    const { snapshot, link, notice } = this;
    const parts: string[] = [];
    if (notice !== '') parts.push(notice);
    if (link === 'lost') parts.push('The connection to the server is lost; trying again.');
    if (link === 'connecting' && snapshot === null) parts.push('Connecting …');
    if (snapshot === null) {
      if (link === 'open') parts.push('No study has run yet.');
    } else {
      const states = { running: 'running', done: 'done', stopped: 'stopped', failed: 'failed' } as const;
      parts.push(
        `${snapshot.done.toLocaleString('en')} of ${snapshot.total.toLocaleString('en')} runs, ${states[snapshot.state]}, ${(snapshot.elapsedMs / 1000).toFixed(0)} s.`,
      );
    }
    return parts.join(' ');
  }
}

/** What the figures are conditional on stands beside them. */
function conditions({ arms, course, hours, seed, replications, baseline, fingerprint }: StudySnapshot): string {
  const level = arms[0]?.succeeded.level ?? 0.95;
  const deterioration = course === 'deteriorating' ? ', and given a deterioration' : '';
  return [
    `Given that this adversary tries${deterioration}. ${hours} h a run, up to ${replications} replications an arm, seed ${seed}.`,
    `Dot: mean; whisker: ${Math.round(level * 100)} % interval.`,
    ...(baseline === null ? [] : [`Baseline: ${baseline}.`]),
    ...(fingerprint === null ? [] : [`Fingerprint ${fingerprint}.`]),
  ].join(' ');
}

function numbers({ arms, outcomes }: StudySnapshot): HTMLElement {
  const columns = [SUCCESS, ...outcomes];
  const head = el(
    'tr',
    {},
    ...['Threat event', 'Mitigation set', 'n', ...columns.map(axisTitle)].map((title) => el('th', { scope: 'col' }, title)),
  );
  const rows = arms.map((arm, i) => {
    const first = i === 0 || arms[i - 1]!.threat !== arm.threat;
    const cells = columns.map((outcome) => {
      const estimate = estimateOf(arm, outcome);
      return el('td', {}, estimate === undefined ? '–' : sayEstimate(outcome, estimate));
    });
    return el(
      'tr',
      { class: first ? 'first' : null },
      el('th', { scope: 'row' }, arm.threat === null ? 'no attack' : shortThreat(arm.threat)),
      el('td', { class: 'set' }, words(arm.set)),
      el('td', {}, String(arm.n)),
      ...cells,
    );
  });
  return el('table', { id: 'study-table' }, el('thead', {}, head), el('tbody', {}, ...rows));
}

function failures({ failures: failed }: StudySnapshot): HTMLElement[] {
  if (failed.length === 0) return [];
  const items = failed.map(({ arm, replication, seed, error }) =>
    el('li', {}, `${arm}, replication ${replication}, seed ${seed}: ${error}`),
  );
  return [el('h3', {}, `${failed.length} replications failed and are in no average`), el('ul', {}, ...items)];
}
