import { describe, expect, it } from 'vitest';
import { VITALS } from '../../devices/people/physiology.ts';
import { catalogue } from '../../sim/catalogue.ts';
import { parse } from '../../sim/scenario/document.ts';
import { Complaints } from '../../sim/scenario/errors.ts';
import { goal, goalOf } from '../../sim/scenario/goal.ts';
import { loadHome, loadLibrary, loadStudy, resolve } from '../../sim/scenario/index.ts';
import { isInput } from '../../sim/scenario/reader.ts';
import { run } from '../../sim/world/run.ts';
import { projectReader } from './project.ts';

/** The project's own files against the project's own devices and techniques. */
const library = loadLibrary(projectReader, catalogue);
const inputs = (folder: string): string[] =>
  projectReader
    .list(folder)
    .filter(isInput)
    .map((name) => `${folder}/${name}`);
const home = loadHome('scenarios/homes/reference.yaml', projectReader, catalogue);

describe('the files that come with the project', () => {
  it('homes of every folder resolve under every threat event with their own mitigations', () => {
    for (const path of [...inputs('scenarios/homes'), ...inputs('scenarios/homes/exceptions')]) {
      const one = loadHome(path, projectReader, catalogue);
      // A home without the devices that a threat event names cannot be tried by it; the bare base home is such a one.
      const threats = one.id === 'base' ? [null] : [null, ...library.threats.keys()];
      for (const threat of threats)
        expect(resolve(one, { threat, mitigations: null }, library, catalogue).devices.length).toBeGreaterThan(15);
    }
  });

  it('every care plan runs in the reference home, and has its vitals in the registry', () => {
    const plans = [...new Set([...catalogue.devices.values()].flatMap(({ carePlans }) => carePlans ?? []))];
    expect(plans).toEqual(['copd', 'general']);
    for (const plan of plans) {
      expect(resolve(home, { threat: null, mitigations: 'none', set: [`care.plan=${plan}`] }, library, catalogue).care.plan).toBe(plan);
      for (const vital of VITALS) expect(library.parameters.map(({ id }) => id)).toContain(`patient.${plan}.${vital}`);
    }
  });

  it('goals can name every record that runs report, and all of its fields', () => {
    const TYPES = new Map<string, unknown>([
      ['string', 'x'],
      ['number', 1],
      ['boolean', true],
    ]);
    const goals = new Set<string>();
    for (const threat of ['te2-reading-tamper', 'te4-voice-command']) {
      const spec = resolve(home, { threat, mitigations: 'typical', hours: 8, course: 'deteriorating' }, library, catalogue);
      run(spec, catalogue, {
        seed: 1,
        replication: 0,
        trace: ({ kind, what, fields }) => {
          if (kind !== 'record') return;
          const conditions = Object.entries(fields as object).map(([name, value]) => [name, TYPES.get(typeof value)]);
          goals.add(JSON.stringify({ [String(what)]: Object.fromEntries(conditions) }));
        },
      });
    }
    expect(goals.size).toBeGreaterThan(8);
    const complaints = new Complaints();
    for (const text of goals) goalOf(goal.parse(JSON.parse(text)), parse(`goal: ${text}`, { file: text }), catalogue, complaints);
    complaints.settle();
  });

  it('every set and every mitigation by itself resolves in the reference home', () => {
    for (const mitigations of [...library.sets.keys(), ...library.mitigations.keys()])
      expect(resolve(home, { threat: null, mitigations }, library, catalogue).id).toBe('reference');
  });

  it('the flagship study has an arm for each threat event and set', () => {
    const study = loadStudy('scenarios/studies/cswp34.yaml', projectReader, catalogue, library);
    expect(study.arms).toHaveLength(15);
    expect(study.baseline).toBe('typical');
  });

  it('the reference home is unprotected by itself: the set none is a bound', () => {
    expect(library.sets.get('none')).toEqual([]);
    expect(home.data.router.profile).toBe('neglected');
  });

  it('the five edits of the home that alone decide a threat event resolve', () => {
    const edits = [
      'devices.camera.on=guest',
      'devices.hub.on=lte',
      'devices.speaker.power=off',
      'adversary.in-range=false',
      'devices.speaker.settings.skill-transport=tls',
    ];
    for (const edit of [
      ...edits,
      'router.profile=ir8425a-informed',
      'router.settings.upnp=false',
      'devices.platform.settings.verify-signature=true',
    ])
      expect(resolve(home, { threat: null, mitigations: 'none', set: [edit] }, library, catalogue)).not.toEqual(
        resolve(home, { threat: null, mitigations: 'none' }, library, catalogue),
      );
  });

  it('a mitigation’s settings written by hand give the mitigation’s world', () => {
    for (const mitigation of library.mitigations.values()) {
      const set = mitigation.set.flatMap(({ on, settings }) => {
        const found = [{ id: 'router', kind: home.data.router.model, roles: [] as string[] }, ...home.data.devices].filter(
          ({ id, kind }) =>
            'kind' in on ? kind === on.kind : 'id' in on ? id === on.id : catalogue.devices.get(kind)!.roles.includes(on.role),
        );
        return found.flatMap(({ id, kind }) =>
          Object.entries(settings)
            .filter(([name]) => name === 'wifi.segment' || Object.hasOwn(catalogue.devices.get(kind)!.settings, name))
            .map(([name, value]) => `devices.${id}.settings.${name}=${JSON.stringify(value)}`),
        );
      });
      const profiles = mitigation.set.filter(({ profile }) => profile !== null).map(({ profile }) => `router.profile=${profile}`);
      expect(resolve(home, { threat: null, mitigations: [], set: [...profiles, ...set] }, library, catalogue)).toEqual(
        resolve(home, { threat: null, mitigations: [mitigation.id] }, library, catalogue),
      );
    }
  });
});
