import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { techniques } from '../../attacks/index.ts';
import { raiseDose } from '../../attacks/techniques/rewrite-order.ts';
import type { AttackContext, PositionView } from '../../sim/model/technique.ts';
import { guarded, Stage } from './fake.ts';

const technique = (id: string) => techniques.find((one) => one.id === id)!;
const stage = (id: string, args: AttackContext['args'] = {}): Stage => new Stage(technique(id), args);

const CAMERA: PositionView = { id: 'camera', kind: 'foothold', segment: 'private', address: 20 };
const NEIGHBOUR: PositionView = { id: 'neighbour', kind: 'radio', segment: null, address: 0 };
const HOME = 900;
const ROUTER = 10;
const HUB = 11;

describe('every technique', () => {
  it('is listed once under the name of its file', () => {
    const files = readdirSync('attacks/techniques').map((file) => file.replace('.ts', ''));
    expect(techniques.map(({ id }) => id).sort()).toEqual(files.sort());
  });

  it('carries ATT&CK ids', () => {
    for (const { attack } of techniques) {
      expect(attack.length).toBeGreaterThan(0);
      for (const id of attack) expect(id).toMatch(/^T\d{4}(\.\d{3})?$/);
    }
  });

  it('fails with a reason when the adversary has neither knowledge nor position', () => {
    for (const { id } of techniques) {
      const alone = stage(id, { on: 'camera', between: ['hub', 'router'] });
      alone.positions.length = 0;
      alone.start();
      for (let i = 0; i < 200 && alone.ended === 'running'; i++) if (alone.tick() === null) break;
      expect(alone.ended, id).toBe('failed');
      expect(alone.reason.length, id).toBeGreaterThan(0);
    }
  });

  it('is stopped when it reaches outside the interface', () => {
    const context = guarded({ now: 0, position: () => ({ id: 'camera' }) }, 'context') as unknown as Record<string, unknown>;
    expect(() => context['world']).toThrow('context has no "world"');
    expect(() => context['settings']).toThrow('context has no "settings"');
    expect(() => (context['now'] = 1)).toThrow('written');
    const snooper = new Stage({
      id: 'snooper',
      title: '',
      attack: ['T1046'],
      on: {},
      start: (attack) => void (attack as unknown as { world: unknown }).world,
    });
    expect(() => snooper.start()).toThrow('context has no "world"');
  });
});

describe('scan-for-service', () => {
  const port = { on: 'camera', path: 'port-map', port: 8080 };
  it('probes the home from the internet and learns the door when something answers', () => {
    const scan = stage('scan-for-service', port);
    scan.facts.set('address:home', HOME);
    scan.start().until('scan');
    expect(scan.last('request')).toMatchObject({ position: 'attacker', shot: { to: HOME, port: 8080, kind: 'admin-read' } });
    scan.event('refused', { body: { reason: 'refused', status: 401 } });
    expect(scan.ended).toBe('succeeded');
    expect([...scan.facts]).toEqual(
      expect.arrayContaining([
        ['address:camera', HOME],
        ['port:camera', 8080],
        ['from:camera', 'attacker'],
      ]),
    );
  });

  it('gives up after some scans that nothing answers', () => {
    const scan = stage('scan-for-service', port);
    scan.facts.set('address:home', HOME);
    scan.start();
    for (let i = 0; i < 3; i++) scan.until('scan').event('failed', { body: { reason: 'timeout' } });
    expect(scan).toMatchObject({ ended: 'failed', reason: 'nothing answers there' });
  });

  it('takes a closed page for no door', () => {
    const scan = stage('scan-for-service', { ...port, path: 'ipv6' });
    scan.facts.set('address6:camera', 2 ** 32 + 5);
    scan.start();
    for (let i = 0; i < 3; i++) scan.until('scan').event('refused', { body: { status: 403 } });
    expect(scan.ended).toBe('failed');
  });

  it('asks inside the home by name', () => {
    const scan = stage('scan-for-service', { on: 'tv', path: 'lan', port: 8080 }).stand(CAMERA, ROUTER);
    scan.start().until('scan');
    expect(scan.last('datagram').shot).toMatchObject({ to: '*', kind: 'mdns-query', body: { name: 'tv' } });
    scan.frame({ kind: 'mdns-answer', src: 21, body: { name: 'tv.local', address: 21 }, held: false }, 'camera');
    scan.until('look');
    expect(scan.last('request')).toMatchObject({ position: 'camera', shot: { to: 21 } });
  });
});

