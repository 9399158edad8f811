import { next, techniques } from '../attacks/index.ts';
import { devices, publicKnowledge } from '../devices/index.ts';
import type { Catalogue } from './model/catalogue.ts';

/**
 * Joins the engine with the devices and techniques that come with it. Used by the three composition roots only: the
 * command line, the pool's worker and the viewer's worker (design principle 8).
 */
export const catalogue: Catalogue = {
  devices: new Map(devices.map((model) => [model.kind, model])),
  techniques: new Map(techniques.map((technique) => [technique.id, technique])),
  planner: next,
  publicKnowledge: new Map(publicKnowledge),
};
