import type { StepResult } from '../../sim/model/result.ts';
import type { TraceLine } from '../../sim/world/run.ts';
import { number, text } from './fields.ts';

/** Records that somebody watching would want to stop at, and what makes them worth it. */
const NOTABLE = new Map<string, (line: TraceLine) => boolean>([
  ['alarm-raised', () => true],
  ['alarm-answered', () => true],
  ['rescue', () => true],
  // How the patient is at the start is no news.
  ['condition', (line) => line.t > 0],
  ['controlled', () => true],
  ['detected', () => true],
  ['contained', () => true],
  ['hospital-down', () => true],
  ['order-spoken', () => true],
  ['order-executed', () => true],
  ['action-blocked', () => true],
  ['disclosure', (line) => text(line, 'to') === 'adversary'],
  ['call', (line) => text(line, 'status') === 'lost'],
  ['check-in', () => true],
]);

/** Records that come again and again: only the first of a sort is an incident. */
const ONCE = new Map<string, readonly string[]>([
  ['disclosure', ['kind']],
  ['action-blocked', ['who', 'action']],
]);

/** Is a record one that `sentence` has words for? */
export const isNotable = (line: TraceLine): boolean => NOTABLE.get(line.what ?? '')?.(line) === true;

/** Picks out the lines that "next incident" stops at and the log tells. Remembers what it has seen of a run. */
export class Watch {
  private readonly seen = new Set<string>();

  isIncident(line: TraceLine): boolean {
    if (line.kind === 'step' || line.kind === 'alert') return true;
    if (line.kind === 'state') return failureSentence(line) !== null;
    const what = line.what ?? '';
    if (line.kind !== 'record' || !isNotable(line)) return false;
    const fields = ONCE.get(what);
    if (fields === undefined) return true;
    const key = [what, ...fields.map((name) => text(line, name))].join('/');
    if (this.seen.has(key)) return false;
    this.seen.add(key);
    return true;
  }
}

/** What the observers call the step line that says so. */
export const GOAL = 'goal reached';

/** What state lines say when something fails, and when it works again. */
export const FAILURES = {
  powerOff: 'power off',
  powerOn: 'power on',
  linkDown: 'link down',
  linkUp: 'link up',
  usedUp: 'addresses used up',
  free: 'addresses free',
  lapsed: 'address lost',
  leased: 'address again',
} as const;

export type Tone = 'attack' | 'care' | 'defence' | 'plain';

export interface Sentence {
  readonly text: string;
  readonly tone: Tone;
}

/** An incident in words; the map and the lists show the same in pictures. */
export function sentence(line: TraceLine): Sentence {
  if (line.kind === 'step') return { text: stepSentence(line), tone: 'attack' };
  if (line.kind === 'alert')
    return { text: `Alert by ${words(line.what ?? 'a sensor')}${text(line, 'truth') === 'false' ? ', a false one' : ''}`, tone: 'defence' };
  const by = line.from ?? text(line, 'by');
  if (line.kind === 'state') return { text: failureSentence(line) ?? `${by}: ${line.what ?? ''}`, tone: 'plain' };
  switch (line.what) {
    case 'alarm-raised':
      return {
        text: `NEWS2 alarm: score ${text(line, 'score')}, tier ${text(line, 'tier')}${text(line, 'partial') === 'true' ? ', partial' : ''}`,
        tone: 'care',
      };
    case 'alarm-answered':
      return { text: `A nurse reaches the patient, ${minutes(line, 'afterMinutes')} after the alarm`, tone: 'care' };
    case 'rescue':
      return { text: 'Help arrives; treatment begins', tone: 'care' };
    case 'condition':
      return { text: `The patient is now ${text(line, 'state')}`, tone: 'care' };
    case 'controlled':
      return { text: `The adversary now runs code on ${text(line, 'device') || by}`, tone: 'attack' };
    case 'disclosure':
      return {
        text: `The adversary begins to read patient data (${text(line, 'kind') || 'a message'}, ${plural(number(line, 'records'), 'record')})`,
        tone: 'attack',
      };
    case 'detected':
      return { text: `${by || 'The SOC'} notices something: ${text(line, 'sensor')}`, tone: 'defence' };
    case 'contained':
      return { text: `${text(line, 'device') || by} is contained`, tone: 'defence' };
    case 'hospital-down':
      return { text: `Hospital systems are down for ${minutes(line, 'minutes')}`, tone: 'attack' };
    case 'order-spoken':
      return { text: `The patient says: “${text(line, 'text')}”`, tone: 'care' };
    case 'order-executed':
      return orderSentence(line);
    case 'action-blocked':
      return { text: `A protection stops ${text(line, 'who')} from: ${text(line, 'action')}`, tone: 'plain' };
    case 'call':
      return { text: `The call with the patient is lost`, tone: 'care' };
    case 'check-in':
      return { text: text(line, 'status') === 'missed' ? 'The daily check-in is missed' : 'The daily check-in is done', tone: 'care' };
    default:
      return { text: line.what ?? line.kind, tone: 'plain' };
  }
}

function failureSentence({ from = '', what }: TraceLine): string | null {
  switch (what) {
    case FAILURES.powerOff:
      return `${from} is without power`;
    case FAILURES.powerOn:
      return `${from} has its power back`;
    case FAILURES.linkDown:
      return `The link of ${from} is down`;
    case FAILURES.linkUp:
      return `The link of ${from} works again`;
    case FAILURES.usedUp:
      return `No address is left on ${from}`;
    case FAILURES.free:
      return `There are free addresses on ${from} again`;
    case FAILURES.lapsed:
      return `${from} has lost its address`;
    case FAILURES.leased:
      return `${from} has an address again`;
    default:
      return null;
  }
}

function orderSentence(line: TraceLine): Sentence {
  const executed = text(line, 'executed');
  if (text(line, 'intended') === executed) return { text: `The order is carried out: “${executed}”`, tone: 'care' };
  return { text: `The provider carries out “${executed}”; the patient asked for “${text(line, 'intended')}”`, tone: 'attack' };
}

const VERBS: Readonly<Record<string, string>> = { running: 'begins', blocked: 'is blocked', fruitless: 'comes to nothing' };

function stepSentence(line: TraceLine): string {
  if (line.what === GOAL) return 'The adversary has reached its goal';
  const status = text(line, 'status');
  const stopped = blocker(line);
  return `Adversary: ${words(line.what ?? '')} ${VERBS[status] ?? status}${stopped === '' ? '' : ` — ${stopped}`}`;
}

/** Who stopped a step and by which rule or fact; '' when nobody did. */
export function blocker(line: TraceLine): string {
  return reasonOf((line['blockedBy'] ?? null) as StepResult['blockedBy']);
}

/** 'router: default-deny inbound' */
export function reasonOf(by: StepResult['blockedBy']): string {
  return by === null ? '' : `${by.device}: ${by.rule ?? by.fact ?? 'no reason given'}`;
}

/** 'arp-in-the-middle' → 'arp in the middle' */
export const words = (id: string): string => id.replaceAll('-', ' ');

function minutes(line: TraceLine, name: string): string {
  const value = number(line, name);
  return Number.isNaN(value) ? 'some time' : `${Math.round(value)} min`;
}

function plural(count: number, noun: string): string {
  if (Number.isNaN(count)) return `some ${noun}s`;
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
