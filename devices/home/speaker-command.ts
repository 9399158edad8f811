import type { DeviceContext } from '../../sim/model/device.ts';
import type { Body } from '../../sim/model/message.ts';
import type { UpdateMemory } from './updates.ts';

/** One thing said to the speaker (or taken for one), from the wake word to the end of the answer. */
export interface Command {
  readonly intent: string;
  readonly text: string;
  readonly ref: string | null;
  /** Seconds of sound. */
  readonly seconds: number;
  /** Was the speaker meant? */
  readonly intended: boolean;
  /** Somebody other than the patient? */
  readonly bystander: boolean;
  /** Who spoke: device id of the person. */
  readonly speaker: string;
  /** How often it had been said before. */
  readonly attempt: number;
  /** Number given by the person. */
  readonly n: number;
  /** Names all luck of this command, in terms that a counterfactual twin shares. */
  readonly decision: number;
}

export interface SpeakerMemory extends UpdateMemory {
  command: Command | null;
  /** Turn of the skill conversation. */
  turn: number;
  /** Timer for an answer that a person may never give; 0 = none. */
  patience: number;
}

/** Intents that belong to the care, in a fixed order: an intent's place is part of its decision number. */
const INTENTS: readonly string[] = ['none', 'music', 'smalltalk', 'purchase', 'check-in', 'results', 'order', 'call-nurse'];
const HEALTH: readonly string[] = ['check-in', 'results', 'order', 'call-nurse'];
export const isHealth = (intent: string): boolean => HEALTH.includes(intent);
/** Things said that are repeated at most this often; part of the decision number. */
export const ATTEMPTS = 4;

export const decisionOf = (intent: string, n: number, attempt: number): number =>
  (n * INTENTS.length + Math.max(0, INTENTS.indexOf(intent))) * ATTEMPTS + attempt;

export const text = (body: Body | null, name: string): string => (typeof body?.[name] === 'string' ? body[name] : '');

export function tell(device: DeviceContext<SpeakerMemory>, done: boolean, reason: string): void {
  const command = device.memory.command;
  if (command === null || !command.intended) return;
  device.act(command.speaker, 'skill-closed', { intent: command.intent, done, reason }, command.n);
}

/** A protection kept the patient from something legitimate. */
export function blocked(device: DeviceContext<SpeakerMemory>, intent: string, bystander: boolean): void {
  if (!bystander) device.record('action-blocked', { who: 'patient', action: intent });
}
