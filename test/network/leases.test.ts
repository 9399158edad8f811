import { describe, expect, it, vi } from 'vitest';
import { HOUR, MINUTE, SECOND } from '../../sim/kernel/time.ts';
import type { AttackContext } from '../../sim/model/technique.ts';
import type { FailureSpec } from '../../sim/model/spec.ts';
import { Frames } from '../../sim/network/frames.ts';
import { access, bench, client, CORE, GUEST, LINE, LTE, rule, server, table, WIFI, type Heard, type Layout, type Part } from './bench.ts';

/** A lease of an hour: renewed after 30 min, asked of anybody after 52.5. */
const LEASE = 3600;
const T1 = LEASE / 2;
const T2 = LEASE * 0.875;

const failure = (of: FailureSpec['of'], on: string, fromMinutes: number, minutes: number): FailureSpec => ({
  of,
  on,
  fromHours: fromMinutes / 60,
  minutes,
});

/** A home with a client `asker` that asks each minute. */
function home(failures: readonly FailureSpec[] = [], more: Partial<Layout> = {}) {
  const heard: Heard[] = [];
  const hours = more.hours ?? 6;
  const everyMinute = Array.from({ length: hours * 60 }, (_, i) => i * 60 + 7);
  const world = bench({
    segments: [WIFI, LINE, CORE],
    parts: { ...access(table({ natTo: ['wan'] })), asker: client(everyMinute, heard), server: server() },
    failures,
    hours,
    ...more,
    parameters: { 'dhcp.lease': LEASE, ...more.parameters },
  }).run();
  /** Seconds at which the asker sends this. */
  const asks = (kind: string): number[] =>
    world
      .sent(kind)
      .filter(({ from }) => from === 'asker')
      .map(({ t }) => t / SECOND);
  const states = world.lines
    .filter(({ kind, what }) => kind === 'state' && what!.startsWith('address'))
    .map(({ t, from, what }) => [Math.round(t / MINUTE), `${from}: ${what}`]);
  /** Minutes in which it had an answer. */
  const answered = new Set(heard.filter(({ what }) => what === 'told').map(({ n }) => n));
  return { world, asks, states, answered };
}

