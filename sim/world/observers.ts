import type { Kernel } from '../kernel/kernel.ts';
import { HOUR, MINUTE, SECOND, type Micros } from '../kernel/time.ts';
import type { GoalSpec, WorldSpec } from '../model/spec.ts';
import type { RecordValue } from '../model/records.ts';
import type { AlertResult, StepResult } from '../model/result.ts';
import type { StepState } from './adversary-state.ts';
import { OUTCOMES } from './outcomes.ts';
import type { Untimed } from './trace.ts';
import { remember, truthOf, type Truths } from './truths.ts';

/** What the observers remember: plain data and Maps. */
export interface ObserverState {
  readonly sums: Map<string, number>;
  /** Highest single value, for quantities that are a maximum. */
  readonly individuals: Map<string, number>;
  readonly measured: Truths;
  readonly spoken: Map<string, string>;
  readonly alerts: AlertResult[];
  /** Floods from devices of the home, µs; `to` is Infinity while one runs. */
  readonly floods: { readonly flow: number; readonly from: Micros; readonly to: Micros }[];
  readonly openAlarms: Map<number, { readonly at: Micros; readonly deteriorating: boolean }>;
  readonly controlled: Set<string>;
  readonly responses: number[];
  lastTelemetry: Micros;
  /** Who said so; empty before anybody did. */
  telemetryBy: string;
  condition: string;
  /** Since when a deterioration has gone unseen; −1 = it does not. */
  unseenSince: Micros;
  /** Since when the present deterioration has been known, by an alarm at the desk or by sight; −1 = it is not. */
  knownSince: Micros;
  goalCount: number;
  reachedAt: Micros;
  detectedAt: Micros;
  containedAt: Micros;
}

type StepStatus = 'running' | 'succeeded' | 'blocked' | 'failed' | 'fruitless';

/** Outcome that counts disclosures, by who received them. */
const EXPOSURES: ReadonlyMap<string, string> = new Map([
  ['care-team', 'exposuresToCareTeam'],
  ['processor', 'exposuresToProcessor'],
  ['other-party', 'exposuresToOtherParty'],
  ['adversary', 'exposuresToAdversary'],
]);
/** Hospital systems by the map's zone: reaching one of them is reaching the hospital. */
const HOSPITAL = 'hospital';

/**
 * Watches what devices and people report and computes outcomes and the threat event's goal from it. Write-only for the
 * world: nothing here can be read by a device, draws nothing and schedules nothing, so observing changes nothing.
 */
export class Observers {
  private readonly kernel: Kernel;
  private readonly spec: WorldSpec;
  private readonly goal: GoalSpec | null;
  private readonly allowance: Micros;
  private readonly patience: Micros;
  private readonly zones: ReadonlyMap<string, string>;
  state: ObserverState;
  /** Says whether a message was authored or altered by the adversary. */
  isHostile: (message: number) => boolean = () => false;
  /** Has the adversary altered what this reference names? */
  isTampered: (reference: string) => boolean = () => false;
  /** Is a device, or a session by its token, the adversary's by now? */
  isHeld: (device: string, token: string | null) => boolean = () => false;
  /** Is the threat event at its last step? What happens before then is not its doing. */
  underWay: () => boolean = () => false;
  emit: ((line: Untimed) => void) | null = null;
  emitRecord: ((by: string, what: string, cause: number, fields: Readonly<Record<string, RecordValue>>) => void) | null = null;

  constructor(kernel: Kernel, spec: WorldSpec, parameter: (id: string) => number) {
    this.kernel = kernel;
    this.spec = spec;
    this.goal = spec.threat?.goal ?? null;
    this.allowance = parameter('outcome.telemetry-allowance') * MINUTE;
    this.patience = parameter('outcome.alarm-patience') * MINUTE;
    this.zones = new Map(spec.devices.map((device) => [device.id, device.zone]));
    this.state = {
      sums: new Map(),
      individuals: new Map(),
      measured: new Map(),
      spoken: new Map(),
      alerts: [],
      floods: [],
      openAlarms: new Map(),
      controlled: new Set(),
      responses: [],
      lastTelemetry: 0,
      telemetryBy: '',
      condition: 'stable',
      unseenSince: -1,
      knownSince: -1,
      goalCount: 0,
      reachedAt: -1,
      detectedAt: -1,
      containedAt: -1,
    };
  }

