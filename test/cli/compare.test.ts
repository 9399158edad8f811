import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { RunReplication } from '../../sim/study/batch.ts';
import { scenarioHash } from '../../sim/study/identity.ts';
import type { StudyPlan } from '../../sim/study/plan.ts';
import { runStudy, StudyInterrupted } from '../../sim/study/run.ts';
import { fakeRun, identity, inline, newFolder, planOf } from '../study/fake.ts';
import { folder, words } from './homeward.ts';

const arms = (...ids: readonly string[]) => planOf(1).arms.filter(({ id }) => ids.includes(id));

interface Making {
  readonly run?: RunReplication;
  readonly level?: number;
  readonly stopAt?: number;
}

/** A results folder without simulating anything. */
async function made(plan: StudyPlan, { run = fakeRun, level = 0.95, stopAt = Infinity }: Making = {}): Promise<string> {
  const out = newFolder();
  const stop = new AbortController();
  await runStudy(plan, {
    workers: 1,
    level,
    executor: inline(plan, run),
    identity: { ...identity, scenario: scenarioHash(plan) },
    out,
    signal: stop.signal,
    onProgress: ({ done }) => done >= stopAt && stop.abort(),
  }).catch((error: unknown) => expect(error).toBeInstanceOf(StudyInterrupted));
  return out;
}

const failing: RunReplication = (spec, options) => {
  if (spec.threat !== null && spec.devices[0]!.settings['set'] === 'recommended') throw new Error('broken');
  return fakeRun(spec, options);
};

describe('compare', () => {
  it('names what failed and what should not be trusted, for programs and for people', async () => {
    const path = await made(planOf(12, { outcomes: ['records'] }), { run: failing });
    for (const form of [[], ['--json']]) {
      const { code, out, err } = await words(['compare', path, ...form]);
      expect(code).toBe(1);
      expect(err).toContain('failed: arm te1/recommended, replication 11, seed 1: Error: broken');
      expect(err.match(/^failed: /gm)).toHaveLength(24);
      expect(err).toMatch(/^WARN 2 estimates: no values$/m);
      expect(out).not.toContain('WARN ');
      if (form.length === 0) expect(out).toMatch(/ !$|! marks/m);
      else {
        const document = JSON.parse(out) as { arms: { id: string; rank: number; difference: { mean: number | null } }[] };
        const lost = document.arms.filter(({ id }) => id.endsWith('/recommended'));
        expect(lost.map(({ rank, difference }) => [rank, difference.mean])).toEqual(lost.map(() => [3, null]));
      }
    }
  });

  it('says nothing and ends with 0 where nothing is doubtful', async () => {
    const { code, err } = await words(['compare', await made(planOf(12)), '--outcome', 'succeeded', '--json']);
    expect([code, err]).toEqual([0, '']);
  });

  it('says the same of a study that it runs itself', async () => {
    const cwd = folder();
    writeFileSync(join(cwd, 'home.yaml'), 'id: small\nextends: reference\n');
    const study = 'id: small\nquestion: Is it said?\nhome: home.yaml\nhours: 0.1\nthreats: [te1-voice-eavesdrop]\n';
    writeFileSync(
      join(cwd, 'small.yaml'),
      `${study}arms: { sets: [none, typical], baseline: typical }\nreplications: 2\noutcomes: [recordsExposed]\n`,
    );
    const { code, err } = await words(['compare', join(cwd, 'small.yaml'), '--workers', '1', '--json']);
    expect(code).toBe(0);
    expect(err).toMatch(/^WARN 1 estimate: /m);
  });

  it('says of which folders it takes a part only', async () => {
    const cut = await made(planOf(9), { stopAt: 40 });
    const part = await words(['compare', cut, '--outcome', 'succeeded', '--json']);
    expect(part.err).toMatch(/^note: .*results is not finished; compared are its first [1-8]$/m);
    expect(part.code).toBe(0);
    const [short, long] = [await made(planOf(4, { arms: arms('te1/none', 'te1/typical') })), await made(planOf(9))];
    const { err } = await words(['compare', short, long, '--outcome', 'succeeded', '--json']);
    expect(err).toBe(`note: ${long} holds 9 replications; compared are its first 4\n`);
  });

  it("takes the folder's own level unless told otherwise", async () => {
    const path = await made(planOf(12), { level: 0.8 });
    const levelOf = async (...more: readonly string[]): Promise<unknown> =>
      (JSON.parse((await words(['compare', path, '--json', ...more])).out) as { level: unknown }).level;
    expect(await levelOf()).toBe(0.8);
    expect(await levelOf('--level', '0.99')).toBe(0.99);
  });

  it('refuses a baseline that a threat event has not, and names one that all have', async () => {
    const first = await made(planOf(4, { arms: arms('te1/none', 'te1/typical') }));
    const second = await made(planOf(4, { arms: arms('te2/none', 'te2/recommended'), baseline: 'none' }));
    const refused = await words(['compare', first, second]);
    expect(refused.err).toBe('error: te2 has no arm with the baseline "typical", its sets are none, recommended (give --baseline none)\n');
    expect([refused.code, refused.out]).toEqual([2, '']);
    expect((await words(['compare', first, second, '--baseline', 'none', '--json'])).code).toBe(0);
    const third = await made(planOf(4, { arms: arms('te2/recommended'), baseline: 'recommended' }));
    const hopeless = await words(['compare', first, third, '--baseline', 'te1/none']);
    expect(hopeless.err).toMatch(/te2 has no arm with the baseline "none".*set in common/);
    expect(hopeless.code).toBe(2);
  });
});
