import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ROOT } from './source.ts';

/** A clone in a temporary folder, with an npm and build tools that only write down how they were called. */
let clone: string;
const path = (name: string): string => join(clone, name);

const NPM = `
  const { mkdirSync, writeFileSync } = require('node:fs');
  mkdirSync('node_modules', { recursive: true });
  writeFileSync('node_modules/.package-lock.json', '{}');
  writeFileSync('npm-calls.json', JSON.stringify({ args: process.argv.slice(2), names: Object.keys(process.env) }));`;
const tool = (result: string): string => `
  const { appendFileSync, mkdirSync, writeFileSync } = require('node:fs');
  const { dirname } = require('node:path');
  mkdirSync(dirname('${result}'), { recursive: true });
  writeFileSync('${result}', '');
  appendFileSync('built.txt', '${result}\\n');`;

function put(name: string, text: string): void {
  mkdirSync(join(path(name), '..'), { recursive: true });
  writeFileSync(path(name), text);
}

function setup(
  args: readonly string[] = [],
  environment: Record<string, string> = {},
): { status: number | null; out: string; err: string } {
  const run = spawnSync(process.execPath, [path('sim/cli/setup.mjs'), ...args], {
    cwd: clone,
    env: { ...process.env, npm_execpath: path('npm-cli.js'), ...environment },
    encoding: 'utf8',
  });
  return { status: run.status, out: run.stdout, err: run.stderr };
}

const built = (): string[] => readFileSync(path('built.txt'), 'utf8').trim().split('\n');

beforeEach(() => {
  clone = mkdtempSync(join(tmpdir(), 'homeward-setup-'));
  mkdirSync(path('sim/cli'), { recursive: true });
  copyFileSync(join(ROOT, 'sim/cli/setup.mjs'), path('sim/cli/setup.mjs'));
  put('package-lock.json', '{}');
  put('npm-cli.js', NPM);
  put('node_modules/typescript/bin/tsc', tool('dist/sim/cli/main.js'));
  put('node_modules/vite/bin/vite.js', tool('dist/viewer/index.html'));
  put('sim/cli/main.ts', '');
  put('viewer/main.ts', '');
});

afterEach(() => rmSync(clone, { recursive: true, force: true }));

describe('setup on a fresh clone', () => {
  it('installs by the lock file, development tools included, whatever the environment says about production', () => {
    expect(setup([], { NODE_ENV: 'production', npm_config_production: 'true', npm_config_omit: 'dev' })).toMatchObject({
      status: 0,
      out: '',
    });
    const { args, names } = JSON.parse(readFileSync(path('npm-calls.json'), 'utf8')) as { args: string[]; names: string[] };
    expect(args.slice(0, 2)).toEqual(['ci', '--include=dev']);
    expect(names).not.toContain('NODE_ENV');
    expect(names).not.toContain('npm_config_production');
    expect(names).not.toContain('npm_config_omit');
  });

  it('installs again when the lock file is newer than the installation, and only then', () => {
    setup();
    rmSync(path('npm-calls.json'));
    expect(setup()).toEqual({ status: 0, out: '', err: '' });
    const later = new Date(Date.now() + 60_000);
    utimesSync(path('package-lock.json'), later, later);
    expect(setup().err).toContain('installing');
  });

  it('builds program and viewer once, then says nothing', () => {
    setup(['--build']);
    expect(built()).toEqual(['dist/sim/cli/main.js', 'dist/viewer/index.html']);
    expect(setup(['--build'])).toEqual({ status: 0, out: '', err: '' });
    expect(built()).toHaveLength(2);
  });

  it('rebuilds only what a changed, added or removed source touches', () => {
    setup(['--build']);
    put('viewer/page.ts', 'export {};');
    setup(['--build']);
    expect(built().slice(2)).toEqual(['dist/viewer/index.html']);
    rmSync(path('viewer/page.ts'));
    setup(['--build']);
    expect(built().slice(3)).toEqual(['dist/viewer/index.html']);
    put('devices/lamp.ts', 'export {};');
    setup(['--build']);
    expect(built().slice(4)).toEqual(['dist/sim/cli/main.js', 'dist/viewer/index.html']);
  });

  it('removes compiled files whose source is gone', () => {
    put('dist/sim/old.js', '');
    setup(['--build']);
    expect(() => readFileSync(path('dist/sim/old.js'))).toThrow(/ENOENT/);
    expect(readFileSync(path('dist/sim/cli/main.js'), 'utf8')).toBe('');
  });

  it('fails when a build fails, and tries again next time', () => {
    put('node_modules/typescript/bin/tsc', 'process.exit(2)');
    expect(setup(['--build'])).toMatchObject({ status: 2 });
    put('node_modules/typescript/bin/tsc', tool('dist/sim/cli/main.js'));
    expect(setup(['--build'])).toMatchObject({ status: 0 });
  });
});
