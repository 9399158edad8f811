import { SPEEDS } from '../address.ts';
import { el } from '../dom.ts';
import type { Batch, ToEngine } from '../engine/messages.ts';
import { clockText } from '../story/story.ts';

const MINUTE = 60_000_000;
/** Play, pause, step, next incident, restart, speed and place in time. Space plays or pauses while nothing else has the focus. */
export class PlayerBar {
  /** Is it to play? What was asked for last, whether or not the engine has said so yet. */
  playing = false;
  speed: number;
  private readonly toggle = el('button', { type: 'button', class: 'primary', id: 'toggle' });
  private readonly onward: readonly HTMLButtonElement[];
  private readonly restart: HTMLButtonElement;
  private readonly speeds: HTMLSelectElement;
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
  /** Length of the run, µs; 0 = there is none. */
  private end = 0;
  /** Is somebody moving the slider? Then it is theirs. */
  private held = false;
  /** Places that were asked for in this run: until the engine has heard of them all, it tells of older ones. */
  private asked = 0;

  /**
   * @param area where the space bar plays or pauses
   * @param onSpeed called when another speed was chosen, to keep it in the address
   */
  constructor(bar: HTMLElement, area: HTMLElement, speed: number, send: (message: ToEngine) => void, onSpeed: (speed: number) => void) {
    this.send = send;
    this.speed = speed;
    const button = (id: string, label: string, title: string, act: () => void): HTMLButtonElement => {
      const element = el('button', { type: 'button', id, title }, label);
      element.addEventListener('click', act);
      return element;
    };
    this.toggle.addEventListener('click', () => this.playOrPause());
    this.speeds = el('select', { id: 'speed' }, ...SPEEDS.map((value) => el('option', { value }, `${value}×`)));
    this.speeds.value = String(speed);
    this.speeds.addEventListener('change', () => {
      this.setSpeed(Number(this.speeds.value));
      onSpeed(this.speed);
    });
    this.listenToPlace();
    this.onward = [
      button('step', 'Step', 'To the next thing that happens', () => this.goOn('step')),
      button('incident', 'Next incident', 'To the next step, alarm or alert', () => this.goOn('incident')),
    ];
    this.restart = button('restart', 'Restart', 'From the beginning, same seed', () => this.seek(0));
    bar.append(this.toggle, ...this.onward, this.restart, el('label', { class: 'speed' }, 'Speed ', this.speeds), this.place, this.time);
    document.addEventListener('keydown', (event) => {
      // Inside the area something has the focus that may use the space bar itself.
      if (event.key !== ' ' || event.repeat || area.hidden || this.end === 0 || !(event.target as Element).contains(area)) return;
      event.preventDefault();
      this.playOrPause();
    });
    this.close();
  }

  /** @param end length of the run, µs */
  open(end: number): void {
    this.end = end;
    this.asked = 0;
    this.place.max = String(Math.round(end / MINUTE));
    this.render(0, false);
  }

  /** There is no run to play. */
  close(): void {
    this.end = 0;
    this.playing = false;
    this.render(0, false);
  }

  setSpeed(speed: number): void {
    if (speed === this.speed) return;
    this.speed = speed;
    this.speeds.value = String(speed);
    this.send({ type: 'speed', speed });
  }

  update({ now, atEnd, seeks, playing }: Batch): void {
    if (seeks < this.asked) return;
    if (atEnd) this.playing = false;
    // What the engine says, which hears of a pause a little after the button has changed.
    this.time.dataset['playing'] = String(playing);
    this.render(now, atEnd);
  }

  pause(): void {
    if (!this.playing) return;
    this.playing = false;
    this.send({ type: 'pause' });
    this.label();
  }

  private playOrPause(): void {
    if (this.playing) return this.pause();
    this.playing = true;
    this.send({ type: 'play', speed: this.speed });
    this.label();
  }

  private goOn(type: 'step' | 'incident'): void {
    this.playing = false;
    this.send({ type });
    this.label();
  }

  private seek(to: number): void {
    this.asked++;
    this.send({ type: 'seek', to });
  }

  private listenToPlace(): void {
    const { place } = this;
    const hold = (held: boolean): void => {
      this.held = held;
    };
    place.addEventListener('pointerdown', () => hold(true));
    place.addEventListener('input', () => {
      hold(true);
      place.setAttribute('aria-valuetext', clockText(Number(place.value) * MINUTE));
    });
    place.addEventListener('change', () => {
      hold(false);
      this.seek(Number(place.value) * MINUTE);
    });
    // The change comes after the pointer has left, if there is one.
    for (const type of ['pointerup', 'pointercancel']) place.addEventListener(type, () => setTimeout(() => hold(false)));
    place.addEventListener('blur', () => hold(false));
  }

  private label(): void {
    const label = this.playing ? 'Pause' : 'Play';
    if (this.toggle.textContent !== label) this.toggle.textContent = label;
  }

  private render(now: number, atEnd: boolean): void {
    this.label();
    const none = this.end === 0;
    for (const control of [this.toggle, this.restart, this.place]) control.disabled = none;
    for (const control of this.onward) control.disabled = none || atEnd;
    this.time.textContent = none ? 'no run' : `${clockText(now)} of ${clockText(this.end)}`;
    if (this.held) return;
    this.place.value = String(Math.round(now / MINUTE));
    this.place.setAttribute('aria-valuetext', clockText(now));
  }
}
