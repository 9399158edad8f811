import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { holds, run, TRACE_LEVELS, TraceReader, TraceRecorder, World, type TraceColumns, type TraceLine } from '../../sim/world/run.ts';
import { catalogue, worldOf } from '../support/worlds.ts';

const OPTIONS = { seed: 5, replication: 2 };

function textsOf(columns: TraceColumns): string[] {
  const reader = new TraceReader(columns);
  const texts: string[] = [];
  while (reader.next()) {
    const line = reader.line();
    const text = reader.text();
    texts.push(text);
    // Hundreds of thousands of lines: an expectation each would take most of the time.
    if (JSON.stringify(line) !== text) expect(JSON.stringify(line)).toBe(text);
    if (line.n !== reader.n || line.t !== reader.t || line.kind !== reader.kind)
      expect([line.n, line.t, line.kind]).toEqual([reader.n, reader.t, reader.kind]);
  }
  expect(reader.next(), 'asked again at the end').toBe(false);
  return texts;
}

function recorded(lines: readonly TraceLine[]): TraceColumns {
  const recorder = new TraceRecorder();
  for (const line of lines) recorder.line(line);
  return recorder.columns();
}

describe.each([
  ['an ordinary evening', worldOf(null, 'typical', { hours: 5 })],
  ['a flood: labels, steps', worldOf('te3-uplink-flood', 'recommended', { hours: 5 })],
  ['frames dropped and rewritten', worldOf('te2-reading-tamper', 'none', { hours: 5 })],
])('%s', (_name, spec) => {
  const lines: string[] = [];
  const { fingerprint, outcomes } = run(spec, catalogue, { ...OPTIONS, trace: (line) => lines.push(JSON.stringify(line)) });

  it.each(TRACE_LEVELS)('level %s: the very lines of that level, their numbers kept, and the same run', (level) => {
    const recorder = new TraceRecorder({ level });
    const result = run(spec, catalogue, { ...OPTIONS, trace: recorder });
    const kept = lines.filter((line) => holds(level, (JSON.parse(line) as TraceLine).kind));
    expect(textsOf(recorder.columns())).toEqual(kept);
    expect([result.fingerprint, result.outcomes]).toEqual([fingerprint, outcomes]);
    expect(kept.length).toBeGreaterThan(20);
    expect(kept.length === lines.length).toBe(level === 'full');
  });

  it('the fingerprint is that of a run without trace', () => {
    expect(run(spec, catalogue, OPTIONS).fingerprint).toBe(fingerprint);
  });

  it('blocks that are handed over hold the same lines, and nothing is kept', () => {
    const texts: string[] = [];
    const recorder = new TraceRecorder({ take: (columns) => texts.push(...textsOf(columns)) });
    run(spec, catalogue, { ...OPTIONS, trace: recorder });
    expect(texts.length).toBeLessThan(lines.length);
    recorder.finish();
    expect(texts).toEqual(lines);
    expect(recorder.columns().blocks).toEqual([]);
  });

  it('is plain data: a copy for another thread reads the same, in a sixth of the bytes', () => {
    const recorder = new TraceRecorder();
    run(spec, catalogue, { ...OPTIONS, trace: recorder });
    const columns = recorder.columns();
    expect(textsOf(structuredClone(columns))).toEqual(lines);
    let bytes = columns.texts.reduce((sum, text) => sum + text.length, 0);
    for (const block of columns.blocks)
      for (const column of [block.skipped, block.times, block.shapes, ...block.columns.flat()]) bytes += column.byteLength;
    expect(bytes).toBeLessThan(lines.reduce((sum, line) => sum + line.length, 0) / 6);
  });
});

it.each(TRACE_LEVELS)('a snapshot is the same under a trace of level %s, and goes on at any other', (level) => {
  const spec = worldOf(null, 'typical', { hours: 0.5 });
  const whole: string[] = [];
  const told = World.build(spec, catalogue, { ...OPTIONS, trace: (line) => whole.push(JSON.stringify(line)) });
  const world = World.build(spec, catalogue, { ...OPTIONS, trace: new TraceRecorder({ level }) });
  do {
    world.step();
    told.step();
  } while (told.now < told.end / 4 || told.snapshot().trace.ahead.length === 0);
  const snapshot = world.snapshot();
  expect(snapshot).toEqual(told.snapshot());
  const before = whole.length;
  const recorder = new TraceRecorder();
  for (const each of [told, World.restore(snapshot, catalogue, recorder)]) {
    each.runUntil(each.end);
    each.result();
  }
  expect(textsOf(recorder.columns())).toEqual(whole.slice(before));
});

