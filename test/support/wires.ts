import { quantile, type Distribution } from '../../sim/kernel/distributions.ts';
import { SECOND } from '../../sim/kernel/time.ts';
import type { DeviceContext } from '../../sim/model/device.ts';
import { bench, type Layout, type Part } from '../network/bench.ts';

/** IPv4 and UDP headers, which the network adds to a payload, bytes. */
const HEADERS = 28;

/** Datagrams at random times over a wire (or two): what is known of each when it arrives. */
export interface Arrival {
  readonly n: number;
  /** s */
  readonly sent: number;
  readonly arrived: number;
  /** On the wire, headers included. */
  readonly bytes: number;
}

export interface Traffic {
  /** Seconds between two datagrams. */
  readonly between: Distribution;
  /** Bytes on the wire, headers included. */
  readonly size: Distribution;
  readonly count: number;
  readonly replication: number;
}

/** A sender of such traffic to `sink`, and the sink that writes down what arrives. */
export function talkers({ between, size, count }: Traffic, on: { readonly source: string; readonly sink: string }, heard: Arrival[]) {
  const next = (d: DeviceContext<any>, n: number): void => void (n < count && d.afterRandom(between, 'gap', n, 'go'));
  const source: Part = {
    on: [on.source],
    start: (d) => next(d, 0),
    does: {
      go: (d, { n }) => {
        const bytes = quantile(size, d.draw('size', n));
        d.datagram('sink.example', 9, { kind: 'word', bytes: bytes - HEADERS, n, oneWay: true, body: { sent: d.now, bytes } });
        next(d, n + 1);
      },
    },
  };
  const sink: Part = {
    on: [on.sink],
    listens: [9],
    serves: ['word'],
    does: {
      word: (d, { n, body }) =>
        heard.push({ n, sent: Number(body!['sent']) / SECOND, arrived: d.now / SECOND, bytes: Number(body!['bytes']) }),
    },
  };
  return { source, sink };
}

/** Long enough for everything that such a test sends. */
const HOURS = 10_000;

/** One wire of `rate` Mbit/s with a buffer of so many bytes and no delay: `source` at one end, `sink` at the other. */
export function wire(traffic: Traffic, rate: number, buffer: number, more: Partial<Layout> = {}): Arrival[] {
  const heard: Arrival[] = [];
  bench({
    hours: HOURS,
    traced: false,
    replication: traffic.replication,
    segments: [{ id: 'wire', medium: 'hospital' }],
    ...more,
    parameters: { 'ethernet.rate': rate, 'ethernet.buffer': buffer, 'ethernet.delay': 0, ...more.parameters },
    parts: { ...talkers(traffic, { source: 'wire', sink: 'wire' }, heard), ...more.parts },
  }).run();
  return heard;
}

/** What a datagram waited before its first bit left, s: its journey without its own time on a wire of `rate` Mbit/s. */
export const waited = ({ sent, arrived, bytes }: Arrival, rate: number): number => arrived - sent - (bytes * 8e-6) / rate;