describe('default-credentials', () => {
  const ready = (): Stage => {
    const login = stage('default-credentials', { on: 'camera', kind: 'camera' });
    for (const [name, value] of [
      ['address:camera', HOME],
      ['port:camera', 8080],
      ['from:camera', 'attacker'],
      ['credential:factory:camera', 'from-the-manual'],
    ] as const)
      login.facts.set(name, value);
    return login.start().until('login');
  };

  it('logs in, runs its program with the token, and is in when code runs there', () => {
    const login = ready();
    expect(login.last('request').shot).toMatchObject({ kind: 'admin-login', body: { user: 'admin', password: 'from-the-manual' } });
    login.event('reply', { n: login.last('request').shot.n!, body: { token: 'k' } });
    expect(login.last('request').shot).toMatchObject({ kind: 'admin-run', body: { token: 'k' } });
    login.stand(CAMERA).event('gained', { body: { device: 'camera' } });
    expect(login.ended).toBe('succeeded');
    expect(login.last('datagram')).toMatchObject({ position: 'camera', shot: { kind: 'beacon' } });
    login.until('beacon');
    expect(login.all('datagram')).toHaveLength(2);
  });

  it('moves on after a few refusals', () => {
    const login = ready();
    for (let i = 0; i < 2; i++) login.event('refused', { n: 0, body: { status: 401 } }).until('login');
    login.event('refused', { n: 0, body: { status: 401 } });
    expect(login).toMatchObject({ ended: 'failed', reason: 'the device refuses the factory password' });
  });

  it('says so when the device refuses the program', () => {
    const login = ready();
    for (let i = 0; i < 2; i++) login.event('refused', { n: 1, body: { status: 403 } }).until('login');
    login.event('refused', { n: 1, body: { status: 403 } });
    expect(login.reason).toBe('the device refuses the program');
  });

  it('has nothing to do on a device already under control', () => {
    expect(stage('default-credentials', { on: 'camera' }).stand(CAMERA).start().ended).toBe('succeeded');
  });
});

describe('arp-in-the-middle', () => {
  const between = { between: ['hub', 'router'] };
  const asked = (): Stage => stage('arp-in-the-middle', between).stand(CAMERA, ROUTER).start();

  it('tells each of the two that the other is here, again and again, once the station is known', () => {
    const arp = asked();
    expect(arp.last('datagram').shot.body).toEqual({ name: 'hub' });
    expect(arp.all('claim')).toHaveLength(0);
    arp.frame({ kind: 'mdns-answer', src: HUB, body: { name: 'hub', address: HUB }, held: false }, 'camera').until('look');
    expect(arp.all('claim')).toMatchObject([
      { position: 'camera', victim: HUB, claimed: ROUTER },
      { position: 'camera', victim: ROUTER, claimed: HUB },
    ]);
    arp.until('claim');
    expect(arp.all('claim')).toHaveLength(4);
  });

  it('has worked when a frame comes through, sends it on, and goes on claiming', () => {
    const arp = asked();
    arp.frame({ kind: 'mdns-answer', src: HUB, body: { name: 'hub' }, held: false }, 'camera').until('look');
    arp.frame({ src: HUB, dst: 77, held: true }, 'camera');
    expect(arp.ended).toBe('succeeded');
    expect(arp.all('forward')).toHaveLength(1);
    arp.frame({ src: HUB, dst: 77, held: true }, 'camera');
    expect(arp.all('forward'), 'the next step deals with what passes').toHaveLength(1);
    const before = arp.all('claim').length;
    arp.until('claim');
    expect(arp.all('claim').length).toBeGreaterThan(before);
  });

  it('is not fooled by what its own device sends', () => {
    const arp = asked();
    arp.frame({ kind: 'mdns-answer', src: HUB, body: { name: 'hub' }, held: false }, 'camera').until('look');
    arp.frame({ src: CAMERA.address, dst: 77, held: true }, 'camera');
    expect(arp.ended).toBe('running');
    expect(arp.all('forward')).toHaveLength(1);
  });

  it('names the station that is not on its segment', () => {
    const arp = asked();
    for (let i = 0; i < 60 && arp.ended === 'running'; i++) arp.tick();
    expect(arp).toMatchObject({ ended: 'failed', reason: 'no station hub on the segment private' });
  });

  it('gives up when its claims change nothing', () => {
    const arp = asked();
    arp.frame({ kind: 'mdns-answer', src: HUB, body: { name: 'hub' }, held: false }, 'camera');
    arp.until('patience');
    expect(arp.reason).toContain('no frame comes through');
  });

  it('tries its other positions before it gives up', () => {
    const arp = stage('arp-in-the-middle', between)
      .stand({ ...CAMERA, segment: 'guest' }, 30)
      .stand({ id: 'laptop', kind: 'foothold', segment: 'private', address: 22 }, ROUTER)
      .start();
    for (let i = 0; i < 200 && arp.all('claim').length === 0; i++) {
      const asks = arp.last('datagram');
      if (asks.position === 'laptop') arp.frame({ kind: 'mdns-answer', src: HUB, body: { name: 'hub' }, held: false }, 'laptop');
      arp.tick();
    }
    expect(arp.last('claim').position).toBe('laptop');
  });
});

