import { isNode, lineOf, parse, walk, type Complaint, type Node } from './source.ts';

/**
 * What code under the engine line may not use (design principle 2): anything whose result can differ between two
 * machines, Node versions or browsers, and anything that exists only in Node.
 */
const EXACT_MATH = new Set(['abs', 'ceil', 'clz32', 'floor', 'fround', 'imul', 'max', 'min', 'round', 'sign', 'sqrt', 'trunc']);

const FORBIDDEN_GLOBALS = new Map<string, string>([
  ['Date', 'simulated time is integer microseconds; wall clocks are injected by the command line'],
  ['Intl', 'its tables differ between builds'],
  ['performance', 'wall clocks are injected by the command line'],
  ['Temporal', 'wall clocks are injected by the command line'],
  ['crypto', 'every draw is addressed'],
  ['globalThis', 'it reaches everything that is forbidden here'],
  ['window', 'exists only in browsers'],
  ['self', 'exists only in browsers'],
  ['document', 'exists only in browsers'],
  ['process', 'exists only in Node'],
  ['Buffer', 'exists only in Node'],
  ['require', 'exists only in Node'],
  ['setTimeout', 'what can still happen is a record in the calendar'],
  ['setInterval', 'what can still happen is a record in the calendar'],
  ['setImmediate', 'what can still happen is a record in the calendar'],
  ['queueMicrotask', 'what can still happen is a record in the calendar'],
  ['fetch', 'the engine does no input or output'],
  ['eval', 'no text is run as code'],
  ['Function', 'no text is run as code'],
  ['WeakRef', 'depends on garbage collection'],
  ['FinalizationRegistry', 'depends on garbage collection'],
]);

const LOCALE_METHODS = /^(toLocale\w*|localeCompare)$/;

/** @returns a complaint for every use in `text` of something that could give other bytes elsewhere. */
export function checkPurity(file: string, text: string): Complaint[] {
  const complaints: Complaint[] = [];
  const complain = (node: Node, message: string): void => {
    complaints.push({ file, line: lineOf(text, node.start), message });
  };
  walk(parse(text, file), (node, parent, field) => {
    if (node.type === 'Identifier' && isReference(parent, field)) {
      const name = node['name'] as string;
      const why = FORBIDDEN_GLOBALS.get(name);
      if (why !== undefined) complain(node, `${name}: ${why}`);
      if (name === 'Math' && !isExactMath(parent, field))
        complain(node, `Math.${memberName(parent) ?? '(passed on)'}: only ${[...EXACT_MATH].join(' ')} are exact everywhere`);
    }
    if (
      (node.type === 'BinaryExpression' && node['operator'] === '**') ||
      (node.type === 'AssignmentExpression' && node['operator'] === '**=')
    ) {
      complain(node, 'the power operator is not exact everywhere; use pow of the kernel');
    }
    if (node.type === 'ForInStatement') complain(node, 'for … in: object keys reorder; use a Map');
    if (node.type === 'MemberExpression') {
      const name = memberName(node);
      if (name !== null && LOCALE_METHODS.test(name)) complain(node, `${name}: depends on the locale`);
    }
    if (node.type === 'MetaProperty') complain(node, 'import.meta differs between Node and browser');
    if (node.type === 'AwaitExpression' || (isFunction(node) && (node['async'] === true || node['generator'] === true))) {
      complain(node, 'no promise or generator holds simulation state');
    }
  });
  return complaints;
}

/** Does this identifier stand for a variable (or type) of that name, rather than for a property or label that happens to be called so? */
function isReference(parent: Node | null, field: string): boolean {
  if (parent === null) return true;
  const computed = parent['computed'] === true;
  if (parent.type === 'MemberExpression') return field === 'object' || computed;
  const named = ['Property', 'PropertyDefinition', 'MethodDefinition', 'TSPropertySignature', 'TSMethodSignature', 'TSEnumMember'];
  if (named.includes(parent.type) && field === 'key') return computed || parent['shorthand'] === true;
  // In `{ Math }` key and value are the same word: one complaint is enough, and the key gives it.
  if (parent.type === 'Property' && field === 'value' && parent['shorthand'] === true) return false;
  if (parent.type === 'TSQualifiedName') return field === 'left';
  return !(parent.type === 'ImportSpecifier' && field === 'imported');
}

function isExactMath(parent: Node | null, field: string): boolean {
  if (parent === null || parent.type !== 'MemberExpression' || field !== 'object') return false;
  const name = memberName(parent);
  return name !== null && EXACT_MATH.has(name);
}

/** `Math.sin`, `Math['sin']` and Math[`sin`] → 'sin'; anything computed → null. */
function memberName(node: Node | null): string | null {
  if (node === null || node.type !== 'MemberExpression' || !isNode(node['property'])) return null;
  const property = node['property'];
  if (node['computed'] !== true) return property.type === 'Identifier' ? (property['name'] as string) : null;
  if (property.type === 'Literal' && typeof property['value'] === 'string') return property['value'];
  if (property.type === 'TemplateLiteral') {
    const quasis = property['quasis'] as readonly { value: { cooked: string } }[];
    return quasis.length === 1 ? quasis[0]!.value.cooked : null;
  }
  return null;
}

function isFunction(node: Node): boolean {
  return ['FunctionDeclaration', 'FunctionExpression', 'ArrowFunctionExpression'].includes(node.type);
}
