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

/** JSON Schema by file name (scenarios/<name>.schema.json) for editors; draft 7, which they understand best. */
export function editorSchemas(): Map<string, object> {
  return new Map(
    Object.entries(FILES).map(([name, schema]) => [
      `${name}.schema.json`,
      { title: `Homeward ${name}`, ...z.toJSONSchema(schema, { target: 'draft-7', io: 'input' }) },
    ]),
  );
}
