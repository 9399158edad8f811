import { describe, expect, it } from 'vitest';
import { parse } from '../../sim/scenario/document.ts';
import { editorSchemas } from '../../sim/scenario/json-schema.ts';
import { projectReader } from './project.ts';

describe('JSON Schema for editors', () => {
  // `npx vitest run test/scenario -u` writes the files anew after a change of the formats.
  it.each([...editorSchemas()])('scenarios/%s is current', async (name, schema) => {
    await expect(`${JSON.stringify(schema, null, 2)}\n`).toMatchFileSnapshot(`../../scenarios/${name}`);
  });

  it('editors mark what validate refuses, as far as a schema can tell', () => {
    const schemas = editorSchemas() as Map<string, any>;
    const study = schemas.get('study.schema.json').properties;
    expect(study.design.enum).toEqual(['list']);
    expect(study.home.anyOf.map((form: object) => 'not' in form)).toEqual([false, true]);
    expect(schemas.get('threat-event.schema.json').properties.goal).toMatchObject({
      minProperties: 1,
      not: { required: ['count'], maxProperties: 1 },
    });
    expect(schemas.get('parameters.schema.json').items.oneOf).toEqual([{ required: ['value'] }, { required: ['distribution'] }]);
    for (const name of ['home', 'study', 'mitigation', 'set', 'threat-event'])
      expect(schemas.get(`${name}.schema.json`).properties.$schema).toEqual({ type: 'string' });
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
