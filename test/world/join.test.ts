import { describe, expect, it } from 'vitest';
import { SECOND } from '../../sim/kernel/time.ts';
import type { RunResult } from '../../sim/model/result.ts';
import type { AttackContext } from '../../sim/model/technique.ts';
import { run, type World } from '../../sim/world/run.ts';
import { access, bench, client, CORE, GUEST, LINE, server, table, WIFI, type Layout } from '../network/bench.ts';
import { catalogue, worldOf } from '../support/worlds.ts';

const PASSPHRASE = 'strong-private';
/** A failure that begins and ends at these seconds. */
const failure = (of: 'power' | 'link', on: string, from: number, to: number) =>
  ({ of, on, fromHours: from / 3600, minutes: (to - from) / 60 }) as const;

/** A radio that tries to join at these seconds: what it hears, and where it stands then. */
function joining(at: readonly number[], failures: Layout['failures'] = [], passphrase = PASSPHRASE) {
  const heard: string[] = [];
  const note = (attack: AttackContext, what: string): void => {
    const { segment } = attack.position('neighbour')!;
    heard.push(`${what} at ${Math.floor(attack.now / SECOND)} s, on ${segment ?? 'none'}`);
  };
  const world = bench({
    segments: [WIFI, LINE, CORE],
    parts: access(table()),
    radio: true,
    failures,
    technique: {
      start: (attack) => at.forEach((seconds) => attack.after(seconds * SECOND, 'join')),
      on: {
        join: (attack) => void attack.join('neighbour', 'private', passphrase),
        joined: (attack) => note(attack, 'joined'),
        refused: (attack) => note(attack, 'refused'),
        failed: (attack) => note(attack, 'failed'),
      },
    },
  }).run(1000);
  return { heard, sent: world.sent('wifi-join').length };
}

describe('a radio that joins', () => {
  it('is on the network once it has an address there', () => {
    expect(joining([20])).toEqual({ heard: ['joined at 20 s, on private'], sent: 1 });
  });

  it.each([
    ['an access point that is switched off', failure('power', 'router', 10, 100)],
    ['a network whose radio is down', failure('link', 'private', 10, 100)],
  ])('hears nothing of %s, and joins it when it is back', (_, fails) => {
    expect(joining([20, 120], [fails])).toEqual({ heard: ['failed at 30 s, on none', 'joined at 120 s, on private'], sent: 1 });
  });

  it('learns from neither whether the passphrase is right', () => {
    for (const fails of [failure('power', 'router', 10, 100), failure('link', 'private', 10, 100)])
      expect(joining([20, 120], [fails], 'guessed').heard).toEqual(['failed at 30 s, on none', 'refused at 122 s, on none']);
  });

  it('gives up when it has asked for an address in vain, and may try again', () => {
    // Switched off after the passphrase was accepted; asks for 4, 8, 16, 32 and 64 s.
    const fails = failure('power', 'router', 20.001, 400);
    expect(joining([20, 500], [fails]).heard).toEqual(['failed at 144 s, on none', 'joined at 500 s, on private']);
  });
});

/** A radio that listens, joins these networks at these seconds, and now and then asks a server. */
function wandering(joins: readonly (readonly [seconds: number, segment: string])[], asks: readonly number[] = []) {
  const heard: string[] = [];
  const shot = { to: 'server.example', port: 80, kind: 'ask', bytes: 100 };
  const bed = bench({
    segments: [WIFI, GUEST, LINE, CORE],
    parts: {
      ...access(table(), { on: ['private', 'guest', 'line'] }),
      server: server(),
      laptop: client([10, 30, 50, 70]),
      tv: client([11, 31, 51, 71], [], {}, { on: ['guest'] }),
    },
    radio: true,
    technique: {
      start: (attack) => {
        attack.listen('neighbour', true);
        joins.forEach(([seconds], n) => attack.after(Math.round(seconds * SECOND), 'join', n));
        asks.forEach((seconds) => attack.after(seconds * SECOND, 'ask'));
      },
      on: {
        join: (attack, { n }) => void attack.join('neighbour', joins[n]![1], `strong-${joins[n]![1]}`),
        ask: (attack) => void attack.request('neighbour', shot),
        joined: (attack) => {
          const { segment, address } = attack.position('neighbour')!;
          const [own, gateway] = [address, attack.recall('gateway:neighbour') as number].map((one) => bed.world.net.segmentOf(one));
          heard.push(`joined ${segment}`);
          if (own !== gateway) heard.push('the gateway is another network’s');
        },
        reply: (attack) => heard.push(`answered on ${attack.position('neighbour')!.segment}`),
        failed: () => heard.push('failed'),
        frame: (attack, { frame }) => {
          const seconds = Math.floor(attack.now / SECOND);
          if (frame?.kind === 'ask' && seconds % 10 < 2) heard.push(seconds % 10 === 0 ? 'the laptop asks' : 'the television asks');
        },
      },
    },
  });
  return { bed, heard };
}
const membership = ({ net }: World): Record<string, boolean> => {
  const node = net.nodeIndex.get('neighbour')!;
  return Object.fromEntries(net.segments.slice(0, 2).map(({ id, members }) => [id, members.includes(node)]));
};

