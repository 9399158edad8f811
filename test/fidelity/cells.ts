import { readFileSync } from 'node:fs';
import { SECOND } from '../../sim/kernel/time.ts';
import type { DeviceContext } from '../../sim/model/device.ts';
import { bench, CORE, LINE, resolver, WIFI, type Part } from '../network/bench.ts';

/** One scenario, as ns-3 ran it. Rates are bit/s, sizes bytes of a frame, times s. */
export interface Cell {
  readonly id: string;
  readonly path: 'wifi' | 'line' | 'wan';
  readonly background: 'alone' | 'constant' | 'elastic' | 'bulk';
  /** Offered load as a share of the bottleneck; beside bulk streams that of the messages. */
  readonly rho: number;
  readonly mode: 'none' | 'constant' | 'elastic';
  readonly flows: number;
  readonly rate: number;
  readonly delay: number;
  /** "262144B", or "175p" for packets. */
  readonly buffer: string;
  readonly frame: number;
  readonly streamFrame: number;
  readonly messagesPerSecond: number;
  /** All streams together; 0 = as much as they get. */
  readonly streamBitsPerSecond: number;
  readonly warm: number;
  readonly seconds: number;
  /** Messages sent, received, mean delay in s, bytes of streams that arrived. */
  readonly runs: readonly (readonly [number, number, number, number])[];
}

/** What one run says of a cell: share of messages lost, mean one-way delay of the others and its part beyond propagation, s. */
export interface Run {
  readonly loss: number;
  readonly delay: number;
  readonly queueing: number;
}

export const cells = (JSON.parse(readFileSync(new URL('ns3/reference.json', import.meta.url), 'utf8')) as { cells: Cell[] }).cells;

const runOf = (cell: Cell, sent: number, received: number, delay: number): Run => ({
  loss: 1 - received / sent,
  delay,
  queueing: delay - cell.delay,
});

export const ns3 = (cell: Cell): Run[] => cell.runs.map(([sent, received, delay]) => runOf(cell, sent, received, delay));

const UDP_HEADER = 28;
/** A stream that takes what it gets asks for this much. */
const BULK = 1e9;
/** Of a path's propagation so much is the access line's, ms; the core has the rest. */
const LINE_DELAY = 5;

/** 802.11a at 24 Mbit/s, as ns-3 has it: what a frame costs beside its packet (36 bytes of headers, 22 bits of service and tail). */
const RADIO = {
  'wifi.frame-rate': 24,
  'wifi.broadcast-rate': 24,
  'wifi.header': 38.75,
  'wifi.preamble': 20,
  'wifi.difs': 34,
  'wifi.sifs': 16,
  'wifi.slot': 9,
  'wifi.window': 15,
  'wifi.acknowledgement': 28,
  'wifi.try-loss': 0,
};

/** A buffer on the radio holds so much airtime: a frame's in bytes of goodput. */
const asGoodput = ({ rate }: Cell, frame: number): number => {
  const cycle = 34 + 67.5 + 20 + (frame + RADIO['wifi.header']) / 3 + 16 + 28;
  return (cycle * rate) / 8e6;
};

/** The same scenario in the engine. `count`: about so many messages are counted, after `warm` s. */
export function ours(cell: Cell, count: number, warm: number, replication: number): Run {
  const wifi = cell.path === 'wifi';
  const mega = cell.rate / 1e6;
  const largest = Math.max(cell.frame, cell.mode === 'none' ? 0 : cell.streamFrame);
  const buffer = parseFloat(cell.buffer) * (!cell.buffer.endsWith('p') ? 1 : wifi ? asGoodput(cell, largest) : largest);
  const from = warm * SECOND;
  const until = from + Math.round((count / cell.messagesPerSecond) * SECOND);
  const gap = { kind: 'exponential', mean: SECOND / cell.messagesPerSecond } as const;
  const sentAt: number[] = [];
  let sent = 0;
  let received = 0;
  let delays = 0;

  const next = (d: DeviceContext, n: number): void => {
    d.after(Math.round(d.sample(gap, 'gap', n)), 'send', n);
  };
  const source: Part = {
    on: [wifi ? 'private' : 'line'],
    start: (d) => {
      for (let n = 0; n < cell.flows; n++) {
        const bitsPerSecond = cell.streamBitsPerSecond > 0 ? cell.streamBitsPerSecond / cell.flows : BULK;
        const mode = cell.mode === 'elastic' ? 'elastic' : 'unresponsive';
        d.stream('sink.example', { mode, direction: 'up', bitsPerSecond, type: 'over', n, port: 100 + n });
      }
      next(d, 0);
    },
    does: {
      send: (d, { n }) => {
        if (d.now >= until) return;
        sentAt[n] = d.now;
        if (d.now >= from) sent++;
        d.datagram('sink.example', 9, { kind: 'word', bytes: cell.frame - UDP_HEADER, n, oneWay: true });
        next(d, n + 1);
      },
    },
  };
  const sink: Part = {
    on: ['internet'],
    listens: [9, 100, 101, 102, 103, 104, 105, 106, 107, 108, 109],
    serves: ['word'],
    does: {
      word: (d, { n }) => {
        if (sentAt[n]! < from) return;
        received++;
        delays += d.now - sentAt[n]!;
      },
    },
  };
  const gateway: Part = { on: [wifi ? 'private' : 'line', 'internet'], forwards: true };
  bench({
    hours: (until + 3 * SECOND) / (3600 * SECOND),
    replication,
    traced: false,
    segments: wifi ? [WIFI, CORE] : [LINE, CORE],
    parameters: wifi
      ? { ...RADIO, 'wifi.rate': mega, 'wifi.buffer': buffer, 'wifi.hop-latency': 0, 'core.delay': 0 }
      : {
          'line.cable.up': mega,
          'line.buffer': buffer,
          'line.cable.delay': LINE_DELAY,
          'core.delay': cell.delay * 1000 - LINE_DELAY,
        },
    parts: { source, [wifi ? 'router' : 'isp']: gateway, sink, resolver: resolver() },
  }).run();
  return runOf(cell, sent, received, delays / received / SECOND);
}
