import { openProject } from '../../project.ts';
import { reasonOf, told, type Extent, type Finding } from '../check.ts';
import { generate } from './generate.ts';
import { sizeOf } from './plan.ts';
import { play } from './play.ts';

interface Failure {
  readonly seed: number;
  readonly size: number;
  readonly complaints: readonly string[];
}

/**
 * Random small worlds, each run to its end with every message accounted for. World n has the seed `seed` + n.
 * The laws are exact: no false alarms. A defect that shows in a share p of worlds is missed with probability (1 − p)^worlds:
 * 10 000 worlds miss one of p = 0.03 % in 5 of 100 cases, 200 worlds one of 1.5 %.
 */
export async function fuzz({ worlds, seed, progress }: Extent): Promise<Finding> {
  const { catalogue, library } = openProject();
  const failures: Failure[] = [];
  const sums = { events: 0, messages: 0, hops: 0, copies: 0, takenIn: 0, stopped: 0, underWay: 0, adversaries: 0 };
  const reasons = new Set<string>();
  for (let n = 0; n < worlds; n++) {
    const own = seed + n;
    let size = 0;
    try {
      const plan = generate(own, catalogue);
      size = sizeOf(plan);
      const played = play(plan, catalogue, library.parameters);
      sums.events += played.events;
      sums.messages += played.sums.made;
      sums.hops += played.sums.hops;
      sums.copies += played.sums.arrivals;
      sums.takenIn += played.sums.taken;
      sums.stopped += played.sums.stopped;
      sums.underWay += played.sums.underWay + played.sums.waiting;
      sums.adversaries += plan.adversary === null ? 0 : 1;
      for (const reason of played.reasons.keys()) reasons.add(reason.replace(/\d+/g, 'n'));
      if (played.complaints.length > 0) failures.push({ seed: own, size, complaints: played.complaints });
    } catch (error) {
      failures.push({ seed: own, size, complaints: [reasonOf(error)] });
    }
    progress(n + 1, worlds, 'fuzz');
    // Ctrl-C and the progress line get their turn.
    if (n % 50 === 49) await new Promise((resolve) => setImmediate(resolve));
  }
  failures.sort((a, b) => a.size - b.size || a.seed - b.seed);
  return {
    check: 'fuzz',
    pass: failures.length === 0,
    figures: { worlds, ...sums, reasons: reasons.size },
    failures: told(
      failures.map(({ seed: own, complaints }) => `homeward verify --only fuzz --seed ${own} --worlds 1: ${also(complaints)}`),
    ),
  };
}

const also = (complaints: readonly string[]): string =>
  complaints.length === 1 ? complaints[0]! : `${complaints[0]} (and ${complaints.length - 1} more)`;
