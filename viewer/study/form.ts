import type { StudySnapshot, ViewerMessage } from '../../sim/protocol/messages.ts';
import { el } from '../dom.ts';
import type { Link } from './live.ts';

/** What keeps a command from being sent. */
const OBSTACLES: Readonly<Record<Link, string>> = {
  open: '',
  connecting: 'there is no connection to the server yet',
  lost: 'there is no connection to the server',
  foreign: 'the server speaks another version; reload the page',
};

/** The form that starts another study. It is built once: what somebody has typed survives whatever the server says. */
export class StudyForm {
  readonly form: HTMLFormElement;
  private readonly study = el('select', { id: 'study' });
  private readonly replications = el('input', {
    id: 'replications',
    type: 'number',
    min: 1,
    max: 100_000,
    value: 200,
    required: true,
  });
  private readonly seed = el('input', {
    id: 'study-seed',
    type: 'number',
    min: 0,
    max: Number.MAX_SAFE_INTEGER,
    value: 1,
    required: true,
  });
  private readonly start = el('button', { type: 'submit', class: 'primary', id: 'study-start' }, 'Start');
  private readonly stop = el('button', { type: 'button', id: 'study-stop' }, 'Stop');
  private touched = false;
  private cannotStart = '';
  private cannotStop = '';

  /** @param ask sends a command @param refuse says why one cannot be sent */
  constructor(ask: (message: ViewerMessage) => void, refuse: (why: string) => void) {
    const fields = [
      ['Study', this.study],
      ['Replications an arm', this.replications],
      ['Seed', this.seed],
    ] as const;
    this.form = el(
      'form',
      { class: 'start', hidden: true },
      ...fields.map(([text, control]) => el('div', { class: 'field' }, el('label', { for: control.id }, text), control)),
      this.start,
      this.stop,
    );
    this.form.addEventListener('input', () => (this.touched = true));
    this.form.addEventListener('submit', (event) => {
      event.preventDefault();
      if (this.cannotStart !== '') return refuse(this.cannotStart);
      const { study, replications, seed } = this;
      ask({ type: 'study-start', study: study.value, replications: Number(replications.value), seed: Number(seed.value) });
    });
    this.stop.addEventListener('click', () => {
      if (this.cannotStop === '') ask({ type: 'study-stop' });
      else refuse(this.cannotStop);
    });
  }

  /** What a server offers, which after a restart may be something else; until somebody chooses, what it shows is proposed. */
  offer(studies: readonly string[], shown: StudySnapshot | null): void {
    const chosen = this.study.value;
    this.form.hidden = studies.length === 0;
    const known = [...this.study.options].map(({ value }) => value);
    if (known.join('\n') !== studies.join('\n')) {
      this.study.replaceChildren(...studies.map((id) => el('option', { value: id }, id)));
      if (studies.includes(chosen)) this.study.value = chosen;
    }
    if (this.touched || shown === null) return;
    if (studies.includes(shown.study)) this.study.value = shown.study;
    this.replications.value = String(shown.replications);
    this.seed.value = String(shown.seed);
  }

  /** Buttons that would do nothing say so, and keep the focus of whoever has just used them. */
  allow(link: Link, running: boolean): void {
    this.cannotStart = OBSTACLES[link] || (running ? 'a study is running; stop it first' : '');
    this.cannotStop = OBSTACLES[link] || (running ? '' : 'no study is running');
    this.start.setAttribute('aria-disabled', String(this.cannotStart !== ''));
    this.stop.setAttribute('aria-disabled', String(this.cannotStop !== ''));
  }
}