  private add(outcome: string, amount: number): void {
    this.state.sums.set(outcome, (this.state.sums.get(outcome) ?? 0) + amount);
  }

  /** Takes a record in, with what only an observer can add (was it altered on the way?). */
  record(kind: string, by: string, message: number, given: Readonly<Record<string, RecordValue>>): void {
    const fields = this.complete(kind, given);
    this.emitRecord?.(by, kind, message, fields);
    this.tally(kind, by, fields);
    this.judge(kind, fields);
  }

  private complete(kind: string, fields: Readonly<Record<string, RecordValue>>): Readonly<Record<string, RecordValue>> {
    const { measured, spoken } = this.state;
    switch (kind) {
      case 'measured':
        remember(measured, String(fields['code']), String(fields['ref']), Number(fields['value']));
        return fields;
      case 'order-spoken':
        spoken.set(String(fields['ref']), String(fields['text']));
        return fields;
      case 'observation-accepted': {
        const truth = truthOf(measured, String(fields['code']), String(fields['ref']));
        return {
          ref: fields['ref']!,
          code: fields['code']!,
          value: fields['value']!,
          altered: !Number.isNaN(truth) && truth !== fields['value'],
        };
      }
      case 'order-executed': {
        const intended = spoken.get(String(fields['ref']));
        return { ...fields, intended: intended ?? null, altered: intended !== undefined && intended !== fields['executed'] };
      }
      case 'contained':
      case 'released': {
        const { device, token } = fields;
        // Sensors and people err: what was cut off, or let go, may have had nothing to do with the attack. The token itself is nobody's business.
        return { device: device!, hostile: this.isHeld(String(device), typeof token === 'string' ? token : null) };
      }
      default:
        return fields;
    }
  }

  private tally(kind: string, by: string, fields: Readonly<Record<string, RecordValue>>): void {
    const { now } = this.kernel;
    const { state } = this;
    switch (kind) {
      case 'observation-accepted':
        if (fields['altered'] === true) this.add('alteredObservationsAccepted', 1);
        break;
      case 'order-executed':
        if (fields['altered'] === true) this.add('alteredOrdersExecuted', 1);
        break;
      case 'telemetry':
        state.telemetryBy = by;
        this.telemetry(now);
        break;
      case 'disclosure':
        this.disclosure(fields);
        break;
      case 'audio':
        if (fields['intended'] === false) this.add('unintendedAudioSeconds', number(fields, 'seconds'));
        if (fields['bystander'] === true) this.add('bystanderAudioSeconds', number(fields, 'seconds'));
        break;
      case 'transcript':
        this.add('transcriptDaysHeld', number(fields, 'days'));
        break;
      case 'check-in':
        if (fields['status'] === 'missed') this.add('missedCheckIns', 1);
        break;
      case 'call':
        if (fields['status'] === 'lost') this.add('lostCalls', 1);
        break;
      case 'hospital-down':
        this.add('hospitalDowntimeHours', number(fields, 'minutes') / 60);
        break;
      case 'condition':
        this.condition(String(fields['state']), now);
        break;
      case 'alarm-raised':
        this.alarm(number(fields, 'alarm'), now);
        break;
      case 'alarm-received':
        // Raised is not yet noticed: an alarm that finds no way to the desk tells nobody.
        if (state.condition !== 'stable' && state.openAlarms.get(number(fields, 'alarm'))?.deteriorating === true) this.seen(now);
        break;
      case 'alarm-answered':
        state.responses.push(number(fields, 'afterMinutes'));
        state.openAlarms.delete(number(fields, 'alarm'));
        break;
      case 'patient-seen':
        if (fields['condition'] !== 'stable' && state.condition !== 'stable') this.seen(now);
        break;
      case 'rescue':
        // From the moment somebody could know: before the first alarm at the desk nobody was late.
        if (state.knownSince >= 0 && now - state.knownSince > this.patience) this.add('rescuesMissed30Min', 1);
        break;
      case 'contained':
        // The first time. That what was contained is let go again shows in what comes of it.
        if (fields['hostile'] === true && state.containedAt < 0) state.containedAt = now;
        break;
      case 'action-blocked':
        // That what nobody meant is held back is no burden.
        if (!this.isTampered(String(fields['ref']))) this.add('legitimateActionsBlocked', 1);
        break;
      case 'visit':
        if (fields['planned'] !== true) this.add('extraVisits', 1);
        break;
      case 'burden':
        this.add(`${fields['who']}Minutes`, number(fields, 'minutes'));
        break;
    }
  }

