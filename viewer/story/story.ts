import type { WorldSpec } from '../../sim/model/spec.ts';
import type { TraceLine } from '../../sim/world/run.ts';
import type { Batch } from '../engine/messages.ts';
import { number, text } from './fields.ts';
import { blocker, FAILURES, GOAL, sentence, Watch, type Sentence } from './incidents.ts';
import { TRAFFIC, type TrafficClass } from './traffic.ts';

/** Vital signs by code, with the unit and the range that the strip shows. */
export const VITALS = [
  { code: 'spo2', title: 'SpO₂', unit: '%', low: 78, high: 100 },
  { code: 'pulse', title: 'Pulse', unit: '/min', low: 40, high: 150 },
  { code: 'resp', title: 'Respiration', unit: '/min', low: 8, high: 36 },
  { code: 'sbp', title: 'Systolic pressure', unit: 'mmHg', low: 80, high: 200 },
  { code: 'temp', title: 'Temperature', unit: '°C', low: 35, high: 40 },
] as const;

/** [µs, value] */
export type Sample = readonly [t: number, value: number];

export interface VitalStory {
  /** The patient's body, as the model has it. */
  readonly body: Sample[];
  /** What the telehealth platform stored. */
  readonly stored: Sample[];
  /** Of those, the ones that are not what the device measured. */
  readonly altered: Sample[];
}

export interface LogEntry extends Sentence {
  readonly t: number;
}

/** A step of the adversary that was begun, as far as it has come. */
export interface StepView {
  /** Its place in the threat event's graph, both from 0. */
  readonly alternative: number;
  readonly index: number;
  /** As the trace says it. */
  readonly status: string;
  /** When it began and when it ended, µs. */
  readonly from: number;
  readonly to: number | null;
  /** Who stopped it, and by what; '' for nobody. */
  readonly reason: string;
}

const CODES = new Set<string>(VITALS.map((vital) => vital.code));

/** What a run has told so far: the state that every part of the page is a projection of. */
export class Story {
  condition = '';
  /** Is this all that the run tells? */
  ended = false;
  readonly states = new Map<string, string>();
  readonly controlled = new Set<string>();
  /** Devices whose power has failed. */
  readonly dark = new Set<string>();
  readonly vitals: ReadonlyMap<string, VitalStory> = new Map(VITALS.map(({ code }) => [code, { body: [], stored: [], altered: [] }]));
  readonly alarms: { t: number; score: number; tier: number; partial: boolean }[] = [];
  /** Steps that were begun, in the order in which they began. */
  readonly steps: StepView[] = [];
  readonly hops: Record<TrafficClass, number>;
  /** When the adversary reached its goal, µs. */
  goalAt: number | null = null;
  private readonly watch = new Watch();

  constructor(spec: WorldSpec) {
    for (const id of spec.adversary.inside) this.controlled.add(id);
    this.hops = Object.fromEntries(TRAFFIC.map((name) => [name, 0])) as Record<TrafficClass, number>;
  }

  /** @returns incidents that the batch brought, oldest first */
  take(batch: Batch): LogEntry[] {
    this.ended = batch.atEnd;
    for (const name of TRAFFIC) this.hops[name] += batch.counts[name] ?? 0;
    const fresh: LogEntry[] = [];
    for (const line of batch.lines) {
      this.read(line);
      if (this.watch.isIncident(line)) fresh.push({ t: line.t, ...sentence(line) });
    }
    return fresh;
  }

  private read(line: TraceLine): void {
    if (line.kind === 'state') this.readState(line);
    else if (line.kind === 'step') this.readStep(line);
    else if (line.kind === 'record') this.readRecord(line);
  }

  private readState(line: TraceLine): void {
    const name = (line.what ?? '').replace(/^.*\./, '');
    if (!CODES.has(name)) {
      if (line.from === undefined || line.what === undefined) return;
      if (line.what === FAILURES.powerOff) this.dark.add(line.from);
      else if (line.what === FAILURES.powerOn) this.dark.delete(line.from);
      this.states.set(line.from, line.what);
      return;
    }
    const value = number(line, 'value');
    if (!Number.isNaN(value)) push(this.vitals.get(name)!.body, line.t, value);
  }

  private readRecord(line: TraceLine): void {
    switch (line.what) {
      case 'observation-accepted': {
        const vital = this.vitals.get(text(line, 'code'));
        if (vital === undefined) break;
        push(vital.stored, line.t, number(line, 'value'));
        if (text(line, 'altered') === 'true') vital.altered.push([line.t, number(line, 'value')]);
        break;
      }
      case 'alarm-raised':
        this.alarms.push({
          t: line.t,
          score: number(line, 'score'),
          tier: number(line, 'tier'),
          partial: text(line, 'partial') === 'true',
        });
        break;
      case 'condition':
        this.condition = text(line, 'state');
        break;
      case 'controlled':
        this.controlled.add(text(line, 'device') || (line.from ?? ''));
        break;
    }
  }

  /** A step has a line when it begins, one when it ends, and more when what it led to is stopped: the last one counts. */
  private readStep(line: TraceLine): void {
    if (line.what === GOAL) {
      this.goalAt = line.t;
      return;
    }
    const alternative = number(line, 'alternative');
    const index = number(line, 'index');
    const status = text(line, 'status');
    const at = this.steps.findIndex((step) => step.alternative === alternative && step.index === index);
    const known = this.steps[at];
    const to = status === 'running' ? null : (known?.to ?? line.t);
    const step: StepView = { alternative, index, status, from: known?.from ?? line.t, to, reason: blocker(line) };
    if (known === undefined) this.steps.push(step);
    else this.steps[at] = step;
  }
}

/** Keeps a sample only when it says something new: a flat stretch needs its two ends. */
function push(samples: Sample[], t: number, value: number): void {
  const length = samples.length;
  if (length >= 2 && samples[length - 1]![1] === value && samples[length - 2]![1] === value) samples.pop();
  samples.push([t, value]);
}

/** '14:03:07' of a time in µs. */
export function clockText(t: number): string {
  const seconds = Math.floor(t / 1_000_000);
  const part = (value: number): string => String(value).padStart(2, '0');
  return `${part(Math.floor(seconds / 3600))}:${part(Math.floor(seconds / 60) % 60)}:${part(seconds % 60)}`;
}
