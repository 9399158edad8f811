import { SECOND } from '../../sim/kernel/time.ts';
import type { Body } from '../../sim/model/message.ts';
import { defineTechnique, type AttackContext, type FrameView } from '../../sim/model/technique.ts';
import { count, listArgument, numberArgument, PORT, textArgument } from '../arguments.ts';
import { belongsTo, listenEverywhere, noteReadable, openSession, watchNames } from '../interception.ts';

/**
 * Makes a deteriorating patient look well: readings that leave the patient's usual range are replaced on their way by
 * usual ones. The usual value is the median of the first readings seen, kept within the range that a nurse expects.
 * It has worked when an altered reading is acknowledged.
 */

/** Which way each vital sign goes when a patient gets worse; the figures are parameters. */
const WORSE: Readonly<Record<string, 'lower' | 'higher'>> = {
  spo2: 'lower',
  sbp: 'lower',
  pulse: 'higher',
  resp: 'higher',
  temp: 'higher',
};

/** The server that readings go to. */
const serverOf = (attack: Pick<AttackContext, 'args'>): string => textArgument(attack, 'to');
const TELEMETRY_PORT = 8883; // MQTT over TLS

/** First readings seen by code, sorted. */
type Seen = Record<string, number[]>;
/** Altered readings that wait for their answer, by the client's port. */
type Pending = Record<string, number>;

/** What a reading of this patient usually is, or null while too few have been seen. */
function usual(attack: AttackContext, code: string): number | null {
  const readings = (attack.memory['seen'] as Seen)[code] ?? [];
  if (readings.length < attack.parameter('attack.cover.readings')) return null;
  const median = readings[readings.length >> 1]!;
  return Math.min(attack.parameter(`attack.cover.${code}.high`), Math.max(attack.parameter(`attack.cover.${code}.low`), median));
}

function remember(attack: AttackContext, code: string, value: number): void {
  const seen = attack.memory['seen'] as Seen;
  const readings = (seen[code] ??= []);
  if (readings.length >= attack.parameter('attack.cover.readings')) return;
  readings.push(value);
  readings.sort((a, b) => a - b);
}

/** Fields to change in an observation, empty when it looks well enough. */
function cover(attack: AttackContext, body: Body): Record<string, number> {
  const change: Record<string, number> = {};
  for (const code of listArgument(attack, 'what', ['spo2'])) {
    const value = body[code];
    const worse = WORSE[code];
    if (typeof value !== 'number' || worse === undefined) continue;
    remember(attack, code, value);
    const normal = usual(attack, code);
    const slack = attack.parameter(`attack.cover.${code}.slack`);
    if (normal === null || (worse === 'lower' ? value >= normal - slack : value <= normal + slack)) continue;
    // A flat line would be conspicuous: within the slack, as the true readings were.
    const shift = (attack.draw(`cover-${code}`, count(attack, 'covered')) - 0.5) * slack;
    change[code] = code === 'temp' ? Math.round((normal + shift) * 10) / 10 : Math.round(normal + shift);
  }
  return change;
}

function answered(attack: AttackContext, frame: FrameView): void {
  const pending = attack.memory['pending'] as Pending;
  const port = String(frame.dport);
  if (pending[port] === undefined) return;
  delete pending[port];
  if (frame.kind === 'observation-ack') {
    if (attack.memory['accepted'] !== true) attack.succeed();
    attack.memory['accepted'] = true;
  } else if (frame.kind === 'refused' && attack.memory['accepted'] !== true) {
    if (count(attack, 'refusals') >= attack.parameter('attack.tamper.refusals')) attack.fail('the platform refuses altered observations');
  }
}

export const rewriteObservation = defineTechnique({
  id: 'rewrite-observation',
  title: 'Replaces low readings by usual ones on their way to the platform',
  args: {
    to: { type: 'device', kind: 'telehealth-platform' },
    what: { type: 'word', many: true, choices: Object.keys(WORSE) },
    port: PORT,
  },
  wants: (args) => [serverOf({ args })],
  attack: ['T1565.002', 'T0856'],
  start: (attack) => {
    attack.memory['seen'] = {};
    attack.memory['pending'] = {};
    listenEverywhere(attack);
    attack.after(Math.round(attack.parameter('attack.tamper.patience') * SECOND), 'patience');
  },
  on: {
    patience: (attack) => {
      if (attack.memory['opened'] === undefined) attack.fail('no observation could be read');
    },
    frame: (attack, event) => {
      const frame = event.frame;
      if (frame === null) return;
      const server = serverOf(attack);
      watchNames(attack, frame, server);
      if (!frame.held) {
        // On the kit itself the answer is received and goes no further: nothing of it is held.
        if (frame.readable) answered(attack, frame);
        return;
      }
      if (frame.readable && frame.kind === 'observation' && frame.body !== null) {
        noteReadable(attack);
        const change = cover(attack, frame.body);
        if (Object.keys(change).length === 0) return attack.forward(frame);
        (attack.memory['pending'] as Pending)[String(frame.sport)] = frame.id;
        return attack.forward(frame, { ...frame.body, ...change });
      }
      if (belongsTo(attack, frame, server, numberArgument(attack, 'port', TELEMETRY_PORT))) {
        const opening = openSession(attack, frame);
        if (opening === 'taken') return;
        if (opening === 'given-up') {
          attack.forward(frame);
          return attack.fail("the kit checks the server's certificate");
        }
      }
      attack.forward(frame);
      if (frame.readable) answered(attack, frame);
    },
  },
});
