import { describe, expect, it } from 'vitest';
import type { ChannelSpec, DeviceEvent } from '../../sim/model/device.ts';
import type { Body } from '../../sim/model/message.ts';
import type { AttackContext, AttackEvent, FrameView } from '../../sim/model/technique.ts';
import { present } from '../../sim/network/numbered.ts';
import {
  access,
  bench,
  client,
  CORE,
  LINE,
  resolver,
  rule,
  server,
  table,
  WIFI,
  type Bench,
  type Heard,
  type Layout,
  type Part,
} from './bench.ts';

interface Scene {
  readonly world: Bench;
  readonly heard: Heard[];
  readonly asked: DeviceEvent[];
  readonly frames: FrameView[];
}
/** The adversary runs code on the router, through which the laptop's session goes; `act` decides about each held frame. */
function onPath(
  facts: Partial<ChannelSpec>,
  act: (attack: AttackContext, frame: FrameView) => void,
  more: Partial<Part> = {},
  at: number[] = [10],
): Scene {
  const heard: Heard[] = [];
  const asked: DeviceEvent[] = [];
  const frames: FrameView[] = [];
  const technique: Layout['technique'] = {
    start: (attack) => attack.listen('router', false),
    on: {
      frame: (attack: AttackContext, event: AttackEvent) => {
        frames.push(event.frame!);
        act(attack, event.frame!);
      },
    },
  };
  const parts = { ...access(table()), server: server(asked), laptop: client(at, heard, facts, more) };
  const world = bench({ segments: [WIFI, LINE, CORE], parts, inside: ['router'], technique }).run(120);
  return { world, heard, asked, frames };
}
const nothing = (): void => {};
const rewrite = (attack: AttackContext, frame: FrameView): void => {
  if (frame.role === 'request' && frame.dport !== 53) attack.forward(frame, { ...frame.body, word: 'forged' });
};
const interpose = (attack: AttackContext, frame: FrameView): void => {
  if (frame.role === 'finished') attack.impersonate(frame);
  rewrite(attack, frame);
};
const TLS = { port: 443, tls: true } as const;
const words = (asked: readonly DeviceEvent[]) => asked.map(({ body }) => body!['word']);
const requests = (frames: readonly FrameView[]) => frames.filter(({ role, dport }) => role === 'request' && dport !== 53);

describe('a plain session', () => {
  it('is read by whoever is on its path', () => {
    const { frames } = onPath({}, nothing);
    expect(requests(frames)).toMatchObject([{ readable: true, kind: 'ask', body: { word: 'w0' } }]);
  });
  it('is altered unnoticed', () => {
    const { asked, heard } = onPath({}, rewrite);
    expect(words(asked)).toEqual(['forged']);
    expect(heard).toMatchObject([{ what: 'told', body: { echo: 'forged' } }]);
  });
});

describe('a TLS session', () => {
  it('shows the path neither kind nor content', () => {
    const { frames, heard } = onPath(TLS, nothing);
    expect(requests(frames)).toMatchObject([{ readable: false, kind: null, body: null }]);
    expect(heard.map(({ what }) => what)).toEqual(['told']);
  });
  it('notices an altered record, which goes no further', () => {
    const { world, asked, heard } = onPath(TLS, rewrite);
    expect(asked).toEqual([]);
    expect(new Set(world.stops('ask'))).toEqual(new Set(['TLS record integrity check failed']));
    expect(heard).toMatchObject([{ what: 'ask-failed', body: { reason: 'timeout' } }]);
  });
  it('with a client that does not check takes any certificate: whoever stands between reads and rewrites', () => {
    const { frames, asked, heard } = onPath({ ...TLS, verifyServer: false }, interpose);
    expect(requests(frames)).toMatchObject([{ readable: true, body: { word: 'w0' } }]);
    expect(words(asked)).toEqual(['forged']);
    expect(heard.map(({ what }) => what)).toEqual(['told']);
  });
  it('with a client that checks is not opened', () => {
    const { world, asked, heard } = onPath({ ...TLS, verifyServer: true }, interpose);
    expect(world.stops('finished')).toEqual(['certificate is not valid for server.example']);
    expect(heard).toMatchObject([{ what: 'ask-failed', body: { reason: 'certificate' } }]);
    expect(asked).toEqual([]);
  });
  it('with a client certificate cannot be interposed, even when the client does not check', () => {
    const { world, heard } = onPath({ ...TLS, clientAuth: 'certificate', credential: 'laptop' }, interpose);
    expect(world.stops('finished')).toEqual(['client certificate missing in an interposed session']);
    expect(heard).toMatchObject([{ what: 'ask-failed', body: { reason: 'certificate' } }]);
  });
  it('that was opened before the adversary listened cannot be read', () => {
    let from = false;
    const late = (attack: AttackContext, frame: FrameView): void => {
      from ||= attack.now > 20e6;
      if (from) interpose(attack, frame);
    };
    const { frames, heard } = onPath(TLS, late, {}, [10, 30]);
    expect(requests(frames).some(({ readable }) => readable)).toBe(false);
    expect(heard.map(({ what }) => what)).toEqual(['told', 'ask-failed']);
  });
});