  private telemetry(now: Micros): void {
    const gap = now - this.state.lastTelemetry;
    this.state.lastTelemetry = now;
    if (gap <= this.allowance) return;
    this.add('telemetryGapMinutes', (gap - this.allowance) / MINUTE);
    // Known when it is over. Lines fail without any adversary: whether a flood fell into the gap is said with it.
    const flooded = this.state.floods.some(({ from, to }) => from < now && to > now - gap);
    this.record('telemetry-gap', this.state.telemetryBy, 0, { minutes: gap / MINUTE, flooded });
  }

  /** A flow of the adversary's runs from now on, or no longer. */
  flooding(flow: number, runs: boolean): void {
    const { floods } = this.state;
    const { now } = this.kernel;
    const at = floods.findLastIndex((flood) => flood.flow === flow);
    if (runs) floods.push({ flow, from: now, to: Infinity });
    else if (at >= 0) floods[at] = { ...floods[at]!, to: now };
  }

  private disclosure(fields: Readonly<Record<string, RecordValue>>): void {
    const { individuals } = this.state;
    const outcome = EXPOSURES.get(String(fields['to']));
    if (outcome !== undefined) this.add(outcome, 1);
    if (fields['to'] !== 'adversary') return;
    this.add('recordsExposed', Number(fields['records'] ?? 0));
    this.add('phiBytesExposed', Number(fields['bytes'] ?? 0));
    // The same persons appear in message after message: count the largest group seen, not the sum.
    const kind = String(fields['kind']);
    individuals.set(kind, Math.max(individuals.get(kind) ?? 0, Number(fields['individuals'] ?? 0)));
  }

  private condition(next: string, now: Micros): void {
    const { state } = this;
    const before = state.condition;
    state.condition = next;
    if (before === 'stable' && next !== 'stable') {
      state.unseenSince = now;
      state.knownSince = -1;
    } else if (next === 'stable' && before !== 'stable') {
      this.seen(now);
      state.knownSince = -1;
    }
  }

  /** The deterioration is noticed (or over): its unseen minutes are known. */
  private seen(now: Micros): void {
    if (this.state.unseenSince < 0) return;
    this.state.knownSince = now;
    this.add('undetectedDeteriorationMinutes', (now - this.state.unseenSince) / MINUTE);
    this.state.unseenSince = -1;
  }

  private alarm(number: number, now: Micros): void {
    const { state } = this;
    const deteriorating = state.condition !== 'stable';
    state.openAlarms.set(number, { at: now, deteriorating });
    if (!deteriorating) this.add('falseAlarms', 1);
  }

  /** Does this record bring the threat event to its goal? */
  private judge(kind: string, fields: Readonly<Record<string, RecordValue>>): void {
    const { goal, state } = this;
    if (goal === null || state.reachedAt >= 0 || !this.underWay()) return;
    if (!meets(goal, kind, fields) && goal.or?.some((other) => meets(other, kind, fields)) !== true) return;
    state.goalCount++;
    if (state.goalCount < goal.count) return;
    state.reachedAt = this.kernel.now;
    this.emit?.({ kind: 'step', what: 'goal reached' });
  }

