import {
  Composer,
  type CST,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  Lexer,
  LineCounter,
  Parser,
  visit,
  type Document,
  type Node,
  type YAMLParseError,
  type YAMLWarning,
} from 'yaml';
import { Complaints, short, type Place } from './errors.ts';

/**
 * A parsed input whose every value knows its place. Plain JSON, so that it can go to a worker or a browser.
 * Keys stay a list, in the file's order: no key, however odd, can become a property of an object here.
 */
export type SourceNode =
  | { readonly kind: 'scalar'; readonly value: string | number | boolean | null; readonly place: Place }
  | { readonly kind: 'list'; readonly items: readonly SourceNode[]; readonly place: Place }
  | { readonly kind: 'map'; readonly entries: readonly SourceEntry[]; readonly place: Place };

export interface SourceEntry {
  readonly key: string;
  readonly at: Place;
  readonly value: SourceNode;
}
export type SourceMap = Extract<SourceNode, { kind: 'map' }>;

/** Deeper nesting is no scenario, and recursion over it would exhaust the stack. */
const DEEPEST = 40;
/** Values after aliases are expanded; a few lines of aliases can denote billions. */
const MOST_VALUES = 50_000;
/** Keys that would reach into an object's prototype when a tool turns the document into one. */
export const FORBIDDEN: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);

/** Where a JSON file names its schema for editors; in YAML a comment does. It says nothing about the scenario. */
const SCHEMA = '$schema';

/** How a text stands in complaints: a whole file, or a value at some column of a command-line option. */
export interface Origin {
  readonly file: string;
  readonly column?: number;
}

/**
 * Parses YAML 1.2 (core schema), or JSON when the file's name ends in .json.
 * @throws InputError naming every syntax error, duplicate key, forbidden key, and anything oversized.
 */
export function parse(source: string, origin: Origin): SourceNode {
  // A byte-order mark is no character of the text: it has no column, and no JSON parser takes it.
  const text = source.startsWith('\uFEFF') ? source.slice(1) : source;
  const isJson = /\.json$/i.test(origin.file);
  const lines = new LineCounter();
  const shift = (origin.column ?? 1) - 1;
  const at = (offset: number): Place => {
    const { line, col } = lines.linePos(offset);
    return { file: origin.file, line: Math.max(1, line), column: Math.max(1, col) + (line <= 1 ? shift : 0) };
  };
  const complaints = new Complaints();
  const parsed = attempt(text, lines, complaints, at);
  if (parsed !== null)
    for (const problem of [...parsed.errors, ...parsed.warnings])
      complaints.add(at(beginning(problem, parsed)), firstLine(problem.message), syntaxRemedy(problem.code));
  if (isJson) strictJson(text, complaints, at);
  complaints.settle();
  const node = new Conversion(parsed!, complaints, at).run();
  complaints.settle();
  return isJson && node.kind === 'map' ? { ...node, entries: node.entries.filter(({ key }) => key !== SCHEMA) } : node;
}

/**
 * Like the yaml package's own parseDocument, but nesting is looked at token by token: the package recurses over it, and
 * an overflow of the stack inside a regular expression ends the process instead of throwing.
 */
function attempt(text: string, lines: LineCounter, complaints: Complaints, at: (offset: number) => Place): Document.Parsed | null {
  const parser = new Parser(lines.addNewLine);
  const tokens: CST.Token[] = [];
  lines.addNewLine(0);
  try {
    for (const lexeme of new Lexer().lex(text)) {
      for (const token of parser.next(lexeme)) tokens.push(token);
      if (parser.stack.length > 3 * DEEPEST) return tooDeep(complaints, at(parser.offset));
    }
    for (const token of parser.end()) tokens.push(token);
    const options = { version: '1.2', schema: 'core', uniqueKeys: false, prettyErrors: false } as const;
    const [first, second] = [...new Composer(options).compose(tokens, true, text.length)];
    if (second !== undefined)
      complaints.add(at(second.range[0]), 'a second document begins here', 'Put each document in a file of its own');
    return first as Document.Parsed;
  } catch (error) {
    const why = error instanceof Error ? firstLine(error.message) : String(error);
    complaints.add(at(0), `not readable as YAML: ${why}`, 'Mend the syntax');
    return null;
  }
}

/** An unclosed quote is noticed where the file ends; what is to be mended is where it opens. */
function beginning(problem: YAMLParseError | YAMLWarning, parsed: Document.Parsed): number {
  let [start] = problem.pos;
  if (/^Missing closing .quote/.test(problem.message))
    visit(parsed, {
      Scalar: (_key, { type, range }) => {
        if (type?.startsWith('QUOTE') === true && range![1] === problem.pos[0]) start = range![0];
      },
    });
  return start;
}

