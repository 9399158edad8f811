import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SECOND } from '../../sim/kernel/time.ts';
import type { DeviceEvent } from '../../sim/model/device.ts';
import type { Message, Transport } from '../../sim/model/message.ts';
import type { PolicyTable } from '../../sim/model/policy.ts';
import type { AttackContext } from '../../sim/model/technique.ts';
import { evaluate } from '../../sim/network/policy.ts';
import { Addresses } from '../../sim/network/topology.ts';
import { access, bench, client, CORE, GUEST, LINE, rule, server, table, WIFI, type Bench, type Heard, type Part } from './bench.ts';

const message = (dport: number, transport: Transport = 'tcp', dst = new Addresses(1).v4(0, 0)): Message =>
  ({ dport, transport, dst }) as Message;
const asked = (policy: PolicyTable, more: Partial<Parameters<typeof evaluate>[1]> = {}) =>
  evaluate(policy, { from: 'private', to: 'wan', message: message(443), srcDevice: 'laptop', dstDevice: null, ...more });

describe('a rule table', () => {
  it('lets the first rule that matches decide, and names it', () => {
    const policy = table({ rules: [rule('web', 'allow', { dport: 443 }), rule('nothing', 'deny')] });
    expect(asked(policy)).toEqual({ allow: true, rule: 'web' });
    expect(asked(policy, { message: message(80) })).toEqual({ allow: false, rule: 'nothing' });
    expect(asked({ ...policy, rules: policy.rules.toReversed() })).toEqual({ allow: false, rule: 'nothing' });
  });
  it('falls back where none matches', () => {
    expect(asked(table({ fallback: { name: 'default-deny', action: 'deny' } }))).toEqual({ allow: false, rule: 'default-deny' });
  });
  it('matches on all of a rule’s conditions together', () => {
    const whole = rule('all', 'deny', {
      from: 'private',
      to: 'wan',
      family: 4,
      transport: 'tcp',
      dport: 443,
      src: 'laptop',
      dst: 'server',
    });
    const policy = table({ rules: [whole] });
    expect(asked(policy, { dstDevice: 'server' }).rule).toBe('all');
    for (const other of [
      { from: 'guest' },
      { to: 'self' },
      { message: message(80) },
      { message: message(443, 'udp') },
      { message: message(443, 'tcp', new Addresses(1).v6(0, 0)) },
      { srcDevice: 'camera' },
      { dstDevice: null },
    ])
      expect(asked(policy, { dstDevice: 'server', ...other }).rule).toBe('open');
  });
  it('decides as a search by hand does', () => {
    const zone = fc.constantFrom('private', 'guest', 'wan', 'self');
    const anyRule = fc.record({
      from: zone,
      to: zone,
      dport: fc.constantFrom(80, 443),
      action: fc.constantFrom('allow' as const, 'deny' as const),
    });
    fc.assert(
      fc.property(fc.array(anyRule, { maxLength: 8 }), zone, zone, fc.constantFrom(80, 443), (rules, from, to, dport) => {
        const policy = table({ rules: rules.map((one, i) => ({ name: `rule ${i}`, ...one })) });
        const index = rules.findIndex((one) => one.from === from && one.to === to && one.dport === dport);
        const expected = index < 0 ? { allow: true, rule: 'open' } : { allow: rules[index]!.action === 'allow', rule: `rule ${index}` };
        expect(asked(policy, { from, to, message: message(dport) })).toEqual(expected);
      }),
      { seed: 4, numRuns: 300 },
    );
  });
});

/** What a router usually does: translate outward, deny inward. */
const NAT: PolicyTable = table({
  rules: [rule('outbound', 'allow', { to: 'wan' }), rule('LAN to router', 'allow', { from: 'private', to: 'self' })],
  fallback: { name: 'default-deny inbound', action: 'deny' },
  natTo: ['wan'],
});
const stranger = (host: string, port: number, heard: Heard[] = [], at = 5): Part => ({
  ...client([at], heard, { host, port }),
  on: ['internet'],
});
const camera = (seen: DeviceEvent[]): Part => server(seen, { on: ['private'], listens: [8080] });

