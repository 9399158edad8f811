import type { LibraryAnswer } from '../../sim/protocol/messages.ts';
import type { Choices, FromEngine, ToEngine } from './messages.ts';

/** The page's end of the engine's worker. Answers that belong to an earlier run are dropped. */
export class Engine {
  private readonly worker: Worker;
  private run = 0;

  constructor(onMessage: (message: FromEngine) => void) {
    this.worker = new Worker(new URL('../worker.ts', import.meta.url), { type: 'module', name: 'engine' });
    this.worker.addEventListener('message', (event: MessageEvent<FromEngine>) => {
      const message = event.data;
      if (message.type === 'menu' || message.run === this.run || message.run === 0) onMessage(message);
    });
    this.worker.addEventListener('error', (event) => {
      onMessage({ type: 'failed', run: this.run, message: event.message || 'the engine stopped' });
    });
  }

  library(answer: LibraryAnswer): void {
    this.send({ type: 'library', files: answer.files, homes: answer.homes });
  }

  /** Starts a run anew; whatever ran before is given up. */
  open(choices: Choices, speed: number, playing: boolean): void {
    this.send({ type: 'open', run: ++this.run, choices, speed, playing });
  }

  send(message: ToEngine): void {
    this.worker.postMessage(message);
  }
}

/** What the server has to offer. @throws Error saying what failed */
export async function fetchLibrary(): Promise<LibraryAnswer> {
  const failed = (why: string): Error => new Error(`The scenarios did not arrive: ${why}.`);
  const response = await fetch('api/library').catch(() => {
    throw failed('the server does not answer');
  });
  if (!response.ok) throw failed(`the server answered ${response.status}`);
  const answer: unknown = await response.json().catch(() => null);
  if (!isLibrary(answer)) throw failed('the server answered something else');
  return answer;
}

function isLibrary(answer: unknown): answer is LibraryAnswer {
  if (typeof answer !== 'object' || answer === null || !('files' in answer) || !('homes' in answer)) return false;
  const { files, homes } = answer;
  const texts = typeof files === 'object' && files !== null ? Object.values(files) : [null];
  return Array.isArray(homes) && [...texts, ...(homes as unknown[])].every((text) => typeof text === 'string');
}
