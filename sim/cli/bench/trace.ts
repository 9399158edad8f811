import { run, TRACE_LEVELS, TraceRecorder, type TraceColumns } from '../../world/run.ts';
import { openProject } from '../project.ts';
import { DAYS, referenceDay, WARM_DAYS } from './home.ts';
import { byTurns, keep } from './measure.ts';
import type { Measurement } from './measure.ts';

export const KEPT: readonly string[] = [...TRACE_LEVELS.map((level) => `trace-kept-${level}`), 'trace-line'];

/** A day whose trace is kept in columns, at each level ÷ the same day without a trace; and what a line takes there, bytes. */
export function traceKept(): readonly Measurement[] {
  const { catalogue } = openProject();
  const spec = referenceDay();
  let kept: TraceColumns | null = null;
  const day = (trace?: TraceRecorder): number => {
    const started = performance.now();
    keep(run(spec, catalogue, { seed: 1, replication: 0, ...(trace === undefined ? {} : { trace }) }).events);
    kept = trace?.columns() ?? null;
    return performance.now() - started;
  };
  const ratios = TRACE_LEVELS.map((level): Measurement => {
    const { own, ratio } = byTurns(
      () => day(),
      () => day(new TraceRecorder({ level })),
      WARM_DAYS,
      DAYS,
    );
    return { name: `trace-kept-${level}`, value: ratio, unit: 'ratio', peer: `trace off: ${own.toPrecision(3)} ms`, ratio };
  });
  return [...ratios, { name: 'trace-line', value: bytesPerLine(kept!), unit: 'bytes' }];
}

function bytesPerLine({ blocks, texts }: TraceColumns): number {
  const columns = blocks.flatMap((block) => [block.skipped, block.times, block.shapes, ...block.columns.flat()]);
  const bytes = columns.reduce((sum, column) => sum + column.byteLength, 0) + texts.reduce((sum, text) => sum + text.length, 0);
  return bytes / blocks.reduce((sum, { lines }) => sum + lines, 0);
}
