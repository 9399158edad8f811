import { describe, expect, it } from 'vitest';
import { nursePanel } from '../../../devices/hospital/nurse-panel.ts';
import { DAY, HOUR, MINUTE } from '../../../sim/kernel/time.ts';
import { FakeDevice, type FakeOptions } from '../fake-device.ts';

/** A desk without planned visits or calls, so that only the kit's silence matters. */
function desk(options: FakeOptions = {}): FakeDevice {
  const d = new FakeDevice(nursePanel, { id: 'nurse-panel', ...options });
  d.timers.length = 0;
  return d.forget();
}
const say = (d: FakeDevice, alarm: number, kind = 'silence'): FakeDevice => d.receive('alarm', { alarm, kind, device: 'hub', tier: 0 });
/** Lets time pass: calls find no kit, and whoever arrives sees a patient who is well. */
function pass(d: FakeDevice, micros: number): FakeDevice {
  const end = d.now + micros;
  const seenBefore = (): number => d.did('act', 'assessed').length;
  for (let seen = seenBefore(); d.now < end; seen = seenBefore()) {
    d.run(MINUTE);
    if (d.state === 'calling') d.fire('call-patient-failed', { reason: 'refused', status: 503 });
    if (seenBefore() > seen) d.fire('patient-seen', { how: 'extra', condition: 'stable' }, { from: 'patient' });
  }
  return d;
}
/** The platform repeats its notice every two hours while the kit is silent. */
function silentFor(d: FakeDevice, hours: number): FakeDevice {
  for (let i = 0; i < hours / 2; i++) pass(say(d, i + 1), 2 * HOUR);
  return d;
}
const visits = (d: FakeDevice): string[] => d.did('record', 'visit').map((deed) => String(deed.body!['why']));
const calls = (d: FakeDevice): number => d.did('request', 'call-patient').length;

describe('a kit that is silent', () => {
  it('brings a nurse when no call gets through, then rounds by hand and one technician instead of ever the same visit', () => {
    const d = desk();
    d.mending = 'ran';
    silentFor(d, 24);
    expect(calls(d)).toBe(2);
    expect(visits(d)).toEqual(['call lost', 'technician for the kit', ...Array<string>(3).fill('no word from the kit')]);
    expect(d.did('act', 'assessed')).toHaveLength(4);
  });
  it('is looked into anew by a technician once a day, and no oftener', () => {
    const d = desk();
    d.mending = 'ran';
    silentFor(d, 72);
    expect(d.did('record', 'kit-visit').map((deed) => deed.body)).toEqual(Array(3).fill({ device: 'hub', found: 'ran' }));
  });
  it('has waits with luck of their own: each drive, and each technician', () => {
    const drawn: string[] = [];
    const d = desk({ draw: (purpose, n) => void drawn.push(`${purpose}/${n}`) });
    d.mending = 'ran';
    silentFor(d, 72);
    for (const [purpose, least] of [
      ['drive', 10],
      ['technician', 3],
    ] as const) {
      const own = drawn.filter((one) => one.startsWith(`${purpose}/`));
      expect(own.length).toBeGreaterThanOrEqual(least);
      expect(new Set(own).size).toBe(own.length);
    }
  });
  it('is got going by the technician, who sees no patient: he measures nothing', () => {
    const d = desk();
    pass(say(d, 1), 2 * HOUR).forget();
    d.fire('technician-arrives', { device: 'hub' }, { n: 1 });
    expect(d.did('mend')).toEqual([]);
    d.run(30 * MINUTE);
    expect(d.did('mend')).toMatchObject([{ to: 'hub' }]);
    expect(d.did('act')).toEqual([]);
    expect(d.did('record').map(({ name }) => name)).toEqual(['visit', 'kit-visit', 'burden']);
    expect(d.did('record', 'burden')).toMatchObject([{ body: { who: 'it', minutes: 30 } }]);
  });
  it('that speaks again needs neither technician nor rounds, and its next silence is a new one', () => {
    const d = desk();
    pass(say(d, 1), 2 * HOUR);
    say(d, 2, 'heard');
    expect(d.did('reply', 'alarm-ack')).toHaveLength(2);
    pass(d.forget(), DAY);
    expect(visits(d)).toEqual([]);
    pass(say(d, 3), 2 * HOUR);
    expect(calls(d)).toBe(2);
    expect(visits(d)).toEqual(['call lost']);
  });
  it('is not silent by an old word that comes after that of its being heard', () => {
    const d = say(say(desk(), 8, 'heard'), 7);
    expect(d.memory.silent).toBeNull();
    expect(say(d, 9).memory.silent).toEqual({ device: 'hub', visited: false });
  });
  it('is silent still when the word of its being heard before comes late', () => {
    const d = say(pass(say(desk(), 7), 2 * HOUR), 9);
    expect(say(d, 8, 'heard').memory.silent).toEqual({ device: 'hub', visited: true });
    expect(d.did('reply', 'alarm-ack').map((deed) => deed.body)).toContainEqual({ alarm: 8 });
    expect(say(d, 10, 'heard').memory.silent).toBeNull();
  });
  it('keeps the technician there who has come already', () => {
    const d = desk();
    pass(say(d, 1), 2 * HOUR).fire('technician-arrives', { device: 'hub' }, { n: 1 });
    say(d, 2, 'heard');
    expect(
      d
        .forget()
        .run(30 * MINUTE)
        .did('record', 'kit-visit'),
    ).toHaveLength(1);
  });
  it('puts off a round when somebody has seen the patient meanwhile, but not when he was only called', () => {
    const rounds = (how: string): string[] => {
      const d = pass(say(desk({ parameters: { 'technician.arrival': 1e9 } }), 1), 5 * HOUR).forget();
      d.fire('patient-seen', { how, condition: 'stable' }, { from: 'patient' });
      return visits(pass(d, 3 * HOUR));
    };
    expect(rounds('visit')).toEqual([]);
    expect(rounds('call')).toEqual(['no word from the kit']);
  });
  it('does not keep the desk from other alarms', () => {
    const d = pass(say(desk(), 1), 2 * HOUR).forget();
    pass(say(d, 2, 'check-in'), HOUR);
    expect(calls(d)).toBe(2);
    expect(visits(d)).toEqual(['call lost']);
  });
});
