import { describe, expect, it } from 'vitest';
import { parse } from '../../sim/scenario/document.ts';
import { editorSchemas } from '../../sim/scenario/json-schema.ts';
import { projectReader } from './project.ts';

describe('JSON Schema for editors', () => {
  // `npx vitest run test/scenario -u` writes the files anew after a change of the formats.
  it.each([...editorSchemas()])('scenarios/%s is current', async (name, schema) => {
    await expect(`${JSON.stringify(schema, null, 2)}\n`).toMatchFileSnapshot(`../../scenarios/${name}`);
  });

  it('every scenario file names the schema that stands for its folder', () => {
    const folders = { homes: 'home', studies: 'study', mitigations: 'mitigation', sets: 'set', parameters: 'parameters' };
    for (const [folder, schema] of Object.entries(folders))
      for (const name of projectReader.list(`scenarios/${folder}`)) {
        const text = projectReader.read(`scenarios/${folder}/${name}`)!;
        const comment = /^# yaml-language-server: \$schema=(.*)$/m.exec(text)?.[1];
        if (comment !== undefined) expect(`${name} ${comment}`).toBe(`${name} ../${schema}.schema.json`);
        expect(parse(text, { file: name }).kind).not.toBe('scalar');
      }
  });
});
