import type { Micros } from '../kernel/time.ts';
import type { Message } from '../model/message.ts';
import type { Network } from '../network/network.ts';
import { TraceRecorder } from './trace-recorder.ts';
import { HOP } from './trace-shapes.ts';
import type { Numbered, TraceSink, Untimed } from './trace.ts';

/** How far a trace has got, plain data: lines told so far, and those that lie ahead (hops that were merged), by their times. */
export interface TraceState {
  lines: number;
  ahead: Numbered[];
}

/** Messages whose codes are at hand: a message makes several hops within milliseconds. A power of two. */
const REMEMBERED = 256;

/**
 * Numbers what happens in a world in the order of its times, and passes it on: to a sink line by line as objects, to a
 * recorder as what its level holds. A line's number is the same at every level.
 */
export class Tracer {
  private readonly net: Network;
  private readonly state: TraceState;
  private readonly sink: TraceSink | null;
  private readonly recorder: TraceRecorder | null;
  /** Are hops and verdicts wanted? */
  private readonly traffic: boolean;
  /** The recorder's codes, by node, segment and address. */
  private readonly nodeCodes: readonly number[];
  private readonly segmentCodes: readonly number[];
  private readonly addressCodes: number[] = [];
  /** What messages of late say of themselves, by their last bits: id, codes of kind and role. */
  private readonly known = { ids: new Int32Array(REMEMBERED), kinds: new Int32Array(REMEMBERED), roles: new Int32Array(REMEMBERED) };
  /** Beside the lines that lie ahead: what the recorder will take of them; null where a line has to be taken apart. */
  private readonly coded: (Float64Array | null)[] = [];
  /** Arrays to use again: to make one costs more than all else about a line. */
  private readonly spare: Float64Array[] = [];
  private readonly everybody: number;
  private readonly passed: number;

  constructor(net: Network, state: TraceState, to: TraceSink | TraceRecorder) {
    this.net = net;
    this.state = state;
    this.recorder = to instanceof TraceRecorder ? to : null;
    this.sink = to instanceof TraceRecorder ? null : to;
    const code = (text: string): number => this.recorder?.code(text) ?? 0;
    this.traffic = this.recorder?.holds('message') ?? true;
    this.nodeCodes = net.nodes.map(({ id }) => code(id));
    this.segmentCodes = net.segments.map(({ id }) => code(id));
    this.everybody = code('*');
    this.passed = code('passed');
  }

  /** A message crosses a segment from `time` on, now or a little later; `to` −1 = everybody. */
  hop(now: Micros, message: Message, from: number, to: number, segment: number, time: Micros, hostile: boolean): void {
    const { recorder } = this;
    if (recorder === null || hostile) this.put(now, this.hopLine(message, from, to, segment, time, hostile));
    else if (time > now)
      this.put(now, this.hopLine(message, from, to, segment, time, false), this.ahead(recorder, message, from, to, segment));
    else {
      const n = this.number(now);
      if (!this.traffic) return;
      const { hops } = recorder;
      const at = hops.room();
      this.encode(hops.values, at, recorder, message, from, to, segment);
      recorder.add(hops, n, time);
    }
  }

  /** A policy lets a message pass. The most frequent line after hops. */
  pass(now: Micros, message: Message, node: number, rule: string): void {
    const { recorder } = this;
    if (recorder === null) {
      this.put(now, verdictLine(now, message, this.net.nodes[node]!.id, 'passed', rule));
      return;
    }
    const n = this.number(now);
    if (!this.traffic) return;
    const { verdicts } = recorder;
    const at = verdicts.room();
    verdicts.values[at] = message.id;
    verdicts.values[at + 1] = this.nodeCodes[node]!;
    verdicts.values[at + 2] = this.passed;
    verdicts.values[at + 3] = recorder.code(rule);
    verdicts.values[at + 4] = this.known.kinds[this.recall(recorder, message)]!;
    recorder.add(verdicts, n, now);
  }

  /** A message ends here, and by what. */
  stop(now: Micros, message: Message, device: string, rule: string): void {
    this.put(now, verdictLine(now, message, device, 'stopped', rule));
  }

  write(now: Micros, line: Untimed): void {
    this.put(now, { n: -1, t: now, ...line });
  }

  /** Tells the lines that lay ahead and whose time has come. */
  flush(upTo: Micros): void {
    const { ahead } = this.state;
    while (ahead.length > 0 && ahead[0]!.t <= upTo) this.tell(ahead.shift()!, this.coded.shift() ?? null);
  }

