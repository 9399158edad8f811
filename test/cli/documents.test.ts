import { cpSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { folder, homeward, words } from './homeward.ts';
import type { Finished } from './homeward.ts';

/** A short world keeps these tests quick; what they are about does not depend on its length. */
const SHORT = ['--hours', '1'];

type Document = Record<string, any>;
const keys = (value: object): readonly string[] => Object.keys(value).sort();

/** Standard output holds one JSON document and nothing else. */
function only({ code, out }: Finished): Document {
  expect(code).toBe(0);
  return JSON.parse(out) as Document;
}

describe('run --json', () => {
  it('has the documented keys, with and without a threat event', async () => {
    const free = only(await homeward(['run', 'reference', ...SHORT, '--json']));
    const all = [
      'fingerprint',
      'scenario',
      'seed',
      'replication',
      'simulatedHours',
      'events',
      'messages',
      'wallMs',
      'threat',
      'alerts',
      'outcomes',
      'attributable',
    ].sort();
    expect(keys(free)).toEqual(all);
    expect(free).toMatchObject({ threat: null, attributable: null, scenario: 'reference', seed: 1, replication: 0, simulatedHours: 1 });
    expect(free['wallMs']).toBeGreaterThan(0);
    const attacked = only(await words(['run', 'reference', ...SHORT, '--threat', 'te2-reading-tamper', '--mitigations', 'none', '--json']));
    expect(keys(attacked)).toEqual(all);
    expect(keys(attacked['threat'])).toEqual(['id', 'steps', 'succeeded']);
    for (const step of attacked['threat'].steps) expect(keys(step)).toEqual(['at', 'blockedBy', 'messages', 'status', 'technique']);
    expect(keys(attacked['attributable'])).toEqual(keys(attacked['outcomes']));
    const listed = JSON.parse((await words(['list', 'outcomes', '--json'])).out) as { id: string }[];
    expect(keys(attacked['outcomes'])).toEqual(listed.map(({ id }) => id).sort());
  });

  it('takes a home of the user from the current folder, and edits', async () => {
    const cwd = folder();
    writeFileSync(join(cwd, 'mine.yaml'), 'id: mine\nextends: reference\n');
    const document = only(
      await homeward(['run', 'mine.yaml', ...SHORT, '--seed', '5', '--replication', '3', '--set', 'devices.speaker.power=off', '--json'], {
        cwd,
      }),
    );
    expect(document).toMatchObject({ scenario: 'mine', seed: 5, replication: 3 });
  });

  it('gives the same fingerprint each time, with a trace or without, and another for another seed', async () => {
    const trace = join(folder(), 'run.jsonl');
    const print = async (...more: readonly string[]): Promise<unknown> =>
      only(await words(['run', 'reference', ...SHORT, ...more, '--json']))['fingerprint'];
    const first = await print();
    expect(first).toMatch(/^[0-9a-f]{32}$/);
    expect(await print('--trace', trace)).toBe(first);
    expect(await print('--seed', '2')).not.toBe(first);
  });
});

describe('traces', () => {
  it('hold one object a line, numbered, and tell where another run parts', async () => {
    const cwd = folder();
    const [first, same, other] = ['first', 'same', 'other'].map((name) => join(cwd, `${name}.jsonl`)) as [string, string, string];
    await words(['run', 'reference', ...SHORT, '--trace', first]);
    const lines = readFileSync(first, 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Document);
    expect(lines.length).toBeGreaterThan(100);
    for (const line of lines.slice(0, 1000)) {
      expect(typeof line['n']).toBe('number');
      expect(Number.isInteger(line['t'])).toBe(true);
      expect(['message', 'verdict', 'draw', 'state', 'setting', 'alert', 'step', 'outcome', 'record']).toContain(line['kind']);
    }
    const equal = await words(['run', 'reference', ...SHORT, '--trace', same, '--against', first]);
    expect(equal.out).toContain(`The trace equals ${first} to the end.`);
    expect(readFileSync(same, 'utf8')).toBe(readFileSync(first, 'utf8'));

    const parting = await words(['run', 'reference', ...SHORT, '--seed', '2', '--trace', other, '--against', first, '--json']);
    const number = Number(/parts from .* at line (\d+):/.exec(parting.err)?.[1]);
    const before = readFileSync(first, 'utf8').split('\n');
    const now = readFileSync(other, 'utf8').split('\n');
    expect(number).toBe(1 + before.findIndex((line, i) => line !== now[i]));
    expect(parting.err).toContain(`before: ${before[number - 1]}`);
    expect(parting.err).toContain(`now:    ${now[number - 1]}`);
    only(parting);
  });

  it('does not overwrite the trace that it is compared with', async () => {
    const trace = join(folder(), 'run.jsonl');
    writeFileSync(trace, 'kept\n');
    const { code } = await words(['run', 'reference', ...SHORT, '--trace', trace, '--against', trace]);
    expect(code).toBe(2);
    expect(readFileSync(trace, 'utf8')).toBe('kept\n');
  });
});

describe('study, results, compare, merge, replay', () => {
  const ESTIMATE = ['high', 'level', 'low', 'mean', 'n'];
  let cwd: string;
  let study: Document;
  const STUDY = `id: small
question: Is the machinery sound?
home: homes/small.yaml
hours: 1
course: deteriorating
threats: [te2-reading-tamper]
arms: { sets: [none, typical], baseline: typical }
replications: 4
outcomes: [undetectedDeteriorationMinutes, recordsExposed]
seed: 7
`;
  beforeAll(async () => {
    cwd = folder();
    writeFileSync(join(cwd, 'small-home.yaml'), 'id: small\nextends: reference\n');
    writeFileSync(join(cwd, 'small.yaml'), STUDY.replace('homes/small.yaml', 'small-home.yaml'));
    const finished = await homeward(['study', 'small.yaml', '--out', 'out', '--workers', '2', '--json'], { cwd });
    for (const control of ['\u001b', '\r']) expect(finished.err).not.toContain(control);
    study = only(finished);
  });

  it('study --json has the documented keys', () => {
    expect(keys(study)).toEqual(['arms', 'failures', 'fingerprint', 'replications', 'study']);
    expect(study).toMatchObject({ study: 'small', replications: 4, failures: [] });
    expect(study['arms'].map((arm: Document) => arm['id'])).toEqual(['te2-reading-tamper/none', 'te2-reading-tamper/typical']);
    for (const arm of study['arms'] as Document[]) {
      expect(keys(arm)).toEqual(['attributable', 'id', 'mitigations', 'outcomes', 'succeeded', 'threat']);
      expect(keys(arm['succeeded'])).toEqual(ESTIMATE);
      for (const estimates of [arm['outcomes'], arm['attributable']] as Document[]) {
        expect(keys(estimates)).toEqual(['recordsExposed', 'undetectedDeteriorationMinutes']);
        for (const one of Object.values(estimates)) expect(keys(one as object)).toEqual(ESTIMATE);
      }
    }
  });

  it('the number of workers changes nothing', async () => {
    expect(only(await words(['study', join(cwd, 'small.yaml'), '--workers', '1', '--json']))).toEqual(study);
  });

  it('results prints the same study again, for programs and for people', async () => {
    expect(only(await words(['results', join(cwd, 'out'), '--json']))).toEqual(study);
    const { code, out } = await words(['results', join(cwd, 'out')]);
    expect(code).toBe(0);
    for (const part of [
      'te2-reading-tamper',
      'none',
      'typical',
      'given that this adversary tries, and given that the patient deteriorates',
      'not clinically validated',
      study['fingerprint'],
    ])
      expect(out).toContain(part);
  });

  it('compare --json has the documented keys, from a folder and from the study', async () => {
    const compared = only(await words(['compare', join(cwd, 'out'), '--outcome', 'recordsExposed', '--level', '0.9', '--json']));
    expect(keys(compared)).toEqual(['arms', 'level']);
    expect(compared['level']).toBe(0.9);
    for (const arm of compared['arms'] as Document[]) {
      expect(keys(arm)).toEqual(['baseline', 'difference', 'id', 'outcome', 'rank', 'threat', 'varianceRatio']);
      expect(keys(arm['difference'])).toEqual(['high', 'low', 'mean']);
      expect(arm['baseline']).toBe('te2-reading-tamper/typical');
    }
    expect(only(await words(['compare', join(cwd, 'small.yaml'), '--outcome', 'recordsExposed', '--level', '0.9', '--json']))).toEqual(
      compared,
    );
    for (const args of [
      ['--outcome', 'recordExposed'],
      ['--baseline', 'typicl'],
    ])
      expect((await words(['compare', join(cwd, 'out'), ...args])).code).toBe(2);
  });

  it('shards merge into the study of one machine', async () => {
    for (const i of [1, 2])
      only(await words(['study', join(cwd, 'small.yaml'), '--shard', `${i}/2`, '--out', join(cwd, `part${i}`), '--json']));
    expect(only(await words(['merge', join(cwd, 'part1'), join(cwd, 'part2'), '--out', join(cwd, 'whole'), '--json']))).toEqual(study);
    expect(readFileSync(join(cwd, 'whole/summary.json'), 'utf8')).toBe(readFileSync(join(cwd, 'out/summary.json'), 'utf8'));
  });

  it("replay runs a row again, and so does run with the arm's options", async () => {
    const trace = join(cwd, 'row.jsonl');
    const finished = await homeward([
      'replay',
      join(cwd, 'out'),
      '--arm',
      'te2-reading-tamper/typical',
      '--replication',
      '2',
      '--trace',
      trace,
      '--json',
    ]);
    const row = only(finished);
    expect(finished.err).toContain(`fingerprint ${row['fingerprint']} equals the row's`);
    expect(existsSync(trace)).toBe(true);
    const again = ['replay', join(cwd, 'out'), '--arm', 'te2-reading-tamper/typical', '--against', trace];
    expect((await homeward([...again, '--replication', '2'])).out).toContain(`The trace equals ${trace} to the end.`);
    const other = await homeward([...again, '--replication', '1', '--json']);
    expect(other.err).toMatch(/The trace parts from .*row\.jsonl at line \d+:/);
    expect(other.err).toContain(`fingerprint ${only(other)['fingerprint']} equals the row's`);
    const run = only(
      await words([
        'run',
        join(cwd, 'small-home.yaml'),
        '--threat',
        'te2-reading-tamper',
        '--mitigations',
        'typical',
        '--hours',
        '1',
        '--course',
        'deteriorating',
        '--seed',
        '7',
        '--replication',
        '2',
        '--json',
      ]),
    );
    expect(run['fingerprint']).toBe(row['fingerprint']);
    expect(run['outcomes']).toEqual(row['outcomes']);
    expect(run['attributable']).toEqual(row['attributable']);
  });

  it('replay refuses what the folder was not made with, and names it', async () => {
    cpSync(join(cwd, 'out'), join(cwd, 'foreign'), { recursive: true });
    const file = join(cwd, 'foreign/manifest.json');
    const manifest = readFileSync(file, 'utf8');
    writeFileSync(file, manifest.replace(/("catalogue": *")[0-9a-f]{8}/, '$100000000'));
    const { code, err } = await homeward(['replay', join(cwd, 'foreign'), '--arm', 'te2-reading-tamper/none', '--replication', '0']);
    expect(err).toMatch(/manifest\.json:1:1: .*catalogue/);
    expect(code).toBe(2);
    for (const [arm, replication, said] of [
      ['te2-reading-tamper/nine', '0', 'te2-reading-tamper/none'],
      ['te2-reading-tamper/none', '9', 'It has 4'],
    ] as const) {
      const refused = await homeward(['replay', join(cwd, 'out'), '--arm', arm, '--replication', replication]);
      expect(refused.err).toContain(said);
      expect(refused.code).toBe(2);
    }
  });
});

describe('list --json', () => {
  const KEYS: Readonly<Record<string, readonly string[]>> = {
    mitigations: ['actor', 'cost', 'family', 'id', 'maps', 'title'],
    sets: ['id', 'mitigations'],
    outcomes: ['better', 'bounds', 'id', 'kind', 'unit'],
    router: ['basis', 'outcome', 'requirement', 'setting', 'source', 'test'],
    iot: ['basis', 'outcome', 'requirement', 'setting', 'source', 'test'],
    scenarios: ['id', 'kind', 'path', 'title'],
    techniques: ['attack', 'basis', 'id', 'title'],
    devices: ['family', 'kind', 'profiles', 'roles', 'settings', 'supply', 'title'],
    threats: ['attack', 'goal', 'id', 'needs', 'replays', 'start', 'steps', 'title'],
  };
  it.each(Object.entries(KEYS))('%s', async (what, expected) => {
    const rows = JSON.parse((await words(['list', what, '--json'])).out) as object[];
    expect(rows.length).toBeGreaterThan(2);
    for (const row of rows) expect(keys(row)).toEqual(expected);
    const { code, out } = await words(['list', what]);
    expect(code).toBe(0);
    expect(out.split('\n').length).toBeGreaterThan(rows.length);
  });

  it('parameters, each with source and grade, assumptions with a range', async () => {
    const rows = JSON.parse((await words(['list', 'parameters', '--json'])).out) as Document[];
    for (const row of rows) {
      expect(keys(row)).toEqual(['value' in row ? 'value' : 'distribution', 'grade', 'id', 'range', 'source', 'unit'].sort());
      if (row['grade'] === 'assumption') expect([row['id'], row['range']]).not.toEqual([row['id'], null]);
    }
  });
});
