import type { DeviceModel } from './device.ts';
import type { Technique } from './technique.ts';

/** What a world is built from besides its specification. */
export interface Catalogue {
  readonly devices: ReadonlyMap<string, DeviceModel>;
  readonly techniques: ReadonlyMap<string, Technique>;
}