describe('what a session says of its client', () => {
  const seen = (facts: Partial<ChannelSpec>) => {
    const views: unknown[] = [];
    const watcher = server([], {
      does: {
        ask: (d, event) => {
          const { encrypted, clientAuth, credential } = d.session(event.message!);
          views.push({ encrypted, clientAuth, credential });
          d.reply(event.message!, { kind: 'told', bytes: 10 });
        },
      },
    });
    bench({ segments: [WIFI, LINE, CORE], parts: { ...access(table()), server: watcher, laptop: client([1], [], facts) } }).run(60);
    return views;
  };
  it('is what the client showed: nothing, a password, its certificate', () => {
    expect(seen({})).toEqual([{ encrypted: false, clientAuth: 'none', credential: null }]);
    expect(seen({ ...TLS, clientAuth: 'password', credential: 'secret' })).toEqual([
      { encrypted: true, clientAuth: 'password', credential: 'secret' },
    ]);
    expect(seen({ ...TLS, clientAuth: 'certificate', credential: 'laptop' })).toEqual([
      { encrypted: true, clientAuth: 'certificate', credential: 'laptop' },
    ]);
  });
  it('a password crosses a plain wire to be read; a certificate’s key never does', () => {
    const secret = (frames: readonly FrameView[]) => frames.some(({ body }) => Object.values(body ?? {}).includes('secret'));
    expect(secret(onPath({ clientAuth: 'password', credential: 'secret' }, nothing).frames)).toBe(true);
    expect(secret(onPath({ ...TLS, clientAuth: 'password', credential: 'secret' }, nothing).frames)).toBe(false);
    expect(secret(onPath({ clientAuth: 'certificate', credential: 'secret' }, nothing).frames)).toBe(false);
  });
});

describe('an end-to-end signature', () => {
  const signed = (act: (attack: AttackContext, frame: FrameView) => void, sign = true, signer = 'laptop'): boolean[] => {
    const verdicts: boolean[] = [];
    const checking = server([], {
      does: {
        ask: (d, event) => {
          verdicts.push(d.verified(event.message!, signer));
          d.reply(event.message!, { kind: 'told', bytes: 10 });
        },
      },
    });
    const laptop = client(
      [10],
      [],
      {},
      { does: { time: (d, event) => d.request('web', { kind: 'ask', body: { word: 'w' }, bytes: 100, n: event.n, sign }) } },
    );
    const technique: Layout['technique'] = {
      start: (attack) => attack.listen('router', false),
      on: { frame: (attack: AttackContext, event: AttackEvent) => act(attack, event.frame!) },
    };
    bench({ segments: [WIFI, LINE, CORE], parts: { ...access(table()), server: checking, laptop }, inside: ['router'], technique }).run(60);
    return verdicts;
  };
  it('survives a path that reads but does not alter', () => {
    expect(signed(nothing)).toEqual([true]);
    expect(signed((attack, frame) => attack.forward(frame))).toEqual([true]);
  });
  it('breaks when the content is altered, though nothing else protects it', () => {
    expect(signed(rewrite)).toEqual([false]);
  });
  it('is missing where nobody signed, and is not somebody else’s', () => {
    expect(signed(nothing, false)).toEqual([false]);
    expect(signed(nothing, true, 'camera')).toEqual([false]);
  });
});

describe('a held frame', () => {
  it('is the technique’s own copy: writing on it alters nothing on the wire', () => {
    const scribble = (_: AttackContext, frame: FrameView): void => {
      if (frame.body !== null) (frame.body as Record<string, Body[string]>)['word'] = 'scribbled';
    };
    const { asked, heard } = onPath({}, scribble);
    expect(words(asked)).toEqual(['w0']);
    expect(heard).toMatchObject([{ body: { echo: 'w0' } }]);
  });
  it('that is dropped is accounted for in the trace', () => {
    const { world, heard } = onPath({}, (attack, frame) => frame.role === 'request' && frame.dport !== 53 && attack.drop(frame));
    expect(new Set(world.stops('ask'))).toEqual(new Set(['dropped by foreign code']));
    expect(heard).toMatchObject([{ what: 'ask-failed', body: { reason: 'timeout' } }]);
  });
});

