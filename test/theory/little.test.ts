import { beforeAll, describe, expect, it } from 'vitest';
import { SECOND } from '../../sim/kernel/time.ts';
import type { Message } from '../../sim/model/message.ts';
import type { Airtime } from '../../sim/network/airtime.ts';
import { Figures } from '../../sim/network/figures.ts';
import { drainRate } from '../../sim/network/link.ts';
import type { Link } from '../../sim/network/topology.ts';
import { World, type TraceLine } from '../../sim/world/run.ts';
import { catalogue, worldOf } from '../support/worlds.ts';

/**
 * Little's law on every link of the reference home over a day, L = λ W, both as numbers and as work. Over a whole sample
 * path it holds exactly (Stidham 1974), whatever the laws of arrivals: no false alarm is possible, and any message that is
 * lost, doubled or misdated without account is found, as its time is not on both sides.
 *
 * The sides are measured apart. Numbers: L is a bare count over time, which is also compared with what the calendar holds;
 * W follows each message by its id. Work: what waits is read from the links' state between events; the other side lets the
 * messages of the trace, with their sizes and times, queue on paper.
 */

/** Entry and exit of unicast frames on a link, the medium behind it included. */
class Count {
  present = 0;
  entered = 0;
  left = 0;
  /** ∫ present dt, and the sum of the stays, of those still there so far, µs. */
  area = 0;
  stays = 0;
  private since = 0;

  change(now: number, by: number): void {
    this.advance(now);
    this.present += by;
  }
  advance(now: number): void {
    this.area += this.present * (now - this.since);
    this.since = now;
  }
}

/** One direction of a link (or a radio): µs of work that it has, by its state and on paper. */
interface Work {
  readonly index: number;
  messages: number;
  /** ∫ work dt read from the state, µs². */
  area: number;
  /** Σ (service × wait + service²/2) of the messages (Brumelle 1971), µs². */
  ofMessages: number;
  /** When on paper it will be idle. */
  free: number;
  /** The same two of the present busy period, which count when it is over. */
  periodArea: number;
  periodOfMessages: number;
  /** A stream began or ended beside a backlog: the law is for one rate, and this busy period does not count. */
  mixed: boolean;
  leftOut: number;
}

/** A message that goes straight through a provider's gateway makes two hops in one event: the line and the core are one system here. */
const systemOf = (segment: string): string => (segment === 'line' || segment === 'internet' ? 'line and core' : segment);

const figures = Figures.of(worldOf(null, 'typical', { hours: 1, course: 'natural' }).parameters);
const wifi = (id: string): number => figures.number(`wifi.${id}`);
/** DIFS, preamble, headers and packet. */
const frame = (bytes: number, mega: number): number => wifi('difs') + wifi('preamble') + ((bytes + wifi('header')) * 8) / mega;
const backoff = (failures: number): number => (Math.min(2 ** failures * (wifi('window') + 1) - 1, wifi('window-most')) / 2) * wifi('slot');

/** Airtime of a message, of whose last frame only the tries count; full packets before it go at the goodput of streams, µs. */
function frameTime(bytes: number, tries: number): number {
  let last = bytes;
  let micros = 0;
  for (; last > 1500; last -= 1500) micros += (1500 * 8) / wifi('rate');
  for (let failures = 0; failures < tries; failures++)
    micros += frame(last, wifi('frame-rate')) + wifi('sifs') + wifi('acknowledgement') + backoff(failures);
  return micros;
}
const frameTimeToAll = (bytes: number): number => frame(bytes, wifi('broadcast-rate')) + backoff(0);

class Watch {
  readonly counts = new Map<string, Count>();
  readonly works: Work[] = [];
  /** How often the bare counts were compared with the calendar. */
  compared = 0;
  private readonly world: World;
  private radio: Airtime | null = null;
  /** The message that enters the radio. */
  private entering: { readonly line: TraceLine; readonly work: Work; readonly link: Link } | null = null;
  private readonly entries = new Map<number, { readonly at: number; readonly system: string }>();
  /** Node that a message reached last. */
  private readonly places = new Map<number, string>();

