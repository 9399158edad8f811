import { SECOND } from '../../sim/kernel/time.ts';
import { defineDevice } from '../../sim/model/device.ts';

/** Ear thermometer: press, wait, one notification. */
export interface ThermometerMemory {
  n: number;
}

/** Temperature measurement with time stamp and type (bluetooth 0x2A1C). */
const NOTIFICATION_BYTES = 13;

export const thermometer = defineDevice<ThermometerMemory>({
  kind: 'thermometer',
  title: 'Ear thermometer: one temperature over BLE when the patient measures',
  family: 'medical',
  roles: ['hah-kit', 'medical', 'peripheral'],
  settings: {},
  memory: () => ({ n: 0 }),
  serves: [],
  machine: {
    initial: 'idle',
    states: {
      idle: { on: { measure: { target: 'measuring', actions: ['begin'] } } },
      measuring: { on: { settled: { target: 'idle', actions: ['tell'] } } },
    },
  },
  effects: {
    begin: (d, event) => {
      d.memory.n = event.n;
      d.after(d.parameter('thermometer.cycle') * SECOND, 'settled', event.n);
    },
    tell: (d) => {
      const n = d.memory.n;
      // Read to a tenth, as the display shows it.
      const temp = Math.round(10 * (d.sense('patient.temp') + d.sample(d.distribution('thermometer.error'), 'error', n))) / 10;
      const ref = `${d.id}/${n}`;
      d.record('measured', { ref, code: 'temp', value: temp });
      d.notify({ kind: 'vital', body: { ref, temp }, bytes: NOTIFICATION_BYTES, n });
    },
  },
});