describe('a radio that joins a second network', () => {
  const JOINS = [
    [5, 'private'],
    [20, 'guest'],
    [40, 'private'],
    [60, 'guest'],
  ] as const;

  it('leaves the first, hears it no more, and may come back', () => {
    const { bed, heard } = wandering(JOINS);
    bed.run(15);
    expect(membership(bed.world)).toEqual({ private: true, guest: false });
    bed.run(15);
    expect(membership(bed.world)).toEqual({ private: false, guest: true });
    bed.run();
    expect(new Set(heard)).toEqual(new Set(['joined private', 'the laptop asks', 'joined guest', 'the television asks']));
    const steps = heard.filter((one, i) => one !== heard[i - 1]);
    const round = ['joined private', 'the laptop asks', 'joined guest', 'the television asks'];
    expect(steps).toEqual([...round, ...round]);
  });

  it.each([
    ['whose connection is being opened fails', 14.03, ['failed', 'joined guest']],
    ['that is under way is asked again from where it is', 14.05, ['joined guest', 'answered on guest']],
    ['that has its answer is over', 14.08, ['answered on private', 'joined guest']],
  ] as const)('a request %s', (_, leaves, then) => {
    const { bed, heard } = wandering([JOINS[0], [leaves, 'guest']], [14]);
    bed.run();
    expect(heard.filter((one) => !one.endsWith('asks'))).toEqual(['joined private', ...then]);
  });

  it('leaves an address behind that nobody answers for', () => {
    const { net } = wandering([JOINS[0], JOINS[1]]).bed.run(15).world;
    const [router, node] = ['router', 'neighbour'].map((id) => net.nodeIndex.get(id)!) as [number, number];
    const address = net.addressOf(node);
    const before = { owner: net.ownerOf(address), way: net.routes.nextHop(router, address)!.at.segment, text: net.textOf(address) };
    net.kernel.runUntil(30 * SECOND);
    const after = { owner: net.ownerOf(address), way: net.routes.nextHop(router, address)!.at.segment, text: net.textOf(address) };
    expect(after).toEqual({ ...before, owner: -1 });
  });

  it.each([12, 20.0005, 30, 45, 65])('goes on in a copy made at second %d as in the original', (seconds) => {
    const { bed } = wandering(JOINS, [14, 39, 41]);
    bed.run(seconds);
    const { world } = bed;
    const fork = world.fork('same');
    expect(membership(fork)).toEqual(membership(world));
    for (const one of [world, fork]) one.runUntil(one.end);
    expect(fork.result()).toEqual(world.result());
  });
});

describe('code on a device that joins another network', () => {
  /** Joins the guests' network at 10 s from this device of the private one. */
  const moving = (position: string, more: Partial<Layout['parts'][string]> = {}) => {
    const world = bench({
      segments: [WIFI, GUEST, LINE, CORE],
      parts: {
        ...access(table(), { on: ['private', 'guest', 'line'] }),
        laptop: client([1, 20, 60], [], {}, more),
        server: server(),
      },
      inside: [position],
      failures: [failure('link', 'line', 30, 40)],
      technique: {
        start: (attack) => attack.after(10 * SECOND, 'join'),
        on: { join: (attack) => void attack.join(position, 'guest', 'strong-guest') },
      },
    }).run(200);
    return world;
  };

  it('on the router leaves no network of its own, and the home goes on', () => {
    const world = moving('router');
    const { net } = world.world;
    expect(net.nodeState(net.nodeIndex.get('router')!).interfaces.map(({ segment }) => net.segments[segment]!.id)).toEqual([
      'private',
      'guest',
      'line',
    ]);
    expect(world.hops('told').filter(({ to }) => to === 'laptop')).toHaveLength(3);
  });

  it('takes the device’s flows with it, and the device hears of that', () => {
    const told: number[] = [];
    moving('laptop', {
      start: (d) =>
        void d.stream('server.example', {
          mode: 'unresponsive',
          direction: 'up',
          bitsPerSecond: 1e6,
          seconds: 100,
          type: 'over',
          n: 1,
          port: 443,
        }),
      does: { over: (d) => told.push(Math.floor(d.now / SECOND)) },
    });
    expect(told).toEqual([10]);
  });
});

describe('the neighbour of the reference home', { timeout: 60_000 }, () => {
  const played = (mitigations: string | string[], failures: Layout['failures']): RunResult =>
    run({ ...worldOf('te1-voice-eavesdrop', mitigations, { hours: 6 }), failures: failures! }, catalogue, { seed: 5, replication: 0 });

  it('does not wait for ever for an access point that was switched off for an hour', () => {
    for (const of of ['power', 'link'] as const) {
      const { steps } = played('none', [{ of, on: of === 'power' ? 'router' : 'private', fromHours: 1.1, minutes: 60 }]).threat!;
      expect(steps[0]).toMatchObject({ technique: 'join-wifi', status: 'failed', blockedBy: { device: 'router' } });
      expect(steps.filter(({ status }) => status !== 'skipped').length).toBeGreaterThan(1);
    }
  });

  it('is not refused by one that is switched off', () => {
    const [join] = played(['wifi-strong'], [{ of: 'power', on: 'router', fromHours: 0.1, minutes: 1400 }]).threat!.steps;
    expect(join).toMatchObject({ technique: 'join-wifi', status: 'failed', blockedBy: { device: 'router', fact: 'switched off' } });
  });

  it('finds a speaker on the guests’ network, having looked for it on the household’s', () => {
    const spec = worldOf('te1-voice-eavesdrop', 'none', { hours: 24, set: ['devices.speaker.on=guest'] });
    const { threat } = run(spec, catalogue, { seed: 5, replication: 0 });
    const status = threat!.steps.slice(0, 6).map((step) => step.status);
    expect(status).toEqual(['succeeded', 'blocked', 'skipped', 'succeeded', 'succeeded', 'succeeded']);
    expect(threat!.succeeded).toBe(true);
  });
});
