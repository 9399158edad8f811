import { line, scaleLinear, select, type Selection } from 'd3';
import { el } from '../dom.ts';
import { clockText, VITALS, type Sample, type Story } from '../story/story.ts';

const HEIGHT = 64;
const WIDTH = 220;
const PAD = 5;

type Chart = Selection<SVGSVGElement, unknown, null, undefined>;

/** Strips of vital signs: the patient's body and what the platform stored, so that altered readings show; alarms below. */
export class VitalsPanel {
  private readonly charts = new Map<string, { chart: Chart; value: HTMLElement }>();
  private readonly alarms: Chart;
  private readonly alarmText = el('p', { class: 'alarm-text', id: 'alarm-text' });
  private end = 1;

  constructor(host: HTMLElement) {
    const strips = el('div', { class: 'strips' });
    for (const { code, title, unit } of VITALS) {
      const value = el('span', { class: 'value' });
      const figure = el('figure', { 'data-code': code }, el('figcaption', {}, `${title}, ${unit}`, value));
      const chart = svg(figure, HEIGHT);
      chart.append('path').attr('class', 'body');
      chart.append('path').attr('class', 'stored');
      chart.append('path').attr('class', 'altered');
      strips.append(figure);
      this.charts.set(code, { chart, value });
    }
    const strip = el('figure', { class: 'alarms' }, el('figcaption', {}, 'NEWS2 alarms by time; height = score'));
    this.alarms = svg(strip, HEIGHT / 2);
    const key = el(
      'p',
      { class: 'key' },
      el('span', { class: 'key-body' }),
      ' the patient ',
      el('span', { class: 'key-stored' }),
      ' stored by the platform ',
      el('span', { class: 'key-altered' }),
      ' stored, but not what the device measured',
    );
    host.append(strips, strip, this.alarmText, key);
  }

  /** @param end length of the run, µs */
  open(end: number): void {
    this.end = end;
  }

  /** There is no run. */
  clear(): void {
    for (const { chart, value } of this.charts.values()) {
      chart.selectAll('path').attr('d', null);
      chart.attr('aria-label', 'nothing yet');
      value.textContent = '';
    }
    this.alarms.selectAll('path').remove();
    this.alarms.attr('aria-label', 'nothing yet');
    this.alarmText.textContent = '';
  }

  update(story: Story): void {
    const x = scaleLinear([0, this.end], [PAD, WIDTH - PAD]);
    for (const { code, low, high, unit } of VITALS) {
      const y = scaleLinear([low, high], [HEIGHT - PAD, PAD]).clamp(true);
      const path = line<Sample>(
        (sample) => x(sample[0]),
        (sample) => y(sample[1]),
      );
      const { body, stored, altered } = story.vitals.get(code)!;
      const { chart, value } = this.charts.get(code)!;
      chart.select('.body').attr('d', path(body));
      chart.select('.stored').attr('d', path(stored));
      chart.select('.altered').attr('d', altered.map(([t, v]) => `M${x(t)},${y(v)}h0`).join(''));
      value.textContent = reading(body.at(-1), stored.at(-1));
      chart.attr('aria-label', `${code}: ${value.textContent} ${unit}`);
    }
    this.alarms
      .selectAll<SVGPathElement, Story['alarms'][number]>('path')
      .data(story.alarms)
      .join('path')
      .attr('class', (alarm) => `alarm tier-${alarm.tier}`)
      .attr('d', ({ t, score }) => `M${x(t)},${HEIGHT / 2}V${HEIGHT / 2 - Math.min(20, score) * 1.4}m-2.5,0h5`);
    this.alarms.attr('aria-label', `${story.alarms.length} alarms so far`);
    const last = story.alarms.at(-1);
    const condition = story.condition === '' ? '' : `Patient: ${story.condition}. `;
    this.alarmText.textContent = `${condition}${last === undefined ? 'No alarm yet.' : `Last alarm ${clockText(last.t)}: score ${last.score}, tier ${last.tier}${last.partial ? ', partial' : ''} (${story.alarms.length} so far).`}`;
  }
}

function svg(host: HTMLElement, height: number): Chart {
  return select(host)
    .append('svg')
    .attr('viewBox', `0 0 ${WIDTH} ${height}`)
    .attr('preserveAspectRatio', 'none')
    .attr('role', 'img')
    .attr('aria-label', 'nothing yet');
}

/** '91 (stored 96)' */
function reading(body: Sample | undefined, stored: Sample | undefined): string {
  const show = (sample: Sample): string => String(Number(sample[1].toFixed(1)));
  if (body === undefined) return stored === undefined ? '–' : `stored ${show(stored)}`;
  return stored === undefined ? show(body) : `${show(body)} · stored ${show(stored)}`;
}
