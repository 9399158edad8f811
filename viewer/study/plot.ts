import { axisBottom, scaleLinear, select, transition, type ScaleLinear, type Selection } from 'd3';
import type { ArmEstimates, Estimate } from '../../sim/protocol/messages.ts';
import { el, reducedMotion } from '../dom.ts';
import { figuresOf, isShare } from '../outcomes.ts';
import { words } from '../story/incidents.ts';
import { Axis, spanOf, tooUnequal, type Span } from './axes.ts';
import { axisTitle, estimateOf, never, sayEstimate, shortThreat, type Measure } from './estimates.ts';

/** One outcome over all arms: a dot for the estimate, a whisker for its interval, arms grouped by threat event. */

const ROW = 19;
const HEADING = 22;
const AXIS = 28;
/** Between a set's name and the axis; the names take at most so much of the figure. */
const GAP = 12;
const MOST_LABEL = 0.45;
const RIGHT = 24;
const TIGHTEN_MS = 200;

/** Marks by set, so that a set is known by shape as well as by colour. Further sets start again. */
const SHAPES = ['M-4.5-4.5h9v9h-9z', 'M0-5.5a5.5 5.5 0 1 1 0 11a5.5 5.5 0 1 1 0-11z', 'M0-6.5L6.5 0 0 6.5-6.5 0z', 'M0-6L6 5H-6z'];

/** An arm keeps its place while nothing can be said about it. */
const NOTHING_YET: Estimate = { mean: null, low: null, high: null, level: 0.95, n: 0 };

/** Axis of the arms of all threat events, where it is not one for each. */
const SHARED = '';

interface Row {
  readonly arm: ArmEstimates;
  readonly estimate: Estimate;
  readonly shape: number;
  readonly y: number;
  readonly axis: string;
}

/** A scale, and the part of the figure that it rules. */
interface Ruled {
  readonly key: string;
  readonly top: number;
  readonly bottom: number;
  readonly span: Span;
}

interface Arrangement {
  readonly rows: readonly Row[];
  readonly headings: readonly { readonly text: string; readonly y: number }[];
  readonly axes: readonly Ruled[];
  readonly height: number;
}

type Scale = ScaleLinear<number, number>;

export class Plot {
  readonly figure: HTMLElement;
  private readonly outcome: string;
  private readonly measure: Measure;
  private readonly svg: Selection<SVGSVGElement, unknown, null, undefined>;
  private readonly remark = el('small', { hidden: true }, ' Each threat event has an axis of its own.');
  private readonly axes = new Map<string, Axis>();
  private apart = false;

  constructor(outcome: string, measure: Measure) {
    this.outcome = outcome;
    this.measure = measure;
    const title = axisTitle(outcome, measure);
    this.figure = el('figure', { class: 'plot', 'data-outcome': outcome }, el('figcaption', {}, title, this.remark));
    this.svg = select(this.figure)
      .append('svg')
      .attr('role', 'img')
      .attr('aria-label', `${title}; the same figures are in the table below`);
    for (const name of ['axes', 'headings', 'rows']) this.svg.append('g').attr('class', name);
  }

  /** @param over nothing will change any more, so that the scale may fit what is there */
  update(arms: readonly ArmEstimates[], over: boolean): void {
    const { rows, headings, axes, height } = this.arrange(arms, over);
    const width = Math.max(260, this.figure.clientWidth || 320);
    this.svg.attr('width', width).attr('height', height).attr('viewBox', `0 0 ${width} ${height}`);
    this.remark.hidden = !this.apart;
    this.svg
      .select('g.headings')
      .selectAll<SVGTextElement, (typeof headings)[number]>('text')
      .data(headings)
      .join('text')
      .attr('x', 2)
      .attr('y', (heading) => heading.y)
      .each(function (heading) {
        shorten(this, heading.text, width - 4);
      });
    const marks = this.join(rows);
    const left = nameRows(marks, width);
    const scales = new Map(axes.map(({ key, span }) => [key, scaleLinear(span, [left, width - RIGHT]).clamp(true)]));
    this.drawAxes(axes, scales, width - left);
    this.place(marks, scales, left);
  }

  private drawAxes(axes: readonly Ruled[], scales: ReadonlyMap<string, Scale>, room: number): void {
    const all = this.svg
      .select('g.axes')
      .selectAll<SVGGElement, Ruled>('g.axis')
      .data(axes, (axis) => axis.key)
      .join('g')
      .attr('class', 'axis')
      .attr('transform', (axis) => `translate(0,${axis.bottom})`);
    const { outcome } = this;
    all.each(function ({ key, top, bottom }) {
      const x = scales.get(key)!;
      const count = Math.max(2, Math.floor(room / 60));
      const ticks = x.ticks(count);
      const say = figuresOf(outcome, ticks, (ticks[1] ?? 1) - (ticks[0] ?? 0));
      const axis = axisBottom<number>(x.copy())
        .tickValues(ticks)
        .tickFormat((value) => say(value))
        .tickSizeInner(top - bottom)
        .tickPadding(8);
      select(this).call(axis as never);
      // Zero is no edge of the figure where something may be avoided as well as added.
      select(this)
        .selectAll('line.zero')
        .data(x.domain()[0]! < 0 ? [x(0)] : [])
        .join('line')
        .attr('class', 'zero')
        .attr('x1', (at) => at)
        .attr('x2', (at) => at)
        .attr('y1', top - bottom);
    });
  }

