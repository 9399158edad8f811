import { describe, expect, it } from 'vitest';
import type { ChannelSpec, DeviceEvent } from '../../sim/model/device.ts';
import type { AttackContext, AttackEvent, FrameView } from '../../sim/model/technique.ts';
import { access, bench, client, CORE, LINE, resolver, server, table, WIFI, type Heard, type Layout, type Part } from './bench.ts';

const home = (parts: Record<string, Part>, more: Partial<Layout> = {}) =>
  bench({ segments: [WIFI, LINE, CORE], ...more, parts: { ...access(table()), server: server(), ...parts } });
/** The one failure of a laptop with these facts. */
function failure(facts: Partial<ChannelSpec>, parts: Record<string, Part> = {}): { reason: unknown; seconds: number } {
  const heard: Heard[] = [];
  home({ laptop: client([1], heard, facts), ...parts }).run(200);
  expect(heard).toHaveLength(1);
  expect(heard[0]!.what).toBe('ask-failed');
  return { reason: heard[0]!.body!['reason'], seconds: heard[0]!.at / 1e6 - 1 };
}

describe('a request that fails says why', () => {
  it('timeout: five tries after 1, 2, 4, 8 and 16 seconds (RFC 6298), all in vain', () => {
    const { reason, seconds } = failure({}, { server: { ...server(), power: false } });
    expect(reason).toBe('timeout');
    // 31 s, and the time of the name's look-up.
    expect(seconds).toBeGreaterThan(31);
    expect(seconds).toBeLessThan(31.2);
  });
  it('refused: a port on which nobody listens, at once', () => {
    const { reason, seconds } = failure({ port: 81 });
    expect(reason).toBe('refused');
    expect(seconds).toBeLessThan(1);
  });
  it('dns: a name that does not exist', () => {
    expect(failure({ host: 'nobody.example' }).reason).toBe('dns');
  });
  it('dns: a resolver that does not answer', () => {
    expect(failure({}, { resolver: { ...resolver(), power: false } }).reason).toBe('dns');
  });
  it('certificate: the name leads to somebody else', () => {
    const evil = { resolver: resolver(60, { 'server.example': 'evil' }), evil: server() };
    expect(failure({ port: 443, tls: true, verifyServer: true }, evil).reason).toBe('certificate');
  });
  it('no-route: an address that is nobody’s', () => {
    const reasons: unknown[] = [];
    const technique: Layout['technique'] = {
      start: (attack) => void attack.request('attacker', { to: 0, port: 80, kind: 'ask', bytes: 10 }),
      on: { failed: (_: AttackContext, event: AttackEvent) => reasons.push(event.body!['reason']) },
    };
    home({}, { technique }).run(60);
    expect(reasons).toEqual(['no-route']);
  });
  it('refused with a status: the server’s own word', () => {
    const heard: Heard[] = [];
    const strict = server([], { does: { ask: (d, event) => d.refuse(event.message!, 'not today', 403) } });
    const world = home({ server: strict, laptop: client([1], heard) }).run(60);
    expect(heard[0]!.body).toEqual({ reason: 'refused', status: 403, fact: 'not today' });
    expect(world.stops('ask')).toEqual(['not today']);
  });
});

describe('a repeated request', () => {
  it('of a slow server is processed once and answered once', () => {
    const asked: DeviceEvent[] = [];
    const heard: Heard[] = [];
    const slow = server(asked, {
      does: {
        ask: (d, event) => {
          asked.push(event);
          d.memory.message = event.message;
          d.after(4e6, 'think');
        },
        think: (d) => d.reply(d.memory.message, { kind: 'told', bytes: 10 }),
      },
    });
    const world = home({ server: slow, laptop: client([1], heard) }).run(60);
    expect(world.sent('ask').map((line) => line['attempt'])).toEqual([0, 1, 2]);
    expect(asked).toHaveLength(1);
    expect(heard.map(({ what }) => what)).toEqual(['told']);
  });
  it('whose answer was lost gets the same answer again, without being processed again', () => {
    const asked: DeviceEvent[] = [];
    const heard: Heard[] = [];
    let dropped = 0;
    const technique: Layout['technique'] = {
      start: (attack) => attack.listen('router', false),
      on: {
        frame: (attack: AttackContext, { frame }: { frame: FrameView | null }) => {
          if (frame!.role === 'reply' && frame!.kind === 'told' && dropped++ === 0) attack.drop(frame!);
        },
      },
    };
    const world = home({ server: server(asked), laptop: client([10], heard) }, { inside: ['router'], technique }).run(60);
    expect(world.sent('ask')).toHaveLength(2);
    expect(world.sent('told')).toHaveLength(2);
    expect(asked).toHaveLength(1);
    expect(heard).toMatchObject([{ what: 'told', body: { echo: 'w0' } }]);
  });
  it('a second thought of the server does not call its answer back', () => {
    const heard: Heard[] = [];
    const rueful = server([], {
      does: {
        ask: (d, event) => {
          d.reply(event.message!, { kind: 'told', bytes: 10 });
          d.refuse(event.message!, 'on reflection: no');
        },
      },
    });
    const world = home({ server: rueful, laptop: client([1], heard) }).run(60);
    expect(heard.map(({ what }) => what)).toEqual(['told']);
    expect(world.stops('ask')).toEqual(['on reflection: no']);
    expect(world.sent('refused')).toEqual([]);
  });
});

