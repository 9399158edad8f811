import { describe, expect, it } from 'vitest';
import { SECOND } from '../../sim/kernel/time.ts';
import type { DeviceContext, DeviceEvent } from '../../sim/model/device.ts';
import type { AttackContext, AttackEvent } from '../../sim/model/technique.ts';
import { present } from '../../sim/network/numbered.ts';
import { access, bench, client, CORE, LINE, LTE, server, table, WIFI, type Heard, type Layout, type Part } from './bench.ts';

const TOLD = { kind: 'told', bytes: 100 };

/** A sensor that notifies `count` times, `gap` µs apart; arrivals in µs. */
function piconet(count: number, gap: number, parameters: Record<string, number>): { times: number[]; lost: string[] } {
  const times: number[] = [];
  const sensor: Part = {
    on: ['ble'],
    via: 'hub',
    start: (d) => {
      for (let n = 0; n < count; n++) d.after(n * gap + 1, 'beat', n);
    },
    does: { beat: (d, event) => d.notify({ kind: 'vital', bytes: 20, n: event.n }) },
  };
  const hub: Part = { on: ['ble'], serves: ['vital'], does: { vital: (d) => times.push(d.now) } };
  const world = bench({ hours: 24, segments: [{ id: 'ble', medium: 'ble', gateway: 'hub' }], parameters, parts: { hub, sensor } }).run();
  return { times, lost: world.stops('vital') };
}

describe('a BLE notification', () => {
  it('waits for the next connection event', () => {
    const { times } = piconet(5, 130_000, { 'ble.interval': 50 });
    // Sent just after 0, 130, 260, 390 and 520 ms.
    expect(times).toEqual([50_000, 150_000, 300_000, 400_000, 550_000]);
  });
  it('waits behind what the piconet has to send before it, and finds no place in a full buffer', () => {
    // 41 bytes with headers at 41 000 bit/s take 8 ms: seven begin in each event's 50 ms, and 3 ms of the eighth's reach into the next.
    const { times, lost } = piconet(20, 0, { 'ble.interval': 50, 'ble.rate': 0.041, 'ble.buffer': 41 * 14 });
    expect(times.map((time) => time / 50_000)).toEqual([...Array(7).fill(1), ...Array(6).fill(2), 3, 3]);
    expect(lost).toEqual(Array(5).fill('ble: buffer full'));
  });
  it('is sent again at each following event until it is acknowledged, and given up after the last try', () => {
    const many = 5000;
    const loss = 0.4;
    const { times, lost } = piconet(many, 1e6, { 'ble.interval': 50, 'ble.loss': loss, 'ble.tries': 4 });
    expect(times.length + lost.length).toBe(many);
    expect(new Set(lost)).toEqual(new Set(['ble: no acknowledgement']));
    // The k-th try has probability loss^(k−1)(1 − loss). Each count within 4.5 standard deviations: false alarm below 4e-5 in all five.
    const within = (count: number, p: number) => expect(Math.abs(count - many * p)).toBeLessThan(4.5 * Math.sqrt(many * p * (1 - p)));
    for (let k = 1; k <= 4; k++) within(times.filter((t) => Math.round((t % 1e6) / 50_000) === k).length, loss ** (k - 1) * (1 - loss));
    within(lost.length, loss ** 4);
  });
});

