import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { libraryAnswer } from '../../sim/cli/files.ts';
import { START } from '../../viewer/address.ts';
import type { Choices, FromEngine, ToEngine } from '../../viewer/engine/messages.ts';

/** The worker's own thread, as far as it needs one: what it says, and a way to say something to it. */
class Thread extends EventTarget {
  readonly said: FromEngine[] = [];
  postMessage(message: FromEngine): void {
    this.said.push(message);
    this.dispatchEvent(new Event(message.type));
  }
  tell(message: ToEngine): void {
    this.dispatchEvent(new MessageEvent('message', { data: message }));
  }
  /** The first thing of a sort that it says from now on. */
  next<T extends FromEngine['type']>(type: T): Promise<Extract<FromEngine, { type: T }>> {
    return new Promise((resolve) => {
      this.addEventListener(type, () => resolve(this.said.at(-1) as Extract<FromEngine, { type: T }>), { once: true });
    });
  }
}

const thread = new Thread();
beforeAll(async () => {
  vi.stubGlobal('self', thread);
  await import('../../viewer/worker.ts');
  const { files, homes } = libraryAnswer();
  thread.tell({ type: 'library', files, homes });
});
afterAll(() => vi.unstubAllGlobals());

const open = (number: number, more: Partial<Choices>): void =>
  thread.tell({ type: 'open', run: number, choices: { ...START.choices, ...more }, speed: 60, playing: false });

describe('the engine in the browser', () => {
  it('offers the homes that somebody lives in', () => {
    const [menu] = thread.said;
    expect(menu).toMatchObject({ type: 'menu', menu: { homes: [{ path: 'scenarios/homes/reference.yaml' }] } });
    expect((menu as Extract<FromEngine, { type: 'menu' }>).menu.homes).toHaveLength(1);
  });

  it('foresees the end of the last run opened, and of the same day without its adversary; of no other', async () => {
    const choices = { threat: 'te5-router-to-hospital', course: 'natural' } as const;
    const result = thread.next('result');
    const twin = thread.next('twin');
    open(1, { ...choices, seed: 8 });
    open(2, choices);
    const end = await result;
    expect(end).toMatchObject({
      run: 2,
      result: { seed: 1, replication: 0, simulatedHours: 24, threat: { id: choices.threat, succeeded: true } },
    });
    expect(end.result.outcomes['recordsExposed']).toBeGreaterThan(0);
    expect(await twin).toMatchObject({ run: 2, outcomes: { recordsExposed: 0, hostsControlled: 0 } });
    expect(thread.said.filter((message) => 'run' in message && message.run === 1 && message.type !== 'opened')).toMatchObject([
      { type: 'batch' },
    ]);
  });

  it('says what cannot be opened, without a file that is none', () => {
    open(3, { threat: 'nonsense' });
    expect(thread.said.at(-1)).toMatchObject({
      type: 'failed',
      run: 3,
      message: expect.stringMatching(/^There is no threat event "nonsense"\. /),
    });
    thread.tell({ type: 'play', speed: 60 });
    expect(thread.said.at(-1)).toMatchObject({ type: 'failed' });
    open(4, { mitigations: ['odd'] });
    expect(thread.said.at(-1)).toMatchObject({ message: expect.stringMatching(/^There is no mitigation "odd"\. /) });
  });
});
