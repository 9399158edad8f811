import { pow } from '../kernel/math.ts';

/** More streams than this are taken as packets that come at any time: the sum below takes time that grows with their square. */
const MANY = 128;
/** Points of Simpson's rule between two whole numbers of packets; what is integrated is a polynomial there. */
const STEPS = 8;

/**
 * Mean wait, in packets' times, of a message that comes at any time to a link on which `streams` streams of equal rate and
 * random phase send packets of one size at constant intervals: the mean virtual waiting time of N·D/D/1, with load
 * `utilisation` < 1 (J. W. Roberts and J. T. Virtamo, "The superposition of periodic cell arrival streams in an ATM
 * multiplexer", IEEE Trans. Commun. 39(2), 1991). One stream: half a packet with probability ρ. Very many: M/D/1,
 * ρ / (2 (1 − ρ)).
 */
export function periodicWait(streams: number, utilisation: number): number {
  if (streams > MANY) return utilisation / (2 * (1 - utilisation));
  const period = streams / utilisation;
  let sum = 0;
  for (let packet = 0; packet < streams; packet++)
    for (let step = 0; step <= STEPS; step++) {
      const weight = step === 0 || step === STEPS ? 1 : step % 2 === 1 ? 4 : 2;
      sum += weight * longer(packet + step / STEPS, packet, streams, period);
    }
  return sum / (3 * STEPS);
}

/** Probability that the wait is longer than x, packet ≤ x ≤ packet + 1. */
function longer(x: number, packet: number, streams: number, period: number): number {
  let sum = 0;
  let choices = 1;
  for (let n = 1; n <= streams; n++) {
    choices *= (streams - n + 1) / n;
    if (n <= packet) continue;
    const share = (n - x) / period;
    sum += (choices * pow(share, n) * pow(1 - share, streams - n) * (period - streams + x)) / (period - n + x);
  }
  return sum;
}