describe('a lease', () => {
  it('is renewed at half its time by whoever gave it, for as long as there are answers', () => {
    const { world, asks, states, answered } = home();
    const [first, ...others] = asks('dhcp-request');
    expect(first).toBeLessThanOrEqual(T1);
    expect(others).toEqual(others.map((_, i) => first! + (i + 1) * T1));
    expect(others.length).toBeGreaterThanOrEqual(10);
    expect(world.hops('dhcp-ack')).toHaveLength(others.length + 1);
    expect(states).toEqual([]);
    expect(answered.size).toBe(360);
  });

  it('is asked for again while no answer comes, of anybody after seven eighths, and has ended at its end', () => {
    const down = failure('power', 'router', 0, 240);
    const parts = { ...access(table({ natTo: ['wan'] }), { supply: 'mains' }), asker: client([], []), server: server() };
    const { world, asks, states } = home([down], { parts });
    const [first, ...again] = asks('dhcp-request');
    // RFC 2131, section 4.4.5: half of what is left until T2, then until the end, a minute at least.
    const expected: number[] = [];
    const end = first! + T1;
    for (let t = first!; t < end;) {
      expected.push(t);
      const next = t < first! + T2 - T1 ? first! + T2 - T1 : end;
      t = Math.min(end, t + Math.max(60, (next - t) / 2));
    }
    const near = (a: number, b: number): boolean => Math.abs(a - b) < 1e-3;
    expect([first!, ...again].slice(0, expected.length).every((t, i) => near(t, expected[i]!))).toBe(true);
    expect(expected.length).toBeGreaterThan(8);
    const whom = world.sent('dhcp-request').filter(({ from, t }) => from === 'asker' && t / SECOND < end);
    expect(whom.map(({ to }) => to)).toEqual(expected.map((t) => (t < first! + T2 - T1 ? 'router' : '*')));
    const discovers = asks('dhcp-discover');
    expect(near(discovers[0]!, end)).toBe(true);
    // By 4, 8, 16, 32 and 64 s, and from the beginning again, until the router is back.
    const gaps = discovers.slice(1, 11).map((t, i) => Math.round(t - discovers[i]!));
    expect(gaps).toEqual([4, 8, 16, 32, 64, 4, 8, 16, 32, 64]);
    expect(states).toEqual([
      [Math.round(end / 60), 'asker: address lost'],
      [expect.closeTo(240, -0.5), 'asker: address again'],
    ]);
  });

  it('that has ended carries nothing, and all is well once there is another', () => {
    const { world, states, answered } = home([failure('link', 'private', 60, 120)]);
    const lost = states.find(([, what]) => what === 'asker: address lost')![0] as number;
    const again = states.find(([, what]) => what === 'asker: address again')![0] as number;
    expect(lost).toBeLessThanOrEqual(120);
    expect(again).toBeGreaterThanOrEqual(180);
    expect(again).toBeLessThan(183);
    const kept = Array.from({ length: 360 }, (_, minute) => minute).filter((minute) => minute < 60 || minute > again);
    expect(kept.every((minute) => answered.has(minute))).toBe(true);
    expect([...answered].filter((minute) => minute >= 60 && minute < 179)).toEqual([]);
    // Without an address it does not try: nothing of its own is in the air but the question for one.
    const said = world.lines.filter(
      ({ kind, from, t }) => kind === 'message' && from === 'asker' && t > lost * MINUTE + MINUTE && t < 180 * MINUTE,
    );
    expect(new Set(said.map(({ what }) => what))).toEqual(new Set(['dhcp-discover']));
  });

  /** A camera that anybody may ask, and somebody out there who does so after 1, 2 and 4.5 hours. */
  const watched = (failures: readonly FailureSpec[], policy = table()) => {
    const heard: Heard[] = [];
    const camera: Part = {
      on: ['private'],
      listens: [80],
      serves: ['ask'],
      start: (d) =>
        void d.stream('server.example', { mode: 'elastic', direction: 'up', bitsPerSecond: 1e6, type: 'footage', n: 0, port: 80 }),
      does: {
        ask: (d, event) => d.reply(event.message!, { kind: 'told', bytes: 10 }),
        footage: (d, event) => void heard.push({ what: 'footage', at: d.now, body: event.body, n: 0 }),
      },
    };
    const visitor = client([3600, 7200, 4.5 * 3600], heard, { host: 'camera.example', keepOpen: 1 }, { on: ['internet'] });
    const parts = { ...access(policy), camera, visitor, server: server([], { serves: ['ask', 'stream-open'] }) };
    return { heard, ...home(failures, { parts }) };
  };

  it('stays with who has it while no other address is left', () => {
    const { heard, states, world } = watched([failure('addresses', 'private', 1, 240)]);
    expect(states.map(([, what]) => what)).toEqual(['private: addresses used up', 'private: addresses free']);
    expect(heard.map(({ what }) => what)).toEqual(['told', 'told', 'told']);
    expect(world.stops('dhcp-request')).toEqual([]);
  });

  it('that has ended belongs to nobody: what is sent there finds no one, and what runs over it ends', () => {
    // The router's own rules keep the questions for leases out.
    const deaf = table({ rules: [rule('no address service', 'deny', { transport: 'dhcp' })] });
    const { heard, states, world } = watched([], deaf);
    expect(states.map(([, what]) => what)).toEqual(['camera: address lost']);
    expect(new Set(world.stops('dhcp-request'))).toEqual(new Set(['no address service']));
    const end = world.lines.find(({ what }) => what === 'address lost')!.t;
    expect(end).toBeLessThanOrEqual(HOUR);
    expect(heard.filter(({ what }) => what === 'footage').map(({ at }) => at)).toEqual([end]);
    expect(heard.filter(({ what }) => what !== 'footage').map(({ what }) => what)).toEqual(['ask-failed', 'ask-failed', 'ask-failed']);
    expect(new Set(world.stops('syn'))).toEqual(new Set(['the next hop does not answer (ARP)']));
  });

  it('of a device whose traffic the gateway refuses is not given again, whatever address it asks without', () => {
    const isolated = table({ rules: [rule('isolated by playbook', 'deny', { src: 'asker' })] });
    const parts = { ...access(isolated), asker: client([], []), server: server() };
    const { states, world } = home([], { parts });
    expect(states.map(([, what]) => what)).toEqual(['asker: address lost']);
    expect(new Set(world.stops('dhcp-discover'))).toEqual(new Set(['isolated by playbook']));
    expect(world.hops('dhcp-offer')).toEqual([]);
  });

  it('that has ended is no address to call everybody from', () => {
    const deaf = table({ rules: [rule('no address service', 'deny', { transport: 'dhcp' })] });
    const caller: Part = {
      on: ['private'],
      start: (d) => [HOUR / 1000, 2 * HOUR].forEach((at, n) => d.after(at, 'go', n)),
      does: { go: (d, { n }) => d.datagram('*', 1900, { kind: 'call', bytes: 10, n }) },
    };
    const { world } = home([], { parts: { ...access(deaf), caller } });
    expect(world.sent('call').map(({ t }) => t)).toEqual([HOUR / 1000]);
    expect(world.stops('call')).toEqual(['no address to send from']);
  });

  it.each([
    ['private', 'ends what runs over its segment', 1],
    ['mobile', 'leaves alone what runs over another', 0],
  ])('of two networks, a flow over %s: it %s', (first, _what, ended) => {
    const over: unknown[] = [];
    const kit: Part = {
      on: first === 'private' ? ['private', 'mobile'] : ['mobile', 'private'],
      start: (d) =>
        void d.stream('server.example', { mode: 'unresponsive', direction: 'up', bitsPerSecond: 1e5, type: 'over', n: 0, port: 80 }),
      does: { over: (_d, event) => over.push(event.body) },
    };
    const { states } = home([failure('link', 'private', 5, 300)], {
      segments: [WIFI, { ...LTE, id: 'mobile', gateway: 'mast' }, LINE, CORE],
      parts: {
        ...access(table({ natTo: ['wan'] })),
        mast: { on: ['mobile', 'internet'], forwards: true },
        kit,
        server: server([], { serves: ['ask', 'stream-open'] }),
      },
    });
    expect(states.map(([, what]) => what)).toContain('kit: address lost');
    expect(over).toHaveLength(ended);
  });

  it('of a device without power is neither renewed nor asked for', () => {
    const parts = { ...access(table()), asker: { ...client([], []), supply: 'battery' as const }, server: server() };
    // Dark at T1; and again, while it asks in vain for another address.
    const failures = [failure('power', 'asker', 1, 90), failure('link', 'private', 80, 60), failure('power', 'asker', 93, 10)];
    const { asks } = home(failures, { parts });
    const all = [...asks('dhcp-request'), ...asks('dhcp-discover')];
    expect(all.filter((t) => (t > 60 && t < 91 * 60) || (t > 93 * 60 && t < 103 * 60))).toEqual([]);
    expect(asks('dhcp-discover').some((t) => t >= 91 * 60 && t < 93 * 60)).toBe(true);
    expect(asks('dhcp-discover').some((t) => t >= 103 * 60)).toBe(true);
  });

  it('that ends fails at once what waits for a connection over its segment, and only that', () => {
    const end = home([failure('link', 'private', 1, 300)]).states.find(([, what]) => what === 'asker: address lost')![0] as number;
    const heard: Heard[] = [];
    const asking = [7, ...Array.from({ length: 61 }, (_, i) => (end - 1) * 60 + i * 2)];
    const kit = (on: readonly string[]): Part => client(asking, heard, { keepOpen: 1 }, { on });
    const failed = (on: readonly string[]): number => {
      heard.length = 0;
      home([failure('link', 'private', 1, 300), failure('link', 'mobile', end - 2, 10)], {
        segments: [WIFI, { ...LTE, id: 'mobile', gateway: 'mast' }, LINE, CORE],
        parts: {
          ...access(table({ natTo: ['wan'] })),
          mast: { on: ['mobile', 'internet'], forwards: true },
          asker: kit(on),
          server: server(),
        },
      });
      return heard.filter(({ body }) => body?.['reason'] === 'no-route').length;
    };
    expect(failed(['private', 'mobile'])).toBeGreaterThan(0);
    expect(failed(['mobile', 'private'])).toBe(0);
  });

  it('is asked for with luck of its own each time', () => {
    const failures = [
      failure('power', 'asker', 10, 1),
      failure('power', 'asker', 20, 1),
      failure('link', 'private', 60, 120),
      failure('power', 'asker', 200, 90),
    ];
    const parts = {
      ...access(table(), { settings: { 'wifi.passphrase': 'weak', 'wifi.security': 'wpa2' } }),
      asker: { ...client([], []), supply: 'battery' as const },
      server: server(),
    };
    const technique: Layout['technique'] = {
      start: (attack) => [0, 30, 250].forEach((at) => attack.after(at * MINUTE, 'go', at)),
      on: { go: (attack: AttackContext) => void attack.join('neighbour', 'private', 'weak-private') },
    };
    const luck: string[] = [];
    const make = Frames.prototype.make;
    const spy = vi.spyOn(Frames.prototype, 'make').mockImplementation(function (this: Frames, ...given) {
      const message = make.apply(this, given);
      // Whoever sends it says later which of its tries it is.
      if (message.transport === 'dhcp') made.push(message);
      return message;
    });
    const made: ReturnType<typeof make>[] = [];
    home(failures, { parts, technique, radio: true });
    spy.mockRestore();
    for (const { kind, luck0, luck1, attempt } of made) luck.push(`${kind} ${luck0} ${luck1} ${attempt}`);
    expect(luck.length).toBeGreaterThan(100);
    expect(luck.filter((one, i) => luck.indexOf(one) !== i)).toEqual([]);
  });

  it('is left behind with its network: a flow over another goes on', () => {
    const over: unknown[] = [];
    const kit: Part = {
      on: ['mobile', 'private'],
      start: (d) => void d.stream('server.example', { mode: 'elastic', direction: 'up', bitsPerSecond: 1e5, type: 'over', n: 0, port: 80 }),
      does: { over: (_d, event) => over.push(event.body) },
    };
    const technique: Layout['technique'] = {
      start: (attack) => attack.after(MINUTE, 'move', 0),
      on: { move: (attack: AttackContext) => void attack.join('kit', 'guest', 'weak-guest') },
    };
    const { world } = home([], {
      segments: [WIFI, GUEST, { ...LTE, id: 'mobile', gateway: 'mast' }, LINE, CORE],
      parts: {
        ...access(table({ natTo: ['wan'] }), {
          on: ['private', 'guest', 'line'],
          settings: { 'wifi.passphrase': 'weak', 'wifi.security': 'wpa2' },
        }),
        mast: { on: ['mobile', 'internet'], forwards: true },
        kit,
        server: server([], { serves: ['ask', 'stream-open'] }),
      },
      technique,
      inside: ['kit'],
    });
    expect(world.hops('dhcp-ack').some(({ to, link }) => to === 'kit' && link === 'guest')).toBe(true);
    expect(over).toEqual([]);
  });

  it('is kept by an access point that joins another, as by any station', () => {
    // It is without power for a while when others have taken what was free.
    const mesh: Part = { on: ['private', 'mesh'], forwards: true, supply: 'battery' };
    const { states, world } = home([failure('addresses', 'private', 10, 340), failure('power', 'mesh', 20, 1)], {
      segments: [WIFI, { id: 'mesh', medium: 'wifi', gateway: 'mesh' }, LINE, CORE],
      parts: { ...access(table({ natTo: ['wan'] })), mesh, asker: client([], []), server: server() },
    });
    expect(states.map(([, what]) => what)).toEqual(['private: addresses used up', 'private: addresses free']);
    expect(world.sent('dhcp-request').filter(({ from }) => from === 'mesh').length).toBeGreaterThan(10);
    expect(world.hops('dhcp-nak')).toEqual([]);
  });

  it('that has ended is not sent on either, by a device that passes on what is not its own', () => {
    const deaf = table({ rules: [rule('no address service', 'deny', { transport: 'dhcp' })] });
    const forwarder: Layout['technique'] = {
      start: (attack) => void attack.listen('relay', true),
      on: { frame: (attack, { frame }) => void (frame!.held && attack.forward(frame!)) },
    };
    const asked = client([1800, 3650, 3700], [], { host: 'relay.example', transport: 'udp', keepOpen: 1 }, { on: ['internet'] });
    const relay: Part = {
      on: ['private', 'lan'],
      listens: [80],
      serves: ['ask'],
      does: { ask: (d, event) => d.reply(event.message!, { kind: 'told', bytes: 10 }) },
    };
    const { world } = home([], {
      segments: [WIFI, { id: 'lan', medium: 'ethernet', gateway: 'router' }, LINE, CORE],
      parts: { ...access(deaf, { on: ['private', 'lan', 'line'] }), relay, asked, server: server() },
      inside: ['relay'],
      technique: forwarder,
      parameters: { 'dhcp.lease': LEASE, 'arp.lifetime': 1e6 },
      hours: 2,
    });
    const hops = new Map<number, number>();
    for (const { id } of world.hops('ask')) hops.set(id!, (hops.get(id!) ?? 0) + 1);
    expect(Math.max(...hops.values())).toBeLessThan(6);
    expect(world.stops('ask')).toContain('the address is not this device’s any more');
  });

  it('of a device that was off for longer is over when it comes back', () => {
    const parts = {
      ...access(table({ natTo: ['wan'] })),
      asker: { ...client([3 * 3600 + 120], []), supply: 'battery' as const },
      server: server(),
    };
    const { asks, states } = home([failure('power', 'asker', 20, 120)], { parts });
    expect(asks('dhcp-discover')[0]).toBe(140 * 60);
    expect(states.map(([, what]) => what)).toEqual(['asker: address lost', 'asker: address again']);
  });

  it('outlasts a router that was off for a shorter time, and connections over it', () => {
    const { states, answered } = home([failure('link', 'private', 60, 20)]);
    expect(states).toEqual([]);
    expect(answered.has(59)).toBe(true);
    expect(answered.has(82)).toBe(true);
  });
});