  alert(sensor: string, evidence: readonly number[]): void {
    const { state } = this;
    const truth = evidence.some((message) => this.isHostile(message));
    state.alerts.push({ at: this.kernel.now / SECOND, sensor, evidence, truth });
    if (truth && state.detectedAt < 0) state.detectedAt = this.kernel.now;
    this.emit?.({ kind: 'alert', what: sensor, evidence: [...evidence], truth });
  }

  controlled(device: string): void {
    this.state.controlled.add(device);
    this.record('controlled', device, 0, { by: 'adversary' });
  }

  /**
   * The adversary's step, by its place in the threat event's graph, begins, ends, or comes to nothing.
   * @param status as in the result, and two more: running; fruitless = it had succeeded, and what it led to was stopped
   */
  step(
    { technique, alternative, index }: Pick<StepState, 'technique' | 'alternative' | 'index'>,
    status: StepStatus,
    by: StepResult['blockedBy'],
  ): void {
    this.emit?.({ kind: 'step', what: technique, status, alternative, index, ...(by === null ? {} : { blockedBy: { ...by } }) });
  }

  /** Ends the watch: gaps and deteriorations that are still open count up to the end. Call once. */
  close(): void {
    const now = this.kernel.now;
    this.telemetry(now);
    this.seen(now);
  }

  /** Outcomes by id; null = it did not happen, or there was nothing to time. */
  outcomes(attackStart: Micros): Record<string, number | null> {
    const { state } = this;
    const hours = this.kernel.now / HOUR;
    const special = new Map<string, number | null>([
      ['individualsAffected', [...state.individuals.values()].reduce((most, n) => Math.max(most, n), 0)],
      ['hostsControlled', state.controlled.size],
      ['hospitalReached', [...state.controlled].some((id) => this.zones.get(id) === HOSPITAL) || this.hospitalRecords() ? 1 : 0],
      ['alarmToResponseMinutes', this.meanResponse()],
      [
        'missedAlarms',
        [...state.openAlarms.values()].filter((alarm) => alarm.deteriorating && this.kernel.now - alarm.at > this.patience).length,
      ],
      ['alertsPerDay', hours === 0 ? 0 : (state.alerts.length / hours) * 24],
      ['timeToDetectHours', state.detectedAt < 0 ? null : (state.detectedAt - Math.max(0, attackStart)) / HOUR],
      ['timeToContainHours', state.containedAt < 0 ? null : (state.containedAt - Math.max(0, attackStart)) / HOUR],
    ]);
    const result: Record<string, number | null> = {};
    for (const { id } of OUTCOMES) result[id] = special.has(id) ? special.get(id)! : (state.sums.get(id) ?? 0);
    return result;
  }

  /** Minutes from alarm to response; one that nobody has answered counts for as long as it has waited. null without any alarm. */
  private meanResponse(): number | null {
    const { responses, openAlarms } = this.state;
    const waits = [...responses, ...[...openAlarms.values()].map(({ at }) => (this.kernel.now - at) / MINUTE)];
    return waits.length === 0 ? null : waits.reduce((sum, wait) => sum + wait, 0) / waits.length;
  }

  /** Records of more persons than live here can only have come from the hospital. */
  private hospitalRecords(): boolean {
    return [...this.state.individuals.values()].some((n) => n > this.spec.household.residents);
  }
}

const number = (fields: Readonly<Record<string, RecordValue>>, name: string): number => Number(fields[name] ?? 0);

function meets(goal: Pick<GoalSpec, 'record' | 'where'>, kind: string, fields: Readonly<Record<string, RecordValue>>): boolean {
  if (goal.record !== kind) return false;
  for (const [name, wanted] of Object.entries(goal.where)) {
    const value = fields[name];
    if (typeof wanted === 'object' ? !(Number(value) >= wanted.atLeast) : value !== wanted) return false;
  }
  return true;
}
