import { importsOf, lineOf, parse, resolveImport, type Complaint } from './source.ts';

/**
 * Who may import whom (design section 2, principles 5 and 8). A room imports from itself and from rooms below it.
 * Highest first; rooms on one line do not see each other.
 */
const ROOMS: readonly (readonly string[])[] = [
  ['sim/cli'],
  ['sim/server'],
  ['sim/study', 'sim/twin'],
  ['sim/export'],
  ['sim/protocol'],
  ['sim/stats'],
  ['sim/world'],
  ['sim/scenario'],
  ['sim/network'],
  ['sim/model'],
  ['sim/kernel'],
];

/** What the viewer may use: everything that runs in a browser. */
const VIEWER_SEES = ['viewer', 'sim/protocol', 'sim/stats', 'sim/world', 'sim/scenario', 'sim/model', 'sim/kernel'];

/** Devices and techniques see the contracts, their own folder, and this much of the kernel: units, distributions, pure maths. */
const KERNEL_FOR_MODELS = ['sim/kernel/time.ts', 'sim/kernel/distributions.ts', 'sim/kernel/math.ts'];

/** The one place that joins engine, devices and attacks, and the composition roots that may use it (principle 8). */
const CATALOGUE = 'sim/catalogue.ts';
const COMPOSITION_ROOTS = ['sim/cli/', 'sim/study/worker.ts', 'viewer/worker.ts', 'test/'];

/** Packages by room; the engine has none but these, and none of Node's modules anywhere under it. */
const PACKAGES = new Map<string, readonly string[]>([
  ['sim/kernel', []],
  ['sim/model', ['@xstate/fsm']],
  ['sim/network', []],
  ['sim/scenario', ['yaml', 'zod']],
  ['sim/world', []],
  ['sim/stats', []],
  ['sim/protocol', ['zod']],
  ['devices', []],
  ['attacks', []],
  ['viewer', ['d3']],
]);

/** @returns a complaint for every import of `file` (its path in the project) that the layers forbid. */
export function checkLayers(file: string, text: string): Complaint[] {
  const complaints: Complaint[] = [];
  for (const { specifier, start } of importsOf(parse(text, file))) {
    const reason = specifier.startsWith('.') ? forbidden(file, resolveImport(file, specifier)) : forbiddenPackage(file, specifier);
    if (reason !== null) complaints.push({ file, line: lineOf(text, start), message: `imports ${specifier}: ${reason}` });
  }
  return complaints;
}

function forbidden(from: string, to: string): string | null {
  if (to === CATALOGUE) {
    return COMPOSITION_ROOTS.some((root) => from.startsWith(root)) ? null : 'only the composition roots use the catalogue';
  }
  const room = roomOf(from);
  const target = roomOf(to);
  if (from === CATALOGUE) {
    const allowed = ['devices', 'attacks', 'sim/model'].includes(target);
    return allowed ? null : 'the catalogue joins devices and attacks through the contracts, nothing else';
  }
  if (room === 'test') return null;
  if (room === 'devices' || room === 'attacks') {
    const allowed = target === room || target === 'sim/model' || KERNEL_FOR_MODELS.includes(to);
    return allowed ? null : `${room}/ sees only its own folder, sim/model, and ${KERNEL_FOR_MODELS.join(', ')}`;
  }
  if (target === 'devices' || target === 'attacks') return 'the engine knows no device and no technique';
  if (room === 'viewer') return VIEWER_SEES.includes(target) ? null : 'the viewer sees only what runs in a browser';
  const own = rank(room);
  const other = rank(target);
  if (own < 0) return `${from} lies in no room of the house`;
  if (other < 0) return `${to} lies in no room of the house`;
  return room === target || other > own ? null : `${room} lies below ${target} or beside it`;
}

function forbiddenPackage(from: string, specifier: string): string | null {
  const allowed = PACKAGES.get(from === CATALOGUE ? 'devices' : roomOf(from));
  if (allowed === undefined) return specifier === '(computed)' && !from.startsWith('sim/') ? 'the path is computed' : null;
  return allowed.includes(specifier) ? null : `packages allowed here: ${allowed.join(', ') || 'none'}`;
}

/** 'sim/kernel', 'devices', …: the first two parts of the path in sim/, else the first. */
function roomOf(file: string): string {
  const parts = file.split('/');
  return parts[0] === 'sim' ? parts.slice(0, 2).join('/') : parts[0]!;
}

/** Position from the top; -1 when the house has no such room. */
function rank(room: string): number {
  return ROOMS.findIndex((line) => line.includes(room));
}
