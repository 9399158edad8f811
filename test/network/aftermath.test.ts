import { describe, expect, it } from 'vitest';
import { SECOND } from '../../sim/kernel/time.ts';
import type { DeviceContext, DeviceEvent } from '../../sim/model/device.ts';
import { flowFields } from '../../sim/model/flow-report.ts';
import type { FailureSpec } from '../../sim/model/spec.ts';
import { access, bench, client, CORE, LINE, rule, server, table, WIFI, type Heard, type Part } from './bench.ts';

/** What stands in the middle of something when something else fails or is forgotten. */

const failure = (of: FailureSpec['of'], on: string | null, fromSeconds: number, seconds: number): FailureSpec => ({
  of,
  on,
  fromHours: fromSeconds / 3600,
  minutes: seconds / 60,
});
const NAT = table({ natTo: ['wan'] });
const HOME = { segments: [WIFI, LINE, CORE] };

/** Sends or fetches by a stream, and hears of its end. */
const streaming = (
  heard: Heard[],
  flow: Partial<Parameters<DeviceContext['stream']>[1]>,
  more: Partial<Part> = {},
  host = 'server.example',
): Part =>
  client(
    [],
    heard,
    {},
    {
      start: (d) =>
        void d.stream(host, {
          mode: 'unresponsive',
          direction: 'up',
          bitsPerSecond: 1e6,
          seconds: 300,
          type: 'over',
          n: 1,
          port: 443,
          ...flow,
        }),
      ...more,
      does: { over: (d, event) => heard.push({ what: 'over', at: d.now, body: event.body, n: event.n }) },
    },
  );

describe('a core that fails', () => {
  it.each([true, false])('carries nothing to the servers, hops merged or not (%s)', (merges) => {
    const asked: DeviceEvent[] = [];
    const heard: Heard[] = [];
    const world = bench({
      ...HOME,
      parts: { ...access(), asker: client([10, 60, 200], heard), server: server(asked) },
      failures: [failure('link', 'internet', 50, 100)],
    });
    world.world.net.wire.merges = merges;
    world.run();
    expect(asked.map(({ n }) => n)).toEqual([0, 2]);
    expect(heard.map(({ what }) => what)).toEqual(['told', 'ask-failed', 'told']);
  });
});

it.each([true, false])('a provider’s gateway that hangs on the mains fails with them, hops merged or not (%s)', (merges) => {
  const asked: DeviceEvent[] = [];
  const parts = access();
  const world = bench({
    ...HOME,
    parts: {
      ...parts,
      isp: { ...parts['isp']!, supply: 'mains' },
      asker: client([10, 100], [], { transport: 'udp' }),
      server: server(asked),
    },
    parameters: { 'line.cable.delay': 500 },
    // Dark when the message, which is on the line by then, would reach it.
    failures: [failure('power', null, 100.2, 40)],
  });
  world.world.net.wire.merges = merges;
  world.run(120);
  expect(asked.map(({ n }) => n)).toEqual([0]);
});

describe('a server that begins anew', () => {
  it.each([60, 70, 80, 85, 90])('%s ms into a handshake knows nothing of it afterwards', (ms) => {
    const heard: Heard[] = [];
    const asked: DeviceEvent[] = [];
    const world = bench({
      ...HOME,
      parts: { ...access(), asker: client([10, 100], heard, { port: 443, tls: true }), server: server(asked, { supply: 'mains' }) },
      failures: [failure('power', 'server', 10 + ms / 1000, 0.5)],
    }).run();
    // What it had begun before is refused: by a reset, or by a connection opened anew.
    const finished = world.sent('finished').filter(({ t }) => t > (10.5 + ms / 1000) * SECOND && t < 100 * SECOND);
    expect(finished.length).toBeLessThanOrEqual(
      world.sent('syn').filter(({ t }) => t > (10 + ms / 1000) * SECOND && t < 100 * SECOND).length,
    );
    expect(world.sent('reset').length).toBeGreaterThan(0);
    expect(heard.at(-1)).toMatchObject({ what: 'told', n: 1 });
  });
});

describe('a stream through a port map', () => {
  const played = (failures: readonly FailureSpec[]) => {
    const heard: Heard[] = [];
    const world = bench({
      ...HOME,
      parts: {
        ...access(table({ natTo: ['wan'], portMaps: [{ port: 554, device: 'camera', inside: 554 }] })),
        camera: server([], { on: ['private'], listens: [554], supply: 'mains' }),
        outside: streaming(heard, { direction: 'down', port: 554 }, { on: ['internet'] }, 'router.example'),
      },
      failures,
    }).run(20);
    const { net } = world.world;
    const links = [...net.state.streams.values()][0]!.links.map((link) => net.links[link]!.id);
    world.run();
    return { heard, links };
  };
  it('loads the radio too', () => expect(played([]).links).toEqual(['radio home', 'line up', 'internet']));
  it('ends with the device that sends it', () => {
    const { heard } = played([failure('power', 'camera', 50, 1000)]);
    expect(heard.map(({ at }) => at)).toEqual([50 * SECOND]);
  });
});