describe('address translation', () => {
  it('shows the server the router’s address and brings the answer back inside', () => {
    const seen: DeviceEvent[] = [];
    const heard: Heard[] = [];
    const { world } = bench({
      segments: [WIFI, LINE, CORE],
      parts: { ...access(NAT), server: server(seen), laptop: client([1], heard) },
    }).run(60);
    const { net } = world;
    expect(seen[0]!.message!.src).toBe(net.publicAddress(net.nodeIndex.get('router')!));
    expect(seen[0]!.message!.src).not.toBe(net.addressOf(net.nodeIndex.get('laptop')!));
    expect(heard.map(({ what }) => what)).toEqual(['told']);
  });
  it('lets nothing in that nobody inside asked for', () => {
    const seen: DeviceEvent[] = [];
    const heard: Heard[] = [];
    const world = bench({
      segments: [WIFI, LINE, CORE],
      parts: { ...access(NAT), camera: camera(seen), stranger: stranger('router.example', 8080, heard) },
    });
    world.run(60);
    expect(seen).toEqual([]);
    expect(new Set(world.stops('syn'))).toEqual(new Set(['default-deny inbound']));
    expect(heard).toMatchObject([{ what: 'ask-failed', body: { reason: 'timeout' } }]);
  });
  it('a port map brings a stranger to the inside device, and the answer back under the public address', () => {
    const seen: DeviceEvent[] = [];
    const heard: Heard[] = [];
    const policy = { ...NAT, portMaps: [{ port: 8081, device: 'camera', inside: 8080 }] };
    const world = bench({
      segments: [WIFI, LINE, CORE],
      parts: { ...access(policy), camera: camera(seen), stranger: stranger('router.example', 8081, heard) },
    });
    world.run(60);
    expect(heard.map(({ what }) => what)).toEqual(['told']);
    expect(seen).toHaveLength(1);
    expect(world.passes('syn')).toContain('port map 8080');
  });
  it('a rule about the inside device closes its port map', () => {
    const seen: DeviceEvent[] = [];
    const policy = {
      ...NAT,
      rules: [rule('isolate camera', 'deny', { dst: 'camera' }), ...NAT.rules],
      portMaps: [{ port: 8081, device: 'camera', inside: 8080 }],
    };
    const world = bench({
      segments: [WIFI, LINE, CORE],
      parts: { ...access(policy), camera: camera(seen), stranger: stranger('router.example', 8081) },
    }).run(60);
    expect(seen).toEqual([]);
    expect(new Set(world.stops('syn'))).toEqual(new Set(['isolate camera']));
  });

  /** The server speaks of its own accord so many seconds after it was asked. */
  const lateWord = (after: number, transport: 'tcp' | 'udp'): { world: Bench; news: number[] } => {
    const news: number[] = [];
    const speaker = server([], {
      does: {
        ask: (d, event) => {
          d.memory.session = d.sessionOf(event.message!);
          d.reply(event.message!, { kind: 'told', bytes: 10 });
          d.after(after * SECOND, 'speak');
        },
        speak: (d) => d.push(d.memory.session, { kind: 'news', bytes: 10, n: 0 }),
      },
    });
    const laptop = client([1], [], { transport, keepOpen: 1e12 }, { serves: ['news'], does: { news: (d) => news.push(d.now) } });
    const world = bench({ hours: 4, segments: [WIFI, LINE, CORE], parts: { ...access(NAT), server: speaker, laptop } }).run();
    return { world, news };
  };
  it.each([
    ['tcp', 7000, 7500],
    ['udp', 100, 140],
  ] as const)('remembers a quiet %s connection for its time-out, no longer', (transport, within, beyond) => {
    expect(lateWord(within, transport).news).toHaveLength(1);
    const { world, news } = lateWord(beyond, transport);
    expect(news).toEqual([]);
    expect(new Set(world.stops('news'))).toEqual(new Set(['default-deny inbound']));
  });
});

describe('zones', () => {
  const rules = [
    rule('guest keeps out', 'deny', { from: 'guest', to: 'private' }),
    rule('no management from guest', 'deny', { from: 'guest', to: 'self' }),
  ];
  const visit = (host: string, port: number, on: string) => {
    const heard: Heard[] = [];
    const seen: DeviceEvent[] = [];
    const router = { on: ['private', 'guest', 'line'], listens: [80], serves: ['ask'], does: server(seen).does! };
    const parts = {
      ...access(table({ rules }), router),
      camera: camera(seen),
      visitor: { ...client([1], heard, { host, port }), on: [on] },
    };
    const world = bench({ segments: [WIFI, GUEST, LINE, CORE], parts }).run(60);
    return { world, answers: heard.map(({ what }) => what) };
  };
  it('a rule between zones stops the guest and names itself; at home nobody is stopped', () => {
    const { world, answers } = visit('camera.example', 8080, 'guest');
    expect(answers).toEqual(['ask-failed']);
    expect(new Set(world.stops('syn'))).toEqual(new Set(['guest keeps out']));
    expect(visit('camera.example', 8080, 'private').answers).toEqual(['told']);
  });
  it('the router’s own services are zone self', () => {
    const seenFrom = (on: string) => visit('router.example', 80, on);
    expect(new Set(seenFrom('guest').world.stops('syn'))).toEqual(new Set(['no management from guest']));
    expect(seenFrom('private').answers).toEqual(['told']);
  });
  it('isolation keeps stations of one segment apart, by name', () => {
    const seen: DeviceEvent[] = [];
    const parts = {
      ...access(table({ isolated: { private: true } })),
      camera: camera(seen),
      laptop: client([1], [], { host: 'camera.example', port: 8080 }),
    };
    const world = bench({ segments: [WIFI, LINE, CORE], parts }).run(60);
    expect(seen).toEqual([]);
    expect(new Set(world.stops('arp-request'))).toEqual(new Set(['client isolation on private']));
  });
});

