import { SECOND } from '../../sim/kernel/time.ts';
import { defineDevice } from '../../sim/model/device.ts';

/** Upper-arm cuff that the patient starts by hand. A reading that fails (movement) is repeated by itself once. */
export interface CuffMemory {
  /** The measurement in progress, as numbered by whoever asked for it, and its second try. */
  n: number;
  tries: number;
}

/** Compact blood pressure measurement: flags, three pressures, pulse (bluetooth 0x2A35 with pulse and time stamp). */
const NOTIFICATION_BYTES = 16;

export const bpCuff = defineDevice<CuffMemory>({
  kind: 'bp-cuff',
  title: 'Blood pressure cuff: systolic pressure over BLE when the patient measures',
  family: 'medical',
  roles: ['hah-kit', 'medical', 'peripheral'],
  settings: {},
  memory: () => ({ n: 0, tries: 0 }),
  serves: [],
  machine: {
    initial: 'idle',
    states: {
      idle: { on: { measure: { target: 'inflating', actions: ['begin'] } } },
      inflating: {
        entry: ['pump'],
        on: {
          deflated: { actions: ['read'] },
          'read-well': { target: 'idle', actions: ['tell'] },
          'read-badly': [{ target: 'inflating', cond: (memory) => memory.tries < 2 }, { target: 'idle' }],
        },
      },
    },
  },
  effects: {
    begin: (d, event) => {
      d.memory.n = event.n;
      d.memory.tries = 0;
    },
    pump: (d) => {
      d.memory.tries++;
      d.after(d.parameter('bp-cuff.cycle') * SECOND, 'deflated', d.memory.n);
    },
    read: (d) => {
      const failed = d.draw('failed', d.memory.n, d.memory.tries) < d.parameter('bp-cuff.failed-reading');
      d.raise(failed ? 'read-badly' : 'read-well', null, d.memory.n);
    },
    tell: (d) => {
      const n = d.memory.n;
      const sbp = Math.round(d.sense('patient.sbp') + d.sample(d.distribution('bp-cuff.error'), 'error', n));
      const ref = `${d.id}/${n}`;
      d.record('measured', { ref, code: 'sbp', value: sbp });
      d.notify({ kind: 'vital', body: { ref, sbp }, bytes: NOTIFICATION_BYTES, n });
    },
  },
});