  constructor() {
    const early: TraceLine[] = [];
    const spec = worldOf(null, 'typical', { hours: 24, course: 'natural' });
    const seen: { see: (line: TraceLine) => void } = { see: (line) => early.push(line) };
    this.world = World.build(spec, catalogue, { seed: 1, replication: 0, trace: (line) => seen.see(line) });
    const { net } = this.world;
    for (const link of net.links)
      this.works.push({
        index: link.index,
        messages: 0,
        area: 0,
        ofMessages: 0,
        free: 0,
        periodArea: 0,
        periodOfMessages: 0,
        mixed: false,
        leftOut: 0,
      });
    // How often a frame is tried is its luck, which no trace tells: that much is asked, its airtime is reckoned here.
    for (const { airtime } of net.segments) {
      if (airtime === null || this.radio !== null) continue;
      this.radio = airtime;
      const { size, sizeToAll } = airtime;
      airtime.size = (bytes, tries) => {
        this.queueOnRadio(frameTime(bytes, tries));
        return size.call(airtime, bytes, tries);
      };
      airtime.sizeToAll = (bytes) => {
        this.queueOnRadio(frameTimeToAll(bytes));
        return sizeToAll.call(airtime, bytes);
      };
    }
    const arrive = net.frames.arrive.bind(net.frames);
    net.frames.arrive = (node: number, message: Message) => {
      this.exit(net.nodes[node]!.id, message);
      arrive(node, message);
    };
    // Nothing streams yet while the world is built.
    early.forEach((line) => this.see(line));
    seen.see = (line) => this.see(line);
    this.run();
  }

  private run(): void {
    const { world } = this;
    const { links } = world.net.state;
    for (let events = 0; ; events++) {
      if (events % 200 === 0) this.compare();
      const from = world.now;
      const passed = world.next - from;
      links.forEach((link, i) => this.pass(this.works[i]!, Math.max(0, link.busyUntil - from), passed));
      const rates = this.rates();
      const more = world.step();
      this.rates().forEach((rate, i) => (this.works[i]!.mixed ||= rate !== rates[i] && links[i]!.busyUntil > world.now));
      if (!more) break;
    }
    for (const work of this.works) this.close(work);
    this.compare();
    for (const count of this.counts.values()) count.advance(world.now);
    // Who is still on the way has stayed so far.
    for (const { at, system } of this.entries.values()) this.counts.get(system)!.stays += world.now - at;
  }

  private rates(): number[] {
    const { links, loads, queues } = this.world.net;
    return links.map((link, i) => drainRate(link, loads[i]!, queues[i]!));
  }

  /** So much time passes over so much waiting work, µs. */
  private pass(work: Work, waiting: number, passed: number): void {
    work.periodArea += waiting > passed ? waiting * passed - passed ** 2 / 2 : waiting ** 2 / 2;
    if (waiting <= passed) this.close(work);
  }

  private close(work: Work): void {
    if (work.mixed) work.leftOut++;
    else {
      work.area += work.periodArea;
      work.ofMessages += work.periodOfMessages;
    }
    work.periodArea = work.periodOfMessages = 0;
    work.mixed = false;
  }

  /** A line of the trace: a frame enters a link, or is stopped before it has. */
  private see(line: TraceLine): void {
    const { id, from } = line;
    if (line.kind === 'verdict' && line.verdict === 'stopped') {
      const entry = this.entries.get(id!);
      if (entry === undefined || entry.at !== line.t || this.places.get(id!) !== from) return;
      this.entries.delete(id!);
      const count = this.counts.get(entry.system)!;
      count.change(line.t, -1);
      count.entered--;
      return;
    }
    if (line.kind !== 'message') return;
    // The second of two merged hops: its message never stopped at the gateway.
    if (from !== line['origin'] && this.places.get(id!) !== from) return;
    this.queue(line);
    if (line.to === '*') return;
    this.places.set(id!, from!);
    const system = systemOf(line.link!);
    let count = this.counts.get(system);
    if (count === undefined) this.counts.set(system, (count = new Count()));
    count.change(line.t, 1);
    count.entered++;
    this.entries.set(id!, { at: line.t, system });
  }

