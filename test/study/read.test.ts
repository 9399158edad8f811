import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { InputError } from '../../sim/scenario/errors.ts';
import { scenarioHash } from '../../sim/study/identity.ts';
import type { StudyPlan } from '../../sim/study/plan.ts';
import { readResults, replayOf, summaryOf } from '../../sim/study/read.ts';
import { runStudy } from '../../sim/study/run.ts';
import { fakeRun, identity as base, inline, newFolder, planOf, world } from './fake.ts';

const identityFor = (plan: StudyPlan) => ({ ...base, seed: plan.seed, scenario: scenarioHash(plan) });

async function made(plan: StudyPlan, run = fakeRun): Promise<string> {
  const out = newFolder();
  await runStudy(plan, { workers: 1, executor: inline(plan, run), identity: identityFor(plan), out });
  return out;
}

describe('replay', () => {
  it('says which replications there are, those of a shard by their own numbers', async () => {
    const refused = async (plan: StudyPlan, replication: number, said: string): Promise<void> => {
      const stored = await readResults(await made(plan));
      expect(() => replayOf(stored, 'te1/none', replication, identityFor(plan))).toThrow(said);
    };
    await refused(planOf(4), 4, 'te1/none has no replication 4. It has 4, from 0 to 3.');
    const second = planOf(8, { shard: { index: 2, of: 3 } });
    await refused(second, 0, 'te1/none has no replication 0. It has 3, from 1 to 7 in steps of 3.');
    await refused(planOf(4, { shard: { index: 4, of: 4 } }), 0, 'It has 1, number 3.');
    const stored = await readResults(await made(second));
    expect(replayOf(stored, 'te1/none', 7, identityFor(second)).fingerprint).not.toBeNull();
  });

  it('gives all that the row holds', async () => {
    const plan = planOf(5);
    const stored = await readResults(await made(plan));
    const found = replayOf(stored, 'te1/none', 3, identityFor(plan));
    const { fingerprint, outcomes, threat } = fakeRun(world('none', 'te1'), { seed: 1, replication: 3 });
    expect(found).toMatchObject({ fingerprint, outcomes, succeeded: threat!.succeeded, error: null });
    expect(replayOf(stored, 'attack-free/none', 3, identityFor(plan)).succeeded).toBeNull();
  });
});

describe('text of a results folder', () => {
  const edited = async (file: string, edit: (text: string) => string): Promise<string> => {
    const folder = await made(planOf(3));
    const path = join(folder, file);
    const old = readFileSync(path, 'utf8');
    expect(edit(old)).not.toBe(old);
    writeFileSync(path, edit(old));
    return folder;
  };

  it('is refused with control characters, which could rewrite a screen', async () => {
    for (const [file, edit] of [
      ['manifest.json', (text: string) => text.replace('Does the machinery', 'Does \\u001b]0;title\\u0007 the machinery')],
      ['manifest.json', (text: string) => text.replaceAll('te1/none', 'te1/no\\u009b2Jne')],
      ['manifest.json', (text: string) => text.replaceAll('te1/none', 'te1/none\\nfailed')],
      ['manifest.json', (text: string) => text.replace('0.0.0+test', '0.0.0\\u001b[1A')],
      ['scenario.json', (text: string) => text.replace('Tiny home', 'Tiny\\u007fhome')],
    ] as const) {
      const reading = readResults(await edited(file, edit));
      await expect(reading).rejects.toThrow(InputError);
      await expect(reading).rejects.toThrow(/damaged: .*control characters/);
    }
  });

  it('may go over several lines', async () => {
    const folder = await edited('manifest.json', (text) => text.replace('Does the machinery work?', 'Does it,\\n\\tor not?\\n'));
    expect(summaryOf(await readResults(folder)).question).toBe('Does it,\n\tor not?\n');
  });

  it('can be read again whatever a run failed with', async () => {
    const stored = await readResults(
      await made(planOf(3), () => {
        throw new Error('\u001b[2J\tgone\r\u0085');
      }),
    );
    expect(summaryOf(stored).failures[0]!.error).toBe('Error: \ufffd[2J\tgone\ufffd\ufffd');
  });
});
