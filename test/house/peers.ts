import { isNode, lineOf, parse, walk, type Complaint, type Node } from './source.ts';

/**
 * A model finds others by its settings: an id that it knew by heart would be wrong in a home that has another. Looked at are
 * the places where an id can only be an id; the words in which kinds, roles and channels are written are often the same ones.
 */

/** What the grammar of homes fixes: the router, and the people. `*` is everybody on the segment. */
const FIXED = new Set(['router', 'patient', 'household', '*', '']);
const SUFFIX = '.example';
/** Which argument of a call is an id or a name on the network. */
const CALLS = new Map([
  ['act', 0],
  ['actRandom', 0],
  ['stream', 0],
  ['datagram', 0],
  ['verified', 1],
  ['deviceIds', 0],
]);
/** Fields that hold one: of a channel, and of a rule. */
const FIELDS = new Set(['host', 'src', 'dst', 'credential']);

/** @returns a complaint for every id in `text` that no setting has told */
export function checkPeers(file: string, text: string): Complaint[] {
  const program = parse(text, file);
  const constants = new Map<string, string>();
  walk(program, (node) => {
    const name = (node['id'] as Node | undefined)?.['name'];
    const value = node['init'];
    if (node.type === 'VariableDeclarator' && typeof name === 'string' && isNode(value) && typeof value['value'] === 'string')
      constants.set(name, value['value']);
  });
  /** Text that is known without running anything, or null. */
  const textOf = (node: unknown): string | null => {
    if (!isNode(node)) return null;
    if (node.type === 'Literal') return typeof node['value'] === 'string' ? node['value'] : null;
    if (node.type === 'Identifier') return constants.get(node['name'] as string) ?? null;
    if (node.type !== 'TemplateLiteral') return null;
    const parts = (node['expressions'] as readonly Node[]).map(textOf);
    const quasis = (node['quasis'] as readonly Node[]).map((quasi) => (quasi['value'] as { cooked: string }).cooked);
    return parts.includes(null) ? null : quasis.map((quasi, i) => quasi + (parts[i] ?? '')).join('');
  };
  const complaints: Complaint[] = [];
  const look = (node: unknown): void => {
    const said = textOf(node);
    const id = said?.endsWith(SUFFIX) === true ? said.slice(0, -SUFFIX.length) : said;
    if (id === null || id === undefined || FIXED.has(id)) return;
    complaints.push({ file, line: lineOf(text, (node as Node).start), message: `knows "${said}" by heart; a setting must tell it` });
  };
  walk(program, (node) => {
    if (node.type === 'CallExpression') {
      const callee = node['callee'] as Node;
      const name = (callee['name'] ?? (callee['property'] as Node | undefined)?.['name']) as string;
      const at = CALLS.get(name);
      if (at !== undefined) look((node['arguments'] as readonly Node[])[at]);
    } else if (node.type === 'Property' && FIELDS.has(String((node['key'] as Node)['name']))) look(node['value']);
    else if (node.type === 'BinaryExpression') {
      const [left, right] = [node['left'] as Node, node['right'] as Node];
      if ((left['property'] as Node | undefined)?.['name'] === 'credential') look(right);
      if ((left['callee'] as Node | undefined)?.['name'] === 'certificateOf') look(right);
    }
  });
  return complaints;
}