describe('rewrite-observation', () => {
  const on = (what: readonly string[] = ['spo2', 'pulse', 'resp']): Stage =>
    stage('rewrite-observation', { what, to: 'platform' }).stand(CAMERA, ROUTER).start();
  const observe = (rewrite: Stage, body: Record<string, number>): Stage =>
    rewrite.frame(
      { kind: 'observation', role: 'request', src: HUB, sport: 5000, dport: 8883, body: { ref: 'oximeter/1', ...body } },
      'camera',
    );
  const watched = (): Stage => {
    const rewrite = on();
    for (const spo2 of [91, 90, 92, 91, 91]) observe(rewrite, { spo2, pulse: 84, resp: 18 });
    return rewrite;
  };

  it('watches first and leaves usual readings alone', () => {
    const rewrite = watched();
    expect(rewrite.all('forward').every(({ change }) => change === undefined)).toBe(true);
  });

  it('replaces what shows that the patient gets worse, and only that', () => {
    const rewrite = watched();
    observe(rewrite, { spo2: 82, pulse: 84, resp: 27 });
    const change = rewrite.last('forward').change!;
    expect(change, 'the rest of the message stays').toMatchObject({ ref: 'oximeter/1', pulse: 84 });
    expect(change['spo2']).toBeGreaterThanOrEqual(88);
    expect(change['resp']).toBeLessThanOrEqual(20);
  });

  it('knows which way each sign goes when a patient gets worse', () => {
    const usual = { spo2: 92, sbp: 120, pulse: 84, resp: 18, temp: 36.8 };
    const changed = (body: Record<string, number>): string[] => {
      const rewrite = on(Object.keys(usual));
      for (let i = 0; i < 6; i++) observe(rewrite, usual);
      observe(rewrite, { ...usual, ...body });
      const { change } = rewrite.last('forward');
      return Object.keys(usual).filter((code) => change !== undefined && change[code] !== { ...usual, ...body }[code]);
    };
    expect(changed({ spo2: 80, sbp: 80, pulse: 130, resp: 30, temp: 40 })).toEqual(Object.keys(usual));
    expect(changed({ spo2: 99, sbp: 170, pulse: 50, resp: 8, temp: 35 })).toEqual([]);
  });

  it('keeps a patient who is ill from the start within what nurses expect', () => {
    const rewrite = on();
    for (let i = 0; i < 6; i++) observe(rewrite, { spo2: 80, pulse: 130, resp: 30 });
    expect(rewrite.last('forward').change).toMatchObject({ spo2: 88, pulse: 90, resp: 20 });
  });

  it('has worked when the platform acknowledges an altered reading', () => {
    const rewrite = watched();
    rewrite.frame({ kind: 'observation-ack', role: 'reply', dst: HUB, dport: 5000, sport: 8883, body: {} }, 'camera');
    expect(rewrite.ended, 'an untouched reading was acknowledged').toBe('running');
    observe(rewrite, { spo2: 82 });
    rewrite.frame({ kind: 'observation-ack', role: 'reply', dst: HUB, dport: 5000, sport: 8883, body: {} }, 'camera');
    expect(rewrite.ended).toBe('succeeded');
  });

  it('knows what the platform says where it stands on the kit itself, to which answers come and go no further', () => {
    const answer = (kind: string) => ({ kind, role: 'reply', dst: HUB, dport: 5000, sport: 8883, body: {}, held: false });
    const rewrite = watched();
    observe(rewrite, { spo2: 82 });
    const passed = rewrite.all('forward').length;
    rewrite.frame({ ...answer('observation-ack'), readable: false }, 'hub');
    expect(rewrite.ended, 'sealed').toBe('running');
    rewrite.frame(answer('observation-ack'), 'hub');
    expect(rewrite.ended).toBe('succeeded');
    expect(rewrite.all('forward'), 'there is nothing to send on').toHaveLength(passed);

    const refused = watched();
    for (let i = 0; i < 5; i++) {
      observe(refused, { spo2: 82 });
      refused.frame(answer('refused'), 'hub');
    }
    expect(refused.ended).toBe('failed');
  });

  it('gives up when the platform refuses altered readings time after time', () => {
    const rewrite = watched();
    for (let i = 0; i < 5; i++) {
      observe(rewrite, { spo2: 82 });
      rewrite.frame({ kind: 'refused', role: 'reply', dport: 5000, sport: 8883, body: { status: 403 } }, 'camera');
    }
    expect(rewrite).toMatchObject({ ended: 'failed', reason: 'the platform refuses altered observations' });
  });

  it('shows its own certificate to an encrypted session and interrupts one that is older', () => {
    const rewrite = on();
    rewrite.frame({ role: 'request', dport: 8883, readable: false }, 'camera');
    expect(rewrite.all('drop')).toHaveLength(1);
    rewrite.frame({ role: 'finished', sport: 8883, readable: false }, 'camera');
    expect(rewrite.all('impersonate')).toHaveLength(1);
    expect(rewrite.ended).toBe('running');
  });

  it('gives up on a client that turns its certificate down', () => {
    const rewrite = on();
    for (let i = 0; i < 4; i++) rewrite.frame({ role: 'finished', sport: 8883, readable: false }, 'camera');
    expect(rewrite.all('impersonate')).toHaveLength(3);
    expect(rewrite).toMatchObject({ ended: 'failed', reason: "the kit checks the server's certificate" });
  });

  it('lets everything else pass', () => {
    const rewrite = on();
    rewrite.frame({ role: 'request', kind: 'care-plan', dport: 80, body: { token: 'x' } }, 'camera');
    expect(rewrite.last('forward').change).toBeUndefined();
  });
});

