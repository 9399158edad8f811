import type { Message } from '../../../model/message.ts';

/** A message lies at a node: made there, or arrived there. */
interface Copy {
  readonly node: number;
  readonly bytes: number;
  readonly made: boolean;
  /** Said to everybody on the segment: an access point takes it and passes it on. */
  readonly open: boolean;
  forwarded: number;
  taken: number;
  stopped: number;
}

/** A message is under way on a segment to one node, or to all who care. */
interface Flight {
  readonly id: number;
  readonly from: number;
  readonly to: Set<number>;
  readonly bytes: number;
  readonly since: number;
  readonly segment: number;
}

/** No way through a small world is longer; a message that makes more hops goes in circles, though its hop limit will end that. */
const MOST_HOPS = 32;
const EVERYBODY = -1;

/**
 * Keeps account of every message: whoever has it sends it on once, takes it in once, or stops it for a reason; a hop
 * delivers what it took, once to each whom it concerns. What does not add up is a complaint.
 */
export class Ledger {
  readonly complaints: string[] = [];
  /** Ids that a rule or a fact stopped, for comparison with the trace. */
  readonly stopped = new Set<number>();
  /** Hops by message, as the wire saw them; without those that lie beyond the end of the run. */
  readonly hops = new Map<number, { count: number; bytes: number }>();
  readonly sums = { made: 0, hops: 0, arrivals: 0, taken: 0, stopped: 0, lostOnTheWay: 0, waiting: 0, underWay: 0, bytesSent: 0 };
  private readonly copies = new Map<number, Copy[]>();
  private readonly flights = new Map<number, Flight[]>();
  /** The hop that is being made just now: a stop at its sender is the medium's. */
  private fresh: Flight | null = null;
  private readonly nameOf: (node: number) => string;

  private readonly end: number;

  /** @param end of the run, µs */
  constructor(nameOf: (node: number) => string, end = Infinity) {
    this.nameOf = nameOf;
    this.end = end;
  }

  private complain({ id, kind, role }: Pick<Message, 'id' | 'kind' | 'role'>, text: string): void {
    this.complaints.push(`message ${id} (${kind}, ${role}): ${text}`);
  }

  private at(id: number, node: number): Copy | undefined {
    return this.copies.get(id)?.findLast((copy) => copy.node === node);
  }

  private put(id: number, copy: Copy): void {
    const known = this.copies.get(id);
    if (known === undefined) this.copies.set(id, [copy]);
    else known.push(copy);
  }

  /** A node made a message. */
  made(message: Message): void {
    this.sums.made++;
    this.put(message.id, { node: message.origin, bytes: message.bytes, made: true, open: false, forwarded: 0, taken: 0, stopped: 0 });
  }

  /** What a world had already on its way when the account was opened. */
  opened(message: Message, node: number, waiting: boolean): void {
    if (!waiting)
      this.fly({ id: message.id, from: message.l2src, to: new Set([node]), bytes: message.bytes, since: 0, segment: message.segment });
    else this.put(message.id, { node, bytes: message.bytes, made: true, open: false, forwarded: 0, taken: 0, stopped: 0 });
  }

  private fly(flight: Flight): void {
    const known = this.flights.get(flight.id);
    if (known === undefined) this.flights.set(flight.id, [flight]);
    else known.push(flight);
  }

  /** A node puts a message on a segment. @param to all nodes that shall get it; `time` when, µs */
  hop(message: Message, from: number, to: readonly number[], now: number, time: number): void {
    this.sums.hops++;
    this.sums.bytesSent += message.bytes;
    const known = this.hops.get(message.id) ?? { count: 0, bytes: 0 };
    if (time <= this.end) this.hops.set(message.id, { count: known.count + 1, bytes: known.bytes + message.bytes });
    if (known.count >= MOST_HOPS) throw new Error(`message ${message.id} (${message.kind}) goes in circles`);
    if (time < now) this.complain(message, `leaves ${this.nameOf(from)} before now`);
    // Two hops in one event: the first one has arrived where the second begins.
    if (this.fresh?.id === message.id && this.fresh.to.has(from)) this.landed(message, from, time, this.fresh.segment);
    const copy = this.at(message.id, from);
    if (copy === undefined) this.complain(message, `${this.nameOf(from)} sends what it never had`);
    else {
      if (++copy.forwarded > 1) this.complain(message, `${this.nameOf(from)} sends it ${copy.forwarded} times`);
      if (copy.taken > 0 && !copy.open) this.complain(message, `${this.nameOf(from)} took it and sent it on`);
      if (copy.stopped > 0) this.complain(message, `${this.nameOf(from)} stopped it and sent it on`);
      if (copy.bytes !== message.bytes) this.complain(message, `${copy.bytes} bytes became ${message.bytes} at ${this.nameOf(from)}`);
    }
    this.fresh = { id: message.id, from, to: new Set(to), bytes: message.bytes, since: time, segment: message.segment };
    if (to.length > 0) this.fly(this.fresh);
  }

