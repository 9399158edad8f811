import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { PROJECT, folder, homeward, words } from './homeward.ts';

const HOME = 'reference';
const reference = readFileSync(join(PROJECT, 'scenarios/homes/reference.yaml'), 'utf8');

describe('help', () => {
  it('lists the commands, and each explains itself', async () => {
    const { code, out, err } = await homeward(['--help']);
    expect([code, err]).toEqual([0, '']);
    const commands = ['run', 'study', 'compare', 'replay', 'merge', 'results', 'serve', 'start', 'validate', 'list', 'bench', 'verify'];
    for (const command of commands) expect(out).toMatch(new RegExp(`^  ${command}\\b`, 'm'));
    for (const command of commands) {
      const help = await words([command, '--help']);
      expect([help.code, help.err]).toEqual([0, '']);
      expect(help.out).toMatch(new RegExp(`^Usage: homeward ${command}`));
    }
  });

  it('prints the version of the package', async () => {
    const { version } = JSON.parse(readFileSync(join(PROJECT, 'package.json'), 'utf8')) as { version: string };
    expect(await homeward(['--version'])).toEqual({ code: 0, out: `${version}\n`, err: '' });
  });
});

describe('wrong usage ends with exit code 2 and says what to write', () => {
  const cases: readonly (readonly [readonly string[], RegExp])[] = [
    [[], /Usage: homeward/],
    [['rum'], /unknown command 'rum'[\s\S]*Did you mean run/],
    [['run'], /missing required argument 'home'/],
    [['run', HOME, '--sed', '1'], /unknown option '--sed'[\s\S]*--se[etd]+/],
    [['run', HOME, '--seed', 'one'], /--seed.*whole number from 0/],
    [['run', HOME, '--seed', '-1'], /--seed.*whole number from 0/],
    [['run', HOME, '--seed', '1.5'], /--seed.*whole number/],
    [['run', HOME, '--seed', '1e3'], /--seed.*whole number/],
    [['run', HOME, '--seed', '9007199254740993'], /--seed.*whole number/],
    [['run', HOME, '--replication', 'x'], /--replication.*whole number/],
    [['run', HOME, '--hours', '0'], /--hours.*from 0\.01 to 2160/],
    [['run', HOME, '--hours', '2161'], /--hours.*from 0\.01 to 2160/],
    [['run', HOME, '--hours', 'NaN'], /--hours.*from 0\.01 to 2160/],
    [['run', HOME, '--course', 'worse'], /--course.*natural, deteriorating/],
    [['run', HOME, '--set', 'devices.camera.on'], /--set.*PATH=VALUE/],
    [['study', 'cswp34', '--workers', '0'], /--workers.*whole number from 1/],
    [['study', 'cswp34', '--replications', '0'], /--replications.*whole number from 1/],
    [['study', 'cswp34', '--shard', '3/2'], /--shard.*i\/n/],
    [['study', 'cswp34', '--level', '95'], /--level.*0\.5/],
    [['serve', '--port', '70000'], /--port.*65535/],
    [['serve', '--host', '0.0.0.0'], /--tls-cert.*--insecure-lan/],
    [['serve', '--public-url', 'http://a:b@twin.example/'], /without path, query or password/],
    [['serve', '--public-url', 'http://twin.example/?q'], /without path, query or password/],
    [['serve', '--tls-cert', 'x.pem'], /--tls-cert and --tls-key belong together/],
    [['serve', '--tls-cert', 'x.pem', '--tls-key', 'y.pem'], /cannot read x\.pem: there is no such file/],
    [['list', 'devicez'], /devicez.*Allowed choices/],
    [['bench', '--only', 'hold-10'], /no benchmark "hold-10".*hold-100/],
    [['verify', '--only', 'fuz'], /no check "fuz".*"fuzz"/],
    [['verify', '--only', 'fuzz,'], /no check ""/],
    [['verify', '--worlds', '0'], /--worlds.*whole number from 1/],
    [['verify', '--pairs', 'many'], /--pairs.*whole number from 1/],
    [['verify', '--seed', '-1'], /--seed.*whole number from 0/],
    [['verify', '--seed', '9007199254740991'], /--seed 9007199254740991.*too large/],
    [['bench', '--profile', 'x', '--json'], /--profile.*without --only and --json/],
    [['study', 'cswp34', '--replications', '1', '--out', '/proc/no/folder'], /cannot be made/],
    [['bench', '--profile', 'no/such/folder/x'], /cannot write no\/such\/folder\/x/],
    [['run', 'referense'], /home referense.*"reference"/],
    [['run', 'no/such/home.yaml'], /home no\/such\/home\.yaml: there is no such file/],
    [['study', 'cswp43'], /study cswp43.*"cswp34"/],
    [['run', HOME, '--threat', 'te2-readng-tamper'], /te2-readng-tamper.*te2-reading-tamper/],
    [['run', HOME, '--mitigations', 'typicl'], /typicl.*typical/],
    [['run', HOME, '--set', 'devices.camra.on=guest'], /camra.*camera/],
    [['run', HOME, '--set', 'devices.camera.on=gest'], /gest.*guest/],
    [['run', HOME, '--set', 'router.settings.upnp=maybe'], /upnp/],
    [['run', HOME, '--trace', 'no/such/folder/t.jsonl'], /cannot write no\/such\/folder\/t\.jsonl/],
    [['run', HOME, '--trace', 't.jsonl', '--trace-level', 'ful'], /--trace-level.*"full"/],
    [['run', HOME, '--against', 'missing.jsonl'], /cannot read missing\.jsonl: there is no such file/],
    [['replay', 'missing-folder', '--arm', 'x', '--replication', '0'], /missing-folder/],
    [['results', 'missing-folder'], /missing-folder/],
    [['merge', 'missing-folder'], /missing-folder/],
  ];
  it.each(cases.map(([args, expected]) => ({ args, expected, name: args.join(' ') || '(nothing)' })))(
    '$name',
    async ({ args, expected }) => {
      const { code, out, err } = await words(args);
      expect(err).toMatch(expected);
      expect(out).toBe('');
      expect(code).toBe(2);
      expect(err).not.toMatch(/\n\s+at /);
    },
  );

  it('says the same as a program: on standard error, with the exit code', async () => {
    const { code, out, err } = await homeward(['run', HOME, '--seed', 'one']);
    expect([code, out]).toEqual([2, '']);
    expect(err).toMatch(/^error: .*--seed.*whole number from 0/);
  });

  it('names a busy port and the way out', async () => {
    const holder = createServer();
    await new Promise<void>((done) => holder.listen(0, '127.0.0.1', done));
    const { port } = holder.address() as { port: number };
    for (const command of ['serve', 'start']) {
      const { code, err } = await words([command, '--port', String(port)]);
      expect(err).toMatch(new RegExp(`port ${port} .*busy .*--port`));
      expect(code).toBe(2);
    }
    await new Promise((done) => holder.close(done));
  });

  it('says at once that results cannot be written', async () => {
    const cwd = folder();
    writeFileSync(join(cwd, 'file'), '');
    mkdirSync(join(cwd, 'full'));
    writeFileSync(join(cwd, 'full', 'something'), '');
    for (const out of ['file', 'file/below', 'full']) {
      const { code, err } = await words(['study', 'cswp34', '--replications', '1', '--out', join(cwd, out)]);
      expect(err).toContain(out);
      expect(code).toBe(2);
    }
  });
});