describe('join-wifi', () => {
  it('tries the computed passphrase, then the word list', () => {
    const join = stage('join-wifi', { segment: 'private' }).stand(NEIGHBOUR);
    join.facts.set('credential:wifi-factory:private', 'computed').set('credential:wifi-wordlist:private', 'guessed');
    join.start().until('join');
    expect(join.last('join')).toMatchObject({ position: 'neighbour', segment: 'private', passphrase: 'computed' });
    join.event('refused', { body: { security: 'wpa2' } }).until('join');
    expect(join.last('join').passphrase).toBe('guessed');
    expect(join.event('joined').ended).toBe('succeeded');
  });

  it('has no use for a word list against WPA3', () => {
    const join = stage('join-wifi', { segment: 'private' }).stand(NEIGHBOUR);
    join.facts.set('credential:wifi-factory:private', 'computed').set('credential:wifi-wordlist:private', 'guessed');
    join.start().until('join');
    join.event('refused', { body: { security: 'wpa3' } });
    expect(join).toMatchObject({ ended: 'failed' });
    expect(join.all('join')).toHaveLength(1);
  });

  it('gives up when no access point can be heard', () => {
    const join = stage('join-wifi', { segment: 'private' }).stand(NEIGHBOUR);
    join.facts.set('credential:wifi-factory:private', 'computed');
    join.start();
    for (let i = 0; i < 3; i++) join.until('join').event('failed', { body: { reason: 'timeout' } });
    expect(join.reason).toContain('can be heard');
  });

  it('need not join where a device is already under control', () => {
    expect(stage('join-wifi', { segment: 'private' }).stand(CAMERA).start().ended).toBe('succeeded');
  });
});