describe('flow reports', () => {
  it.each(['elastic', 'unresponsive'] as const)('say what a station has sent, by a %s stream on a line that is too narrow', (mode) => {
    const heard: Heard[] = [];
    let told = 0;
    bench({
      ...HOME,
      parts: {
        ...access(NAT, {
          settings: { 'monitor.flows': true },
          does: { 'flow-report': (_d, event) => void (told += Number(event.body![flowFields('up').bytes] ?? 0)) },
        }),
        up: streaming(heard, { mode, bitsPerSecond: 1e9, seconds: 400 }),
        server: server(),
      },
    }).run();
    const sent = mode === 'elastic' ? Number(heard[0]!.body!['bytes']) : (1e9 * 400) / 8;
    expect(heard).toHaveLength(1);
    expect(told / sent).toBeGreaterThan(0.999);
    expect(told / sent).toBeLessThan(1.001);
  });
});

describe('address translation', () => {
  it('gives a connection that it has forgotten the same port again', () => {
    const asked: DeviceEvent[] = [];
    const heard: Heard[] = [];
    bench({
      ...HOME,
      parts: { ...access(NAT, { supply: 'mains' }), asker: client([10, 100], heard), server: server(asked) },
      failures: [failure('power', 'router', 50, 10)],
    }).run();
    expect(heard.map(({ what }) => what)).toEqual(['told', 'told']);
    expect(new Set(asked.map(({ message }) => message!.sport)).size).toBe(1);
  });
  it('hides the inside of what wants no answer, too', () => {
    const sources: number[] = [];
    const world = bench({
      ...HOME,
      parts: {
        ...access(NAT),
        beeper: client(
          [10],
          [],
          {},
          { does: { time: (d) => d.datagram('server.example', 5000, { kind: 'beep', bytes: 10, n: 0, oneWay: true }) } },
        ),
        server: server([], { listens: [5000], serves: ['beep'], does: { beep: (_d, event) => sources.push(event.message!.src) } }),
      },
    }).run();
    const { net } = world.world;
    expect(sources).toEqual([net.publicAddress(net.nodeIndex.get('router')!)]);
  });
});

it('a stream that is cut before it runs has lost everything', () => {
  const heard: Heard[] = [];
  bench({
    ...HOME,
    parts: {
      ...access(NAT, { supply: 'mains' }),
      up: {
        ...streaming(heard, {}),
        start: (d: DeviceContext<any>) => void d.after(10 * SECOND, 'go'),
        does: {
          go: (d) =>
            void d.stream('server.example', {
              mode: 'unresponsive',
              direction: 'up',
              bitsPerSecond: 1e6,
              seconds: 100,
              type: 'over',
              n: 1,
              port: 443,
            }),
          over: (d, event) => heard.push({ what: 'over', at: d.now, body: event.body, n: event.n }),
        },
      },
      server: server(),
    },
    failures: [failure('power', 'router', 10.05, 200)],
  }).run();
  expect(heard.map(({ body }) => body!['lost'])).toEqual([1]);
});

it('nobody who goes dark hears of another who does', () => {
  for (const order of [
    ['a', 'b'],
    ['b', 'a'],
  ]) {
    const heard: Heard[] = [];
    const sender = { ...streaming(heard, { port: 80 }, {}, 'b.example'), supply: 'mains' as const };
    const other = { ...server([], { on: ['private'] }), supply: 'mains' as const };
    const parts = Object.fromEntries(order.map((id) => [id, id === 'a' ? sender : other]));
    bench({ ...HOME, parts: { ...access(), ...parts }, failures: [failure('power', null, 50, 10)], hours: 55 / 3600 }).run();
    expect(heard).toEqual([]);
  }
});

it('a rule about IPv4 is about what is said to everybody', () => {
  const policy = table({ rules: [rule('no words', 'deny', { src: 'talker', family: 4 })] });
  const heard: number[] = [];
  const world = bench({
    ...HOME,
    parts: {
      ...access(policy),
      talker: client([10], [], {}, { does: { time: (d) => d.datagram('*', 9, { kind: 'word', bytes: 10, n: 0 }) } }),
      listener: { on: ['private'], serves: ['word'], does: { word: () => heard.push(1) } },
    },
  }).run();
  expect(heard).toEqual([]);
  expect(world.stops('word')).toEqual(['no words']);
});