it('health records that end at a device with foreign code on it are disclosed, as those that go through it', () => {
  const exposed = (body: Body): number => {
    const told: Partial<Part> = { does: { ask: (d, event) => d.reply(event.message!, { kind: 'told', bytes: 100, body }) } };
    const technique: Layout['technique'] = { start: (attack) => attack.listen('laptop', false), on: {} };
    const parts = { ...access(table()), server: server([], told), laptop: client([10], [], TLS) };
    const { world } = bench({ segments: [WIFI, LINE, CORE], parts, inside: ['laptop'], technique }).run();
    return world.result().outcomes['recordsExposed']!;
  };
  expect(exposed({ phiRecords: 3 })).toBe(3);
  expect(exposed({ note: 3 })).toBe(0);
});

describe('an answer to a gateway that does not know any more whose it is', () => {
  /** The router forgets its connections while the server thinks, and lets nothing in or out from then on. */
  const closing = (slow: Partial<Part>, rules: Parameters<typeof table>[0]): { world: Bench; heard: Heard[] } => {
    const heard: Heard[] = [];
    const closed = table({ natTo: ['wan'], flushOnChange: true, ...rules });
    const router: Partial<Part> = {
      start: (d) => {
        d.installPolicy(table({ natTo: ['wan'], flushOnChange: true }));
        d.after(11e6, 'close');
      },
      does: { close: (d) => d.installPolicy(closed) },
    };
    const parts = { ...access(null, router), server: server([], slow), laptop: client([10], heard) };
    return { world: bench({ segments: [WIFI, LINE, CORE], parts }).run(60), heard };
  };
  it.each([
    ['closed', { fallback: { name: 'closed', action: 'deny' } as const }],
    // What comes to the router itself may pass; it is no end of the connection all the same.
    ['not addressed to this device', { rules: [rule('isolate', 'deny', { src: 'laptop' })] }],
  ])('is not handed to the device inside: %s', (why, rules) => {
    const later: Partial<Part> = {
      does: {
        ask: (d, event) => {
          d.memory.asked = event.message;
          d.after(2e6, 'think');
        },
        think: (d) => d.reply(d.memory.asked, { kind: 'told', bytes: 10 }),
      },
    };
    const { world, heard } = closing(later, rules);
    expect(heard.map(({ what }) => what)).toEqual(['ask-failed']);
    expect(world.stops('told')).toContain(why);
    expect(world.hops('told').every(({ from }) => from !== 'router')).toBe(true);
  });
});

describe('a port map', () => {
  it('is on the outer address: from the inside the gateway’s own pages stay its own', () => {
    const served: string[] = [];
    const page = (id: string): Partial<Part> => ({
      serves: ['ask'],
      listens: [80],
      does: {
        ask: (d, event) => {
          served.push(id);
          d.reply(event.message!, { kind: 'told', bytes: 10 });
        },
      },
    });
    const mapped = table({ natTo: ['wan'], portMaps: [{ port: 80, device: 'camera', inside: 80 }] });
    const parts = {
      ...access(mapped, page('router')),
      camera: { on: ['private'], ...page('camera') },
      laptop: client([10], [], { host: 'router.example' }),
      caller: client([20], [], { host: 'router.example' }, { on: ['internet'] }),
      guest: { on: ['private'] },
    };
    const technique: Layout['technique'] = {
      start: (attack) => attack.after(30e6, 'ask'),
      on: {
        ask: (attack) => void attack.request('guest', { to: Number(attack.recall('gateway:guest')), port: 80, kind: 'ask', bytes: 9 }),
      },
    };
    bench({ segments: [WIFI, LINE, CORE], parts, inside: ['guest'], technique }).run(60);
    // By the outer address, from the inside and from outside; then by the inner one.
    expect(served).toEqual(['camera', 'camera', 'router']);
  });
});

describe('a connection', () => {
  /** A server that thinks before it answers. */
  const thinking = (seconds: number): Part =>
    server([], {
      does: {
        ask: (d, event) => {
          (d.memory.asked ??= []).push(event.message);
          d.after(seconds * 1e6, 'think');
        },
        think: (d) => d.reply(d.memory.asked.shift(), { kind: 'told', bytes: 10 }),
      },
    });
  it('is not idle while it owes an answer', () => {
    const heard: Heard[] = [];
    const parts = { ...access(table()), server: thinking(0.3), laptop: client([10, 10.25, 12], heard, { keepOpen: 0 }) };
    const world = bench({ segments: [WIFI, LINE, CORE], parts }).run(60);
    expect(heard.map(({ what, n }) => `${what} ${n}`)).toEqual(['told 0', 'told 1', 'told 2']);
    expect(world.sent('syn')).toHaveLength(2);
    expect(world.world.net.state.conns.flatMap((page) => page?.items ?? []).every((conn) => conn === null || conn.busy === 0)).toBe(true);
  });
  it('of UDP asks for its name again when it has lain idle, and is forgotten where there are many', () => {
    const asking: Heard[] = [];
    const times = [10, 50, 400, 800];
    const parts = {
      ...access(table()),
      resolver: resolver(5),
      server: server(),
      laptop: client(times, asking, { transport: 'udp', keepOpen: 0 }),
    };
    const world = bench({ segments: [WIFI, LINE, CORE], parts }).run(1000);
    expect(asking.map(({ what }) => what)).toEqual(times.map(() => 'told'));
    expect(world.sent('dns-query')).toHaveLength(3);
    const scanner: Part = {
      on: ['private'],
      start: (d) => d.after(1e6, 'try', 0),
      does: {
        try: (d, event) => {
          d.datagram('server.example', 1000 + event.n, { kind: 'word', bytes: 1, n: event.n });
          d.after(5e6, 'try', event.n + 1);
        },
      },
    };
    const { net } = bench({
      segments: [WIFI, LINE, CORE],
      parts: { ...access(table({ natTo: ['wan'] })), server: server(), scanner },
      hours: 2,
    }).run().world;
    expect(present(net.state.conns).length).toBeLessThan(64);
    for (const node of net.state.nodes) expect(present(node.tracks).length).toBeLessThan(64);
  });
});