describe('Wi-Fi', () => {
  it('loses its share in the air and says so', () => {
    const heard: Heard[] = [];
    const at = Array.from({ length: 2000 }, (_, i) => i + 1);
    const laptop = client(at, heard, { transport: 'udp' });
    const world = bench({
      segments: [WIFI, LINE, CORE],
      parameters: { 'wifi.residual-loss': 0.1 },
      parts: { ...access(table()), server: server(), laptop },
    });
    world.run();
    const first = world.sent('ask').filter((line) => line['attempt'] === 0).length;
    expect(first).toBe(2000);
    // Every first try meets the air once: Binomial(2 000, 0.1), 4.5 standard deviations are 60.
    const lost = new Set(
      world.lines.filter((line) => line.kind === 'verdict' && line.rule === 'private: lost in the air').map(({ id }) => id),
    );
    const lostFirst = world.sent('ask').filter((line) => line['attempt'] === 0 && lost.has(line.id!)).length;
    expect(Math.abs(lostFirst - 200)).toBeLessThan(61);
    // What was lost is sent again: nobody goes without an answer.
    expect(heard.filter(({ what }) => what === 'told')).toHaveLength(2000);
  });

  const join = (passphrase: string, segment = 'private', more: Partial<Layout> = {}) => {
    const events: string[] = [];
    const technique: Layout['technique'] = {
      start: (attack) => void attack.join('neighbour', segment, passphrase),
      on: {
        joined: (attack: AttackContext, event: AttackEvent) => {
          events.push(`joined as ${attack.position(event.position)!.segment}`);
          attack.request('neighbour', { to: 'server.example', port: 80, kind: 'ask', bytes: 10 });
        },
        refused: (_: AttackContext, event: AttackEvent) => events.push(`refused: ${String(event.body!['security'])}`),
        failed: () => events.push('failed'),
        reply: () => events.push('answered'),
      },
    };
    const router = { settings: { 'wifi.passphrase': 'weak', 'wifi.security': 'wpa2' } };
    const world = bench({
      segments: [WIFI, LINE, CORE],
      radio: true,
      technique,
      parts: { ...access(table(), router), server: server() },
      ...more,
    }).run(130);
    return { world, events };
  };
  it('lets a stranger with the passphrase join, gives a lease by four messages, and then carries its traffic', () => {
    const { world, events } = join('weak-private');
    expect(events).toEqual(['joined as private', 'answered']);
    const dhcp = world.lines
      .filter((line) => String(line.what).startsWith('dhcp') && line.from === line['origin'])
      .map(({ what, from }) => `${what} ${from}`);
    expect(dhcp).toEqual(['dhcp-discover neighbour', 'dhcp-offer router', 'dhcp-request neighbour', 'dhcp-ack router']);
  });
  it('asks again for a lease when a message of it is lost', () => {
    // Four messages, each lost with 5 %: 18.5 % of the tries come to nothing, all five of them with 2e-4.
    const parameters = { 'wifi.residual-loss': 0.05 };
    const all = Array.from({ length: 100 }, (_, replication) => join('weak-private', 'private', { parameters, replication }));
    expect(all.filter(({ events }) => events[0] !== 'joined as private')).toEqual([]);
    const asked = all.map(({ world }) => world.sent('dhcp-discover').map(({ t }) => Math.round(t / SECOND)));
    expect(asked.filter((times) => times.length > 1).length).toBeGreaterThan(8); // 18.5 expected, 2.7 standard deviations
    for (const times of asked) expect(times).toEqual([0, 4, 12, 28, 60].slice(0, times.length));
  });
  it('turns a wrong passphrase down', () => {
    expect(join('password1').events).toEqual(['refused: wpa2']);
  });
  it.each(['internet', 'line', 'nowhere'])('is no way into %s, which is no Wi-Fi network', (segment) => {
    expect(join('password1', segment).events).toEqual(['failed']);
  });
});

