import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { emptyBaseline, judge, windowsOf, type MonitorLimits } from '../../../devices/network/flow-monitor.ts';

const limits: MonitorLimits = { warmup: 5, deviations: 3, floorBytes: 1000, leastSpread: 0.1, newPeers: 10 };

describe('flow monitor', () => {
  it('judges nobody before it has seen enough', () => {
    const baseline = emptyBaseline();
    for (let i = 0; i < 5; i++) expect(judge(baseline, 1_000_000 * i, 100, limits)).toBeNull();
  });

  it('calls volume what exceeds mean and spread and the floor, and only that', () => {
    const taught = (): ReturnType<typeof emptyBaseline> => {
      const baseline = emptyBaseline();
      for (const bytes of [900, 1100, 900, 1100, 1000]) judge(baseline, bytes, 0, limits);
      return baseline;
    };
    expect(judge(taught(), 1290, 0, limits)).toBeNull();
    expect(judge(taught(), 1310, 0, limits)).toBe('volume');
    expect(judge(taught(), 1310, 0, { ...limits, floorBytes: 2000 })).toBeNull();
    expect(judge(taught(), 1000, 10, limits)).toBe('new destinations');
    expect(judge(taught(), 1000, 9, limits)).toBeNull();
  });

  it('law: its mean and spread are those of what it learned', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 1_000_000 }), { minLength: 2, maxLength: 60 }), (windows) => {
        const baseline = emptyBaseline();
        for (const bytes of windows) judge(baseline, bytes, 0, { ...limits, warmup: 1000 });
        const mean = windows.reduce((a, b) => a + b, 0) / windows.length;
        expect(baseline.mean).toBeCloseTo(mean, 3);
        expect(baseline.squares).toBeCloseTo(
          windows.reduce((sum, x) => sum + (x - mean) ** 2, 0),
          -2,
        );
      }),
    );
  });

  it('law: a suspicious window leaves the baseline as it was', () => {
    const baseline = emptyBaseline();
    for (let i = 0; i < 6; i++) judge(baseline, 1000, 0, limits);
    const before = { ...baseline };
    expect(judge(baseline, 1e9, 0, limits)).toBe('volume');
    expect(baseline).toEqual(before);
  });

  it('leaves out what a station was expected to send to a destination, and shows where it sent the rest', () => {
    const report = {
      'hub.bytes': 160,
      'hub.evidence': 1,
      'hub.peers': 3,
      'hub.0.address': 7,
      'hub.0.bytes': 90,
      'hub.0.evidence': 1,
      'hub.1.address': 8,
      'hub.1.bytes': 50,
      'hub.1.evidence': 2,
      'hub.2.address': 9,
      'hub.2.bytes': 20,
      'hub.2.evidence': 3,
    };
    const rest = (...expected: [string, number, number][]) => {
      const [window] = windowsOf(
        report,
        ['hub'],
        expected.map(([station, address, bytes]) => ({ station, address, bytes })),
      );
      return [window!.bytes, ...window!.evidence];
    };
    expect(rest()).toEqual([160, 1]);
    expect(rest(['hub', 7, 100])).toEqual([70, 2]);
    expect(rest(['hub', 7, 30])).toEqual([130, 1]);
    expect(rest(['hub', 7, 45], ['hub', 7, 45], ['hub', 8, 50])).toEqual([20, 3]);
    expect(rest(['tv', 7, 100])).toEqual([160, 1]);
    expect(rest(['hub', 6, 100])).toEqual([160, 1]);
  });

  it('reads the windows of its own stations, in order, with or without evidence', () => {
    const report = { 'tv.bytes': 5, 'tv.newPeers': 2, 'camera.bytes': 7, 'camera.peers': 1, 'camera.evidence': 9, 'content.bytes': 99 };
    expect(windowsOf(report, ['tv', 'phone', 'camera'])).toEqual([
      { station: 'camera', bytes: 7, newPeers: 0, evidence: [9] },
      { station: 'tv', bytes: 5, newPeers: 2, evidence: [] },
    ]);
  });
});
