import { describe, expect, it } from 'vitest';
import { catalogue } from '../../sim/catalogue.ts';
import { libraryAnswer } from '../../sim/cli/files.ts';
import type { WorldSpec } from '../../sim/model/spec.ts';
import { Shelf } from '../../viewer/engine/library.ts';
import { layOut, pathOf, type Layout } from '../../viewer/map/layout.ts';

const { files, homes } = libraryAnswer();
const shelf = new Shelf(files, homes, catalogue);
const spec = (threat: string | null): WorldSpec =>
  shelf.spec({ home: 'scenarios/homes/reference.yaml', threat, mitigations: 'recommended', course: 'natural', seed: 1 });

const ICON = 24;

describe.each([375, 560, 760, 900, 1400])('the map at %i pixels', (width) => {
  const layout: Layout = layOut(spec('te1-voice-eavesdrop'), width);

  it('shows every device and the adversary’s hosts, each inside its zone', () => {
    const home = spec('te1-voice-eavesdrop');
    expect([...layout.spots.keys()].toSorted()).toEqual([...home.devices.map(({ id }) => id), 'attacker', 'neighbour'].toSorted());
    for (const spot of layout.spots.values()) {
      const zone = layout.zones.find(
        (box) => spot.x > box.x && spot.x < box.x + box.width && spot.y > box.y && spot.y < box.y + box.height,
      );
      expect(zone, spot.id).toBeDefined();
      const wanted = home.devices.find(({ id }) => id === spot.id)?.zone ?? (spot.id === 'attacker' ? 'internet' : 'home');
      expect(zone!.id, spot.id).toBe(wanted);
    }
  });

  it('lets no two icons overlap, and nothing leave the picture', () => {
    const spots = [...layout.spots.values()];
    for (const a of spots) {
      expect(a.x - ICON, a.id).toBeGreaterThan(0);
      expect(a.x + ICON, a.id).toBeLessThan(width);
      expect(a.y + ICON, a.id).toBeLessThan(layout.height);
      for (const b of spots) {
        if (a.id < b.id) expect(Math.abs(a.x - b.x) >= 2 * ICON || Math.abs(a.y - b.y) >= 2 * ICON, `${a.id} and ${b.id}`).toBe(true);
      }
    }
  });

  it('gives every device on a network a line to the middle of its segment', () => {
    const wired = new Set(layout.wires.map(({ device }) => device));
    const home = spec('te1-voice-eavesdrop');
    for (const device of home.devices) {
      const gateway = home.segments.some((segment) => segment.gateway === device.id);
      if ((device.on.length > 0 || device.via !== null) && !gateway) expect(wired.has(device.id), device.id).toBe(true);
    }
  });
});

describe('the way of a hop', () => {
  const layout = layOut(spec('te2-reading-tamper'), 900);
  const router = layout.spots.get('router')!;

  it('goes through the gateway from station to station', () => {
    const segment = spec(null).devices.find(({ id }) => id === 'camera')!.on[0]!;
    expect(pathOf(layout, 'camera', 'tv', segment)).toHaveLength(3);
    expect(pathOf(layout, 'camera', 'tv', segment)[1]).toEqual({ x: router.x, y: router.y });
  });

  it('is direct to the gateway, and by Bluetooth', () => {
    expect(pathOf(layout, 'router', 'isp', 'line')).toHaveLength(2);
    expect(pathOf(layout, 'oximeter', 'hub', 'ble')).toHaveLength(2);
  });

  it('ends at the gateway for a broadcast, and is nothing for hosts that are not shown', () => {
    const segment = spec(null).devices.find(({ id }) => id === 'camera')!.on[0]!;
    expect(pathOf(layout, 'camera', '*', segment)).toHaveLength(2);
    expect(pathOf(layout, 'nowhere', '*', 'nosegment')).toHaveLength(0);
  });
});

describe('the menu', () => {
  it('offers the five threat events, the three sets, and mitigations of all six families', () => {
    const { threats, sets, mitigations } = shelf.menu;
    expect(threats.map(({ id }) => id.slice(0, 3)).toSorted()).toEqual(['te1', 'te2', 'te3', 'te4', 'te5']);
    expect(sets.map(({ id }) => id)).toEqual(expect.arrayContaining(['none', 'typical', 'recommended']));
    expect(new Set(mitigations.map(({ family }) => family)).size).toBe(6);
  });
});