describe('a newcomer', () => {
  const join = (more: Partial<Layout> = {}, then: (attack: AttackContext) => void = () => {}) => {
    const events: string[] = [];
    const technique: Layout['technique'] = {
      start: (attack) => void attack.join('neighbour', 'private', 'weak-private'),
      on: {
        joined: (attack: AttackContext) => {
          events.push('joined');
          then(attack);
        },
        failed: () => events.push('failed'),
      },
    };
    const parts = {
      ...access(table(), { settings: { 'wifi.passphrase': 'weak', 'wifi.security': 'wpa2' } }),
      asker: client([], []),
      server: server(),
    };
    const found = home([], { radio: true, technique, parts, ...more });
    return { ...found, events };
  };

  it('finds no place where as many have an address as there are', () => {
    const full = join({ parameters: { 'dhcp.pool': 1 } });
    expect(full.events).toEqual(['failed']);
    expect(full.world.stops('dhcp-discover')).toEqual(Array(5).fill('no free address'));
    // Who has one keeps it.
    expect(full.states).toEqual([]);
    expect(join({ parameters: { 'dhcp.pool': 2 } }).events).toEqual(['joined']);
  });

  it('takes the place of one that has gone, which then finds none', () => {
    const parts = {
      ...access(table(), { settings: { 'wifi.passphrase': 'weak', 'wifi.security': 'wpa2' } }),
      asker: { ...client([], []), supply: 'battery' as const },
      server: server(),
    };
    const technique: Layout['technique'] = {
      start: (attack) => attack.after(2 * HOUR, 'late', 0),
      on: { late: (attack: AttackContext) => void attack.join('neighbour', 'private', 'weak-private') },
    };
    const { states, world } = join({
      parts,
      technique,
      parameters: { 'dhcp.pool': 1 },
      failures: [failure('power', 'asker', 10, 170)],
    });
    expect(states.map(([, what]) => what)).toEqual(['asker: address lost']);
    expect(new Set(world.stops('dhcp-discover'))).toEqual(new Set(['no free address']));
    expect(world.hops('dhcp-ack').some(({ to }) => to === 'neighbour')).toBe(true);
  });

  it('finds no place while all addresses are used up, and one afterwards', () => {
    const during = join({ failures: [failure('addresses', 'private', 0, 30)] });
    expect(during.events).toEqual(['failed']);
    expect(during.states).toEqual([
      [0, 'private: addresses used up'],
      [30, 'private: addresses free'],
    ]);
    expect(join({ failures: [failure('addresses', 'private', 10, 30)] }).events).toEqual(['joined']);
  });

  it('whose offer is gone when it takes it asks again, and fails or joins as if it had had none', () => {
    const { world } = join();
    const taken = world.sent('dhcp-request').find(({ from }) => from === 'neighbour')!.t / MINUTE;
    const brief = join({ failures: [failure('addresses', 'private', taken - 1e-5, 0.01)] });
    const long = join({ failures: [failure('addresses', 'private', taken - 1e-5, 30)] });
    for (const one of [brief, long]) {
      expect(one.world.hops('dhcp-nak')).toHaveLength(1);
      expect(one.states.map(([, what]) => what)).toEqual(['private: addresses used up', 'private: addresses free']);
    }
    expect(brief.events).toEqual(['joined']);
    expect(long.events).toEqual(['failed']);
  });

  it.each([
    ['has an address there', [] as FailureSpec[], ['joined', 'joined']],
    ['has lost it, nobody answering', [failure('link', 'private', 1, 89.9), failure('addresses', 'private', 1, 200)], ['joined', 'failed']],
    ['has lost it and asks for another', [failure('link', 'private', 1, 89.99)], ['joined', 'joined']],
  ])('that joins again where it %s hears what comes of it', (_what, failures, told) => {
    const events: string[] = [];
    const technique: Layout['technique'] = {
      start: (attack) => {
        attack.join('neighbour', 'private', 'weak-private');
        attack.after(91 * MINUTE, 'again', 0);
      },
      on: {
        again: (attack: AttackContext) => void attack.join('neighbour', 'private', 'weak-private'),
        joined: () => events.push('joined'),
        failed: () => events.push('failed'),
      },
    };
    const { world } = join({ technique, failures });
    expect(events).toEqual(told);
    // One chain of questions at a time: its waits are 4, 8, 16, 32 and 64 s.
    const asked = world.sent('dhcp-discover').flatMap(({ from, t }) => (from === 'neighbour' && t > 91 * MINUTE ? [t / SECOND] : []));
    const gaps = asked.slice(1, 5).map((t, i) => Math.round(t - asked[i]!));
    expect(gaps).toEqual([4, 8, 16, 32].slice(0, gaps.length));
  });

  it('that goes on to another network renews its lease there alone', () => {
    const parts = {
      ...access(table(), { on: ['private', 'guest', 'line'], settings: { 'wifi.passphrase': 'weak', 'wifi.security': 'wpa2' } }),
      server: server(),
    };
    const technique: Layout['technique'] = {
      start: (attack) => {
        attack.join('neighbour', 'private', 'weak-private');
        attack.after(10 * MINUTE, 'move', 0);
      },
      on: { move: (attack: AttackContext) => void attack.join('neighbour', 'guest', 'weak-guest') },
    };
    const { world } = join({ parts, technique, segments: [WIFI, GUEST, LINE, CORE] });
    const asked = world.sent('dhcp-request').filter(({ from }) => from === 'neighbour');
    expect(asked.map(({ t, link }) => `${link} ${Math.round(t / MINUTE)}`)).toEqual([
      'private 0',
      ...Array.from({ length: 12 }, (_, i) => `guest ${10 + 30 * i}`),
    ]);
  });

  it('finds no place before the last failure that takes them is over', () => {
    const late = (at: number): string[] => {
      const events: string[] = [];
      const technique: Layout['technique'] = {
        start: (attack) => attack.after(at * MINUTE, 'go', 0),
        on: {
          go: (attack: AttackContext) => void attack.join('neighbour', 'private', 'weak-private'),
          joined: () => events.push('joined'),
          failed: () => events.push('failed'),
        },
      };
      const both = [failure('addresses', 'private', 10, 30), failure('addresses', 'private', 20, 40)];
      const { states } = join({ technique, failures: both });
      expect(states).toEqual([
        [10, 'private: addresses used up'],
        [60, 'private: addresses free'],
      ]);
      return events;
    };
    expect(late(45)).toEqual(['failed']);
    expect(late(61)).toEqual(['joined']);
  });

  it('renews its lease as the others do', () => {
    const { world, events } = join();
    expect(events).toEqual(['joined']);
    const times = world
      .sent('dhcp-request')
      .filter(({ from }) => from === 'neighbour')
      .map(({ t }) => Math.round(t / MINUTE));
    expect(times).toEqual([0, 30, 60, 90, 120, 150, 180, 210, 240, 270, 300, 330]);
  });
});