describe('a recorder', () => {
  const value = fc.oneof(
    fc.string(),
    fc.double(),
    fc.integer({ min: -(2 ** 40), max: 2 ** 40 }),
    fc.boolean(),
    fc.constant(null),
    fc.constant(undefined),
    fc.array(fc.integer()),
    fc.dictionary(
      fc.constantFrom('a', 'b', 'c"\n'),
      fc.oneof(fc.string(), fc.double(), fc.boolean(), fc.constantFrom(null, undefined, {})),
    ),
  );
  const more = fc.dictionary(fc.constantFrom('what', 'fields', 'x', 'value', 'é "quoted"'), value, { noNullPrototype: true });
  const traces = fc.array(fc.tuple(fc.nat(400), fc.double({ noNaN: true, noDefaultInfinity: true, min: 0 }), more), { maxLength: 30 });

  it('gives back any line, byte by byte as JSON has it', () => {
    fc.assert(
      fc.property(traces, (steps) => {
        let n = -1;
        const lines = steps.map(([skip, t, fields]): TraceLine => ({ n: (n += 1 + skip), t, kind: 'record', ...fields }));
        expect(textsOf(recorded(lines))).toEqual(lines.map((line) => JSON.stringify(line)));
      }),
      { numRuns: 300 },
    );
  });

  it('keeps a record that is handed over in parts as it keeps its line', () => {
    const flat = fc.oneof(fc.string(), fc.double({ noNaN: true }), fc.boolean(), fc.constant(null));
    const given = fc.dictionary(fc.constantFrom('a', 'b', 'c'), flat, { noNullPrototype: true, maxKeys: 3 });
    const records = fc.array(fc.tuple(fc.constantFrom('p', 'q', ''), fc.constantFrom('told', 'heard'), given, fc.boolean()), {
      maxLength: 40,
    });
    fc.assert(
      fc.property(records, (steps) => {
        const recorder = new TraceRecorder();
        const lines = steps.map(([from, what, fields, inParts], n): TraceLine => {
          const line: TraceLine = { n, t: n, kind: 'record', from, what, cause: 7, fields };
          // Something else that says the same word.
          if (!inParts && fields['a'] === null) recorder.line({ n, t: n, kind: 'alert', what, truth: true });
          else if (!inParts || !recorder.record(n, n, from, what, 7, fields)) recorder.line(line);
          return !inParts && fields['a'] === null ? { n, t: n, kind: 'alert', what, truth: true } : line;
        });
        expect(textsOf(recorder.columns())).toEqual(lines.map((line) => JSON.stringify(line)));
      }),
      { numRuns: 500 },
    );
  });

  it('keeps a message of a fraction of a byte, though messages have rows of integers', () => {
    const spec = worldOf(null, 'typical', { hours: 0.2 });
    const texts = (trace: TraceRecorder | ((line: TraceLine) => void)): void => {
      const world = World.build(spec, catalogue, { ...OPTIONS, trace });
      const make = world.net.frames.make.bind(world.net.frames);
      world.net.frames.make = (...given) => ({ ...make(...given), bytes: given[5] + 0.5 });
      while (world.step());
    };
    const lines: string[] = [];
    const recorder = new TraceRecorder();
    texts((line) => lines.push(JSON.stringify(line)));
    texts(recorder);
    expect(lines.some((line) => /"bytes":\d+\.5/.test(line))).toBe(true);
    expect(textsOf(recorder.columns())).toEqual(lines);
  });

  it('widens a column from one block to the next and back', () => {
    const cause = (i: number) => (i === 9000 ? 70_000 : i === 20_000 ? -1 : i === 30_000 ? 0.5 : i & 7);
    const lines = Array.from({ length: 40_000 }, (_, n): TraceLine => ({
      n,
      t: n / 3,
      kind: 'state',
      from: `d${n % 300}`,
      cause: cause(n),
    }));
    const columns = recorded(lines);
    expect(textsOf(columns)).toEqual(lines.map((line) => JSON.stringify(line)));
    const types = columns.blocks.map((block) => block.columns.findLast((shape) => shape.length > 0)![1]!.constructor.name);
    expect(types).toEqual(['Uint8Array', 'Int32Array', 'Int32Array', 'Float64Array', 'Uint8Array']);
  });

  it('refuses lines out of order, and lines that do not begin as the world writes them', () => {
    const recorder = new TraceRecorder();
    recorder.line({ n: 4, t: 0, kind: 'step' });
    expect(() => recorder.line({ n: 4, t: 0, kind: 'step' })).toThrow(/line 4 after line 4/);
    expect(() => recorder.line({ t: 0, n: 5, kind: 'step' })).toThrow(/begins with n, t and kind/);
  });
});
