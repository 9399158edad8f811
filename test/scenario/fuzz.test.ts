import fc from 'fast-check';
import { describe, it } from 'vitest';
import { InputError, loadHome, loadLibrary, loadStudy, resolve } from '../../sim/scenario/index.ts';
import { fakeCatalogue } from './fake-catalogue.ts';
import { BASE, files, projectReader, REFERENCE, withFiles } from './project.ts';

/** Law: whatever stands in a file or on the command line, the scenario layer answers with a result or an InputError. */
const library = loadLibrary(withFiles({}), fakeCatalogue);
const home = loadHome('scenarios/homes/reference.yaml', withFiles({}), fakeCatalogue);

function survives(work: () => unknown): void {
  try {
    work();
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
  }
}

const through = (path: string, text: string): void => {
  const reader = withFiles({ [path]: text });
  survives(() => {
    if (path.includes('/homes/'))
      resolve(loadHome(path, reader, fakeCatalogue), { threat: 'te2-reading-tamper', mitigations: 'recommended' }, library, fakeCatalogue);
    else if (path.includes('/studies/')) loadStudy(path, reader, fakeCatalogue, library);
    else loadLibrary(reader, fakeCatalogue);
  });
};

/** Words that mean something, and some that should not. */
const word = fc.constantFrom(
  'id',
  'devices',
  'segments',
  'router',
  'hub',
  'camera',
  'private',
  '__proto__',
  'constructor',
  'toString',
  'true',
  'null',
  '~',
  '*x',
  '&x',
  '!!x',
  '{',
  '}',
  '[',
  ']',
  ': ',
  '- ',
  '\n',
  '  ',
  '"',
  "'",
  '#',
  '|',
  '>',
  '%',
  '\t',
  '\u0000',
  '0x1',
  '.inf',
  '.nan',
  '1e999',
  '-1',
  '=',
  '.',
);
const edit = fc.record({ at: fc.nat(), drop: fc.integer({ min: 0, max: 30 }), put: fc.oneof(word, fc.string({ maxLength: 8 })) });
const mutate = (text: string, edits: readonly { at: number; drop: number; put: string }[]): string =>
  edits.reduce((now, { at, drop, put }) => {
    const from = at % (now.length + 1);
    return now.slice(0, from) + put + now.slice(from + drop);
  }, text);

const STUDY = projectReader.read('scenarios/studies/cswp34.yaml')!;
const sources: readonly (readonly [string, string])[] = [
  ['scenarios/homes/reference.yaml', REFERENCE],
  ['scenarios/homes/base.yaml', BASE],
  ['scenarios/studies/cswp34.yaml', STUDY],
  ...Object.entries(files).filter(([path]) => !path.includes('/homes/')),
];

describe('bad input never ends in anything but an InputError', () => {
  it.each(sources)('%s with random edits', (path, text) => {
    fc.assert(
      fc.property(fc.array(edit, { minLength: 1, maxLength: 4 }), (edits) => through(path, mutate(text, edits))),
      { numRuns: 60, seed: 1 },
    );
  });

  it('random JSON values as files of every kind', () => {
    const key = fc.oneof(
      word,
      fc.constantFrom(
        'kind',
        'on',
        'settings',
        'steps',
        'any',
        'all',
        'technique',
        'goal',
        'set',
        'care',
        'line',
        'arms',
        'threats',
        'home',
        'extends',
      ),
      fc.string({ maxLength: 5 }),
    );
    const { value } = fc.letrec<{ value: unknown }>((tie) => ({
      value: fc.oneof(
        { depthSize: 'small' },
        fc.constant(null),
        fc.boolean(),
        fc.double(),
        fc.string(),
        key,
        fc.array(tie('value'), { maxLength: 4 }),
        fc.dictionary(key, tie('value'), { maxKeys: 6 }),
      ),
    }));
    fc.assert(
      fc.property(fc.constantFrom(...sources.map(([path]) => path.replace('.yaml', '.json'))), value, (path, content) =>
        through(path, JSON.stringify(content) ?? ''),
      ),
      { numRuns: 300, seed: 1 },
    );
  });

  it('random text', () => {
    fc.assert(
      fc.property(fc.array(word, { maxLength: 40 }), (words) => through('scenarios/homes/mine.yaml', words.join(''))),
      { numRuns: 300, seed: 1 },
    );
  });

  it('random --set arguments', () => {
    const part = fc.constantFrom(
      'devices',
      'camera',
      'hub',
      'router',
      'settings',
      'on',
      'upnp',
      'care',
      'parameters',
      'segments',
      'private',
      '__proto__',
      '0',
      '',
      'length',
      'mitigations',
    );
    const argument = fc
      .tuple(fc.array(part, { maxLength: 5 }), fc.oneof(word, fc.string({ maxLength: 6 }), fc.json({ maxDepth: 2 })))
      .map(([path, value]) => `${path.join('.')}=${value}`);
    fc.assert(
      fc.property(fc.array(argument, { minLength: 1, maxLength: 3 }), (set) =>
        survives(() => resolve(home, { threat: null, mitigations: [], set }, library, fakeCatalogue)),
      ),
      { numRuns: 300, seed: 1 },
    );
  });
});
