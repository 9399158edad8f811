// Makes a fresh clone runnable: checks Node, installs what the lock file says, and with --build brings dist/ up to date.
// Runs before anything is installed, so it uses Node's own modules only, and says nothing when there is nothing to do.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const NEEDED = [20, 19];

/** What npm passes down that would make an install leave out the tools that build and test. */
const PRODUCTION_FLAGS = /^(node_env|npm_config_(production|only|omit|include|dev|also))$/i;

/** The two outputs, each made anew only when one of its sources changed. */
const OUTPUTS = [
  {
    name: 'program',
    sources: ['sim', 'devices', 'attacks', 'tsconfig.json', 'tsconfig.build.json', 'package-lock.json'],
    result: 'dist/sim/cli/main.js',
    stamp: 'dist/.program',
    tool: ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.build.json'],
    after: removeOrphans,
  },
  {
    name: 'viewer',
    sources: ['viewer', 'sim', 'devices', 'attacks', 'vite.config.ts', 'package-lock.json'],
    result: 'dist/viewer/index.html',
    stamp: 'dist/.viewer',
    tool: ['node_modules/vite/bin/vite.js', 'build', '--logLevel', 'warn'],
    after: () => {},
  },
];

checkNode();
installWhenNeeded();
if (process.argv.includes('--build')) for (const output of OUTPUTS) buildWhenNeeded(output);

function checkNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > NEEDED[0] || (major === NEEDED[0] && minor >= NEEDED[1])) return;
  stop(
    `Homeward needs Node ${NEEDED.join('.')} or later; this is ${process.versions.node}. Install a newer Node from your system or nodejs.org, then try again.`,
  );
}

function installWhenNeeded() {
  const installed = join(ROOT, 'node_modules', '.package-lock.json');
  const wanted = join(ROOT, 'package-lock.json');
  if (existsSync(installed) && (!existsSync(wanted) || statSync(installed).mtimeMs >= statSync(wanted).mtimeMs)) return;
  const npm = findNpm();
  if (npm === null) stop('The packages are not installed. Run "npm ci" in this folder, then try again.');
  say('installing packages (npm ci) …');
  const environment = Object.fromEntries(Object.entries(process.env).filter(([name]) => !PRODUCTION_FLAGS.test(name)));
  const status = runNode([npm, 'ci', '--include=dev', '--no-audit', '--no-fund', '--loglevel=error'], environment);
  if (status !== 0) stop('"npm ci" failed; its message is above.', status);
}

/** npm's own script: as npm tells it, else beside this Node. Never through a shell, so that Windows works too. */
function findNpm() {
  const told = process.env.npm_execpath;
  if (told !== undefined && /npm-cli\.c?js$/.test(told) && existsSync(told)) return told;
  const bin = dirname(process.execPath);
  const places = [join(bin, 'node_modules/npm/bin/npm-cli.js'), join(bin, '../lib/node_modules/npm/bin/npm-cli.js')];
  return places.find((place) => existsSync(place)) ?? null;
}

function buildWhenNeeded(output) {
  const digest = digestOf(output.sources);
  const stamp = join(ROOT, output.stamp);
  if (existsSync(join(ROOT, output.result)) && existsSync(stamp) && readFileSync(stamp, 'utf8') === digest) return;
  say(`building the ${output.name} …`);
  rmSync(stamp, { force: true });
  const [tool, ...args] = output.tool;
  const status = runNode([join(ROOT, tool), ...args], process.env);
  if (status !== 0) stop(`Building the ${output.name} failed; the messages are above.`, status);
  output.after();
  mkdirSync(dirname(stamp), { recursive: true });
  writeFileSync(stamp, digest);
}

/**
 * Digest of names, sizes and times rather than "is any source newer": it also notices files that were removed,
 * and files that came back older than the output (a change of branch).
 */
function digestOf(sources) {
  const hash = createHash('sha256');
  for (const source of sources)
    for (const file of filesUnder(join(ROOT, source))) {
      const { size, mtimeMs } = statSync(file);
      hash.update(`${relative(ROOT, file)}\0${size}\0${mtimeMs}\n`);
    }
  return hash.digest('hex');
}

/** Compiled files whose source is gone would still be found by an import: remove them. */
function removeOrphans() {
  for (const folder of ['sim', 'devices', 'attacks']) {
    for (const file of filesUnder(join(ROOT, 'dist', folder))) {
      const source = join(ROOT, relative(join(ROOT, 'dist'), file).replace(/\.js(\.map)?$/, '.ts'));
      if (/\.js(\.map)?$/.test(file) && !existsSync(source)) rmSync(file);
    }
  }
}

/** All files below a path in a fixed order; the path itself when it is a file; none when it does not exist. */
function filesUnder(path) {
  if (!existsSync(path)) return [];
  if (!statSync(path).isDirectory()) return [path];
  return readdirSync(path)
    .sort()
    .flatMap((name) => filesUnder(join(path, name)));
}

/** Child output goes to standard error: standard output belongs to the command that follows. */
function runNode(args, env) {
  const child = spawnSync(process.execPath, args, { cwd: ROOT, env, stdio: ['ignore', 2, 2] });
  if (child.error) stop(child.error.message);
  return child.status ?? 1;
}

function say(text) {
  process.stderr.write(`homeward: ${text}\n`);
}

function stop(text, status = 1) {
  say(text);
  process.exit(status);
}
