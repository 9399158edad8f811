import { axisBottom, scaleLinear, select, transition, type Selection } from 'd3';
import type { ArmEstimates, Estimate } from '../../sim/protocol/messages.ts';
import { reducedMotion } from '../dom.ts';
import { amount } from '../amounts.ts';
import { CAVEAT, isClinical, SUCCESS, titleOf, unitOf } from '../outcomes.ts';
import { words } from '../story/incidents.ts';

/** One outcome over all arms: a dot for the estimate, a whisker for its interval, arms grouped by threat event. */
export { SUCCESS };

const ROW = 19;
const HEADING = 22;
const AXIS = 46;
const LEFT = 104;
const RIGHT = 24;
const TIGHTEN_MS = 200;

/** Marks by set, so that a set is known by shape as well as by colour. Further sets start again. */
const SHAPES = ['M-4.5-4.5h9v9h-9z', 'M0-5.5a5.5 5.5 0 1 1 0 11a5.5 5.5 0 1 1 0-11z', 'M0-6.5L6.5 0 0 6.5-6.5 0z', 'M0-6L6 5H-6z'];

/** An arm keeps its place while nothing can be said about it. */
const NOTHING_YET: Estimate = { mean: null, low: null, high: null, level: 0.95, n: 0 };

interface Row {
  readonly arm: ArmEstimates;
  readonly estimate: Estimate;
  readonly y: number;
  readonly shape: number;
}

interface Heading {
  readonly text: string;
  readonly y: number;
}

export const estimateOf = (arm: ArmEstimates, outcome: string): Estimate | undefined =>
  outcome === SUCCESS ? arm.succeeded : arm.outcomes[outcome];

/** 'Goal reached, share of replications' */
export function axisTitle(outcome: string): string {
  if (outcome === SUCCESS) return 'goal reached, share of replications';
  const unit = unitOf(outcome);
  const title = `${titleOf(outcome)}${unit === '' ? '' : `, ${unit}`}`;
  return isClinical(outcome) ? `${title} (${CAVEAT})` : title;
}

export class Plot {
  readonly figure: HTMLElement;
  private readonly outcome: string;
  private readonly svg: Selection<SVGSVGElement, unknown, null, undefined>;
  private top = 0;

  constructor(outcome: string) {
    this.outcome = outcome;
    this.figure = document.createElement('figure');
    this.figure.className = 'plot';
    this.figure.dataset['outcome'] = outcome;
    const caption = document.createElement('figcaption');
    caption.textContent = axisTitle(outcome);
    this.figure.append(caption);
    this.svg = select(this.figure)
      .append('svg')
      .attr('role', 'img')
      .attr('aria-label', `${axisTitle(outcome)}; the same figures are in the table below`);
    for (const name of ['axis', 'headings', 'rows']) this.svg.append('g').attr('class', name);
  }

  update(arms: readonly ArmEstimates[]): void {
    const { rows, headings, height } = this.arrange(arms);
    const width = Math.max(260, this.figure.clientWidth || 320);
    this.svg
      .attr('width', width)
      .attr('height', height + AXIS - 18)
      .attr('viewBox', `0 0 ${width} ${height + AXIS - 18}`);
    const x = scaleLinear([0, this.reach(rows)], [LEFT, width - RIGHT]).clamp(true);
    const axis = axisBottom(x)
      .ticks(Math.max(2, Math.floor((width - LEFT) / 60)))
      .tickSizeInner(-height)
      .tickPadding(8);
    if (this.outcome === SUCCESS) axis.tickFormat((value) => `${Math.round(Number(value) * 100)} %`);
    else axis.tickFormat((value) => amount(Number(value)));
    this.svg.select<SVGGElement>('g.axis').attr('transform', `translate(0,${height})`).call(axis);
    this.svg
      .select('g.headings')
      .selectAll<SVGTextElement, Heading>('text')
      .data(headings, (heading) => heading.text)
      .join('text')
      .attr('x', 2)
      .attr('y', (heading) => heading.y)
      .text((heading) => heading.text);
    this.drawRows(rows, x);
  }