  private exit(node: string, message: Message): void {
    this.places.set(message.id, node);
    if (message.l2dst === -1) return;
    const entry = this.entries.get(message.id)!;
    this.entries.delete(message.id);
    const count = this.counts.get(systemOf(this.world.net.segments[message.segment]!.id))!;
    count.change(this.world.now, -1);
    count.left++;
    this.counts.get(entry.system)!.stays += this.world.now - entry.at;
  }

  /** On paper the frame waits for those before it and takes its bytes, on a radio its airtime, at the rate that streams leave (Lindley). */
  private queue(line: TraceLine): void {
    const { net } = this.world;
    const segment = net.segments[net.segmentIndex.get(line.link!)!]!;
    const link = net.links[net.nodeIndex.get(line.from!) === segment.gatewayNode ? segment.downlink : segment.uplink]!;
    if (link.rate === Infinity || segment.interval > 0 || !net.state.links[link.index]!.up) return;
    const work = this.works[link.index]!;
    if (segment.airtime !== null) this.entering = { line, work, link };
    else this.serve(line, work, (line.bytes! * 8e6) / drainRate(link, net.loads[link.index]!, net.queues[link.index]!));
  }

  /** µs of airtime; beside streams it takes longer to get them. */
  private queueOnRadio(airtime: number): void {
    const { line, work, link } = this.entering!;
    const { loads, queues } = this.world.net;
    this.serve(line, work, (airtime * link.rate) / drainRate(link, loads[link.index]!, queues[link.index]!));
  }

  private serve(line: TraceLine, work: Work, service: number): void {
    const wait = Math.max(0, work.free - line.t);
    work.messages++;
    work.periodOfMessages += service * wait + service ** 2 / 2;
    work.free = line.t + wait + service;
  }

  /** The bare counts are what the calendar holds of frames on their way. */
  private compare(): void {
    const { net, kernel } = this.world;
    const held = new Map<string, number>();
    for (const { handler, data } of kernel.snapshot().records) {
      if (handler !== 'net.arrive' || (data as Message).l2dst === -1) continue;
      const system = systemOf(net.segments[(data as Message).segment]!.id);
      held.set(system, (held.get(system) ?? 0) + 1);
    }
    for (const [system, count] of this.counts) expect([system, count.present]).toEqual([system, held.get(system) ?? 0]);
    this.compared++;
  }

  linkIds(): readonly string[] {
    return this.works.map(({ index }) => this.world.net.links[index]!.id);
  }
}

describe('Little’s law over a day of the reference home', () => {
  let watch: Watch;
  beforeAll(() => void (watch = new Watch()));

  it('in numbers: the mean count on every link is the rate of arrivals times the mean stay', () => {
    expect([...watch.counts.keys()].sort()).toEqual([
      'ble',
      'hospital-clinical',
      'hospital-dmz',
      'hospital-servers',
      'line and core',
      'private',
    ]);
    expect(watch.compared).toBeGreaterThan(300);
    for (const [system, { area, stays, entered, left, present }] of watch.counts) {
      expect([system, entered]).toEqual([system, left + present]);
      expect(entered).toBeGreaterThan(20);
      const L = area / (24 * 3600 * SECOND);
      const lambda = entered / (24 * 3600);
      const W = stays / entered / SECOND;
      expect(Math.abs(L / (lambda * W) - 1), system).toBeLessThan(1e-9);
    }
  });

  it('in work: what waits at every link in the mean is λ E[service × wait + service²/2]', () => {
    const busy = watch.works.filter(({ messages }) => messages > 0);
    expect(busy.map(({ index }) => watch.linkIds()[index])).toEqual(
      watch
        .linkIds()
        .filter((id) => ['radio home', 'line up', 'line down', 'hospital-clinical', 'hospital-dmz', 'hospital-servers'].includes(id)),
    );
    // `busyUntil` of up to 9e10 µs is a double, exact to 1.5e-5 µs; the shortest service here lasts 0.3 µs.
    for (const { area, ofMessages, leftOut, messages } of busy) {
      expect(Math.abs(area / ofMessages - 1)).toBeLessThan(1e-4);
      expect(leftOut).toBeLessThan(messages / 100);
    }
  });
});
