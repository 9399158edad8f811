import { STREAM_PACKET } from './link.ts';

/** What the frames of a radio cost and how they fail, as the registry has it. Times in µs, rates in bit/s, sizes in bytes. */
export interface RadioLaw {
  /** Goodput of full-size packets in sequence, bit/s: what streams share. */
  readonly goodput: number;
  /** Rate at which a data frame's bits are sent, and a frame to everybody. */
  readonly frameRate: number;
  readonly broadcastRate: number;
  /** What a frame carries beside the packet. */
  readonly header: number;
  readonly preamble: number;
  /** Gap before a frame (DIFS), before an acknowledgement (SIFS), and of one step of the backoff. */
  readonly gap: number;
  readonly shortGap: number;
  readonly slot: number;
  /** First and largest contention window, slots. */
  readonly window: number;
  readonly windowMost: number;
  readonly acknowledgement: number;
  /** Probability that a try is not acknowledged; independent from try to try. */
  readonly loss: number;
  /** Tries of a frame at most. */
  readonly tries: number;
}

/**
 * Airtime of messages on a shared radio, by the distributed coordination function of IEEE 802.11 without aggregation: DIFS,
 * preamble, header and packet, SIFS, acknowledgement; without an acknowledgement the same again after a backoff from a
 * window twice as wide. Backoffs count with their mean. The backoff that follows a success belongs to the frame that waits
 * behind it: a frame that finds the medium idle has none.
 *
 * Sizes are handed out as bytes of goodput, the unit in which a link's queue reckons (`serve`). Collisions are part of the
 * loss of a try; hidden stations, rate control and aggregation of messages are not modelled.
 */
export class Airtime {
  /** Can a try fail? */
  readonly fails: boolean;
  readonly most: number;
  /** For so long after a frame has arrived the medium is not free, µs; and after one to everybody. */
  readonly after: number;
  readonly afterAll: number;
  private readonly loss: number;
  private readonly header: number;
  /** Bytes of goodput per byte of a frame. */
  private readonly perByte: number;
  private readonly perByteToAll: number;
  /** Tries → bytes of goodput beside what is sent. */
  private readonly overhead: Float64Array;
  private readonly overheadToAll: number;

  constructor(law: RadioLaw) {
    const perMicro = law.goodput / 8e6;
    const backoff = (slots: number): number => (slots / 2) * law.slot;
    const cycle = law.gap + law.preamble + law.shortGap + law.acknowledgement;
    this.fails = law.loss > 0;
    this.loss = law.loss;
    this.most = law.tries;
    this.header = law.header;
    this.after = law.shortGap + law.acknowledgement + backoff(law.window);
    this.afterAll = backoff(law.window);
    this.perByte = law.goodput / law.frameRate;
    this.perByteToAll = law.goodput / law.broadcastRate;
    this.overhead = new Float64Array(law.tries + 1);
    let slots = law.window;
    let micros = backoff(slots);
    for (let tries = 1; tries <= law.tries; tries++) {
      micros += cycle;
      this.overhead[tries] = micros * perMicro;
      slots = Math.min(2 * slots + 1, law.windowMost);
      micros += backoff(slots);
    }
    this.overheadToAll = (law.gap + law.preamble + backoff(law.window)) * perMicro;
  }

  /** The try at which a frame with luck u in [0, range) is acknowledged; more than `most` = none. k failures have probability loss^k. */
  tries(u: number, range: number): number {
    let tries = 1;
    for (let p = this.loss * range; u < p && tries <= this.most; p *= this.loss) tries++;
    return tries;
  }

  /** Airtime of a message to one station when its last frame is tried so often (1 … most), bytes of goodput. */
  size(bytes: number, tries: number): number {
    // Of what does not fit into one frame, full packets go as streams' do.
    const last = bytes > STREAM_PACKET ? ((bytes - 1) % STREAM_PACKET) + 1 : bytes;
    return bytes - last + tries * (last + this.header) * this.perByte + this.overhead[tries]!;
  }

  /** The same of a message to everybody: sent once, not acknowledged. */
  sizeToAll(bytes: number): number {
    return (bytes + this.header) * this.perByteToAll + this.overheadToAll;
  }
}