describe('overhear-conversation', () => {
  const listen = (): Stage =>
    stage('overhear-conversation', { server: 'skill-backend' })
      .stand({ ...NEIGHBOUR, segment: 'private', address: 40 }, ROUTER)
      .start();

  it('reads a turn and passes it on unchanged', () => {
    const heard = listen();
    heard.frame({ kind: 'skill-turn', body: { utterance: 'I cough' } }, 'neighbour');
    expect(heard.ended).toBe('succeeded');
    expect(heard.last('forward').change).toBeUndefined();
  });

  it('gives up on a conversation that it sees encrypted, and never interferes with it', () => {
    const heard = listen();
    heard.frame({ role: 'hello', kind: 'hello', dst: 500, dport: 443, body: { host: 'skill-backend.example' } }, 'neighbour');
    for (let i = 0; i < 6; i++) heard.frame({ role: 'request', dst: 500, dport: 443, readable: false }, 'neighbour');
    expect(heard).toMatchObject({ ended: 'failed', reason: 'the session with skill-backend is encrypted' });
    expect(heard.all('drop')).toHaveLength(0);
    expect(heard.all('impersonate')).toHaveLength(0);
  });

  it('does not take the voice platform for the skill', () => {
    const heard = listen();
    for (let i = 0; i < 50; i++) heard.frame({ role: 'request', dst: 600, dport: 443, readable: false }, 'neighbour');
    expect(heard.ended).toBe('running');
  });
});

describe('botnet-enrol and flood-uplink', () => {
  it('finds further devices by name, logs in with their makers passwords, and counts who is in', () => {
    const enrol = stage('botnet-enrol', { on: ['tv', 'plug'], kind: ['smart-tv', 'smart-plug'] }).stand(CAMERA, ROUTER);
    enrol.facts.set('credential:factory:smart-tv', 'tv-manual');
    enrol.start().until('spread');
    enrol.frame({ kind: 'mdns-answer', src: 21, body: { name: 'tv', address: 21 }, held: false }, 'camera');
    enrol.until('login');
    expect(enrol.last('request')).toMatchObject({
      position: 'camera',
      shot: { to: 21, kind: 'admin-login', body: { password: 'tv-manual' } },
    });
    enrol.event('reply', { n: enrol.last('request').shot.n!, body: { token: 't' } });
    enrol.stand({ id: 'tv', kind: 'foothold', segment: 'private', address: 21 }).event('gained', { body: { device: 'tv' } });
    expect(enrol.ended, 'the plug has not been looked for to the end').toBe('running');
    for (let i = 0; i < 200 && enrol.ended === 'running'; i++) enrol.tick();
    expect(enrol.ended).toBe('succeeded');
  });

  it('fails when nobody lets it in', () => {
    const enrol = stage('botnet-enrol', { on: ['tv'], kind: ['smart-tv'] })
      .stand(CAMERA, ROUTER)
      .start();
    for (let i = 0; i < 100 && enrol.ended === 'running'; i++) enrol.tick();
    expect(enrol.ended).toBe('failed');
  });

  it('floods from every enrolled device in bursts, and rests in between', () => {
    const flood = stage('flood-uplink', { at: 'content.example' })
      .stand(CAMERA)
      .stand({ id: 'tv', kind: 'foothold', segment: 'private', address: 21 })
      .start();
    expect(flood.all('stream')).toHaveLength(0);
    flood.until('order');
    expect(flood.all('stream').map(({ position }) => position)).toEqual(['camera', 'tv']);
    expect(flood.event('failed').ended, 'one of two is not opened').toBe('running');
    expect(flood.event('opened').ended).toBe('succeeded');
    const { seconds } = flood.last('stream');
    const at = flood.now;
    flood.until('pause').until('order');
    expect(flood.now - at).toBeGreaterThan(seconds * 1_000_000);
    expect(flood.event('opened').event('failed').all('stream')).toHaveLength(4);
  });

  it('does not flood while nothing lets its flows through', () => {
    const flood = stage('flood-uplink', { at: 'content.example' })
      .stand(CAMERA)
      .stand({ id: 'tv', kind: 'foothold', segment: 'private', address: 21 })
      .start()
      .until('order');
    expect(flood.event('failed').ended).toBe('running');
    expect(flood.event('failed')).toMatchObject({ ended: 'failed', reason: 'no flow to the victim can be opened' });
  });
});

