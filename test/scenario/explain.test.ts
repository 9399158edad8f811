import { describe, expect, it } from 'vitest';
import { loadHome, loadLibrary, loadStudy } from '../../sim/scenario/index.ts';
import { complaintsOf } from './complaints.ts';
import { fakeCatalogue } from './fake-catalogue.ts';
import { files, withFiles } from './project.ts';

const ofHome = (text: string): string =>
  complaintsOf(() => loadHome('h.yaml', withFiles({ 'h.yaml': `id: h\nextends: reference\n${text}\n` }), fakeCatalogue)).join('\n');
const ofFigure = (text: string): string =>
  complaintsOf(() =>
    loadLibrary(
      withFiles({ 'scenarios/parameters/p.yaml': `- { id: a.b, unit: s, source: ours, grade: published, ${text} }\n` }),
      fakeCatalogue,
    ),
  ).join('\n');

describe('what is wrong with a word', () => {
  it.each([
    [
      'devices: [{ id: camera, on: Private }]',
      'h.yaml:3:29: devices.camera.on: expected a segment, or a list of segments in order of preference; an id has lower-case letters, digits and hyphens; got "Private". Write for instance private.',
    ],
    [
      'router: { profile: Typical }',
      'expected one of the model\'s profiles; an id has lower-case letters, digits and hyphens; got "Typical". Write for instance typical.',
    ],
    ['care: { plan: COPD }', 'got "COPD". Write for instance copd.'],
    ['segments: [Private]', 'got "Private". Write for instance private.'],
    ['household: { languages: [EN] }', 'expected a language tag, en or ja; got "EN". Replace'],
  ])('that is no id: %s', (text, complaint) => {
    expect(ofHome(text)).toContain(complaint);
  });

  it('that names a form: the forms there are, and the nearest', () => {
    expect(ofFigure('distribution: { kind: exponentil, mean: 5 }')).toMatch(
      /p\.yaml:1:77: a\.b\.distribution\.kind: expected one of constant, uniform, .*; got "exponentil"\. Write "exponential", the nearest known\./,
    );
    expect(ofFigure('distribution: { kind: 5 }')).toContain('kind: expected one of constant');
    expect(ofFigure('distribution: { mean: 5 }')).toContain('"kind" is missing');
  });
});

describe('keys of two forms at once', () => {
  it('do not go together', () => {
    expect(ofHome('parameters: { oximeter.report-period: { value: 5, distribution: { kind: constant, value: 1 } } }')).toContain(
      'h.yaml:3:51: "distribution" does not go with "value" in parameters.oximeter.report-period. Keep one of them.',
    );
    const mitigation = files['scenarios/mitigations/medical-segmentation.yaml']!.replace(
      '{ role: hah-kit }',
      '{ kind: phone, role: hah-kit }',
    );
    expect(complaintsOf(() => loadLibrary(withFiles({ 'scenarios/mitigations/m.yaml': mitigation }), fakeCatalogue)).join('\n')).toContain(
      '"role" does not go with "kind" in set.1.on. Keep one of them.',
    );
    const study =
      'id: s\nquestion: q\nhome: ../homes/reference.yaml\nthreats: [null]\narms: { sets: [typical], mitigations: [] }\noutcomes: [lostCalls]\n';
    const reader = withFiles({ 'scenarios/studies/s.yaml': study });
    expect(
      complaintsOf(() => loadStudy('scenarios/studies/s.yaml', reader, fakeCatalogue, loadLibrary(reader, fakeCatalogue))).join('\n'),
    ).toContain('s.yaml:5:26: unknown key "mitigations" in arms. Known, nearest first: ');
  });
});
