import type { Catalogue } from '../../../model/catalogue.ts';
import type { Parameter } from '../../../model/parameters.ts';
import type { DeviceSpec, WorldSpec } from '../../../model/spec.ts';
import { kindOf, partModel, type Witness } from './parts.ts';
import { OWN_KINDS, type Plan, type Thing } from './plan.ts';
import { TECHNIQUE, randomTechnique } from './technique.ts';

const own = (thing: Thing): boolean => OWN_KINDS.some((kind) => kind === thing.kind);

const SECONDS_PER_HOUR = 3600;

/** A plan as a world's specification. @param registry parameters that the plan does not state */
export function specOf(plan: Plan, registry: readonly Parameter[]): WorldSpec {
  return {
    id: `fuzz ${plan.seed}`,
    title: `fuzz ${plan.seed}`,
    hours: plan.seconds / SECONDS_PER_HOUR,
    course: 'natural',
    segments: plan.segments,
    line: { kind: plan.line },
    devices: plan.things.map(deviceOf),
    household: { residents: 1, visitorsPerWeek: 0 },
    care: { plan: 'fuzz', news2Scale: 1, oxygen: false, spo2Target: [94, 98] },
    threat:
      plan.adversary === null
        ? null
        : {
            id: 'fuzz',
            title: 'fuzz',
            start: { position: plan.adversary.radio ? 'radio' : 'internet', capability: 'high' },
            alternatives: [[{ technique: TECHNIQUE, args: {} }], [{ technique: TECHNIQUE, args: {} }]],
            goal: { record: 'disclosure', where: {}, count: 1 },
          },
    adversary: { inRange: true, inside: plan.adversary?.inside ?? [], knows: [] },
    failures: plan.failures.map(({ of, on, at, lasts }) => ({
      of,
      on,
      fromHours: at / (SECONDS_PER_HOUR * 1000),
      minutes: lasts / (60 * 1000),
    })),
    parameters: [
      ...registry.filter(({ id }) => !(id in plan.parameters)),
      ...Object.keys(plan.parameters).map((id) => parameterOf(plan, id)),
    ],
  };
}

function deviceOf(thing: Thing): DeviceSpec {
  return {
    id: thing.id,
    kind: own(thing) ? kindOf(thing) : thing.kind,
    title: thing.id,
    on: thing.on,
    via: thing.via,
    zone: 'home',
    room: null,
    roles: thing.roles,
    settings: thing.settings,
    power: thing.power,
    supply: thing.supply,
  };
}

function parameterOf(plan: Plan, id: string): Parameter {
  const value = plan.parameters[id]!;
  const rest = { id, unit: '', source: 'fuzz', grade: 'assumption' as const };
  return (typeof value === 'number' ? { ...rest, value } : { ...rest, distribution: value }) as Parameter;
}

/** What the plan's world is built from besides its specification. */
export function catalogueOf(plan: Plan, models: Catalogue, witness: Witness): Catalogue {
  const parts = plan.things.filter(own).map((thing) => partModel(thing, plan, witness));
  return {
    devices: new Map([...models.devices, ...parts.map((model) => [model.kind, model] as const)]),
    techniques: plan.adversary === null ? new Map() : new Map([[TECHNIQUE, randomTechnique(plan.adversary)]]),
    // One step after the other, whether or not the first went well.
    planner: (alternatives, { attempts }) =>
      attempts.length < alternatives.length ? { alternative: attempts.length, step: 0 } : 'exhausted',
    publicKnowledge: models.publicKnowledge,
  };
}
