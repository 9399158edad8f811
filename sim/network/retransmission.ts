import { SECOND, type Micros } from '../kernel/time.ts';
import type { Network } from './network.ts';

/** When what stays unanswered is sent again, and how often: a time-out that doubles with every try (RFC 6298), for handshakes and requests. */
export class Retransmission {
  readonly tries: number;
  private readonly firstTimeout: number;

  constructor(net: Network) {
    this.firstTimeout = Math.round(net.parameter('tcp.first-timeout') * SECOND);
    this.tries = net.parameter('tcp.tries');
  }

  /** How long all attempts together wait, µs. */
  get patience(): Micros {
    return this.timeout(this.tries) - this.firstTimeout;
  }

  /** How long an attempt waits for its answer, µs; the first is attempt 0. */
  timeout(attempt: number): Micros {
    return this.firstTimeout * (1 << attempt);
  }
}
