import { describe, expect, it } from 'vitest';
import { bpCuff } from '../../../devices/medical/bp-cuff.ts';
import { pulseOximeter } from '../../../devices/medical/pulse-oximeter.ts';
import { thermometer } from '../../../devices/medical/thermometer.ts';
import { HOUR, MINUTE } from '../../../sim/kernel/time.ts';
import { FakeDevice, type FakeOptions } from '../fake-device.ts';

const body = { 'patient.spo2': 90.2, 'patient.pulse': 84, 'patient.resp': 18, 'patient.sbp': 127.6, 'patient.temp': 36.84 };
function worn(model: typeof pulseOximeter, id: string, options: FakeOptions = {}): FakeDevice {
  const d = new FakeDevice(model, { id, ...options });
  for (const [quantity, value] of Object.entries(body)) d.senses.set(quantity, value);
  return d;
}

describe('the pulse oximeter', () => {
  it('reports once a period what it senses, and records each value with its reference', () => {
    const d = worn(pulseOximeter, 'oximeter').run(2 * MINUTE);
    expect(d.did('notify')).toMatchObject([{ n: 1, body: { ref: 'oximeter/1', spo2: 90, pulse: 84, resp: 18 } }, { n: 2 }]);
    expect(d.did('record', 'measured').map((deed) => deed.body)).toContainEqual({ ref: 'oximeter/2', code: 'spo2', value: 90 });
  });
  it('reports no vitals off the finger and keeps its numbering, so that a twin that wears it has the same numbers', () => {
    const d = worn(pulseOximeter, 'oximeter')
      .run(MINUTE)
      .fire('slipped')
      .run(2 * MINUTE);
    expect(d.did('notify', 'device-status')).toHaveLength(2);
    d.fire('put-on').forget().run(MINUTE);
    expect(d.did('notify')).toMatchObject([{ name: 'vital', n: 4 }]);
  });
  it('is flat after its battery life and works again after charging', () => {
    const d = worn(pulseOximeter, 'oximeter').run(37 * HOUR);
    expect(d.state).toBe('flat');
    expect(d.forget().run(HOUR).did('notify')).toEqual([]);
    d.fire('charge').run(HOUR).fire('put-on').run(MINUTE);
    expect(d.did('notify', 'vital')).toHaveLength(1);
    expect(d.memory.battery).toBeGreaterThan(0.9);
  });
  it('is spoiled by motion for some reports, without any attacker', () => {
    const d = worn(pulseOximeter, 'oximeter', { draw: (purpose, n) => (purpose === 'motion' ? (n === 2 ? 0 : 0.9) : undefined) }).run(
      8 * MINUTE,
    );
    const pulses = d.did('notify').map((deed) => deed.body!['pulse'] as number);
    expect(pulses[0]).toBe(84);
    expect(pulses[1]).toBeGreaterThan(90);
    expect(pulses.at(-1)).toBe(84);
  });
});

describe('the blood pressure cuff', () => {
  it('takes its time and tells one systolic pressure', () => {
    const d = worn(bpCuff as never, 'bp-cuff').fire('measure', null, { n: 3 });
    expect(d.did('notify')).toEqual([]);
    expect(d.run(MINUTE).did('notify')).toMatchObject([{ n: 3, body: { ref: 'bp-cuff/3', sbp: 128 } }]);
    expect(d.state).toBe('idle');
  });
  it('repeats a failed reading once, then gives up', () => {
    const d = worn(bpCuff as never, 'bp-cuff', { draw: (purpose) => (purpose === 'failed' ? 0 : undefined) })
      .fire('measure', null, { n: 1 })
      .run(10 * MINUTE);
    expect(d.did('after', 'deflated')).toHaveLength(2);
    expect(d.did('notify')).toEqual([]);
    expect(d.state).toBe('idle');
  });
});

describe('the thermometer', () => {
  it('reads to a tenth of a degree', () => {
    const d = worn(thermometer as never, 'thermometer')
      .fire('measure', null, { n: 2 })
      .run(MINUTE);
    expect(d.did('notify')).toMatchObject([{ body: { ref: 'thermometer/2', temp: 36.8 } }]);
  });
});