describe('IPv6', () => {
  /** From the internet straight to the camera's own address. */
  const reach = (policy: PolicyTable) => {
    const seen: DeviceEvent[] = [];
    const stage: { world?: Bench } = {};
    const answers: string[] = [];
    const knock = (attack: AttackContext) => {
      const { net } = stage.world!.world;
      const to = net.addressOf(net.nodeIndex.get('camera')!, 6);
      attack.request('attacker', { to, port: 8080, kind: 'ask', bytes: 10 });
    };
    const note = (_: AttackContext, event: { type: string }) => void answers.push(event.type);
    stage.world = bench({
      segments: [WIFI, LINE, CORE],
      parts: { ...access(policy), camera: camera(seen) },
      technique: { start: (attack) => attack.after(1e6, 'knock'), on: { knock, reply: note, failed: note } },
    });
    return { world: stage.world.run(60), seen, answers };
  };
  it('is not translated: where the rules let it in, a device is reached under its own address', () => {
    const { world, seen, answers } = reach({
      ...NAT,
      rules: [rule('IPv6 inbound open', 'allow', { from: 'wan', family: 6 }), ...NAT.rules],
    });
    expect(answers).toEqual(['reply']);
    const { net } = world.world;
    expect(seen[0]!.message!.src).toBe(net.addressOf(net.nodeIndex.get('attacker')!, 6));
    expect(seen[0]!.message!.dst).toBe(net.addressOf(net.nodeIndex.get('camera')!, 6));
  });
  it('outward keeps its own address where IPv4 is translated', () => {
    const seen: DeviceEvent[] = [];
    const stage: { world?: Bench } = {};
    const address = (id: string) => stage.world!.world.net.addressOf(stage.world!.world.net.nodeIndex.get(id)!, 6);
    stage.world = bench({
      segments: [WIFI, LINE, CORE],
      parts: { ...access(NAT), server: server(seen), camera: { on: ['private'] } },
      inside: ['camera'],
      technique: {
        start: (attack) => attack.after(1e6, 'call'),
        on: { call: (attack: AttackContext) => void attack.request('camera', { to: address('server'), port: 80, kind: 'ask', bytes: 10 }) },
      },
    });
    stage.world.run(60);
    expect(seen.map((event) => event.message!.src)).toEqual([address('camera')]);
  });
  it('is stopped by the same default as IPv4', () => {
    const { world, seen, answers } = reach(NAT);
    expect(seen).toEqual([]);
    expect(answers).toEqual(['failed']);
    expect(new Set(world.stops('syn'))).toEqual(new Set(['default-deny inbound']));
  });
});

describe('connection tracking', () => {
  const change = (flushOnChange: boolean, at: number[]) => {
    const heard: Heard[] = [];
    const closed = table({ rules: [rule('closed now', 'deny', { to: 'wan', dport: 80 })], flushOnChange });
    const router = { does: { close: (d: Parameters<NonNullable<Part['start']>>[0]) => d.installPolicy(closed) } };
    const parts = access(table(), { ...router, start: (d) => (d.installPolicy(table()), void d.after(50e6, 'close')) });
    const world = bench({ segments: [WIFI, LINE, CORE], parts: { ...parts, server: server(), laptop: client(at, heard) } }).run(150);
    return { world, answers: heard.map(({ what }) => what) };
  };
  it('keeps what is open when a rule changes, if the table says so', () => {
    const { world, answers } = change(false, [1, 100]);
    expect(answers).toEqual(['told', 'told']);
    expect(world.passes('ask')).toContain('tracked connection');
  });
  it('cuts it off at once where the table flushes', () => {
    const { world, answers } = change(true, [1, 100]);
    expect(answers).toEqual(['told', 'ask-failed']);
    expect(new Set(world.stops('ask'))).toEqual(new Set(['closed now']));
  });
  it('lets nothing new begin, either way', () => {
    expect(change(false, [100]).answers).toEqual(['ask-failed']);
  });
});
