import { describe, expect, it } from 'vitest';
import { Airtime, type RadioLaw } from '../../sim/network/airtime.ts';
import { bench, WIFI, type Part } from './bench.ts';

/** IEEE 802.11a at 24 Mbit/s: 22 bits of service and tail beside 36 bytes of headers. */
const LAW: RadioLaw = {
  goodput: 16e6,
  frameRate: 24e6,
  broadcastRate: 6e6,
  header: 38.75,
  preamble: 20,
  gap: 34,
  shortGap: 16,
  slot: 9,
  window: 15,
  windowMost: 1023,
  acknowledgement: 28,
  loss: 0.1,
  tries: 9,
};
const radio = (more: Partial<RadioLaw> = {}): Airtime => new Airtime({ ...LAW, ...more });
/** Bytes of goodput as µs. */
const micros = (size: number): number => size / 2;

describe('the airtime of a frame', () => {
  it('is gap, preamble, header and packet, short gap, acknowledgement and the mean backoff of who waits behind it', () => {
    // 34 + 20 + 1 538.75 × 8 / 24 + 16 + 28 + 7.5 × 9: 802.11a's full-size packet, whose symbols of 4 µs add 2.6 µs.
    expect(micros(radio().size(1500, 1))).toBeCloseTo(678.417, 3);
    expect(micros(radio().size(100, 1))).toBeCloseTo(678.417 - (1400 * 8) / 24, 3);
  });
  it('grows with each try by a backoff from a window twice as wide, up to the largest', () => {
    const { size } = { size: (tries: number) => micros(radio({ windowMost: 100 }).size(100, tries)) };
    const once = 34 + 20 + (138.75 * 8) / 24 + 16 + 28;
    const steps = Array.from({ length: 5 }, (_, i) => size(i + 2) - size(i + 1) - once);
    [31, 63, 100, 100, 100].forEach((window, i) => expect(steps[i]).toBeCloseTo((window / 2) * 9, 6));
  });
  it('to everybody is that of one try at the lowest rate without acknowledgement', () => {
    expect(micros(radio().sizeToAll(100))).toBeCloseTo(34 + 20 + (138.75 * 8) / 6 + 67.5, 6);
  });
  it('of more than a packet: full packets go at the goodput of streams, what is left as a frame', () => {
    expect(radio().size(4000, 3)).toBeCloseTo(3000 + radio().size(1000, 3), 9);
    expect(radio().size(3000, 1)).toBeCloseTo(1500 + radio().size(1500, 1), 9);
  });
  it('needs the try at which luck first says so', () => {
    expect([0.5, 0.101, 0.099, 0.0101, 0.0099, 1e-12].map((u) => radio().tries(u, 1))).toEqual([1, 1, 2, 2, 3, 10]);
    expect([0.4, 0.0505, 0.0495, 0.00505].map((u) => radio().tries(u, 0.5))).toEqual([1, 1, 2, 2]);
    expect(radio({ loss: 0 }).tries(1e-300, 1)).toBe(1);
    expect(radio({ loss: 1 }).tries(0.999, 1)).toBe(10);
  });
});

describe('in a world', () => {
  /** Two messages of 125 bytes with headers, so many µs apart; when they arrived, and when the radio is free. */
  const two = (apart: number, parameters: Record<string, number>): number[] => {
    const times: number[] = [];
    const laptop: Part = {
      on: ['private'],
      start: (d) => [0, 1e6, 1e6 + apart].forEach((time, n) => d.after(time + 1, 'time', n)),
      does: { time: (d, { n }) => d.datagram('router.example', 9, { kind: 'word', bytes: 97, n, oneWay: true }) },
    };
    const router: Part = { on: ['private'], serves: ['word'], listens: [9], does: { word: (d) => times.push(d.now - 1e6 - 1) } };
    bench({
      hours: 0.01,
      segments: [WIFI],
      parameters: {
        'wifi.rate': 1,
        'wifi.hop-latency': 0,
        'wifi.preamble': 20,
        'wifi.difs': 34,
        'wifi.sifs': 16,
        'wifi.acknowledgement': 28,
        'wifi.slot': 10,
        'wifi.window': 14,
        ...parameters,
      },
      parts: { router, laptop },
    }).run();
    return times.slice(1);
  };
  it('a frame that finds the air idle has arrived before its acknowledgement, and pays no backoff', () => {
    expect(two(1e6, {})).toEqual([1054, 1e6 + 1054]);
  });
  it('one behind another waits for its acknowledgement and a backoff too', () => {
    expect(two(0, {})).toEqual([1054, 1054 + 16 + 28 + 70 + 1054]);
  });
  it('a frame that is lost in the air has been tried as often as any', () => {
    const laptop: Part = {
      on: ['private'],
      start: (d) => d.after(1, 'time', 0),
      does: { time: (d) => d.datagram('router.example', 9, { kind: 'word', bytes: 97, n: 0, oneWay: true }) },
    };
    const world = bench({
      hours: 0.01,
      segments: [WIFI],
      parameters: { 'wifi.rate': 1, 'wifi.residual-loss': 1, 'wifi.tries': 5, 'arp.timeout': 100 },
      parts: { router: { on: ['private'] }, laptop },
    }).run(1);
    // Its question who the router is: five times 64 bytes.
    expect(world.stops('arp-request')).toEqual(['private: lost in the air']);
    expect(world.world.net.state.links[0]!.busyUntil).toBe(1 + 5 * 64 * 8);
  });
  it('what is said to everybody is said once: no acknowledgement is missed', () => {
    const times: number[] = [];
    const router: Part = {
      on: ['private'],
      start: (d) => Array.from({ length: 200 }, (_, n) => d.after(n * 1e6 + 1, 'time', n)),
      does: { time: (d, { n }) => d.datagram('*', 9, { kind: 'word', bytes: 97, n, oneWay: true }) },
    };
    const laptop: Part = { on: ['private'], serves: ['word'], listens: [9], does: { word: (d) => times.push(d.now % 1e6) } };
    const parameters = { 'wifi.rate': 1, 'wifi.hop-latency': 0, 'wifi.try-loss': 0.9, 'wifi.tries': 2 };
    bench({ hours: 0.1, segments: [WIFI], parameters, parts: { router, laptop } }).run();
    expect(times).toEqual(Array.from({ length: 200 }, () => 1001));
  });
});
