import { z } from 'zod';
import type { SourceNode } from './document.ts';
import { short, type Complaints } from './errors.ts';
import { suggest } from './nearest.ts';
import { child, find, placeOf, placeOfKey, plain, textOf, type Path } from './tree.ts';
import { id } from './words.ts';

type Issue = z.core.$ZodIssue;
type Schema = z.core.$ZodType;

/** Checks a document against a zod schema; what is wrong goes to `complaints`, with places. Null when anything is. */
export function check<T extends z.ZodType>(node: SourceNode, schema: T, complaints: Complaints): z.output<T> | null {
  const outcome = schema.safeParse(plain(node));
  if (outcome.success) return outcome.data;
  for (const issue of outcome.error.issues) {
    if (complaints.full) break;
    explain(issue, [], node, schema, complaints);
  }
  return null;
}

function explain(issue: Issue, base: Path, node: SourceNode, schema: Schema, complaints: Complaints): void {
  const path = [...base, ...(issue.path as (string | number)[])];
  const here = schemasAt([schema], path);
  const last = path.at(-1);
  const found = find(node, path);
  if (issue.code === 'unrecognized_keys') {
    for (const key of issue.keys) {
      if (complaints.full) break;
      const place = placeOfKey(node, path, key);
      const known = keysOf(here);
      // Of several forms each has its keys: one that only another form has is no unknown word.
      if (known.includes(key))
        complaints.add(place, `"${key}" does not go with ${beside(found, issue.keys)}${inside(node, path)}`, 'Keep one of them');
      else complaints.add(place, `unknown key "${short(key)}"${inside(node, path)}`, () => suggest(key, known));
    }
  } else if (found === null && typeof last === 'string') {
    complaints.add(placeOf(node, path), `"${last}" is missing${inside(node, path.slice(0, -1))}`, `Add ${last}: ${expected(here)}`);
  } else if (issue.code === 'invalid_union' && branch(issue) !== null) {
    for (const inner of branch(issue)!) explain(inner, path, node, schema, complaints);
  } else if (issue.code === 'invalid_key') {
    complaints.add(
      placeOfKey(node, path.slice(0, -1), String(last)),
      `key "${short(String(last))}" is not a name${inside(node, path.slice(0, -1))}`,
      'Begin with a letter; use letters, digits, dots and hyphens',
    );
  } else {
    const got = found === null ? 'nothing' : describe(found);
    const place = placeOf(node, path);
    const words = wordsOf(issue);
    const want = wanted(issue, here);
    const where = path.length > 0 ? `${dotted(node, path)}: ` : '';
    if (words.length > 1 && found?.kind === 'scalar')
      complaints.add(place, `${where}expected one of ${words.join(', ')}; got ${got}`, suggest(String(found.value), words));
    else complaints.add(place, `${where}expected ${want}; got ${got}`, remedy(issue, expected(here), want, found));
  }
}

/** The words of which one should stand there. */
function wordsOf(issue: Issue): string[] {
  if (issue.code === 'invalid_value') return issue.values.map(String);
  return issue.code === 'invalid_union' && 'options' in issue ? (issue.options as unknown[]).map(String) : [];
}

/** The keys that a map has besides those that do not belong there. */
function beside(map: SourceNode | null, wrong: readonly string[]): string {
  const others = map?.kind === 'map' ? map.entries.map(({ key }) => key).filter((key) => !wrong.includes(key)) : [];
  return others.length === 0 ? 'what stands beside it' : others.map((key) => `"${short(key)}"`).join(', ');
}

/** Of several forms, the one that was probably meant: of the right type, with the fewest mistakes. */
function branch(issue: Extract<Issue, { code: 'invalid_union' }>): readonly Issue[] | null {
  const fitting = issue.errors.filter(
    (errors) => !errors.some(({ code, path }) => path.length === 0 && (code === 'invalid_type' || code === 'invalid_value')),
  );
  const [first] = [...fitting].sort((a, b) => a.length - b.length);
  return first ?? null;
}

function wanted(issue: Issue, here: readonly Schema[]): string {
  if (issue.code === 'too_small')
    return `${measure(issue.origin)} ${issue.inclusive === false ? 'more than' : 'of at least'} ${issue.minimum}${unit(issue.origin)}`;
  if (issue.code === 'too_big')
    return `${measure(issue.origin)} ${issue.inclusive === false ? 'less than' : 'of at most'} ${issue.maximum}${unit(issue.origin)}`;
  if (issue.code === 'invalid_value') return issue.values.length === 1 ? String(issue.values[0]) : `one of ${issue.values.join(', ')}`;
  if (issue.code === 'invalid_type' && (issue.expected as string) === 'int') return 'a whole number';
  const said = expected(here);
  // What it is an id of stands there already; that ids are in lower case may not.
  if (isId(issue) && !said.startsWith('an id')) return `${said}; an id has lower-case letters, digits and hyphens`;
  if (said !== '…') return said;
  if (issue.code === 'invalid_type') return TYPES.get(issue.expected) ?? issue.expected;
  return issue.message;
}

