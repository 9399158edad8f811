import type { LinkState } from './state.ts';
import type { Link } from './topology.ts';

/**
 * One direction of a wire, or a shared radio: FIFO with a finite buffer. Discrete messages queue behind each other;
 * fluid streams take their share of the rate beside them (design section 4, "hybrid").
 */
export interface Load {
  /** bit/s offered by streams that do not back off, and how many there are */
  unresponsive: number;
  unresponsiveCount: number;
  /** bit/s of it that come from those whom priority favours */
  favoured: number;
  /** bit/s that elastic streams get */
  elastic: number;
  elasticCount: number;
  /** Mean wait of a message for streams' packets while streams leave room, µs (see `periodicWait`). */
  wait: number;
}

export type Discipline = 'fifo' | 'fair' | 'priority';

export interface Service {
  /** Time at which the last bit has left, µs; −1 = lost for want of buffer. */
  done: number;
  /** Probability that the message is lost to overload. */
  loss: number;
}

/** Packet size of streams, bytes: a message waits for the one on the wire. Full-size Ethernet frames. */
export const STREAM_PACKET = 1500;
/**
 * Elastic flows that fill a link keep, on average, this share of a drop-tail buffer full: CUBIC (RFC 9438) falls back to
 * 0.7 of the window that overflowed and returns to it along a cubic, 1 − 0.3/4 in the mean. For a buffer that is large
 * beside what the path itself holds.
 */
const SAWTOOTH = 0.925;
/** Share of a link from which elastic streams are taken to fill it. */
export const FULL = 0.999;

/**
 * What a message of `bytes` (on a radio: of that much of its goodput, see `Airtime`) meets on the link now. Updates the link's queue.
 *
 * FIFO: a message waits for the work that stands before it and then leaves at the link's full rate; what streams bring
 * meanwhile stands behind it, and only makes the backlog of messages shrink more slowly, by the residual rate (a fluid
 * queue with constant inflow: Kleinrock, "Queueing Systems" vol. 2, section 2.7).
 *
 * - Below saturation a message also waits for the streams' packets that it finds there, as at a queue of periodic streams.
 * - Saturated by elastic streams: it waits behind their standing queue, and they give way to the messages' load.
 * - Overload by unresponsive streams: the buffer is full and everybody loses 1 − rate/offered.
 * - Fair queueing: its share of the link, whatever others offer.
 * - Priority: the favoured have the link to themselves, but for the packet that is on the wire; others are served first come,
 *   first served, with what the favoured leave of it.
 *
 * Against ns-3 (test/fidelity/ns3: what holds to within 15 %, and by how much the rest does not): mean delay holds on line,
 * WAN and Wi-Fi, short frames included, but where elastic streams' acknowledgements fill a radio. Loss holds where messages
 * alone overload the link. Beside an overload of streams it depends on how equipment counts and how the stream is timed: a
 * single regular stream costs messages 23 % (buffer in bytes) or 55 % (in packets) where this law says 15 %, ten streams 5 %
 * or 18 %. Elastic flows cost messages up to 0.5 % on a line and 1.7 % on Wi-Fi; here nothing.
 */
export function serve(
  link: Link,
  state: LinkState,
  load: Load,
  bytes: number,
  now: number,
  queue: Discipline,
  favoured: boolean,
  out: Service,
): void {
  out.loss = 0;
  if (link.rate === Infinity) {
    out.done = now;
    return;
  }
  if (queue === 'priority' && favoured) {
    serveFirst(link, state, load, bytes, now, out);
    return;
  }
  const full = link.buffer * 8e6;
  const rate = queue === 'priority' ? leftByFavoured(link, load) : link.rate;
  let available = rate; // drains the backlog of messages
  let speed = rate; // sends this message
  let wait = 0;
  let standing = 0; // work of streams that is always there, bits × 1e6
  if (load.unresponsive + load.elastic > 0) {
    available = drainRate(link, load, queue);
    if (queue === 'fair') {
      speed = available;
      wait = (flowsOf(load) * STREAM_PACKET * 8e6) / rate;
    } else {
      const unresponsive = queue === 'priority' ? load.unresponsive - load.favoured : load.unresponsive;
      if (unresponsive >= rate) {
        out.loss = 1 - rate / unresponsive;
        standing = full;
      } else if (unresponsive + load.elastic >= rate * FULL) standing = SAWTOOTH * full;
      else wait = load.wait;
    }
  }
  const start = state.busyUntil > now ? state.busyUntil : now;
  const backlog = (start - now) * available;
  if (backlog > full) {
    out.done = -1;
    return;
  }
  state.busyUntil = start + (bytes * 8e6) / available;
  out.done = now + ((backlog > standing ? backlog : standing) + bytes * 8e6) / speed + wait;
}

/** As `serve`, for a favoured message under priority: behind its own kind, and a packet already on the wire, which is not interrupted. */
function serveFirst(link: Link, state: LinkState, load: Load, bytes: number, now: number, out: Service): void {
  const { rate } = link;
  const full = link.buffer * 8e6;
  const { favoured } = load;
  const available = favouredRate(link, load);
  const start = state.busyFavoured > now ? state.busyFavoured : now;
  const backlog = (start - now) * available;
  if (backlog > full) {
    out.done = -1;
    return;
  }
  if (favoured >= rate) out.loss = 1 - rate / favoured;
  const standing = favoured >= rate ? full : 0;
  const beside = load.unresponsive + load.elastic > 0 || state.busyUntil > now;
  state.busyFavoured = start + (bytes * 8e6) / available;
  // The others wait for it, whenever it came.
  state.busyUntil = (state.busyUntil > now ? state.busyUntil : now) + (bytes * 8e6) / drainRate(link, load, 'priority');
  out.done = now + ((backlog > standing ? backlog : standing) + bytes * 8e6) / rate + (beside ? (STREAM_PACKET * 8e6) / rate : 0);
}

/** Rate at which the backlog of messages drains beside the streams, bit/s; under priority that of those who are not favoured (see `serve`). */
export function drainRate(link: Link, load: Load, queue: Discipline): number {
  const used = load.unresponsive + load.elastic;
  if (used === 0) return link.rate;
  if (queue === 'fair') return Math.max(link.rate / (flowsOf(load) + 1), link.rate - used);
  const favoured = queue === 'priority' ? load.favoured : 0;
  const rate = queue === 'priority' ? leftByFavoured(link, load) : link.rate;
  const unresponsive = load.unresponsive - favoured;
  if (unresponsive >= rate) return rate;
  if (unresponsive + load.elastic < rate * FULL) return rate - unresponsive - load.elastic;
  return Math.max(rate / (load.elasticCount + (unresponsive > 0 ? 2 : 1)), rate - unresponsive);
}

/** The same for the favoured alone. */
export const favouredRate = ({ rate }: Link, { favoured }: Load): number => (favoured < rate ? rate - favoured : rate);

/** What favoured streams leave of a link to the others, bit/s; never nothing, so that a backlog has an end. */
const leftByFavoured = (link: Link, load: Load): number => Math.max(LEAST * link.rate, link.rate - load.favoured);
const LEAST = 0.01;

const flowsOf = (load: Load): number => load.elasticCount + load.unresponsiveCount;