describe('supplier-access and rewrite-order', () => {
  it('uploads with the stolen secret', () => {
    const access = stage('supplier-access', { on: 'skill-backend' });
    access.facts.set('credential:developer', 'stolen');
    access.start().until('upload');
    expect(access.last('request').shot).toMatchObject({
      to: 'skill-backend.example',
      kind: 'skill-update',
      clientAuth: 'password',
      credential: 'stolen',
    });
    expect(access.event('gained', { body: { device: 'skill-backend' } }).ended).toBe('succeeded');
  });

  const SKILL: PositionView = { id: 'skill-backend', kind: 'foothold', segment: 'internet', address: 50 };
  const ordered = (): Stage =>
    stage('rewrite-order', { on: 'skill-backend' })
      .stand(SKILL)
      .start()
      .frame({ kind: 'order', body: { ref: 'o1', text: 'refill salbutamol 100 mcg' } }, 'skill-backend');

  it('raises the first figure of an order', () => {
    expect(raiseDose('refill salbutamol 100 mcg', 4)).toBe('refill salbutamol 400 mcg');
    expect(raiseDose('call my nurse', 4)).toBe('call my nurse');
    const order = ordered();
    expect(order.last('forward').change).toEqual({ ref: 'o1', text: 'refill salbutamol 400 mcg' });
    expect(order.frame({ kind: 'order-ack', body: { ref: 'o1', status: 'accepted' }, held: false }, 'skill-backend').ended).toBe(
      'succeeded',
    );
  });

  it('asks the patient about what the patient said', () => {
    const order = ordered().frame(
      { kind: 'skill-prompt', body: { question: 'You want refill salbutamol 400 mcg?', readBack: 'refill salbutamol 400 mcg' } },
      'skill-backend',
    );
    expect(order.last('forward').change).toEqual({
      question: 'You want refill salbutamol 100 mcg?',
      readBack: 'refill salbutamol 100 mcg',
    });
  });

  it('leaves other messages alone', () => {
    const order = ordered().frame({ kind: 'check-in-report', body: { answers: 3 } }, 'skill-backend');
    expect(order.last('forward').change).toBeUndefined();
  });

  it('gives up when the platform refuses, or holds the order back', () => {
    expect(ordered().frame({ kind: 'refused', body: { status: 403 }, held: false }, 'skill-backend')).toMatchObject({
      ended: 'failed',
      reason: 'the platform refuses altered orders',
    });
    expect(
      ordered()
        .frame({ kind: 'order-ack', body: { status: 'waiting' }, held: false }, 'skill-backend')
        .until('silence').reason,
    ).toBe('the platform holds altered orders back');
  });
});

describe('router-admin-default', () => {
  const knowing = (side: string): Stage => {
    const router = stage('router-admin-default', { on: 'router', side });
    router.facts.set('address:home', HOME).set('credential:factory:consumer-router', 'manual');
    return router;
  };

  it('comes from outside over the ports of an administration page, one after another', () => {
    const router = knowing('wan').start().until('login');
    expect(router.last('request')).toMatchObject({ position: 'attacker', shot: { to: HOME, port: 443, tls: true } });
    router.event('failed', { n: 0 }).until('login');
    expect(router.last('request').shot).toMatchObject({ port: 80, tls: false });
    router.event('reply', { n: router.last('request').shot.n!, body: { token: 'k' } });
    expect(router.last('request').shot.kind).toBe('admin-run');
    expect(router.event('gained', { body: { device: 'router' } }).ended).toBe('succeeded');
  });

  it('comes from inside to the gateway of its own lease', () => {
    const router = knowing('lan').stand(CAMERA, ROUTER).start().until('login');
    expect(router.last('request')).toMatchObject({ position: 'camera', shot: { to: ROUTER } });
  });

  it('waits for a locked login to open', () => {
    const router = knowing('wan').start().until('login');
    router.event('refused', { n: 0, body: { status: 429 } });
    expect(router.ended).toBe('running');
    const before = router.now;
    router.until('login');
    expect(router.now).toBeGreaterThan(before + 60_000_000);
    expect(router.all('request')).toHaveLength(2);
  });

  it('does not wait for ever for a login that stays locked', () => {
    const router = knowing('wan').start();
    let tries = 0;
    for (; router.ended === 'running' && tries < 100; tries++) {
      router.until('login');
      router.event('refused', { n: router.last('request').shot.n!, body: { status: 429 } });
    }
    expect(router).toMatchObject({ ended: 'failed', reason: 'the router refuses the factory password' });
    expect(tries).toBeLessThan(20);
  });

  it('fails when every port refuses', () => {
    const router = knowing('wan').start();
    for (let door = 0; door < 2; door++) router.until('login').event('refused', { n: door * 2, body: { status: 401 } });
    expect(router).toMatchObject({ ended: 'failed', reason: 'the router refuses the factory password' });
  });
});