describe('the access line', () => {
  /** Down from 180 s for ten minutes. */
  const parameters = { 'line.time-between-failures': 0.05, 'line.time-to-repair': 10, 'router.failover-detection': 30 };
  const outage = (backup: boolean, keepOpen = 1e6, far = server(), at = [100, 300, 900]) => {
    const heard: Heard[] = [];
    const router = { on: ['private', 'line', 'lte'], settings: { 'lte-backup': backup } };
    const parts = { ...access(table({ natTo: ['wan'] }), router), mobile: { on: ['lte', 'internet'], forwards: true }, server: far };
    const laptop = client(at, heard, { keepOpen });
    const world = bench({ segments: [WIFI, LINE, LTE, CORE], parameters, parts: { ...parts, laptop } }).run(940);
    return { world, heard };
  };
  it('that is down loses what is sent, and works again when repaired', () => {
    const { world, heard } = outage(false);
    expect(heard.map(({ what }) => what)).toEqual(['told', 'ask-failed', 'told']);
    expect(new Set(world.stops('syn'))).toEqual(new Set(['line is down']));
  });
  it('is replaced by the mobile network where the router has the backup, and taken up again', () => {
    const { world, heard } = outage(true);
    expect(heard.map(({ what }) => what)).toEqual(['told', 'told', 'told']);
    const ways = world
      .hops('ask')
      .filter(({ from }) => from === 'router')
      .map(({ link }) => link);
    expect(ways).toEqual(['line', 'lte', 'line']);
  });
  it('is changed for another as soon as the backup is switched on, and given up when it is switched off', () => {
    const heard: Heard[] = [];
    const router: Partial<Part> = {
      on: ['private', 'line', 'lte'],
      settings: { 'lte-backup': false },
      start: (d) => {
        d.installPolicy(table({ natTo: ['wan'] }));
        for (const [n, seconds] of [400, 600].entries()) d.after(seconds * SECOND, 'switch', n);
      },
      does: { switch: (d, event) => d.change('lte-backup', event.n === 0) },
    };
    const parts = { ...access(null, router), mobile: { on: ['lte', 'internet'], forwards: true }, server: server() };
    const laptop = client([100, 300, 500, 700, 900], heard, { keepOpen: 1e6 });
    bench({ segments: [WIFI, LINE, LTE, CORE], parameters, parts: { ...parts, laptop } }).run(940);
    expect(heard.map(({ what }) => what)).toEqual(['told', 'ask-failed', 'told', 'ask-failed', 'told']);
  });
  it('changed for another ends what is open: the server answers with a reset, and the question goes over a new connection', () => {
    const { world, heard } = outage(true, 3600e6);
    expect(heard.map(({ what }) => what)).toEqual(['told', 'told', 'told']);
    expect(world.sent('syn').map(({ t }) => Math.floor(t / SECOND))).toEqual([100, 300, 900]);
    expect(world.stops('ask')).toEqual(['no such connection', 'no such connection']);
    // Asked at once, not when a timer has run out: five ways to the server and back.
    for (const { at, n } of heard) expect(at - [100, 300, 900][n]! * SECOND).toBeLessThan(0.3 * SECOND);
    expect(present(world.world.net.state.conns).filter(({ transport }) => transport === 'tcp')).toHaveLength(1);
  });
  it('changed for another, all that was asked over a connection goes over the new one', () => {
    const { heard } = outage(true, 3600e6, server(), [100, 300, 300.001, 300.002]);
    expect(heard.map(({ what, n }) => `${what} ${n}`).toSorted()).toEqual(['told 0', 'told 1', 'told 2', 'told 3']);
    for (const { at } of heard.slice(1)) expect(at).toBeLessThan(301.5 * SECOND);
  });
  it('changed for another, a question that is not answered is asked as often as ever', () => {
    const silent = { does: { ask: (d: DeviceContext<any>, event: DeviceEvent) => event.n === 0 && d.reply(event.message!, TOLD) } };
    const { world, heard } = outage(true, 3600e6, server([], silent));
    expect(heard.map(({ what, n }) => `${what} ${n}`)).toEqual(['told 0', 'ask-failed 1', 'ask-failed 2']);
    // The first of the five tries meets the reset, the second follows at once.
    const asked = world.sent('ask').filter(({ t }) => t >= 300 * SECOND && t < 400 * SECOND);
    expect(asked.map(({ t }) => Math.floor(t / SECOND))).toEqual([300, 300, 302, 306, 314]);
  });
  it('flooded upstream, a favoured device is served only where the router gives priority', () => {
    const told = (queue: string, roles: readonly string[] = ['hah-kit']) => {
      const heard: Heard[] = [];
      const flood: Part = {
        on: ['private'],
        // Later than the hub's first question: by then it knows the server's name, which the flood could keep from it.
        start: (d) => void d.after(5 * SECOND, 'flood'),
        does: {
          flood: (d) =>
            void d.stream('server.example', { mode: 'unresponsive', direction: 'up', bitsPerSecond: 90e6, type: 'over', n: 0, port: 9 }),
        },
      };
      const hub = client([1, ...Array.from({ length: 50 }, (_, i) => 10 + i)], heard, { transport: 'udp' }, { roles });
      const parts = { ...access(table(), { settings: { 'wan.queue': queue } }), server: server(), flood, hub };
      const world = bench({ segments: [WIFI, LINE, CORE], parts }).run(200);
      return { first: world.sent('told').filter((line) => line['attempt'] === 0).length, stops: new Set(world.stops('ask')) };
    };
    // 15 of 90 Mbit/s get through: 5/6 of what is sent after the first are lost; fewer than 20 of 50 but for odds of 1e-4.
    const fifo = told('fifo');
    expect(fifo.first).toBeLessThan(21);
    expect(fifo.stops).toContain('line up: overloaded');
    expect(told('priority')).toEqual({ first: 51, stops: new Set() });
    expect(told('fair')).toEqual({ first: 51, stops: new Set() });
    // To whom it is not given priority is worth nothing.
    expect(told('priority', [])).toEqual(fifo);
  });
});
