import { describe, expect, it } from 'vitest';
import { run } from '../../sim/world/run.ts';
import type { WorldSpec } from '../../sim/model/spec.ts';
import { catalogue, worldOf } from '../support/worlds.ts';

/** Principle 3: a draw is addressed, so that nobody's luck depends on who else is there. */

const OPTIONS = { seed: 3, replication: 0 };

const traced = (spec: WorldSpec): { lines: string[]; fingerprint: string } => {
  const lines: string[] = [];
  const { fingerprint } = run(spec, catalogue, { ...OPTIONS, trace: (line) => lines.push(JSON.stringify(line)) });
  return { lines, fingerprint };
};

const IDLE = `
id: already-so
title: Sets what is set already
family: network-segmentation
actor: patient
set:
  - { on: { kind: consumer-router }, settings: { upnp: UPNP } }
cost: { setup-minutes: 1, usd: 0, usd-per-month: 0 }
maps: [ { ref: "csf2:PR.IR-01", basis: ours } ]
`;

const UPNP = worldOf(null, []).devices.find(({ id }) => id === 'router')!.settings['upnp'] === true;
const idle = (upnp: boolean) => ({ 'scenarios/mitigations/already-so.yaml': IDLE.replace('UPNP', String(upnp)) });
const [SAME_AS_NOW, OTHERWISE] = [idle(UPNP), idle(!UPNP)];

describe('a mitigation that changes nothing', () => {
  it.each([null, 'te2-reading-tamper'])('leaves the trace as it was, line by line (%s)', (threat) => {
    const before = traced(worldOf(threat, [], { hours: 2 }));
    const after = traced(worldOf(threat, ['already-so'], { hours: 2, files: SAME_AS_NOW }));
    expect(after.lines.find((line, i) => line !== before.lines[i])).toBeUndefined();
    expect([after.lines.length, after.fingerprint]).toEqual([before.lines.length, before.fingerprint]);
    expect(before.lines.length).toBeGreaterThan(10_000);
    const changed = run(worldOf(threat, ['already-so'], { hours: 2, files: OTHERWISE }), catalogue, OPTIONS);
    expect(changed.fingerprint, 'the other way round it does change something').not.toBe(before.fingerprint);
  });
});

const CARE = [
  'telemetryGapMinutes',
  'missedCheckIns',
  'lostCalls',
  'undetectedDeteriorationMinutes',
  'alarmToResponseMinutes',
  'missedAlarms',
  'falseAlarms',
  'rescuesMissed30Min',
  'nurseMinutes',
  'patientMinutes',
];
/** Messages move by microseconds when another station shares the air; nobody's care does. A second, in minutes. */
const SAME = 1 / 60;

const TALKER = {
  'scenarios/homes/talker.yaml': `
id: talker
title: The reference home with a visitor's laptop
extends: reference
devices:
  - { id: laptop2, kind: laptop, on: private, room: study }
`,
};

/**
 * No chance in it: the same seeds give the same verdict. Were a sequence shared, next to no replication would stay as it was
 * once something happens in it, and about a quarter of these four-hour runs see an alarm, a call or a deterioration.
 */
describe('one more talker on an unloaded line', () => {
  it('leaves care outcomes as they were in at least 95 % of 40 replications', () => {
    const REPLICATIONS = 40;
    const alone = worldOf(null, 'typical', { hours: 4 });
    const together = worldOf(null, 'typical', { hours: 4, files: TALKER, home: 'scenarios/homes/talker.yaml' });
    let same = 0;
    let eventful = 0;
    for (let replication = 0; replication < REPLICATIONS; replication++) {
      const [a, b] = [alone, together].map((spec) => run(spec, catalogue, { seed: 9, replication }));
      expect(b!.messages).toBeGreaterThan(a!.messages + 100);
      if (CARE.some((id) => (a!.outcomes[id] ?? 0) > 0)) eventful++;
      if (CARE.every((id) => near(a!.outcomes[id]!, b!.outcomes[id]!))) same++;
    }
    expect(same).toBeGreaterThanOrEqual(0.95 * REPLICATIONS);
    expect(eventful, 'something must happen in them').toBeGreaterThanOrEqual(8);
  });
});

const near = (x: number | null, y: number | null): boolean => (x === null || y === null ? x === y : Math.abs(x - y) <= SAME);
