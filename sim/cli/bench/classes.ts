import { run } from '../../world/run.ts';
import type { TraceLine } from '../../world/run.ts';
import { openProject } from '../project.ts';
import { referenceDay } from './home.ts';
import { REPETITIONS } from './measure.ts';
import type { Measurement } from './measure.ts';

/** What a class of traffic amounts to in a day, by measurements of others. */
interface Class {
  readonly name: string;
  /** Device that sends it, and kinds of message. */
  readonly from: string;
  readonly kinds: readonly string[];
  readonly perDay: number;
  readonly source: string;
}

const ECHO = 'IoT-23 CTU-Honeypot-5-1 (Echo Dot, 5.5 h)';

/** Figures per day of the classes that the evidence counts. */
export const CLASSES: readonly Class[] = [
  { name: 'speaker-dns', from: 'speaker', kinds: ['dns-query'], perDay: 55 * 24, source: ECHO },
  { name: 'speaker-ntp', from: 'speaker', kinds: ['ntp'], perDay: 23 * 24, source: ECHO },
  { name: 'speaker-mdns', from: 'speaker', kinds: ['mdns'], perDay: 40 * 24, source: ECHO },
  { name: 'speaker-poll', from: 'speaker', kinds: ['poll'], perDay: 22 * 24, source: ECHO },
  { name: 'speaker-http', from: 'speaker', kinds: ['connectivity-check'], perDay: 66 * 24, source: ECHO },
  { name: 'speaker-commands', from: 'speaker', kinds: ['voice-command'], perDay: 18.2, source: 'Ammari 2019 (Alexa)' },
  { name: 'camera-clips', from: 'camera', kinds: ['clip-note'], perDay: 5.2, source: 'tj-oconnor, 7-day capture' },
];

/** Messages that devices author in a day, by class, over the evidence; mean of some replications. */
export function classCounts(): readonly Measurement[] {
  const { catalogue } = openProject();
  const spec = referenceDay();
  const counts = CLASSES.map(() => 0);
  for (let replication = 0; replication < REPETITIONS; replication++) {
    const seen = new Set<number>();
    const trace = (line: TraceLine): void => {
      if (line.kind !== 'message' || line.id === undefined || seen.has(line.id)) return;
      seen.add(line.id);
      CLASSES.forEach(({ from, kinds }, i) => {
        if (line.from === from && kinds.includes(String(line['what']))) counts[i]!++;
      });
    };
    run(spec, catalogue, { seed: 1, replication, trace });
  }
  return CLASSES.map(({ name, perDay, source }, i) => {
    const value = counts[i]! / REPETITIONS;
    return { name: `home-day-class:${name}`, value, unit: 'messages', peer: `${perDay} (${source})`, ratio: value / perDay };
  });
}
