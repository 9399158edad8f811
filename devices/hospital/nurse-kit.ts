import { MINUTE } from '../../sim/kernel/time.ts';
import type { Effect } from '../../sim/model/device.ts';
import { acknowledgeAlarm, dispatch, type Nurse, type NurseMemory } from './nurse-alarms.ts';

/**
 * A kit that says nothing. The first word of it is looked into as any alarm is: a call, and when that does not work, a nurse
 * drives there. If the kit is silent still when she has been there, another such visit would find the same. From then on
 * nurses measure by hand at intervals, and a technician looks at the device. He gets one going that has only lost its power;
 * where it had power all along it is the line, or somebody on it, that keeps it silent: no swap helps, and he says so.
 */
export interface KitMemory {
  /** The kit that is silent by the platform's word, and whether a nurse has been there since; null = none is. */
  silent: { device: string; visited: boolean } | null;
  /** Number of the newest notice, that a kit is silent or that it is heard again: word from before it is out of date. */
  newest: number;
  /** Rounds by hand that were planned; only the last one counts: whoever has seen the patient makes those before needless. */
  rounds: number;
  technicians: number;
  technician: 'none' | 'coming' | 'there';
  /** Timer of the one who is coming; when the last one left, µs, -1 = there was none. */
  coming: number;
  leftAt: number;
}

/** Rounds by hand are numbered from here on, calls about alarms from a million on: each drive has luck of its own. */
const ROUNDS = 2_000_000;

export const kitMemory = (): KitMemory => ({
  silent: null,
  newest: 0,
  rounds: 0,
  technicians: 0,
  technician: 'none',
  coming: 0,
  leftAt: -1,
});

/** Technicians are few, and one that could do nothing will not find more an hour later. */
function callTechnician(d: Nurse, device: string): void {
  const { technician, leftAt } = d.memory;
  if (technician !== 'none' || (leftAt >= 0 && d.now - leftAt < d.parameter('technician.again') * MINUTE)) return;
  const n = ++d.memory.technicians;
  d.memory.technician = 'coming';
  d.memory.coming = d.afterRandom(d.distribution('technician.arrival'), 'technician', n, 'technician-arrives', { device });
}

/** A notice that finds no way to the desk is sent again later, and so may come after a younger one. */
function isNews(d: Nurse, notice: number): boolean {
  if (notice < d.memory.newest) return false;
  d.memory.newest = notice;
  return true;
}

export const kitEffects = {
  /** Word of a silence, before the desk takes it as it takes any alarm. */
  noteSilence: (d, event) => {
    const { kind, alarm, device } = event.body ?? {};
    if (kind !== 'silence' || !isNews(d, Number(alarm))) return;
    d.memory.silent ??= { device: String(device ?? ''), visited: false };
  },
  /** The kit speaks again: nobody needs to come because of it. */
  noteHeard: (d, event) => {
    if (!isNews(d, acknowledgeAlarm(d, event))) return;
    d.memory.silent = null;
    if (d.memory.technician !== 'coming') return;
    d.cancel(d.memory.coming);
    d.memory.technician = 'none';
  },
  /** A nurse was there, and the kit is silent: what it does not measure is measured by hand. */
  standIn: (d, event) => {
    const { silent } = d.memory;
    if (silent === null || event.body?.['how'] === 'call') return;
    silent.visited = true;
    d.after(d.parameter('nurse.round-by-hand') * MINUTE, 'round-due', ++d.memory.rounds);
    callTechnician(d, silent.device);
  },
  goRound: (d, event) => {
    if (d.memory.silent?.visited === true && event.n === d.memory.rounds) dispatch(d, ROUNDS + event.n, 'no word from the kit');
  },
  /** Looks at the device, not at the patient: nothing that he sees is a measurement. */
  beginRepair: (d, event) => {
    d.memory.technician = 'there';
    d.record('visit', { planned: false, why: 'technician for the kit' });
    d.after(d.parameter('technician.minutes') * MINUTE, 'technician-done', event.n, event.body);
  },
  endRepair: (d, event) => {
    const device = String(event.body?.['device'] ?? '');
    d.memory.technician = 'none';
    d.memory.leftAt = d.now;
    d.record('kit-visit', { device, found: d.mend(device) });
    d.record('burden', { who: 'it', minutes: d.parameter('technician.minutes'), what: 'technician for the kit' });
  },
} satisfies Record<string, Effect<NurseMemory>>;
