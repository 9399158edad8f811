import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { planOf as studyPlanOf } from '../../sim/cli/plans.ts';
import { catalogue } from '../../sim/catalogue.ts';
import { replicationAt } from '../../sim/study/plan.ts';
import { partialText } from '../../sim/study/partial.ts';
import { readResults, type StoredStudy } from '../../sim/study/read.ts';
import { failed, type Row } from '../../sim/study/rows.ts';
import { runStudy } from '../../sim/study/run.ts';
import { run } from '../../sim/world/run.ts';
import { inline, newFolder, planOf } from '../study/fake.ts';
import { folder, words } from './homeward.ts';

const ARM = 'te1-voice-eavesdrop/none';

/** Writes a folder as an unfinished one with its rows edited: what somebody could do whose hashes are all right. */
async function edit(stored: StoredStudy, change: (row: Row) => Row): Promise<void> {
  const { path, rows, plan, replications, manifest } = stored;
  const lines = rows.groups.flatMap((group, g) =>
    Array.from({ length: replications }, (_, ordinal) => {
      const runs = [rows.attackFree(g, ordinal), ...group.arms.map((arm) => rows.arm(arm, ordinal))];
      return partialText(g, replicationAt(plan, ordinal), runs.map(change));
    }),
  );
  writeFileSync(join(path, 'runs.partial.jsonl'), lines.join(''));
  writeFileSync(join(path, 'manifest.json'), JSON.stringify({ ...manifest, finished: null }));
}

describe('replay', () => {
  let study: string;
  beforeAll(() => {
    const cwd = folder();
    writeFileSync(join(cwd, 'home.yaml'), 'id: small\nextends: reference\n');
    study = join(cwd, 'small.yaml');
    writeFileSync(
      study,
      'id: small\nquestion: Is it the same?\nhome: home.yaml\nhours: 0.1\nthreats: [te1-voice-eavesdrop]\narms: { sets: [none] }\nreplications: 2\noutcomes: [recordsExposed]\n',
    );
  });
  const made = async (): Promise<string> => {
    const out = newFolder();
    const plan = studyPlanOf(study, {});
    await runStudy(plan, { workers: 1, executor: inline(plan, (spec, options) => run(spec, catalogue, options)), out });
    return out;
  };
  const replay = (path: string, arm: string = ARM) => words(['replay', path, '--arm', arm, '--replication', '1', '--json']);

  it('compares outcomes and success as well as the fingerprint', async () => {
    const out = await made();
    const same = await replay(out);
    expect(same.err).toMatch(/fingerprint [0-9a-f]{32} equals the row's, and so do its outcomes/);
    expect(same.code).toBe(0);
    const stored = await readResults(out);
    const { id } = stored.plan.outcomeSpecs[3]!;
    await edit(stored, (row) => (failed(row) ? row : { ...row, values: row.values.with(3, 999) }));
    const other = await replay(out);
    expect(other.err).toMatch(new RegExp(`^error: ${id} (is .+|did not happen), the row says 999$`, 'm'));
    expect(other.code).toBe(1);
    await edit(stored, (row) => (failed(row) ? row : { ...row, values: row.values.with(3, NaN) }));
    expect((await replay(out, 'attack-free/none')).err).toMatch(
      new RegExp(`^error: ${id} is .*, the row says that it did not happen$`, 'm'),
    );
    await edit(stored, (row) => (failed(row) || row.succeeded === null ? row : { ...row, succeeded: !row.succeeded }));
    const success = await replay(out);
    expect(success.err).toMatch(
      /^error: the threat event (reached its goal, the row says that it did not|did not reach its goal, the row says that it did)$/m,
    );
    expect(success.code).toBe(1);
    await edit(stored, () => ({ error: 'Error: it broke' }));
    expect((await replay(out)).err).toContain('the row has no fingerprint: its run failed (Error: it broke), and this one did not');
  });

  it('of a run that fails again says so, with what the row says', async () => {
    const out = newFolder();
    const plan = planOf(2, { arms: planOf(1).arms.slice(0, 1), baseline: null });
    const broken = inline(plan, () => {
      throw new Error('it broke');
    });
    await runStudy(plan, { workers: 1, executor: broken, out });
    const { code, err } = await replay(out, 'te1/none');
    expect(err).toMatch(/^error: the run fails again: .+ \(the row says: Error: it broke\)$/m);
    expect(err).not.toMatch(/defect|\n\s+at /);
    expect(code).toBe(1);
    vi.stubEnv('DEBUG', '1');
    expect((await replay(out, 'te1/none')).err).toMatch(/\n\s+at /);
    vi.unstubAllEnvs();
    // A mistake of whoever asks is none of the run's.
    const usage = await words(['replay', out, '--arm', 'te1/none', '--replication', '1', '--against', 'missing.jsonl']);
    expect(usage.err).toContain('cannot read missing.jsonl: there is no such file');
    expect(usage.code).toBe(2);
  });
});