function tooDeep(complaints: Complaints, place: Place): null {
  complaints.add(place, `nested deeper than ${DEEPEST} levels`, 'Flatten it; no input needs such depth');
  return null;
}

/** The YAML parser also reads JSON, with places; what only YAML allows is refused in a .json file. */
function strictJson(text: string, complaints: Complaints, at: (offset: number) => Place): void {
  try {
    JSON.parse(text);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    const position = /position (\d+)/.exec(why);
    complaints.add(at(position === null ? 0 : Number(position[1])), `not JSON: ${why}`, 'Mend the syntax, or name the file .yaml');
  }
}

/** Longer messages of the parser repeat a long word of the input. */
const LONGEST_MESSAGE = 300;
const firstLine = (text: string): string => text.split('\n')[0]!.slice(0, LONGEST_MESSAGE);

function syntaxRemedy(code: string): string {
  if (code === 'TAG_RESOLVE_FAILED') return 'Remove the tag; text, numbers, true and false need none';
  if (code === 'TAB_AS_INDENT') return 'Indent with spaces';
  return 'Mend the syntax; a quote, bracket or indentation just before is often the cause';
}

class Conversion {
  private values = 0;
  private readonly anchors = new Map<string, unknown>();
  private readonly parsed: Document.Parsed;
  private readonly complaints: Complaints;
  private readonly at: (offset: number) => Place;

  constructor(parsed: Document.Parsed, complaints: Complaints, at: (offset: number) => Place) {
    this.parsed = parsed;
    this.complaints = complaints;
    this.at = at;
  }

  run(): SourceNode {
    return this.convert(this.parsed.contents, 0, this.at(0));
  }

  private convert(node: unknown, depth: number, fallback: Place): SourceNode {
    const start = (node as Node | null)?.range?.[0];
    const place = start === undefined ? fallback : this.at(start);
    const empty: SourceNode = { kind: 'scalar', value: null, place };
    if (++this.values > MOST_VALUES) {
      // One complaint is enough, and nothing more is expanded.
      if (this.values === MOST_VALUES + 1)
        this.complaints.add(place, `more than ${MOST_VALUES} values, aliases expanded`, 'Remove aliases of aliases, or split the file');
      return empty;
    }
    if (depth > DEEPEST) {
      tooDeep(this.complaints, place);
      return empty;
    }
    if (isAlias(node)) {
      const target = this.anchors.get(node.source);
      if (target !== undefined) return this.convert(target, depth + 1, place);
      this.complaints.add(
        place,
        `alias *${short(node.source)} has no anchor before it`,
        `Write &${short(node.source)} at the value that is meant, or the value itself`,
      );
      return empty;
    }
    // Anchors are met in the file's order; the package's own lookup walks the document for each alias.
    const { anchor } = (node ?? {}) as { anchor?: string };
    if (anchor !== undefined) this.anchors.set(anchor, node);
    if (isScalar(node)) return this.scalar(node.value, place);
    if (isSeq(node)) return { kind: 'list', items: node.items.map((item) => this.convert(item, depth + 1, place)), place };
    if (isMap(node)) return { kind: 'map', entries: this.map(node.items, depth, place), place };
    return empty;
  }

  private scalar(value: unknown, place: Place): SourceNode {
    if (typeof value === 'bigint') return { kind: 'scalar', value: Number(value), place };
    if (typeof value === 'number' || typeof value === 'string' || typeof value === 'boolean') return { kind: 'scalar', value, place };
    return { kind: 'scalar', value: null, place };
  }

  private map(pairs: readonly { key: unknown; value: unknown }[], depth: number, map: Place): SourceEntry[] {
    const seen = new Set<string>();
    const entries: SourceEntry[] = [];
    for (const pair of pairs) {
      const start = (pair.key as Node | null)?.range?.[0];
      const at = start === undefined ? map : this.at(start);
      if (!isScalar(pair.key) || pair.key.value === null || typeof pair.key.value === 'object') {
        this.complaints.add(at, 'expected a word as key', 'Write one word before the colon');
        continue;
      }
      const key = String(pair.key.value);
      if (FORBIDDEN.has(key)) this.complaints.add(at, `key "${key}" is not allowed anywhere`, 'Choose another name');
      else if (seen.has(key)) this.complaints.add(at, `key "${short(key)}" stands here twice`, 'Keep one of them');
      else entries.push({ key, at, value: this.convert(pair.value, depth + 1, at) });
      seen.add(key);
    }
    return entries;
  }
}
