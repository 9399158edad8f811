import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { fitting } from '../../viewer/map/fitting.ts';
import { mark } from '../../viewer/map/packets.ts';
import { TRAFFIC, type TrafficClass } from '../../viewer/story/traffic.ts';
import { ROOT } from '../house/source.ts';

describe('labels on the map', () => {
  it('stay as they are where they fit, and say that they are cut where they do not', () => {
    expect(fitting('hospital-edge', 76)).toBe('hospital-edge');
    expect(fitting('oximeter-of-the-grandmother', 76)).toBe('oximeter-of-…');
    expect(fitting('bedroom', 0)).toBe('b…');
  });
});

describe('marks of messages', () => {
  /** Keeps the names of what is called on it. */
  function drawn(kind: TrafficClass, sealed: boolean): string[] {
    const calls: string[] = [];
    const context = new Proxy({}, { get: (_target, name) => () => calls.push(String(name)), set: () => true });
    mark(context as CanvasRenderingContext2D, kind, sealed, { x: 0, y: 0 });
    return calls;
  }

  it('are hollow when what they carry is encrypted; the dash of housekeeping is too thin for that', () => {
    for (const kind of TRAFFIC) {
      expect(drawn(kind, false).at(-1), kind).toBe('fill');
      expect(drawn(kind, true).at(-1), kind).toBe(kind === 'network' ? 'fill' : 'stroke');
    }
  });

  it('have a shape for each class', () => {
    const shapes = TRAFFIC.map((kind) => drawn(kind, false).join());
    expect(drawn('clinical', false)).toContain('arc');
    expect(drawn('adversary', false).filter((call) => call === 'lineTo')).toHaveLength(3);
    expect(shapes.every((shape) => shape.startsWith('beginPath'))).toBe(true);
  });
});

describe('wires', () => {
  const style = readFileSync(join(ROOT, 'viewer/style.css'), 'utf8');
  const schemes = { light: style.slice(0, style.indexOf('@media')), dark: style.slice(style.indexOf('@media'), style.indexOf('* {')) };
  const channel = (value: number): number => (value <= 0.039_28 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4);
  /** Relative luminance, WCAG 2. */
  function luminance(colour: string): number {
    const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => channel(Number.parseInt(colour.slice(at, at + 2), 16) / 255));
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  }

  it.each(Object.entries(schemes))('can be told from the page, %s', (_name, scheme) => {
    const colour = (name: string): string => new RegExp(`--${name}: (#[0-9a-f]{6})`).exec(scheme)![1]!;
    for (const name of ['private', 'guest', 'medical']) {
      const [dark, bright] = [luminance(colour('page')), luminance(colour(name))].toSorted((a, b) => a - b) as [number, number];
      expect((bright + 0.05) / (dark + 0.05), name).toBeGreaterThanOrEqual(3);
    }
    for (const [, rule] of style.matchAll(/^\.wire[^{]*\{([^}]*)\}/gm)) expect(rule).not.toContain('opacity');
  });
});
