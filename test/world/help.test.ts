import { expect, it } from 'vitest';
import type { WorldSpec } from '../../sim/model/spec.ts';
import { run, type TraceLine } from '../../sim/world/run.ts';
import { catalogue, worldOf } from '../support/worlds.ts';

it('a call for help that the line did not carry is heard when the line is back', () => {
  const HOUR = 3_600_000_000;
  const told = (failures: WorldSpec['failures']): { readonly pressed: number; readonly raised: number } => {
    const lines: TraceLine[] = [];
    const spec: WorldSpec = { ...worldOf(null, [], { hours: 24, set: ['parameters.patient.until-unwell=1200'] }), failures };
    run(spec, catalogue, { seed: 1, replication: 0, trace: (line) => lines.push(line) });
    const pressed = lines.find(({ kind, what, from }) => kind === 'message' && what === 'help-wanted' && from === 'hub');
    const raised = lines.find(({ what, fields }) => what === 'notice-raised' && (fields as { what: string }).what === 'help');
    return { pressed: (pressed?.t ?? NaN) / HOUR, raised: (raised?.t ?? NaN) / HOUR };
  };
  const open = told([]);
  expect(open.raised - open.pressed).toBeLessThan(0.01);
  // The line is down from shortly before the button is pressed until well after all tries of one request.
  const from = open.raised - 0.02;
  const down = told([{ of: 'link', on: 'line', fromHours: from, minutes: 12 }]);
  expect(down.raised).toBeGreaterThan(from + 0.2);
  expect(down.raised).toBeLessThan(from + 0.25);
});