describe('portal-session-theft and replay-session', () => {
  const ROUTER_FOOT: PositionView = { id: 'router', kind: 'foothold', segment: 'private', address: ROUTER };

  it('reads token and VPN secret off a plain request, and learns later tokens too', () => {
    const theft = stage('portal-session-theft', { server: 'hospital-edge' }).stand(ROUTER_FOOT).start();
    theft.frame({ kind: 'care-plan', dport: 80, body: { token: 't1', vpn: 'v' } }, 'router');
    expect(theft.ended).toBe('succeeded');
    expect(theft.facts.get('credential:portal-token')).toBe('t1');
    expect(theft.facts.get('credential:portal-vpn')).toBe('v');
    theft.frame({ kind: 'session-opened', role: 'reply', body: { token: 't2' } }, 'router');
    expect(theft.facts.get('credential:portal-token')).toBe('t2');
  });

  it('opens only the session with the hospital when many share the port', () => {
    const theft = stage('portal-session-theft', { server: 'hospital-edge' }).stand(ROUTER_FOOT).start();
    theft.frame({ role: 'finished', src: 600, sport: 443, readable: false }, 'router');
    expect(theft.all('impersonate')).toHaveLength(0);
    theft.frame({ kind: 'dns-answer', role: 'reply', body: { name: 'hospital-edge.example', address: 700 } }, 'router');
    theft.frame({ role: 'finished', src: 700, sport: 443, readable: false }, 'router');
    expect(theft.all('impersonate')).toHaveLength(1);
  });

  it('leaves a session alone whose client it controls: there it is read anyway', () => {
    const theft = stage('portal-session-theft', { server: 'hospital-edge' })
      .stand(ROUTER_FOOT)
      .stand({ id: 'hub', kind: 'foothold', segment: 'private', address: HUB })
      .start();
    theft.facts.set('server:hospital-edge', 700);
    theft.frame({ role: 'finished', src: 700, sport: 443, dst: HUB, readable: false }, 'router');
    expect(theft.all('impersonate')).toHaveLength(0);
  });

  const stolen = (scope: readonly string[] = ['panel', 'own']): Stage => {
    const replay = stage('replay-session', { server: 'hospital-edge', scope });
    replay.facts.set('credential:portal-token', 't').set('credential:portal-vpn', 'v');
    return replay.start().until('replay');
  };

  it('shows token and VPN secret from its own host', () => {
    const replay = stolen();
    expect(replay.last('request')).toMatchObject({
      position: 'attacker',
      shot: { to: 'hospital-edge.example', tls: true, kind: 'records', body: { token: 't', vpn: 'v', scope: 'panel' } },
    });
    expect(replay.event('reply', { body: { records: 100 } }).ended).toBe('succeeded');
  });

  it('asks for less when so much is not allowed', () => {
    const replay = stolen().event('refused', { body: { status: 403 } });
    expect(replay.last('request').shot.body).toMatchObject({ scope: 'own' });
  });

  it('does not ask for less when the token itself is not taken', () => {
    const replay = stolen()
      .event('refused', { body: { status: 401 } })
      .until('replay');
    expect(replay.last('request').shot.body).toMatchObject({ scope: 'panel' });
  });

  it('gives up when no token is taken', () => {
    const replay = stolen(['own']);
    for (let i = 0; i < 5; i++) replay.event('refused', { body: { status: 401 } }).until('replay');
    replay.event('refused', { body: { status: 401 } });
    expect(replay).toMatchObject({ ended: 'failed', reason: 'the hospital refuses the token (401)' });
  });
});
