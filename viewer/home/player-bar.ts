import { SPEEDS } from '../address.ts';
import { el } from '../dom.ts';
import type { ToEngine } from '../engine/messages.ts';
import { clockText } from '../story/story.ts';

const MINUTE = 60_000_000;

/** Play, pause, step, next incident, restart, speed and place in time. Space plays or pauses while the focus is on the stage. */
export class PlayerBar {
  playing = false;
  speed: number;
  private readonly toggle = el('button', { type: 'button', class: 'primary', id: 'toggle' });
  private readonly place = el('input', {
    type: 'range',
    id: 'place',
    min: 0,
    max: 1440,
    step: 1,
    value: 0,
    'aria-label': 'Time of day in the run',
  });
  private readonly time = el('output', { id: 'time', class: 'time' });
  private readonly send: (message: ToEngine) => void;
  private end = 0;

  /** @param onSpeed called when another speed was chosen, to keep it in the address */
  constructor(bar: HTMLElement, stage: HTMLElement, speed: number, send: (message: ToEngine) => void, onSpeed: (speed: number) => void) {
    this.send = send;
    this.speed = speed;
    const button = (id: string, label: string, title: string, act: () => void): HTMLButtonElement => {
      const element = el('button', { type: 'button', id, title }, label);
      element.addEventListener('click', act);
      return element;
    };
    this.toggle.addEventListener('click', () => this.playOrPause());
    const speeds = el('select', { id: 'speed' }, ...SPEEDS.map((value) => el('option', { value, selected: value === speed }, `${value}×`)));
    speeds.addEventListener('change', () => {
      this.speed = Number(speeds.value);
      send({ type: 'speed', speed: this.speed });
      onSpeed(this.speed);
    });
    this.place.addEventListener('change', () => send({ type: 'seek', to: Number(this.place.value) * MINUTE }));
    bar.append(
      this.toggle,
      button('step', 'Step', 'To the next thing that happens', () => send({ type: 'step' })),
      button('incident', 'Next incident', 'To the next step, alarm or alert', () => send({ type: 'incident' })),
      button('restart', 'Restart', 'From the beginning, same seed', () => send({ type: 'seek', to: 0 })),
      el('label', { class: 'speed' }, 'Speed ', speeds),
      this.place,
      this.time,
    );
    stage.addEventListener('keydown', (event) => {
      const target = event.target as Element;
      if (event.key !== ' ' || target.closest('button, input, select, a, [role=button]') !== null) return;
      event.preventDefault();
      this.playOrPause();
    });
    this.render(0);
  }

  open(end: number): void {
    this.end = end;
    this.place.max = String(Math.round(end / MINUTE));
    this.render(0);
  }

  update(now: number, playing: boolean): void {
    this.playing = playing;
    this.render(now);
  }

  private playOrPause(): void {
    if (this.playing) this.send({ type: 'pause' });
    else this.send({ type: 'play', speed: this.speed });
  }

  private render(now: number): void {
    const label = this.playing ? 'Pause' : 'Play';
    if (this.toggle.textContent !== label) this.toggle.textContent = label;
    this.time.textContent = `${clockText(now)} of ${clockText(this.end)}`;
    if (document.activeElement !== this.place || this.playing) this.place.value = String(Math.round(now / MINUTE));
    this.place.setAttribute('aria-valuetext', clockText(now));
  }
}