  /** A message reaches a node. */
  arrived(message: Message, node: number, time: number): void {
    this.landed(message, node, time, message.segment);
  }

  private landed(message: Message, node: number, time: number, segment: number): void {
    this.fresh = null;
    this.sums.arrivals++;
    const open = this.flights.get(message.id) ?? [];
    const flight = open.find(({ to }) => to.has(node));
    if (flight === undefined) this.complain(message, `reaches ${this.nameOf(node)} though nobody sent it there, or a second time`);
    else {
      this.land(flight, node);
      if (flight.bytes !== message.bytes) this.complain(message, `a hop took ${flight.bytes} bytes and delivered ${message.bytes}`);
      if (time < flight.since) this.complain(message, `a hop took ${time - flight.since} µs`);
      if (flight.segment !== segment) this.complain(message, 'arrives on a segment that it was not sent on');
    }
    this.put(message.id, {
      node,
      bytes: message.bytes,
      made: false,
      open: message.l2dst === EVERYBODY,
      forwarded: 0,
      taken: 0,
      stopped: 0,
    });
  }

  private land(flight: Flight, node: number): void {
    flight.to.delete(node);
    if (flight.to.size > 0) return;
    const rest = this.flights.get(flight.id)!.filter((other) => other !== flight);
    if (rest.length === 0) this.flights.delete(flight.id);
    else this.flights.set(flight.id, rest);
  }

  /** A node's own stack takes a message in. */
  taken(message: Message, node: number): void {
    this.sums.taken++;
    const copy = this.at(message.id, node);
    if (copy === undefined) this.complain(message, `${this.nameOf(node)} takes what never reached it`);
    else if (++copy.taken > 1) this.complain(message, `${this.nameOf(node)} takes it ${copy.taken} times`);
  }

  /** A rule or a fact stops a message at a node. */
  stop(message: Message, node: number, reason: string): void {
    this.stopped.add(message.id);
    this.sums.stopped++;
    if (reason === '') this.complain(message, `stopped at ${this.nameOf(node)} for no reason`);
    if (this.fresh?.id === message.id && this.fresh.from === node) {
      this.sums.lostOnTheWay += this.fresh.to.size;
      for (const each of this.fresh.to) this.land(this.fresh, each);
      this.fresh = null;
      return;
    }
    const copy = this.at(message.id, node) ?? this.copies.get(message.id)?.find((other) => idle(other));
    if (copy === undefined) this.complain(message, `stopped at ${this.nameOf(node)}, where it never was`);
    else copy.stopped++;
  }

  /** The end of the run. @param waiting messages that wait at a node; @param underWay arrivals in the calendar */
  close(waiting: readonly Place[], underWay: readonly Place[]): void {
    for (const { id, node } of waiting) {
      const copy = this.at(id, node);
      if (copy === undefined || !idle(copy)) this.complaints.push(`message ${id}: waits at ${this.nameOf(node)} and is elsewhere too`);
      else copy.stopped++;
      this.sums.waiting++;
    }
    for (const { id, node } of underWay) {
      const flight = this.flights.get(id)?.find(({ to }) => to.has(node));
      if (flight === undefined) this.complaints.push(`message ${id}: under way to ${this.nameOf(node)} though nobody sent it there`);
      else this.land(flight, node);
      this.sums.underWay++;
    }
    for (const [id, copies] of this.copies)
      for (const copy of copies)
        if (idle(copy))
          this.complaints.push(`message ${id}: lost without account at ${this.nameOf(copy.node)}${copy.made ? ', which made it' : ''}`);
    for (const [id, flights] of this.flights)
      for (const flight of flights)
        for (const node of flight.to)
          this.complaints.push(`message ${id}: lost without account between ${this.nameOf(flight.from)} and ${this.nameOf(node)}`);
  }
}

export interface Place {
  readonly id: number;
  readonly node: number;
}

const idle = (copy: Copy): boolean => copy.forwarded + copy.taken + copy.stopped === 0;
