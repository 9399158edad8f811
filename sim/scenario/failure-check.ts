import type { Catalogue } from '../model/catalogue.ts';
import type { HomeData } from './home-schema.ts';
import { suggest } from './nearest.ts';

type Failure = NonNullable<HomeData['failures']>[number];

/** What is known of the home's names, each complaining where it is wrong; and where else to complain. */
export interface Names {
  isDevice(id: string): boolean;
  isSegment(id: string): boolean;
  complain(what: string, remedy: string | (() => string)): void;
}

/** Can this fail in this home? */
export function checkFailure({ of, on }: Failure, home: HomeData, catalogue: Catalogue, names: Names): void {
  if (of === 'power') {
    if (on !== undefined && names.isDevice(on)) hasPower(on, home, catalogue, names);
    return;
  }
  const [question, example] = of === 'link' ? ['which link fails?', 'line'] : ['whose addresses are used up?', 'private'];
  if (on === undefined) names.complain(question, `Add on: with the id of a segment, for instance on: ${example}`);
  else if (names.isSegment(on) && of === 'addresses') givesAddresses(on, home, names);
}

/** Only a segment of the home's own has a gateway that gives addresses. */
function givesAddresses(id: string, { segments }: HomeData, names: Names): void {
  const segment = segments.find((listed) => typeof listed !== 'string' && listed.id === id);
  const { medium, gateway } = typeof segment === 'object' ? segment : { medium: 'wifi' as const, gateway: undefined };
  if (medium === 'wifi' || (medium === 'ethernet' && gateway !== undefined)) return;
  names.complain(`nobody gives addresses on "${id}"`, 'Name a Wi-Fi segment, or an Ethernet segment with a gateway');
}

/** Only a device that says where its power comes from can lose it. */
function hasPower(id: string, { router, devices }: HomeData, catalogue: Catalogue, names: Names): void {
  const all = [{ id: 'router', kind: router.model }, ...devices.map((device) => ({ id: device.id, kind: device.kind }))];
  const able = all.filter(({ kind }) => catalogue.devices.get(kind)?.supply !== undefined).map((device) => device.id);
  if (!able.includes(id)) names.complain(`"${id}" cannot lose its power in this version`, () => suggest(id, able));
}