  private join(rows: readonly Row[]): Selection<SVGGElement, Row, SVGGElement, unknown> {
    const marks = this.svg
      .select<SVGGElement>('g.rows')
      .selectAll<SVGGElement, Row>('g.arm')
      .data(rows, (row) => row.arm.id);
    marks.exit().remove();
    const fresh = marks.enter().append('g');
    fresh.append('text').attr('class', 'set').attr('dy', '0.35em').attr('text-anchor', 'end');
    fresh.append('text').attr('class', 'remark').attr('dy', '0.35em');
    fresh.append('line').attr('class', 'whisker');
    fresh.append('path').attr('class', 'dot');
    fresh.append('title');
    const all = fresh.merge(marks);
    all
      .attr('class', (row) => `arm shape-${row.shape}`)
      .classed('empty', ({ estimate }) => estimate.mean === null)
      .classed('never', ({ estimate }) => never(estimate))
      .classed('doubtful', ({ estimate }) => estimate.warn !== undefined)
      .attr('data-arm', (row) => row.arm.id)
      .attr('data-low', (row) => row.estimate.low)
      .attr('data-high', (row) => row.estimate.high)
      .attr('data-n', (row) => row.estimate.n)
      .attr('transform', (row) => `translate(0,${row.y})`);
    all.select('.remark').text(({ estimate }) => (never(estimate) ? `never in ${estimate.n} runs` : ''));
    all.select('title').text(({ arm, estimate }) => {
      const said = `${arm.id}: ${words(arm.set)} ${sayEstimate(this.outcome, estimate, arm.n)}`;
      return estimate.warn === undefined || estimate.mean === null ? said : `${said} not to be trusted yet: ${estimate.warn}`;
    });
    return all;
  }

  private place(marks: Selection<SVGGElement, Row, SVGGElement, unknown>, scales: ReadonlyMap<string, Scale>, left: number): void {
    const at = (row: Row, value: number | null): number => scales.get(row.axis)!(value ?? row.estimate.mean ?? 0);
    marks.select('.remark').attr('x', left + 6);
    marks
      .select('.dot')
      .attr('d', (row) => SHAPES[row.shape]!)
      .filter(function () {
        return !(this as Element).hasAttribute('transform');
      })
      .attr('transform', (row) => `translate(${at(row, row.estimate.mean)},0)`);
    const glide = transition().duration(reducedMotion() ? 0 : TIGHTEN_MS);
    marks
      .select('.whisker')
      .transition(glide)
      .attr('x1', (row) => at(row, row.estimate.low))
      .attr('x2', (row) => at(row, row.estimate.high));
    marks
      .select('.dot')
      .transition(glide)
      .attr('transform', (row) => `translate(${at(row, row.estimate.mean)},0)`);
  }

  private arrange(arms: readonly ArmEstimates[], over: boolean): Arrangement {
    const sets = [...new Set(arms.map((arm) => arm.set))];
    const groups = [...new Set(arms.map((arm) => arm.threat))].map((threat) => {
      const members = arms.filter((arm) => arm.threat === threat);
      return {
        threat,
        members: members.map((arm) => ({ arm, estimate: estimateOf(arm, this.outcome, this.measure) ?? NOTHING_YET })),
      };
    });
    const spans = groups.map(({ members }) => spanOf(members.map(({ estimate }) => estimate)));
    // Once apart they stay so while the study runs.
    this.apart = !isShare(this.outcome) && (tooUnequal(spans) || (this.apart && !over));
    const rows: Row[] = [];
    const headings: Arrangement['headings'][number][] = [];
    const axes: Ruled[] = [];
    let y = 0;
    groups.forEach(({ threat, members }, i) => {
      const axis = this.apart ? (threat ?? 'no attack') : SHARED;
      headings.push({ text: shortThreat(threat), y: y + 15 });
      const top = (y += HEADING);
      for (const member of members) {
        rows.push({ ...member, axis, y: y + ROW / 2, shape: sets.indexOf(member.arm.set) % SHAPES.length });
        y += ROW;
      }
      if (!this.apart) return;
      axes.push({ key: axis, top, bottom: y + 4, span: this.fit(axis, spans[i]!, over) });
      y += AXIS;
    });
    if (this.apart) return { rows, headings, axes, height: y };
    const span = this.fit(SHARED, [Math.min(0, ...spans.map(([low]) => low)), Math.max(0, ...spans.map(([, high]) => high))], over);
    return { rows, headings, axes: [{ key: SHARED, top: 0, bottom: y + 4, span }], height: y + AXIS };
  }

  private fit(key: string, needed: Span, over: boolean): Span {
    // Shares have a natural end.
    if (isShare(this.outcome)) return [needed[0], 1];
    const axis = this.axes.get(key) ?? new Axis();
    this.axes.set(key, axis);
    return axis.fit(needed, over);
  }
}

/** Names the rows by their sets. @returns where the axis may begin */
function nameRows(marks: Selection<SVGGElement, Row, SVGGElement, unknown>, width: number): number {
  const room = width * MOST_LABEL - GAP;
  let longest = 0;
  marks.select<SVGTextElement>('text.set').each(function ({ arm }) {
    shorten(this, words(arm.set), room);
    longest = Math.max(longest, this.getComputedTextLength());
  });
  const left = Math.ceil(longest) + GAP;
  marks.select('text.set').attr('x', left - GAP + 2);
  return left;
}

/** Cuts a text that is longer than its room; the row's title and the table have it whole. */
function shorten(text: SVGTextElement, whole: string, room: number): void {
  text.textContent = whole;
  const length = text.getComputedTextLength();
  if (length <= room) return;
  for (let end = Math.ceil((whole.length * room) / length); end > 0; end--) {
    text.textContent = `${whole.slice(0, end).trimEnd()}…`;
    if (text.getComputedTextLength() <= room) return;
  }
}