describe('new rules', () => {
  const NATED = { natTo: ['wan'] };
  /** The laptop asks at 10 s and, over the same connection, at 100 s; the router gets another table at 50 s. */
  const asked = (after: Parameters<typeof table>[0], flushOnChange: boolean): string[] => {
    const heard: Heard[] = [];
    const router: Partial<Part> = {
      start: (d) => {
        d.installPolicy(table({ ...NATED, flushOnChange }));
        d.after(50e6, 'change');
      },
      does: { change: (d) => d.installPolicy(table({ ...NATED, flushOnChange, ...after })) },
    };
    const parts = { ...access(null, router), server: server(), laptop: client([10, 100], heard), camera: { on: ['private'] } };
    bench({ segments: [WIFI, LINE, CORE], parts }).run(300);
    return heard.map(({ what }) => what);
  };
  const closed = { fallback: { name: 'closed', action: 'deny' } } as const;
  const isolated = (device: string) => ({
    rules: [rule(`isolate ${device}`, 'deny', { src: device }), rule(`isolate ${device}`, 'deny', { dst: device })],
  });
  it('leave a connection that is open where the gateway keeps them, and end it where it flushes', () => {
    expect(asked(closed, false)).toEqual(['told', 'told']);
    expect(asked(closed, true)).toEqual(['told', 'ask-failed']);
  });
  it('end what an isolated device has open, in either case', () => {
    for (const flush of [false, true]) expect(asked(isolated('laptop'), flush)).toEqual(['told', 'ask-failed']);
  });
  it('end nothing that they still allow', () => {
    for (const flush of [false, true]) expect(asked(isolated('camera'), flush)).toEqual(['told', 'told']);
  });

  /** Seconds that a flow of 300 s runs, the router getting another table at 50 s. */
  const ran = (before: Parameters<typeof table>[0], after: Parameters<typeof table>[0], from: 'inside' | 'outside'): number => {
    const ends: number[] = [];
    const sender: Part = {
      on: [from === 'inside' ? 'private' : 'internet'],
      start: (d) => d.after(10e6, 'time'),
      does: {
        time: (d) => {
          const host = from === 'inside' ? 'server.example' : 'router.example';
          d.stream(host, { port: 80, mode: 'unresponsive', direction: 'up', bitsPerSecond: 1e5, seconds: 300, type: 'over', n: 0 });
        },
        over: (d) => ends.push(Math.round(d.now / 1e6) - 10),
      },
    };
    const router: Partial<Part> = {
      start: (d) => {
        d.installPolicy(table({ ...NATED, ...before }));
        d.after(50e6, 'change');
      },
      does: { change: (d) => d.installPolicy(table({ ...NATED, ...before, ...after })) },
    };
    const parts = { ...access(null, router), server: server(), camera: { on: ['private'], listens: [80] }, sender };
    bench({ segments: [WIFI, LINE, CORE], parts }).run(400);
    return ends[0]!;
  };
  it('do with a flow what they do with connections', () => {
    expect(ran({ flushOnChange: false }, closed, 'inside')).toBe(300);
    expect(ran({ flushOnChange: true }, closed, 'inside')).toBe(40);
    expect(ran({ flushOnChange: false }, isolated('sender'), 'inside')).toBe(40);
  });
  it('leave a flow through a port map while the map is there', () => {
    const mapped = {
      flushOnChange: true,
      portMaps: [{ port: 80, device: 'camera', inside: 80 }],
      rules: [rule('in', 'deny', { from: 'wan' })],
    };
    expect(ran(mapped, {}, 'outside')).toBe(300);
    expect(ran(mapped, { portMaps: [] }, 'outside')).toBe(40);
    expect(ran(mapped, isolated('camera'), 'outside')).toBe(40);
  });
});
