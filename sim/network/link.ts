import type { LinkState } from './state.ts';
import type { Link } from './topology.ts';

/**
 * One direction of a wire, or a shared radio: FIFO with a finite buffer. Discrete messages queue behind each other;
 * fluid streams take their share of the rate beside them (design section 4, "hybrid").
 */
export interface Load {
  /** bit/s offered by streams that do not back off */
  unresponsive: number;
  /** bit/s that elastic streams get */
  elastic: number;
  elasticCount: number;
}

export interface Service {
  /** Time at which the last bit has left, µs; −1 = lost for want of buffer. */
  done: number;
  /** Probability that the message is lost to overload. */
  loss: number;
}

/** Mean packet size of streams, bytes: sets the residual-time wait below saturation. Full-size Ethernet frames. */
const STREAM_PACKET = 1500;
/** An elastic flow that fills a link keeps, on average, this share of a drop-tail buffer full (sawtooth between half and full). */
const SAWTOOTH = 0.75;

/**
 * What a message of `bytes` meets on the link now. Updates the link's queue.
 *
 * - Overload by unresponsive streams on a FIFO: the buffer is full and everybody loses 1 − rate/offered.
 * - Saturated by elastic streams: the message is one more flow among them and waits behind their standing queue.
 * - Otherwise: residual rate, plus the mean residual wait of the streams' packets, ρ/(2(1−ρ)) packet times (M/D/1).
 * - Fair queueing: its share of the link, whatever others offer. Priority: the link less other priority traffic.
 */
export function serve(
  link: Link,
  state: LinkState,
  load: Load,
  bytes: number,
  now: number,
  queue: 'fifo' | 'fair' | 'priority',
  favoured: boolean,
  out: Service,
): void {
  const rate = link.rate;
  out.loss = 0;
  if (rate === Infinity) {
    out.done = now;
    return;
  }
  let available = rate;
  let wait = 0;
  const used = load.unresponsive + load.elastic;
  if (used > 0) {
    const flows = load.elasticCount + (load.unresponsive > 0 ? 1 : 0);
    const share = rate / (flows + 1);
    if (queue === 'priority' && favoured) {
      wait = (STREAM_PACKET * 8e6) / rate; // a packet already on the wire is not interrupted
    } else if (queue === 'fair' || queue === 'priority') {
      available = Math.max(share, rate - used);
      wait = (flows * STREAM_PACKET * 8e6) / rate;
    } else if (load.unresponsive >= rate) {
      out.loss = 1 - rate / load.unresponsive;
      available = share;
      wait = (link.buffer * 8e6) / rate;
    } else if (used >= rate * 0.999) {
      available = Math.max(share, rate - used);
      wait = (SAWTOOTH * link.buffer * 8e6) / rate;
    } else {
      available = rate - used;
      const rho = used / rate;
      wait = ((rho / (2 * (1 - rho))) * STREAM_PACKET * 8e6) / rate;
    }
  }
  const start = state.busyUntil > now ? state.busyUntil : now;
  if ((start - now) * available > link.buffer * 8e6) {
    out.done = -1;
    return;
  }
  const end = start + (bytes * 8e6) / available;
  state.busyUntil = end;
  out.done = end + wait;
}
