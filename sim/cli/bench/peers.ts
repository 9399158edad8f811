import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ROOT } from '../place.ts';
import { loadSimJs, simjsHold } from './simjs.ts';

/** What a round of HOLD or M/M/1 says: final clock in µs (or mean wait in service times), and ns an event (a customer). */
export interface Round {
  readonly result: number;
  readonly ns: number;
}

/** Another simulator that can do HOLD: `n` pending, `warm` events untimed, then `events` timed. */
export interface HoldPeer {
  readonly id: string;
  readonly title: string;
  /** Timed events of a round: fewer for the slow. */
  readonly events: number;
  /** Most pending records that it takes in bearable time. */
  readonly most: number;
  hold(n: number, warm: number, events: number, waits: Float64Array): Round;
}

const SOURCES = join(ROOT, 'sim', 'cli', 'bench', 'peers');
const COMPILERS = ['c++', 'g++', 'clang++'];
const PYTHONS = ['python3', '/usr/bin/python3'];
/** A peer that hangs must not hang the bench. */
const PATIENCE_MS = 300_000;

/** Reads a peer's one line, "result ns". @throws Error telling what came instead. */
export function parseRound(peer: string, text: string): Round {
  const [result, ns] = text.trim().split(/\s+/).map(Number);
  if (result === undefined || ns === undefined || !Number.isFinite(result) || !(ns > 0) || ns === Infinity)
    throw new Error(`${peer} printed ${JSON.stringify(text.slice(0, 80))} instead of a result and a duration`);
  return { result, ns };
}

/** The peers that this machine has, each found and compiled once; `close` removes what was compiled. */
export class Peers {
  /** Why peers are absent, a sentence each. */
  readonly absent: string[] = [];
  readonly holders: readonly HoldPeer[];
  /** M/M/1 in C++; null without a compiler. */
  readonly singleServer: ((seed: number, customers: number) => Round) | null;
  private readonly folder = mkdtempSync(join(tmpdir(), 'homeward-bench-'));
  private readonly tables = new Map<Float64Array, string>();

  constructor() {
    const compiler = COMPILERS.find((name) => answers(name, ['--version']));
    const queue = compiler === undefined ? null : this.compile(compiler, 'queue', []);
    if (compiler === undefined) this.absent.push(`C++: none of ${COMPILERS.join(', ')} is installed`);
    else if (queue === null) this.absent.push(`C++: ${compiler} does not compile the program`);
    this.singleServer = queue === null ? null : (seed, customers) => ask('C++', queue, ['mm1', String(seed), String(customers)]);
    this.holders = [
      ...(queue === null ? [] : [this.program('cpp', 'C++ std::priority_queue', queue, [['hold']], 1_000_000, 1_000_000)]),
      ...this.ns3(compiler),
      ...this.simpy(),
      ...this.simjs(),
    ];
  }

  close(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** A program that does HOLD; of several `variants` of its first words the fastest counts. */
  private program(id: string, title: string, path: string, variants: string[][], events: number, most: number): HoldPeer {
    const one = (words: readonly string[], numbers: readonly number[], waits: Float64Array): Round =>
      ask(title, path, [...words, ...numbers.map(String), this.table(waits)]);
    return {
      id,
      title,
      events,
      most,
      hold: (n, warm, count, waits) => {
        const rounds = variants.map((words) => one(words, [n, warm, count], waits));
        if (rounds.some(({ result }) => result !== rounds[0]!.result)) throw new Error(`${title}: its own queues end at different clocks`);
        return rounds.reduce((best, round) => (round.ns < best.ns ? round : best));
      },
    };
  }

  private ns3(compiler: string | undefined): HoldPeer[] {
    const flags = compiler === undefined ? null : output('pkg-config', ['--cflags', '--libs', 'ns3-core']);
    // The scientific library that some modules need is not always installed beside it.
    const wanted = flags?.split(/\s+/).filter((flag) => /^-([DILfpsW]|lns3)/.test(flag));
    const path = wanted === undefined ? null : this.compile(compiler!, 'ns3', wanted);
    if (path === null) {
      this.absent.push('ns-3: not installed (pkg-config does not know ns3-core) or not usable');
      return [];
    }
    const schedulers = ['MapScheduler', 'PriorityQueueScheduler', 'CalendarScheduler'].map((name) => [name]);
    const version = output('pkg-config', ['--modversion', 'ns3-core'])?.trim() ?? '';
    const title = `ns-3 ${version}, its fastest scheduler`.replace('  ', ' ').replace('3 ,', '3,');
    return [this.program('ns-3', title, path, schedulers, 300_000, 10_000)];
  }

  private simpy(): HoldPeer[] {
    const python = PYTHONS.find((name) => answers(name, ['-c', 'import simpy']));
    if (python === undefined) {
      this.absent.push('SimPy: python3 cannot import simpy');
      return [];
    }
    const version = output(python, ['-c', 'import simpy; print(simpy.__version__)'])?.trim() ?? '';
    return [this.program('simpy', `SimPy ${version} callbacks`, python, [[join(SOURCES, 'simpy_hold.py')]], 200_000, 10_000)];
  }

  private simjs(): HoldPeer[] {
    try {
      const library = loadSimJs();
      return [
        {
          id: 'simjs',
          title: 'simjs',
          events: 200_000,
          most: 10_000,
          hold: (n, warm, events, waits) => simjsHold(library, n, warm, events, waits),
        },
      ];
    } catch {
      this.absent.push('simjs: the package is not installed');
      return [];
    }
  }

  private compile(compiler: string, name: string, flags: readonly string[]): string | null {
    const path = join(this.folder, name);
    const source = join(SOURCES, `${name}.cpp`);
    return answers(compiler, ['-O3', '-march=native', '-o', path, source, ...flags]) ? path : null;
  }

  private table(waits: Float64Array): string {
    let path = this.tables.get(waits);
    if (path === undefined) {
      path = join(this.folder, `waits-${this.tables.size}`);
      writeFileSync(path, new Uint8Array(waits.buffer, waits.byteOffset, waits.byteLength));
      this.tables.set(waits, path);
    }
    return path;
  }
}

const answers = (program: string, words: readonly string[]): boolean => output(program, words) !== null;

/** Standard output; null when the program is not there or fails. */
function output(program: string, words: readonly string[]): string | null {
  const { status, stdout } = spawnSync(program, words, { encoding: 'utf8', timeout: PATIENCE_MS });
  return status === 0 ? stdout : null;
}

function ask(peer: string, program: string, words: readonly string[]): Round {
  const text = output(program, words);
  if (text === null) throw new Error(`${peer} failed at ${words.slice(0, 4).join(' ')}`);
  return parseRound(peer, text);
}