  /** Number of a line of this instant that is told without an object. */
  private number(now: Micros): number {
    if (this.state.ahead.length > 0) this.flush(now);
    return this.state.lines++;
  }

  /** Lines leave in the order of their times: one that lies ahead (a merged hop) waits for those before it. */
  private put(now: Micros, line: Numbered, values: Float64Array | null = null): void {
    const { ahead } = this.state;
    if (ahead.length > 0) this.flush(now);
    if (line.t <= now) {
      this.tell(line, values);
      return;
    }
    let at = ahead.length;
    while (at > 0 && ahead[at - 1]!.t > line.t) at--;
    while (this.coded.length < ahead.length) this.coded.push(null); // from a snapshot
    ahead.splice(at, 0, line);
    this.coded.splice(at, 0, values);
  }

  private tell(line: Numbered, values: Float64Array | null): void {
    line.n = this.state.lines++;
    if (this.sink !== null) this.sink(line);
    else if (!this.recorder!.holds(line.kind)) return;
    else if (values !== null) {
      const { hops } = this.recorder!;
      const at = hops.room();
      hops.values.set(values, at);
      this.recorder!.add(hops, line.n, line.t);
      this.spare.push(values);
    } else this.recorder!.line(line);
  }

  /** What the recorder will take of a hop that lies ahead. */
  private ahead(recorder: TraceRecorder, message: Message, from: number, to: number, segment: number): Float64Array | null {
    if (!this.traffic) return null;
    const values = this.spare.pop() ?? new Float64Array(HOP.fields.length);
    this.encode(values, 0, recorder, message, from, to, segment);
    return values;
  }

  /** Writes a hop as the shape HOP has it. */
  private encode(
    values: Float64Array,
    at: number,
    recorder: TraceRecorder,
    message: Message,
    from: number,
    to: number,
    segment: number,
  ): void {
    const { nodeCodes, known } = this;
    const place = this.recall(recorder, message);
    values[at] = message.id;
    values[at + 1] = nodeCodes[from]!;
    values[at + 2] = to < 0 ? this.everybody : nodeCodes[to]!;
    values[at + 3] = this.segmentCodes[segment]!;
    values[at + 4] = message.bytes;
    values[at + 5] = message.conn;
    values[at + 6] = message.cause;
    values[at + 7] = this.address(message.src);
    values[at + 8] = this.address(message.dst);
    values[at + 9] = known.kinds[place]!;
    values[at + 10] = known.roles[place]!;
    values[at + 11] = message.sealed ? 1 : 0;
    values[at + 12] = nodeCodes[message.origin]!;
    values[at + 13] = message.attempt;
  }

  /** @returns where its codes stand in `known` */
  private recall(recorder: TraceRecorder, message: Message): number {
    const { ids, kinds, roles } = this.known;
    const at = message.id & (REMEMBERED - 1);
    if (ids[at] !== message.id) {
      ids[at] = message.id;
      kinds[at] = recorder.code(message.kind);
      roles[at] = recorder.code(message.role);
    }
    return at;
  }

  /** Addresses are few and their texts never change. */
  private address(address: number): number {
    return address < 0 ? this.everybody : (this.addressCodes[address] ??= this.recorder!.code(this.net.textOf(address)));
  }

  // Whole at every level, also when it only counts: a snapshot is the same whatever was traced, and can go on at another level.
  private hopLine(message: Message, from: number, to: number, segment: number, time: Micros, hostile: boolean): Numbered {
    const { net } = this;
    const line: Numbered = {
      n: -1,
      t: time,
      kind: 'message',
      id: message.id,
      from: net.nodes[from]!.id,
      to: to < 0 ? '*' : net.nodes[to]!.id,
      link: net.segments[segment]!.id,
      bytes: message.bytes,
      session: message.conn,
      cause: message.cause,
      src: net.textOf(message.src),
      dst: net.textOf(message.dst),
      what: message.kind,
      role: message.role,
      sealed: message.sealed,
      origin: net.nodes[message.origin]!.id,
      attempt: message.attempt,
    };
    if (hostile) line.label = 'adversary';
    return line;
  }
}

const verdictLine = (t: Micros, message: Message, from: string, verdict: 'passed' | 'stopped', rule: string): Numbered => ({
  n: -1,
  t,
  kind: 'verdict',
  id: message.id,
  from,
  verdict,
  rule,
  what: message.kind,
});
