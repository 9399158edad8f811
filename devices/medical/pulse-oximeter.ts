import { intern } from '../../sim/model/text.ts';
import { SECOND } from '../../sim/kernel/time.ts';
import { defineDevice, type Chance, type DeviceContext } from '../../sim/model/device.ts';

/**
 * Finger sensor worn nearly all the time. It samples once a second; those samples stay inside, what leaves it is a
 * summary per report period. Motion makes some summaries wrong without any attacker: that is where false alarms come from.
 */
export interface OximeterMemory {
  /** Report periods since the start, also those without a finger: number n is the same in a counterfactual twin. */
  n: number;
  /** Share of the battery's charge, 0..1. */
  battery: number;
  /** Reports that motion still spoils, and which spoiled stretch this is. */
  spoiled: number;
  stretch: number;
}

/** Payload of one notification: three continuous oximetry fields, the contact flag, battery (bluetooth PLX continuous, at most 20 bytes). */
const REPORT_BYTES = 20;
const STATUS_BYTES = 4;

/** What a reading needs: the body's quantity, the sensor's error and what motion adds to it. */
interface Sensing {
  readonly quantity: string;
  readonly error: Chance;
  readonly motion: Chance;
}

const sensorOf = (d: DeviceContext<any>) => {
  const sensing = (code: string): Sensing => ({
    quantity: intern(`patient.${code}`),
    error: d.chance(`oximeter.error-${code}`, `error-${code}`),
    motion: d.chance(`oximeter.motion-${code}`, `motion-${code}`),
  });
  const period = d.parameter('oximeter.report-period');
  return {
    spo2: sensing('spo2'),
    pulse: sensing('pulse'),
    resp: sensing('resp'),
    motionShare: d.parameter('oximeter.motion-share'),
    period: period * SECOND,
    /** Share of the charge that a report period takes. */
    drain: period / d.parameter('oximeter.battery-life'),
  };
};

export const pulseOximeter = defineDevice<OximeterMemory>({
  kind: 'pulse-oximeter',
  title: 'Finger pulse oximeter: SpO2, pulse and derived breathing rate over BLE',
  family: 'medical',
  roles: ['hah-kit', 'medical', 'peripheral'],
  settings: {},
  memory: () => ({ n: 0, battery: 1, spoiled: 0, stretch: 0 }),
  serves: [],
  machine: {
    initial: 'measuring',
    states: {
      measuring: {
        entry: ['keepTime'],
        on: {
          report: { actions: ['summarise', 'drain', 'nextReport'] },
          slipped: 'off-finger',
          'taken-off': 'off-finger',
          charge: 'charging',
          'battery-empty': 'flat',
        },
      },
      'off-finger': {
        on: {
          report: { actions: ['tellStatus', 'drain', 'nextReport'] },
          'put-on': 'measuring',
          charge: 'charging',
          'battery-empty': 'flat',
        },
      },
      charging: {
        on: {
          report: { actions: ['fill', 'nextReport'] },
          'put-on': 'measuring',
        },
      },
      flat: {
        on: {
          report: { actions: ['nextReport'] },
          charge: 'charging',
        },
      },
    },
  },
  effects: {
    /** One chain of report timers for the device's whole life, started by the first entry. */
    keepTime: (d) => {
      if (d.memory.n > 0) return;
      d.memory.n = 1;
      d.after(d.parameter('oximeter.report-period') * SECOND, 'report', 1);
    },
    nextReport: (d) => {
      d.memory.n++;
      d.after(d.bound(sensorOf).period, 'report', d.memory.n);
    },
    summarise: (d, event) => {
      const n = event.n;
      const sensor = d.bound(sensorOf);
      if (d.memory.spoiled > 0) d.memory.spoiled--;
      else if (d.draw('motion', n) < sensor.motionShare) {
        d.memory.stretch++;
        d.memory.spoiled = 1 + Math.round(d.sample(d.distribution('oximeter.motion-reports'), 'motion-length', n));
      }
      const bad = d.memory.spoiled > 0;
      const read = (of: Sensing): number => {
        const noise = d.sampleOf(of.error, n);
        const shift = bad ? d.sampleOf(of.motion, d.memory.stretch) : 0;
        return Math.round(d.sense(of.quantity) + noise + shift);
      };
      const spo2 = Math.min(100, Math.max(0, read(sensor.spo2)));
      const pulse = Math.max(0, read(sensor.pulse));
      const resp = Math.max(0, read(sensor.resp));
      const ref = `${d.id}/${n}`;
      d.record('measured', { ref, code: 'spo2', value: spo2 });
      d.record('measured', { ref, code: 'pulse', value: pulse });
      d.record('measured', { ref, code: 'resp', value: resp });
      d.notify({ kind: 'vital', body: { ref, spo2, pulse, resp }, bytes: REPORT_BYTES, n });
    },
    tellStatus: (d, event) =>
      d.notify({ kind: 'device-status', body: { device: d.id, worn: false, battery: d.memory.battery }, bytes: STATUS_BYTES, n: event.n }),
    drain: (d) => {
      d.memory.battery -= d.bound(sensorOf).drain;
      if (d.memory.battery <= 0) {
        d.memory.battery = 0;
        d.raise('battery-empty');
      }
    },
    fill: (d) => {
      d.memory.battery = Math.min(1, d.memory.battery + d.parameter('oximeter.report-period') / d.parameter('oximeter.charge-time'));
    },
  },
});
