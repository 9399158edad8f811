import type { Micros } from '../kernel/time.ts';
import type { Message } from '../model/message.ts';
import type { Network } from '../network/network.ts';
import { TraceRecorder } from './trace-recorder.ts';
import type { RecordValue } from '../model/records.ts';
import type { TraceLine, TraceSink, Untimed } from './trace.ts';

/** What a hop's line says of its message. */
type Said = Pick<Message, 'id' | 'kind' | 'role' | 'bytes' | 'conn' | 'cause' | 'src' | 'dst' | 'sealed' | 'origin' | 'attempt'>;

/** A hop that lies ahead (one of two that were merged), plain data; nodes and segment by number, `to` −1 = everybody. */
interface Hop extends Said {
  readonly time: Micros;
  readonly from: number;
  readonly to: number;
  readonly segment: number;
  readonly hostile: boolean;
}

/** How far a trace has got, plain data: lines told so far, and the hops that lie ahead, by their times. */
export interface TraceState {
  lines: number;
  ahead: Hop[];
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
  private readonly states: boolean;
  /** The recorder's codes, by node, segment and address. */
  private readonly nodeCodes: readonly number[];
  private readonly segmentCodes: readonly number[];
  private readonly addressCodes: number[] = [];
  /** What messages of late say of themselves, by their last bits: id, codes of kind and role. */
  private readonly known = { ids: new Int32Array(REMEMBERED), kinds: new Int32Array(REMEMBERED), roles: new Int32Array(REMEMBERED) };
  /** What is published, by its name: codes of whom it comes from and what it is. */
  private readonly published = new Map<string, { readonly from: number; readonly what: number }>();
  private readonly everybody: number;
  private readonly passed: number;

  constructor(net: Network, state: TraceState, to: TraceSink | TraceRecorder) {
    this.net = net;
    this.state = state;
    this.recorder = to instanceof TraceRecorder ? to : null;
    this.sink = to instanceof TraceRecorder ? null : to;
    const code = (text: string): number => this.recorder?.code(text) ?? 0;
    this.traffic = this.recorder?.holds('message') ?? true;
    this.states = this.recorder?.holds('state') ?? true;
    this.nodeCodes = net.nodes.map(({ id }) => code(id));
    this.segmentCodes = net.segments.map(({ id }) => code(id));
    this.everybody = code('*');
    this.passed = code('passed');
  }

  /** A message crosses a segment from `time` on, now or a little later; `to` −1 = everybody. */
  hop(now: Micros, message: Message, from: number, to: number, segment: number, time: Micros, hostile: boolean): void {
    const { ahead } = this.state;
    if (ahead.length > 0) this.flush(now);
    if (time <= now) {
      this.tellHop(time, message, from, to, segment, hostile);
      return;
    }
    const { id, kind, role, bytes, conn, cause, src, dst, sealed, origin, attempt } = message;
    const hop: Hop = { time, from, to, segment, hostile, id, kind, role, bytes, conn, cause, src, dst, sealed, origin, attempt };
    let at = ahead.length;
    while (at > 0 && ahead[at - 1]!.time > time) at--;
    if (at === ahead.length) ahead.push(hop);
    else ahead.splice(at, 0, hop);
  }

  /** A policy lets a message pass. The most frequent line after hops. */
  pass(now: Micros, message: Message, node: number, rule: string): void {
    const { recorder } = this;
    const n = this.number(now);
    if (recorder === null) {
      this.sink!(verdictLine(n, now, message, this.net.nodes[node]!.id, 'passed', rule));
      return;
    }
    if (!this.traffic) return;
    const { verdicts } = recorder;
    const at = verdicts.room();
    verdicts.values[at] = message.id;
    verdicts.values[at + 1] = this.nodeCodes[node]!;
    verdicts.values[at + 2] = this.passed;
    verdicts.values[at + 3] = recorder.codeOfWord(rule);
    verdicts.values[at + 4] = this.known.kinds[this.recall(recorder, message)]!;
    recorder.add(verdicts, n, now);
  }

  /** A message ends here, and by what. */
  stop(now: Micros, message: Message, device: string, rule: string): void {
    this.tell(verdictLine(this.number(now), now, message, device, 'stopped', rule));
  }

