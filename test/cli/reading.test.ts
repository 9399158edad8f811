import { execFileSync } from 'node:child_process';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { folder, homeward, words } from './homeward.ts';

const HOME = 'id: mine\nextends: reference\n';
const validate = (...path: string[]) => words(['validate', join(...path)]);
const sh = (command: string) => execFileSync('sh', ['-c', command]);
/** Devices, pipes and links as Linux and macOS have them. */
const unix = describe.skipIf(process.platform === 'win32');

unix('what is not a plain file', () => {
  it('is no input: a device that never ends', async () => {
    const { code, err } = await validate('/dev/zero');
    expect([code, err]).toEqual([2, expect.stringContaining('/dev/zero:1:1: /dev/zero cannot be read: /dev/zero is no plain file')]);
  });

  it('is no input where a scenario refers to it: a device, a pipe that nobody writes to', async () => {
    const cwd = folder();
    symlinkSync('/dev/zero', join(cwd, 'zero.yaml'));
    sh(`mkfifo ${join(cwd, 'pipe.yaml')}`);
    for (const name of ['zero', 'pipe'])
      for (const reference of [`./${name}.yaml`, name]) {
        writeFileSync(join(cwd, 'mine.yaml'), `id: mine\nextends: ${reference}\n`);
        const { code, err } = await validate(cwd, 'mine.yaml');
        expect([reference, code]).toEqual([reference, 2]);
        expect(err).toMatch(/mine\.yaml:2:10: .* (no plain file|is a pipe|leads out)/);
      }
  });

  it('may be a pipe on the command line, though it can be read but once', async () => {
    const cwd = folder();
    const pipe = join(cwd, 'pipe.yaml');
    sh(`mkfifo ${pipe}`);
    sh(`(printf '${HOME.replaceAll('\n', '\\n')}' > ${pipe}) >/dev/null 2>&1 &`);
    const { code, out, err } = await homeward(['validate', pipe]);
    expect([code, err]).toEqual([0, '']);
    expect(out).toContain('home mine, no complaints');
  });
});

unix('a link', () => {
  it('that leads out of the scenario’s folder is not followed', async () => {
    const cwd = folder();
    mkdirSync(join(cwd, 'inner'));
    writeFileSync(join(cwd, 'secret.yaml'), 'id: secret\ntitle: not to be read\nmitigation: [hidden]\n');
    symlinkSync(join(cwd, 'secret.yaml'), join(cwd, 'inner', 'other.yaml'));
    for (const reference of ['./other.yaml', 'other']) {
      writeFileSync(join(cwd, 'inner', 'mine.yaml'), `id: mine\nextends: ${reference}\n`);
      const { code, err } = await validate(cwd, 'inner', 'mine.yaml');
      expect([reference, code]).toEqual([reference, 2]);
      expect(err).toMatch(/mine\.yaml:2:10: .*leads out of the scenario's folder/);
      expect(err).not.toContain('hidden');
    }
    writeFileSync(
      join(cwd, 'inner', 'study.yaml'),
      'id: s\nquestion: q\nhome: ./other.yaml\nthreats: [null]\narms: { sets: [none] }\noutcomes: [lostCalls]\n',
    );
    expect((await validate(cwd, 'inner', 'study.yaml')).err).toMatch(/study\.yaml:3:7: .*leads out/);
  });

  it('within it is', async () => {
    const cwd = folder();
    writeFileSync(join(cwd, 'real.yaml'), HOME);
    symlinkSync(join(cwd, 'real.yaml'), join(cwd, 'base.yaml'));
    writeFileSync(join(cwd, 'mine.yaml'), 'id: mine2\nextends: ./base.yaml\n');
    const { code, err } = await validate(cwd, 'mine.yaml');
    expect([code, err]).toEqual([0, '']);
  });

  it('given on the command line is followed wherever it leads', async () => {
    const cwd = folder();
    mkdirSync(join(cwd, 'links'));
    writeFileSync(join(cwd, 'mine.yaml'), HOME);
    symlinkSync(join(cwd, 'mine.yaml'), join(cwd, 'links', 'mine.yaml'));
    expect((await validate(cwd, 'links', 'mine.yaml')).code).toBe(0);
  });
});

describe('bytes', () => {
  const of = async (name: string, bytes: Buffer | string) => {
    const cwd = folder();
    writeFileSync(join(cwd, name), bytes);
    return validate(cwd, name);
  };

  it('that are no UTF-8 are refused where they stand', async () => {
    const { code, err } = await of('latin1.yaml', Buffer.from(`${HOME}title: "Caf\u00e9 f\u00fcr"\n`, 'latin1'));
    expect(code).toBe(2);
    expect(err).toMatch(/latin1\.yaml:3:12: from here on it is not UTF-8 \(Save the file as UTF-8\)/);
    expect((await of('cut.yaml', Buffer.from(`${HOME}title: é`).subarray(0, -1))).err).toContain('cut.yaml:3:8: from here');
    expect((await of('utf16.yaml', Buffer.from(`\uFEFF${HOME}`, 'utf16le'))).err).toContain('utf16.yaml:1:1: from here');
  });

  it('of a byte-order mark count nowhere', async () => {
    expect((await of('mark.yaml', `\uFEFF${HOME}`)).code).toBe(0);
    expect((await of('mark.json', '\uFEFF{ "id": "mine", "extends": "reference" }')).code).toBe(0);
    expect((await of('wrong.yaml', '\uFEFFidd: mine\nextends: reference\n')).err).toContain('wrong.yaml:1:1: unknown key "idd"');
  });

  it('more than a scenario can have are not read', async () => {
    expect((await of('large.yaml', Buffer.alloc(5_000_000, 'x'))).err).toContain('is too large for a scenario: more than 4194304 bytes');
  });
});
