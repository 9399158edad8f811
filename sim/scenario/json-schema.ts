import { z } from 'zod';
import { homeFile } from './home-schema.ts';
import { mitigationFile } from './mitigation.ts';
import { parameterFile } from './parameters.ts';
import { setFile } from './sets.ts';
import { studyFile } from './study-schema.ts';
import { threatFile } from './threat.ts';

const FILES = {
  home: homeFile,
  study: studyFile,
  mitigation: mitigationFile,
  set: setFile,
  'threat-event': threatFile,
  parameters: parameterFile,
} as const;

/** What zod leaves to checks of ours and JSON Schema can say all the same. */
const FURTHER: Readonly<Partial<Record<string, object>>> = {
  parameters: {
    oneOf: [{ required: ['value'] }, { required: ['distribution'] }],
    anyOf: [{ required: ['range'] }, { not: { properties: { grade: { const: 'assumption' } } } }],
  },
};

/** JSON Schema by file name (scenarios/<name>.schema.json) for editors; draft 7, which they understand best. */
export function editorSchemas(): Map<string, object> {
  return new Map(
    Object.entries(FILES).map(([name, schema]) => {
      const said = z.toJSONSchema(schema, { target: 'draft-7', io: 'input' });
      // A file may name its schema.
      if (said.properties !== undefined) said.properties = { $schema: { type: 'string' }, ...said.properties };
      else Object.assign(said.items as object, FURTHER[name]);
      return [`${name}.schema.json`, { title: `Homeward ${name}`, ...said }];
    }),
  );
}
