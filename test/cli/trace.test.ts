import { execFileSync } from 'node:child_process';
import { linkSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { folder, PROJECT, words } from './homeward.ts';

/** Attacked, so that every frequent kind of line is there: hops with labels, verdicts, records, states, steps, alerts. */
const RUN = ['run', 'reference', '--hours', '2', '--threat', 'te3-uplink-flood', '--mitigations', 'recommended', '--seed', '4'];
const LEVELS = ['steps', 'messages', 'full'] as const;

const cwd = folder();
const file = (name: string): string => join(cwd, `${name}.jsonl`);
const linesOf = (name: string): string[] => readFileSync(file(name), 'utf8').trimEnd().split('\n');

function rewritten(name: string, lines: readonly string[]): string {
  writeFileSync(file(name), `${lines.join('\n')}\n`);
  return file(name);
}

beforeAll(async () => {
  for (const level of LEVELS) expect((await words([...RUN, '--trace', file(level), '--trace-level', level])).code).toBe(0);
});

describe('--trace-level', () => {
  it('leaves lines out and none else: full is what is written without it', async () => {
    await words([...RUN, '--trace', file('default')]);
    const full = linesOf('full');
    expect(linesOf('default')).toEqual(full);
    expect(full.map((line) => (JSON.parse(line) as { n: number }).n)).toEqual(full.map((_, i) => i));
    const left = (...kinds: readonly string[]) => full.filter((line) => !kinds.some((kind) => line.includes(`,"kind":"${kind}",`)));
    expect(linesOf('messages')).toEqual(left('state', 'draw'));
    expect(linesOf('steps')).toEqual(left('state', 'draw', 'message', 'verdict'));
  });

  it('ends with the outcomes, as --json has them', async () => {
    const { out } = await words([...RUN, '--json']);
    const { outcomes } = JSON.parse(out) as { outcomes: Record<string, number | null> };
    for (const level of LEVELS) {
      const ends = linesOf(level).slice(-Object.keys(outcomes).length);
      const said = ends.map((line) => JSON.parse(line) as { kind: string; what: string; value: number | null });
      expect(said.map(({ kind }) => kind)).toEqual(said.map(() => 'outcome'));
      expect(Object.fromEntries(said.map(({ what, value }) => [what, value]))).toEqual(outcomes);
    }
  });

  it('needs a level that there is, and a file', async () => {
    for (const command of [
      ['run', 'reference'],
      ['replay', cwd, '--arm', 'x', '--replication', '0'],
    ]) {
      const { code, err } = await words([...command, '--trace', file('none'), '--trace-level', 'mesages']);
      expect(err).toMatch(/--trace-level.*"messages", the nearest known/);
      expect(code).toBe(2);
    }
    const { code, err } = await words([...RUN, '--trace-level', 'steps']);
    expect(err).toMatch(/--trace-level.*add --trace FILE/);
    expect(code).toBe(2);
  });
});

describe('--against', () => {
  it('is not overwritten by --trace under another name', async () => {
    const before = readFileSync(file('steps'), 'utf8');
    symlinkSync(file('steps'), file('symbolic'));
    linkSync(file('steps'), file('hard'));
    for (const name of ['steps', 'symbolic', 'hard']) {
      const { code, err } = await words([...RUN, '--against', file('steps'), '--trace', file(name)]);
      expect(err).toMatch(/--trace would overwrite/);
      expect(code).toBe(2);
    }
    expect(readFileSync(file('steps'), 'utf8')).toBe(before);
  });
  it('and --trace say what the device refuses', async () => {
    const { code, err } = await words([...RUN, '--trace', '/dev/full']);
    expect(err).toContain('cannot write /dev/full: no space is left on the device');
    expect(code).toBe(1);
  });

  it.each(LEVELS)('a file of level %s equals the run that wrote it, whatever is traced beside', async (level) => {
    for (const beside of LEVELS) {
      const { out, code } = await words([...RUN, '--against', file(level), '--trace', file('beside'), '--trace-level', beside]);
      expect(out).toContain(`The trace equals ${file(level)} to the end.`);
      expect(out.includes('at level')).toBe(level !== 'full');
      expect(code).toBe(0);
      expect(linesOf('beside')).toEqual(linesOf(beside));
    }
  });

  it.each(LEVELS.flatMap((level) => ['t', 'n', 'what'].map((field) => ({ level, field }))))(
    'level $level: finds the one altered $field',
    async ({ level, field }) => {
      const lines = linesOf(level);
      const at = lines.findIndex((line, i) => i > lines.length / 2 && line.includes('"what"'));
      const line = JSON.parse(lines[at]!) as Record<string, unknown>;
      const altered = typeof line[field] === 'number' ? (line[field] as number) + 1 : 'altered';
      const path = rewritten('altered', lines.with(at, JSON.stringify({ ...line, [field]: altered })));
      const { out } = await words([...RUN, '--against', path]);
      expect(out).toContain(`parts from ${path} at line ${at + 1}:`);
      expect(out).toContain(
        `  event ${line['n']}, ${line['kind']} at ${line['t']} µs: ${field} ${JSON.stringify(altered)} before, ${JSON.stringify(line[field])} now\n`,
      );
    },
  );

  it('names a field inside a record, and one that is missing', async () => {
    const lines = linesOf('steps');
    const at = lines.findIndex((line) => line.includes('"what":"measured"'));
    const line = JSON.parse(lines[at]!) as { fields: { value: number; code?: string } };
    const { code: _code, ...rest } = line.fields;
    const { out } = await words([
      ...RUN,
      '--against',
      rewritten('inside', lines.with(at, JSON.stringify({ ...line, fields: { ...rest, value: -1 } }))),
    ]);
    expect(out).toContain(`fields.code absent before, "${line.fields.code}" now; fields.value -1 before, ${line.fields.value} now`);
  });

  it.each(LEVELS)('level %s: a line too few, one too many, and an end that is missing', async (level) => {
    const lines = linesOf(level);
    const half = lines.length >> 1;
    const { n } = JSON.parse(lines[half]!) as { n: number };
    const missing = await words([...RUN, '--against', rewritten('fewer', lines.toSpliced(half, 1))]);
    expect(missing.out).toMatch(new RegExp(`at line ${half + 1}:[^]*event ${n}, .*: n \\d+ before, ${n} now`));
    const longer = await words([...RUN, '--against', rewritten('longer', [...lines, lines[0]!])]);
    expect(longer.out).toMatch(new RegExp(`at line ${lines.length + 1}:[^]*now: +\\(ended\\)[^]*the run ends before it`));
    const shorter = await words([...RUN, '--against', rewritten('shorter', lines.slice(0, -1))]);
    expect(shorter.out).toMatch(new RegExp(`at line ${lines.length}:[^]*before: \\(ended\\)[^]*the file ends before it`));
  });

  it('other blanks, another order of fields and Windows line ends are no difference', async () => {
    const other = linesOf('steps').map(
      (line) => `${JSON.stringify(Object.fromEntries(Object.entries(JSON.parse(line)).reverse()), null, 1).replaceAll('\n', ' ')}\r`,
    );
    const { out } = await words([...RUN, '--against', rewritten('spelling', other)]);
    expect(out).toContain('to the end.');
  });

  it.runIf(process.platform !== 'win32')('reads a pipe too', () => {
    const command = [process.execPath, join(PROJECT, 'dist/sim/cli/main.js'), ...RUN, '--against', '/dev/stdin'];
    const out = execFileSync('sh', ['-c', 'cat "$0" | "$@"', file('messages'), ...command], { encoding: 'utf8' });
    expect(out).toContain('The trace equals /dev/stdin to the end.');
  });

  it.each([
    ['torn', '{"n":0,"t":0,"kind":"st', /^[^:]*torn\.jsonl:2:24: not JSON \(.*--trace\)$/],
    ['words', 'hello', /:2:1: not JSON/],
    ['token', '{"n":1,"t":tea}', /:2:13: not JSON/],
    ['empty', '', /:2:1: an empty line/],
    ['list', '[1]', /:2:1: expected an object/],
    ['number', '{"n":-1,"t":0,"kind":"step"}', /:2:2: expected "n"/],
    ['time', '{"n":1,"t":"0","kind":"step"}', /:2:8: expected "t", the time in µs/],
    ['kind', '{"n":1,"t":0,"kind":"mesage"}', /:2:14: no kind of event is called "mesage" \(Write "message", the nearest known\)/],
    ['deep', `{"n":1,"t":0,"kind":"step","a":${'['.repeat(50_000)}${']'.repeat(50_000)}}`, /:2:1: nested deeper than/],
    ['endless', `{"n":1,"t":0,"kind":"${'x'.repeat(3_000_000)}`, /:2:1048576: the line has more than/],
    ['bytes', '\u0000\u0001\u0002', /:2:1: not JSON/],
  ])('refuses a file with a bad line before it runs or writes anything: %s', async (name, text, expected) => {
    writeFileSync(file('kept'), 'kept\n');
    const path = rewritten(name, [linesOf('steps')[0]!, text, linesOf('steps')[1]!]);
    const { code, out, err } = await words([...RUN, '--trace', file('kept'), '--against', path]);
    expect(err.trim()).toMatch(expected);
    expect(out).toBe('');
    expect(code).toBe(2);
    expect(readFileSync(file('kept'), 'utf8')).toBe('kept\n');
  });
});