  /** A device's record. The line's fields are a copy: a reader cannot reach in. */
  record(now: Micros, by: string, what: string, cause: number, fields: Readonly<Record<string, RecordValue>>): void {
    const { recorder } = this;
    const n = this.number(now);
    if (recorder?.record(n, now, by, what, cause, fields) !== true)
      this.tell({ n, t: now, kind: 'record', from: by, what, cause, fields: { ...fields } });
  }

  /** A quantity of the room has a value, `patient.pulse`. */
  sensed(now: Micros, quantity: string, value: number): void {
    const { recorder } = this;
    const n = this.number(now);
    const dot = quantity.indexOf('.');
    if (recorder === null) {
      this.sink!({ n, t: now, kind: 'state', from: quantity.slice(0, dot), what: quantity.slice(dot + 1), value });
      return;
    }
    if (!this.states) return;
    let codes = this.published.get(quantity);
    if (codes === undefined) {
      codes = { from: recorder.code(quantity.slice(0, dot)), what: recorder.code(quantity.slice(dot + 1)) };
      this.published.set(quantity, codes);
    }
    const { quantities } = recorder;
    const at = quantities.room();
    quantities.values[at] = codes.from;
    quantities.values[at + 1] = codes.what;
    quantities.values[at + 2] = value;
    recorder.add(quantities, n, now);
  }

  write(now: Micros, line: Untimed): void {
    this.tell({ n: this.number(now), t: now, ...line });
  }

  /** Tells the hops that lay ahead and whose time has come. */
  flush(upTo: Micros): void {
    const { ahead } = this.state;
    while (ahead.length > 0 && ahead[0]!.time <= upTo) {
      const hop = ahead.shift()!;
      this.tellHop(hop.time, hop, hop.from, hop.to, hop.segment, hop.hostile);
    }
  }

  /** Number of a line of this instant: what lies ahead and is due comes before it. */
  private number(now: Micros): number {
    if (this.state.ahead.length > 0) this.flush(now);
    return this.state.lines++;
  }

  private tell(line: TraceLine): void {
    if (this.sink !== null) this.sink(line);
    else if (this.recorder!.holds(line.kind)) this.recorder!.line(line);
  }

  private tellHop(time: Micros, said: Said, from: number, to: number, segment: number, hostile: boolean): void {
    const { recorder } = this;
    const n = this.state.lines++;
    if (recorder === null || hostile || (said.bytes | 0) !== said.bytes) {
      this.tell(this.hopLine(n, time, said, from, to, segment, hostile));
      return;
    }
    if (!this.traffic) return;
    const { hops } = recorder;
    const at = hops.room();
    this.encode(hops.values, at, recorder, said, from, to, segment);
    recorder.add(hops, n, time);
  }

  /** Writes a hop as the shape HOP has it. */
  private encode(values: Int32Array, at: number, recorder: TraceRecorder, message: Said, from: number, to: number, segment: number): void {
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
  private recall(recorder: TraceRecorder, message: Pick<Message, 'id' | 'kind' | 'role'>): number {
    const { ids, kinds, roles } = this.known;
    const at = message.id & (REMEMBERED - 1);
    if (ids[at] !== message.id) {
      ids[at] = message.id;
      kinds[at] = recorder.codeOfWord(message.kind);
      roles[at] = recorder.codeOfWord(message.role);
    }
    return at;
  }

  /** Addresses are few and their texts never change. */
  private address(address: number): number {
    return address < 0 ? this.everybody : (this.addressCodes[address] ??= this.recorder!.code(this.net.textOf(address)));
  }

  private hopLine(n: number, t: Micros, said: Said, from: number, to: number, segment: number, hostile: boolean): TraceLine {
    const { net } = this;
    const line = {
      n,
      t,
      kind: 'message' as const,
      id: said.id,
      from: net.nodes[from]!.id,
      to: to < 0 ? '*' : net.nodes[to]!.id,
      link: net.segments[segment]!.id,
      bytes: said.bytes,
      session: said.conn,
      cause: said.cause,
      src: net.textOf(said.src),
      dst: net.textOf(said.dst),
      what: said.kind,
      role: said.role,
      sealed: said.sealed,
      origin: net.nodes[said.origin]!.id,
      attempt: said.attempt,
    };
    return hostile ? { ...line, label: 'adversary' } : line;
  }
}

const verdictLine = (n: number, t: Micros, message: Message, from: string, verdict: 'passed' | 'stopped', rule: string): TraceLine => ({
  n,
  t,
  kind: 'verdict',
  id: message.id,
  from,
  verdict,
  rule,
  what: message.kind,
});