describe('a connection', () => {
  it('is opened once and shared while it is kept open', () => {
    const world = home({ laptop: client([1, 2, 50], [], { keepOpen: 60e6 }) }).run(100);
    expect(world.sent('syn')).toHaveLength(1);
    expect(
      home({ laptop: client([1, 2, 50], [], { keepOpen: 10e6 }) })
        .run(100)
        .sent('syn'),
    ).toHaveLength(2);
  });
  it('with TLS takes one round trip more', () => {
    const timeOf = (facts: Partial<ChannelSpec>): number => {
      const heard: Heard[] = [];
      home({ laptop: client([1, 20], heard, { keepOpen: 10e6, ...facts }) }).run(60);
      // The second time the name is known: handshake and question only.
      return heard[1]!.at - 20e6;
    };
    const plain = timeOf({});
    const sealed = timeOf({ port: 443, tls: true });
    // One way: Wi-Fi 1 ms, line 5 ms, core 10 ms; there and back twice without TLS, three times with it.
    expect(plain).toBeGreaterThan(64_000);
    expect(plain).toBeLessThan(66_000);
    expect(sealed - plain).toBeGreaterThan(32_000);
    expect(sealed - plain).toBeLessThan(35_000);
  });
});

describe('a push', () => {
  const speaking = (failures: Heard[], word: number): Part =>
    server([], {
      does: {
        ask: (d, event) => {
          d.memory.session = d.sessionOf(event.message!);
          d.reply(event.message!, { kind: 'told', bytes: 10 });
          d.after(word * 1e6, 'speak');
        },
        speak: (d) => d.push(d.memory.session, { kind: 'news', bytes: 10, n: 7 }),
        'news-failed': (d, event) => failures.push({ what: event.type, at: d.now, body: event.body, n: event.n }),
      },
    });
  it('reaches the client on the session it keeps open and is acknowledged', () => {
    const failures: Heard[] = [];
    const news: number[] = [];
    const laptop = client([1], [], {}, { serves: ['news'], does: { news: (_, event) => news.push(event.n) } });
    const world = home({ server: speaking(failures, 10), laptop }).run(100);
    expect(news).toEqual([7]);
    expect(world.sent('ack')).toHaveLength(1);
    expect(failures).toEqual([]);
  });
  it('that nobody acknowledges fails at the server', () => {
    const failures: Heard[] = [];
    // The line fails at 36 s and stays down.
    const down = { 'line.time-between-failures': 0.01, 'line.time-to-repair': 600 };
    home({ server: speaking(failures, 60), laptop: client([1]) }, { parameters: down }).run(200);
    expect(failures).toMatchObject([{ what: 'news-failed', body: { reason: 'timeout' }, n: 7 }]);
  });
  it('on a session that is gone is not sent', () => {
    const sent: boolean[] = [];
    const late = server([], { does: { ask: (d) => sent.push(d.push(12345, { kind: 'news', bytes: 1, n: 0 })) } });
    home({ server: late, laptop: client([1]) }).run(5);
    expect(sent).toEqual([false]);
  });
});

describe('names', () => {
  const lookups = (ttl: number, at: number[]) =>
    home({ resolver: resolver(ttl), laptop: client(at, [], { keepOpen: 1e6 }) })
      .run(200)
      .sent('dns-query').length;
  it('are asked for once while the answer lives', () => {
    expect(lookups(100, [1, 20, 90])).toBe(1);
    expect(lookups(60, [1, 20, 90])).toBe(2);
  });
  it('a time to live of nothing still serves the question at hand', () => {
    const heard: Heard[] = [];
    home({ resolver: resolver(0), laptop: client([1], heard) }).run(60);
    expect(heard.map(({ what }) => what)).toEqual(['told']);
  });
  it('several who wait for the same name share one question', () => {
    expect(lookups(100, [1, 1, 1])).toBe(1);
  });
  const rogue = (facts: Partial<ChannelSpec>) => {
    const asked: DeviceEvent[] = [];
    const heard: Heard[] = [];
    const parts = access(table(), { settings: { 'dns-server': 'rogue' } });
    home({ ...parts, rogue: resolver(60, { 'server.example': 'evil' }), evil: server(asked), laptop: client([1], heard, facts) }).run(100);
    return { asked: asked.length, heard: heard.map(({ what }) => what) };
  };
  it('a rogue resolver’s answer is believed', () => {
    expect(rogue({})).toEqual({ asked: 1, heard: ['told'] });
    expect(rogue({ port: 443, tls: true })).toEqual({ asked: 1, heard: ['told'] });
  });
  it('and does not help against a client that checks certificates', () => {
    expect(rogue({ port: 443, tls: true, verifyServer: true })).toEqual({ asked: 0, heard: ['ask-failed'] });
  });
});

it('who stands on no segment and speaks to everybody is told so: no message ends without a reason', () => {
  const world = home({ lonely: { on: [], start: (d) => d.datagram('*', 9, { kind: 'word', bytes: 1, n: 0 }) } }).run(1);
  expect(world.stops('word')).toEqual(['not attached to any segment']);
});
