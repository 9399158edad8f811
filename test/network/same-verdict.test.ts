import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PolicyTable } from '../../sim/model/policy.ts';
import type { AttackContext } from '../../sim/model/technique.ts';
import { access, bench, CORE, GUEST, LINE, rule, server, table, WIFI, type Layout, type Part } from './bench.ts';

/**
 * Design principle 5: nothing in a message says whether its author is hostile, so the same message from a benign party
 * in the same position gets the same verdict. Two worlds differ only in who speaks from the camera: its owner's
 * software, or the adversary that has taken it over.
 */
interface Knock {
  readonly host: string;
  readonly port: number;
  readonly transport: 'tcp' | 'udp';
  readonly tls: boolean;
  readonly credential: string | null;
  readonly kind: string;
}
const WORD = { word: 'hello' };
const BYTES = 120;

/** A door that opens to one password, and only for what it serves. */
const door = (on: string): Part =>
  server([], {
    on: [on],
    listens: [80, 443],
    does: {
      ask: (d, event) => {
        if (d.session(event.message!).credential !== 'right') return d.refuse(event.message!, 'password wrong', 401);
        d.reply(event.message!, { kind: 'told', bytes: 50 });
      },
    },
  });

function verdicts(knock: Knock, policy: PolicyTable, segment: string, hostile: boolean): string[] {
  const auth = knock.credential === null ? ('none' as const) : ('password' as const);
  const benign: Part = {
    on: [segment],
    channels: {
      it: {
        host: `${knock.host}.example`,
        port: knock.port,
        transport: knock.transport,
        tls: knock.tls,
        verifyServer: false,
        clientAuth: auth,
        credential: knock.credential,
      },
    },
    start: (d) => void (hostile || d.after(10e6, 'go')),
    does: { go: (d) => d.request('it', { kind: knock.kind, body: WORD, bytes: BYTES, n: 0 }) },
  };
  const technique: Layout['technique'] = {
    start: (attack) => attack.after(5e6, 'go'),
    on: {
      go: (attack: AttackContext) =>
        void attack.request('camera', {
          to: `${knock.host}.example`,
          port: knock.port,
          transport: knock.transport,
          tls: knock.tls,
          clientAuth: auth,
          credential: knock.credential,
          kind: knock.kind,
          body: WORD,
          bytes: BYTES,
        }),
    },
  };
  const parts = {
    ...access(policy, { on: ['private', 'guest', 'line'], ...pick(door('private')) }),
    camera: benign,
    hub: door('private'),
    visitor: door('guest'),
    server: door('internet'),
  };
  const world = bench({ segments: [WIFI, GUEST, LINE, CORE], parts, ...(hostile ? { inside: ['camera'], technique } : {}) }).run(120);
  return world.lines.filter((line) => line.kind === 'verdict').map((line) => `${line.what} ${line.verdict} at ${line.from}: ${line.rule}`);
}
const pick = ({ listens, serves, does }: Part): Partial<Part> => ({ listens: listens!, serves: serves!, does: does! });

describe('the same request from the same place', () => {
  const zone = fc.constantFrom('private', 'guest', 'wan', 'self');
  const policy = fc
    .record({
      rules: fc.array(
        fc.record({
          from: zone,
          to: zone,
          dport: fc.constantFrom(80, 443, 53),
          action: fc.constantFrom('allow' as const, 'deny' as const),
        }),
        { maxLength: 6 },
      ),
      open: fc.boolean(),
      isolated: fc.boolean(),
      nat: fc.boolean(),
    })
    .map(({ rules, open, isolated, nat }) =>
      table({
        rules: rules.map((one, i) => rule(`rule ${i}`, one.action, one)),
        fallback: open ? { name: 'open', action: 'allow' } : { name: 'default-deny', action: 'deny' },
        isolated: { private: isolated },
        natTo: nat ? ['wan'] : [],
      }),
    );
  const knock = fc.record<Knock>({
    host: fc.constantFrom('router', 'hub', 'visitor', 'server', 'nobody'),
    port: fc.constantFrom(80, 443, 81),
    transport: fc.constantFrom('tcp', 'udp'),
    tls: fc.boolean(),
    credential: fc.constantFrom(null, 'wrong', 'right'),
    kind: fc.constantFrom('ask', 'time', 'told'),
  });
  it('gets the same verdicts, rule by rule, whoever’s program sends it', () => {
    const seen = new Set<string>();
    fc.assert(
      fc.property(knock, policy, fc.constantFrom('private', 'guest'), (one, rules, segment) => {
        const whole = { ...one, tls: one.tls && one.transport === 'tcp' };
        const benign = verdicts(whole, rules, segment, false);
        expect(verdicts(whole, rules, segment, true)).toEqual(benign);
        for (const line of benign) seen.add(line.replace(/.*: /, ''));
      }),
      { seed: 7, numRuns: 250 },
    );
    // Many sorts of verdict were compared, not one over and over.
    for (const fact of [
      'open',
      'default-deny',
      'tracked connection',
      'password wrong',
      'does not serve time',
      'port 81 is closed',
      'client isolation on private',
    ])
      expect([...seen]).toContain(fact);
  });
});
