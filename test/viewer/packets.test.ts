import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { TraceLine } from '../../sim/world/run.ts';
import type { Layout } from '../../viewer/map/layout.ts';
import { Packets } from '../../viewer/map/packets.ts';

/** As much of a browser as the canvas over the map needs; frames and clock are the test's. */
let calls: string[] = [];
let frame: (() => void) | null = null;
let clock = 0;

beforeEach(() => {
  calls = [];
  frame = null;
  clock = 0;
  vi.stubGlobal('matchMedia', () => ({ matches: false, addEventListener: () => {} }));
  vi.stubGlobal('getComputedStyle', () => ({ getPropertyValue: () => '#000' }));
  vi.stubGlobal('document', { hidden: false, documentElement: {} });
  vi.stubGlobal('devicePixelRatio', 1);
  vi.stubGlobal('requestAnimationFrame', (draw: () => void) => {
    frame = draw;
    return 1;
  });
  vi.spyOn(performance, 'now').mockImplementation(() => clock);
});
afterEach(() => {
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

function canvas(): HTMLCanvasElement {
  const context = new Proxy({}, { get: (_target, name) => () => calls.push(String(name)), set: () => true });
  return { getContext: () => context, style: {} } as unknown as HTMLCanvasElement;
}

const spot = (id: string, x: number) => [id, { id, x, y: 0 }] as const;
const layout = { width: 100, height: 100, spots: new Map([spot('oximeter', 0), spot('hub', 80)]), middles: new Map() } as unknown as Layout;

/** What is drawn `ms` after some lines were sent. */
function drawn(packets: Packets, lines: readonly Partial<TraceLine>[], ms: number): string[] {
  packets.send(lines.map((line) => ({ n: 0, t: 0, kind: 'message', ...line })));
  clock += ms;
  calls = [];
  frame?.();
  return calls;
}

const hop = { id: 7, from: 'oximeter', to: 'hub', link: 'ble', what: 'observation' };
const stop: Partial<TraceLine> = { kind: 'verdict', id: 7, from: 'hub', verdict: 'stopped', rule: 'certificate is not valid' };

describe('messages on the map', () => {
  const placed = (): Packets => {
    const packets = new Packets(canvas());
    packets.place(layout);
    return packets;
  };

  it('fly while they are on their way, and are gone when they have arrived', () => {
    const packets = placed();
    expect(drawn(packets, [hop], 100)).toContain('arc');
    expect(drawn(packets, [], 2000)).not.toContain('arc');
  });

  it('are left out when their class is not wanted, or when another run begins', () => {
    const packets = placed();
    packets.show('clinical', false);
    expect(drawn(packets, [hop], 100)).not.toContain('arc');
    packets.show('clinical', true);
    expect(drawn(packets, [{ ...hop, id: 8 }], 100)).toContain('arc');
    packets.reset();
    expect(drawn(packets, [], 10)).not.toContain('arc');
  });

  it('end in a cross where they were stopped, after they have got there; not where the medium lost them', () => {
    expect(drawn(placed(), [hop, stop], 100)).not.toContain('lineTo');
    const packets = placed();
    drawn(packets, [hop, stop], 100);
    expect(drawn(packets, [], 400).filter((call) => call === 'lineTo')).toHaveLength(2);
    expect(drawn(placed(), [{ ...stop, rule: 'lost in the air' }], 100)).not.toContain('lineTo');
  });
});
