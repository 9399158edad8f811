import { describe, expect, it } from 'vitest';
import { loadLibrary, loadStudy } from '../../sim/scenario/index.ts';
import { complaintsOf } from './complaints.ts';
import { fakeCatalogue } from './fake-catalogue.ts';
import { withFiles } from './project.ts';

const library = loadLibrary(withFiles({}), fakeCatalogue);
const STUDY = `id: mine
question: How much?
home: ../homes/reference.yaml
threats: [te2-reading-tamper]
arms: { sets: [typical, recommended], baseline: typical }
replications: { at-least: 200, at-most: 5000, until: { outcome: recordsExposed, half-width: 2, level: 0.95 } }
outcomes: [undetectedDeteriorationMinutes, recordsExposed]
`;
const OUTCOMES = ['undetectedDeteriorationMinutes', 'recordsExposed'];
const load = (text = STUDY, path = 'scenarios/studies/mine.yaml') =>
  loadStudy(path, withFiles({ [path]: text }), fakeCatalogue, library, OUTCOMES);
const complaints = (from: string, to: string) => complaintsOf(() => load(STUDY.replace(from, to))).join('\n');

describe('studies', () => {
  it('an arm is a threat event under a set', () => {
    const study = load();
    expect(study.arms.map(({ id }) => id)).toEqual(['te2-reading-tamper/typical', 'te2-reading-tamper/recommended']);
    expect(study.arms[1]).toEqual({
      id: 'te2-reading-tamper/recommended',
      threat: 'te2-reading-tamper',
      set: 'recommended',
      mitigations: ['medical-segmentation', 'unique-credentials'],
    });
    expect(study).toMatchObject({ baseline: 'typical', hours: 24, seed: 1, weights: null, design: 'list', home: { id: 'reference' } });
    expect(study.replications).toEqual({ atLeast: 200, atMost: 5000, until: { outcome: 'recordsExposed', halfWidth: 2, level: 0.95 } });
    expect(JSON.parse(JSON.stringify(study))).toEqual(study);
  });

  it('arms may be listed one by one, and replications be a number', () => {
    const study = load(
      STUDY.replace(
        /arms:.*\n/,
        'arms: [{ id: bare, mitigations: [] }, { id: one, mitigations: [medical-segmentation], baseline: true }]\n',
      ).replace(/replications:.*\n/, 'replications: 50\n'),
    );
    expect(study.arms.map(({ set, mitigations }) => [set, mitigations])).toEqual([
      ['bare', []],
      ['one', ['medical-segmentation']],
    ]);
    expect(study.baseline).toBe('one');
    expect(study.replications).toEqual({ atLeast: 50, atMost: 50, until: null });
  });

  it('nobody attacking is an arm too', () => {
    expect(
      load(STUDY.replace('[te2-reading-tamper]', '[null, te2-reading-tamper]'))
        .arms.map(({ id }) => id)
        .slice(0, 2),
    ).toEqual(['none/typical', 'none/recommended']);
  });

  it.each([
    [
      '[te2-reading-tamper]',
      '[te2-reading-temper]',
      'mine.yaml:4:11: there is no threat event "te2-reading-temper". Write "te2-reading-tamper"',
    ],
    ['[typical, recommended]', '[typical, recomended]', 'mine.yaml:5:25: there is no set "recomended". Write "recommended"'],
    ['baseline: typical', 'baseline: none', 'baseline "none" is none of the sets'],
    [
      '../homes/reference.yaml',
      '../homes/refrence.yaml',
      'mine.yaml:3:7: there is no file scenarios/homes/refrence.yaml. Write "reference.yaml"',
    ],
    ['../homes/reference.yaml', '../../package.json', "leaves the scenario's folder scenarios"],
    ['../homes/reference.yaml', '{ sample: population-2025 }', 'samples of homes are not in this version'],
    [
      'outcomes: [undetectedDeteriorationMinutes',
      'design: sobol\noutcomes: [undetectedDeteriorationMinutes',
      'design "sobol" is not in this version. Write list',
    ],
    ['outcomes: [undetectedDeteriorationMinutes', 'design: lisst\noutcomes: [undetectedDeteriorationMinutes', 'Write "list"'],
    ['recordsExposed]', 'recordExposed]', 'there is no outcome "recordExposed". Write "recordsExposed"'],
    ['outcome: recordsExposed', 'outcome: recordExposed', 'there is no outcome "recordExposed"'],
    ['at-least: 200', 'at-least: 6000', 'expected at-least (6000) to be at most at-most (5000)'],
    ['question: How much?', 'question: How much?\nhours: 1e-12', 'mine.yaml:3:8: hours: expected a number of at least 0.01; got 1e-12'],
    ['question: How much?', 'question: How much?\nhours: 8784', 'mine.yaml:3:8: hours: expected a number of at most 2160; got 8784'],
    ['half-width: 2', 'half-width: 0', 'expected a number more than 0; got 0'],
    ['level: 0.95', 'level: 95', 'expected a number less than 1; got 95'],
    ['at-most', 'at-mst', 'unknown key "at-mst" in replications. Write "at-most"'],
    ['question: How much?', 'question: How much?\nset: [devices.camra.on=guest]', 'mine.yaml:3:7: devices has no "camra". Write "camera"'],
    [
      'question: How much?',
      'question: How much?\nset:\n  - devices.camera.on=guest\n  - devices.camera.settings.credentials=nope',
      'mine.yaml:5:5: credentials: expected one of factory, unique; got "nope"',
    ],
    ['question: How much?', 'question: How much?\nset: [line.kind=fiber]', 'mine.yaml:3:7: line.kind: expected one of fibre'],
    ['question: How much?', 'question: How much?\nset: ["router.settings.upnp=["]', 'mine.yaml:3:7: '],
    ['question: How much?', 'question: How much?\nweights: { te9: 1 }', 'weight for "te9", which the study does not try'],
  ])('with %s → %s: %s', (from, to, complaint) => {
    expect(complaints(from, to)).toContain(complaint);
  });
});
