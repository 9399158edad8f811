import { spawn } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { scenarioHash } from '../../sim/study/identity.ts';
import { runStudy } from '../../sim/study/run.ts';
import { contents, identity as base, inline, newFolder, planOf, world } from './fake.ts';

const CHILD = fileURLToPath(new URL('crash-child.mjs', import.meta.url));

/** Replications kept so far. */
function linesOf(file: string): number {
  return existsSync(file) ? readFileSync(file, 'utf8').split('\n').length - 1 : 0;
}

/** Starts a study in a process of its own and kills it, without warning, when it has kept `lines` replications. */
async function killAfter(lines: number, args: readonly string[], out: string): Promise<void> {
  const child = spawn(process.execPath, [CHILD, ...args], { stdio: ['ignore', 'ignore', 'pipe'] });
  let complaints = '';
  child.stderr.on('data', (data) => (complaints += String(data)));
  const ended = new Promise<NodeJS.Signals | null>((resolve) => child.once('exit', (_code, signal) => resolve(signal)));
  const watch = setInterval(() => linesOf(join(out, 'runs.partial.jsonl')) >= lines && child.kill('SIGKILL'), 5);
  const signal = await ended;
  clearInterval(watch);
  expect(signal, complaints).toBe('SIGKILL');
}

describe('a study whose process is killed', () => {
  it('loses at most what was in flight, and is resumed to the same bytes', async () => {
    const plan = planOf(120, {
      arms: ['none', 'typical'].map((set) => ({ id: `slow/${set}`, threat: 'slow', set, mitigations: [], spec: world(set, 'slow') })),
    });
    const identity = { ...base, scenario: scenarioHash(plan) };
    const out = newFolder();
    const file = join(dirname(out), 'plan.json');
    writeFileSync(file, JSON.stringify({ plan, identity }));
    await killAfter(20, [file, out, 'new'], out);
    const kept = linesOf(join(out, 'runs.partial.jsonl'));
    expect(kept).toBeGreaterThanOrEqual(20);
    await killAfter(kept + 30, [file, out, 'resume'], out);
    const more = linesOf(join(out, 'runs.partial.jsonl'));
    expect(more).toBeGreaterThanOrEqual(kept + 30);

    let ran = 0;
    const executor = inline(plan);
    const counted = {
      ...executor,
      run: (task: Parameters<typeof executor.run>[0]) => ((ran += task.replications.length), executor.run(task)),
    };
    await runStudy(plan, { workers: 1, executor: counted, identity, out, resume: true });
    expect(ran).toBe(2 * 120 - more);

    const straight = newFolder();
    await runStudy(plan, { workers: 1, executor: inline(plan), identity, out: straight });
    expect(contents(out)).toEqual(contents(straight));
  });
});
