import { isNode, lineOf, parse, walk, type Complaint, type Node } from './source.ts';

/**
 * The engine knows no device (design principle 8): not by import (the layers see to that) and not by name either.
 * A name is the kind of a device model or the id of a technique, as a string or as a key of an object.
 */

/** Kinds that are also words of the contracts themselves, which the engine has to speak: who bears a burden, who lives there. */
const WORDS_OF_THE_CONTRACT = new Set(['patient', 'household', 'adversary-host', 'device-vendor']);

/** Kinds and ids that models or techniques in `text` define: `defineDevice({ kind: … })`, `defineTechnique({ id: … })`. */
export function definedNames(file: string, text: string): string[] {
  const names: string[] = [];
  walk(parse(text, file), (node) => {
    if (node.type !== 'CallExpression') return;
    const callee = node['callee'] as Node;
    const definition = (node['arguments'] as readonly Node[])[0];
    const key = callee['name'] === 'defineDevice' ? 'kind' : callee['name'] === 'defineTechnique' ? 'id' : null;
    if (key === null || definition?.type !== 'ObjectExpression') return;
    for (const property of definition['properties'] as readonly Node[]) {
      const value = property['value'];
      if (nameOf(property['key']) === key && isNode(value) && typeof value['value'] === 'string') names.push(value['value']);
    }
  });
  return names;
}

/** @returns a complaint for every string or key in `text` that is one of `names`. */
export function checkIgnorance(file: string, text: string, names: ReadonlySet<string>): Complaint[] {
  const complaints: Complaint[] = [];
  walk(parse(text, file), (node) => {
    const said =
      node.type === 'Literal' ? node['value'] : node.type === 'TemplateElement' ? (node['value'] as { cooked: string }).cooked : null;
    if (typeof said !== 'string' || !names.has(said) || WORDS_OF_THE_CONTRACT.has(said)) return;
    complaints.push({ file, line: lineOf(text, node.start), message: `names "${said}", which is a device or technique` });
  });
  return complaints;
}

function nameOf(key: unknown): string | null {
  if (!isNode(key)) return null;
  if (key.type === 'Identifier') return key['name'] as string;
  return typeof key['value'] === 'string' ? key['value'] : null;
}