  private drawRows(rows: readonly Row[], x: (value: number) => number): void {
    const marks = this.svg
      .select('g.rows')
      .selectAll<SVGGElement, Row>('g.arm')
      .data(rows, (row) => row.arm.id);
    marks.exit().remove();
    const fresh = marks.enter().append('g');
    fresh
      .append('text')
      .attr('x', LEFT - 10)
      .attr('dy', '0.35em')
      .attr('text-anchor', 'end');
    fresh.append('line').attr('class', 'whisker');
    fresh.append('path').attr('class', 'dot');
    fresh.append('title');
    // Ends are placed at once in the data, and glide on the screen: a test reads the former.
    const at = (value: number | null): number => x(value ?? 0);
    fresh
      .select('.whisker')
      .attr('x1', LEFT)
      .attr('x2', (row) => at(row.estimate.high));
    const all = fresh.merge(marks);
    all
      .attr('class', (row) => `arm shape-${row.shape}`)
      .classed('empty', (row) => row.estimate.mean === null)
      .attr('data-arm', (row) => row.arm.id)
      .attr('data-low', (row) => row.estimate.low)
      .attr('data-high', (row) => row.estimate.high)
      .attr('data-n', (row) => row.estimate.n)
      .attr('transform', (row) => `translate(0,${row.y})`);
    all.select('text').text((row) => words(row.arm.set));
    all.select('title').text((row) => `${row.arm.id}: ${words(row.arm.set)} ${sayEstimate(this.outcome, row.estimate)}`);
    const glide = transition().duration(reducedMotion() ? 0 : TIGHTEN_MS);
    all
      .select('.whisker')
      .transition(glide)
      .attr('x1', (row) => at(row.estimate.low))
      .attr('x2', (row) => at(row.estimate.high));
    all
      .select('.dot')
      .attr('d', (row) => SHAPES[row.shape]!)
      .transition(glide)
      .attr('transform', (row) => `translate(${at(row.estimate.mean)},0)`);
  }

  private arrange(arms: readonly ArmEstimates[]): { rows: Row[]; headings: Heading[]; height: number } {
    const sets = [...new Set(arms.map((arm) => arm.set))];
    const threats = [...new Set(arms.map((arm) => arm.threat))];
    const rows: Row[] = [];
    const headings: Heading[] = [];
    let y = 0;
    for (const threat of threats) {
      headings.push({ text: threat === null ? 'no attack' : shortThreat(threat), y: y + 15 });
      y += HEADING;
      for (const arm of arms.filter((candidate) => candidate.threat === threat)) {
        const estimate = estimateOf(arm, this.outcome) ?? NOTHING_YET;
        rows.push({ arm, estimate, y: y + ROW / 2, shape: sets.indexOf(arm.set) % SHAPES.length });
        y += ROW;
      }
    }
    return { rows, headings, height: y + 4 };
  }

  /** The axis grows when an interval does not fit, and shrinks only when it is far too long: a scale that jumps with every message cannot be read. */
  private reach(rows: readonly Row[]): number {
    if (this.outcome === SUCCESS) return 1;
    const needed = Math.max(0, ...rows.map(({ estimate }) => estimate.high ?? estimate.mean ?? 0));
    if (needed > this.top || needed < this.top / 3) this.top = needed * 1.1;
    return this.top === 0 ? 1 : this.top;
  }
}

/** 'te2-reading-tamper' → 'TE2 reading tamper' */
export function shortThreat(id: string): string {
  return words(id).replace(/^te\d+/, (number) => number.toUpperCase());
}

/** '42.1 (39.8 to 44.4)' */
export function sayEstimate(outcome: string, { mean, low, high }: Estimate): string {
  if (mean === null) return '–';
  const say = (value: number | null): string => (value === null ? '?' : outcome === SUCCESS ? `${amount(value * 100)} %` : amount(value));
  return `${say(mean)} (${say(low)} to ${say(high)})`;
}