const TYPES: ReadonlyMap<string, string> = new Map([
  ['string', 'text'],
  ['number', 'a number'],
  ['int', 'a whole number'],
  ['boolean', 'true or false'],
  ['array', 'a list'],
  ['tuple', 'a list'],
  ['object', 'keys with values'],
  ['record', 'keys with values'],
  ['null', 'null'],
]);

const measure = (origin: string): string => (origin === 'array' ? 'a list' : origin === 'string' ? 'text' : 'a number');
const unit = (origin: string): string => (origin === 'array' ? ' items' : origin === 'string' ? ' characters' : '');

/** A found value as a person would name it, short. */
export function describe(node: SourceNode): string {
  if (node.kind === 'list') return `a list of ${node.items.length}`;
  if (node.kind === 'map')
    return `keys ${
      node.entries
        .slice(0, 4)
        .map(({ key }) => short(key))
        .join(', ') || '(none)'
    }`;
  const { value } = node;
  if (typeof value === 'string') return value.length > 60 ? `text of ${value.length} characters` : `"${value}"`;
  return value === null ? 'nothing' : String(value);
}

/** A path for people: things in lists by their ids. */
function dotted(node: SourceNode, path: Path): string {
  const words = path.map((step, index) => {
    if (typeof step === 'string') return short(step);
    const item = find(node, path.slice(0, index + 1));
    return short(textOf(child(item, 'id')) ?? String(step));
  });
  return words.join('.');
}

const inside = (node: SourceNode, path: Path): string => (path.length === 0 ? '' : ` in ${dotted(node, path)}`);

/** What to write instead; where that was said already, at least what is nearest to what stands there. */
function remedy(issue: Issue, said: string, want: string, found: SourceNode | null): string {
  if (said !== '…' && said !== want && !isId(issue)) return `Write ${said}`;
  const word =
    found?.kind === 'scalar' && typeof found.value === 'string'
      ? found.value
          .toLowerCase()
          .replaceAll(/[^a-z0-9]+/g, '-')
          .replaceAll(/^[^a-z]+|-+$/g, '')
      : '';
  return isId(issue) && word !== '' && word.length <= 64 ? `Write for instance ${word}` : 'Replace the value by one of this kind';
}

const ID_PATTERN = patternOf(id.safeParse('').error!.issues[0]!);
const isId = (issue: Issue): boolean => patternOf(issue) === ID_PATTERN;

/** The pattern that a text does not have, if that is what is wrong with it. */
function patternOf(issue: Issue): string | null {
  return issue.code === 'invalid_format' ? (issue.pattern ?? null) : null;
}

/** What the schema says is expected there, or "…" when it says nothing. */
function expected(schemas: readonly Schema[]): string {
  for (const schema of schemas) {
    const said = (schema as z.ZodType).description;
    if (said !== undefined) return said;
    const { type } = schema._zod.def;
    if (type === 'enum') return `one of ${Object.values((schema as z.ZodEnum).enum).join(', ')}`;
    if (type === 'object') return `keys ${Object.keys((schema as z.ZodObject).shape).join(', ')}`;
  }
  const type = schemas[0]?._zod.def.type;
  return (type === undefined ? undefined : TYPES.get(type)) ?? '…';
}

/** Every key that some form of the schema allows. */
export function keysOf(schemas: readonly Schema[]): string[] {
  return schemas.flatMap((schema) => (schema._zod.def.type === 'object' ? Object.keys((schema as z.ZodObject).shape) : []));
}

/** The schemas that can apply at a path: optional and default wrappers opened, all forms of unions. */
export function schemasAt(schemas: readonly Schema[], path: Path): Schema[] {
  let here = schemas.flatMap(open);
  for (const step of path)
    here = here.flatMap((schema) => {
      const { type } = schema._zod.def;
      if (type === 'object') {
        const { shape } = schema as z.ZodObject;
        if (Object.hasOwn(shape, String(step))) return open(shape[String(step)]!);
        const rest = (schema as z.ZodObject)._zod.def.catchall;
        return rest === undefined || rest._zod.def.type === 'never' ? [] : open(rest);
      }
      if (type === 'record') return open((schema as z.ZodRecord).valueType as Schema);
      if (type === 'array') return open((schema as z.ZodArray).element as Schema);
      if (type === 'tuple') return open((schema as z.ZodTuple)._zod.def.items[Number(step)] ?? (schema as z.ZodTuple)._zod.def.items[0]!);
      return [];
    });
  return here;
}

function open(schema: Schema): Schema[] {
  const { type } = schema._zod.def;
  if (type === 'optional' || type === 'nullable' || type === 'default' || type === 'nonoptional')
    return described(schema, (schema as z.ZodOptional)._zod.def.innerType as Schema);
  if (type === 'lazy') return open((schema as z.ZodLazy)._zod.def.getter() as Schema);
  if (type === 'union') return [schema, ...(schema as z.ZodUnion).options.flatMap((option) => open(option as Schema))];
  return [schema];
}

/** A description put on the wrapper (`….optional().describe()`) counts before the inner one. */
function described(wrapper: Schema, inner: Schema): Schema[] {
  return (wrapper as z.ZodType).description === undefined ? open(inner) : [wrapper, ...open(inner)];
}