describe('mistakes in files', () => {
  const broken = reference.replace(/kind: camera/, 'kind: camrea').replace(/^title:.*$/m, 'titel: A home');
  const place = (text: string, word: string): string => {
    const before = text.slice(0, text.indexOf(word)).split('\n');
    return `${before.length}:${before.at(-1)!.length + 1}`;
  };

  it('are all named with file, line, column and remedy, in YAML', async () => {
    const cwd = folder();
    writeFileSync(join(cwd, 'my-home.yaml'), broken);
    for (const command of ['validate', 'run']) {
      const { code, out, err } = await homeward([command, 'my-home.yaml'], { cwd });
      expect(code).toBe(2);
      expect(out).toBe('');
      expect(err).toMatch(new RegExp(`^my-home\\.yaml:${place(broken, 'titel')}: .*titel.*\\(.*title.*\\)$`, 'm'));
    }
  });

  it('are named the same way in JSON', async () => {
    const cwd = folder();
    const text =
      '{\n  "id": "mine",\n  "extends": "reference",\n  "devices": [\n    { "id": "camera", "kind": "camrea", "on": "private" }\n  ]\n}\n';
    writeFileSync(join(cwd, 'home.json'), text);
    const { code, err } = await homeward(['validate', 'home.json'], { cwd });
    expect(err).toMatch(/^home\.json:5:\d+: .*camrea.*\(.*camera.*\)$/m);
    expect(code).toBe(2);
    writeFileSync(join(cwd, 'torn.json'), '{ "id": "mine",\n');
    const torn = await homeward(['validate', 'torn.json'], { cwd });
    expect(torn.err).toMatch(/^torn\.json:\d+:\d+: /m);
    expect(torn.code).toBe(2);
  });

  it('do not hide the files that are right', async () => {
    const cwd = folder();
    writeFileSync(join(cwd, 'bad.yaml'), 'devices: 5\n');
    writeFileSync(join(cwd, 'good.yaml'), 'id: mine\nextends: reference\n');
    const { code, out, err } = await homeward(['validate', 'bad.yaml', 'good.yaml'], { cwd });
    expect(out).toBe('good.yaml: home mine, no complaints\n');
    expect(err).toMatch(/^bad\.yaml:1:\d+: /);
    expect(code).toBe(2);
  });

  it('every file of the project is right, from any folder', async () => {
    const { out } = await words(['list', 'scenarios', '--json']);
    const scenarios = JSON.parse(out) as { path: string }[];
    const others = ['attacks/threat-events/te2-reading-tamper.yaml', 'scenarios/mitigations/medical-segmentation.yaml'];
    const files = [...scenarios.map(({ path }) => path), ...others];
    const { code, out: said, err } = await homeward(['validate', ...files]);
    expect([code, err]).toEqual([0, '']);
    expect(said.trim().split('\n')).toHaveLength(files.length);
    expect(said).toContain('medical-segmentation.yaml: mitigation medical-segmentation, no complaints');
  });

  it('a copy of a mitigation is checked as the one it may replace', async () => {
    const cwd = folder();
    const text = readFileSync(join(PROJECT, 'scenarios/mitigations/medical-segmentation.yaml'), 'utf8');
    writeFileSync(join(cwd, 'mine.yaml'), text);
    expect((await words(['validate', join(cwd, 'mine.yaml')])).code).toBe(0);
    writeFileSync(join(cwd, 'mine.yaml'), text.replace('network-segmentation', 'network-segmentatoin'));
    const { code, err } = await homeward(['validate', 'mine.yaml'], { cwd });
    expect(err).toMatch(/^mine\.yaml:\d+:\d+: .*network-segmentatoin/m);
    expect(code).toBe(2);
  });

  it('a folder of the same name does not hide a study or a home', async () => {
    const cwd = folder();
    for (const name of ['cswp34', HOME]) mkdirSync(join(cwd, name));
    const here = vi.spyOn(process, 'cwd').mockReturnValue(cwd);
    try {
      const study = await words(['study', 'cswp34', '--shard', '1/2']);
      expect(study.err).toContain('Add --replications N'); // it was read
      expect((await words(['run', HOME, '--hours', '0.02', '--json'])).code).toBe(0);
    } finally {
      here.mockRestore();
    }
  });

  it('a file is of the kind of its folder, or of what it extends', async () => {
    const cwd = folder();
    const of = async (name: string, text: string): Promise<string> => {
      mkdirSync(dirname(join(cwd, name)), { recursive: true });
      writeFileSync(join(cwd, name), text);
      const { out, err } = await words(['validate', join(cwd, name)]);
      return out + err;
    };
    const both = 'title: T\nmitigations: [voice-pin]\n';
    expect(await of('a.yaml', `id: mine\n${both}extends: typical\n`)).toContain('a.yaml: set mine, no complaints');
    expect(await of('a.yaml', `id: mine\n${both}`)).toContain('a.yaml: set mine, no complaints');
    expect(await of('a.yaml', `id: mine\n${both}extends: reference\n`)).toContain('a.yaml: home mine, no complaints');
    expect(await of('a.yaml', `id: mine\n${both}extends: typcal\n`)).toMatch(/a\.yaml:4:10: there is no set "typcal" \(Write "typical"/);
    expect(await of('a.yaml', `id: mine\n${both}extends: refrence\n`)).toMatch(/a\.yaml:4:10: there is no home "refrence"/);
    expect(await of('scenarios/sets/a.yaml', `id: mine\n${both}extends: reference\n`)).toContain('there is no set "reference"');
    expect(await of('scenarios/mitigations/a.yaml', 'id: mine\ntitle: T\nextends: reference\n')).toContain('unknown key "extends"');
  });

  it('an outcome that there is not is bad input to validate as well', async () => {
    const cwd = folder();
    const text = 'id: s\nquestion: q\nhome: h.yaml\nthreats: [null]\narms: { sets: [none] }\noutcomes: [recordsExposd]\n';
    writeFileSync(join(cwd, 's.yaml'), text);
    writeFileSync(join(cwd, 'h.yaml'), 'id: h\nextends: reference\n');
    const { code, err } = await words(['validate', join(cwd, 's.yaml')]);
    expect([code, err]).toEqual([2, expect.stringContaining('s.yaml:6:12: there is no outcome "recordsExposd" (Write "recordsExposed"')]);
  });

  it('a folder, an unreadable and an empty file are bad input, not a crash', async () => {
    const cwd = folder();
    mkdirSync(join(cwd, 'folder.yaml'));
    writeFileSync(join(cwd, 'empty.yaml'), '');
    writeFileSync(join(cwd, 'locked.yaml'), 'id: x\n');
    chmodSync(join(cwd, 'locked.yaml'), 0o000);
    for (const file of ['folder.yaml', 'empty.yaml', 'locked.yaml']) {
      const { code, err } = await words(['validate', join(cwd, file)]);
      expect([file, code]).toEqual([file, 2]);
      expect(err).toContain(file);
    }
  });
});

describe('the README', () => {
  it('shows edits that work', async () => {
    const table = readFileSync(join(PROJECT, 'README.md'), 'utf8').split('## Edits from the command line')[1]!.split('## Commands')[0]!;
    const examples = [...table.matchAll(/`([a-z][^`=\s]*=[^`\s]+)`/g)].map((match) => match[1]!);
    expect(examples.length).toBeGreaterThanOrEqual(8);
    for (const example of examples) {
      const { code, err } = await words(['run', HOME, '--hours', '0.02', '--set', example, '--json']);
      expect([example, code, err]).toEqual([example, 0, '']);
    }
  });

  it('names every command and only those', async () => {
    const { out } = await words(['--help']);
    const commands = [...out.matchAll(/^  ([a-z]+)\b.*$/gm)].map((match) => match[1]!).filter((name) => name !== 'help');
    const readme = readFileSync(join(PROJECT, 'README.md'), 'utf8');
    for (const command of commands) expect(readme).toContain(`homeward ${command}`);
    for (const [, named] of readme.matchAll(/homeward ([a-z]+)/g)) expect(commands).toContain(named);
  });
});
