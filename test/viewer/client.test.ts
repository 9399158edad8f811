import { afterEach, describe, expect, it, vi } from 'vitest';
import { Engine, fetchLibrary } from '../../viewer/engine/client.ts';
import type { FromEngine, ToEngine } from '../../viewer/engine/messages.ts';
import { START } from '../../viewer/address.ts';

/** Stands in for the browser's worker: keeps what it is told, says what a test wants it to say. */
class FakeWorker extends EventTarget {
  static last: FakeWorker;
  readonly told: ToEngine[] = [];

  constructor() {
    super();
    FakeWorker.last = this;
  }

  postMessage(message: ToEngine): void {
    this.told.push(message);
  }

  say(message: FromEngine): void {
    this.dispatchEvent(new MessageEvent('message', { data: message }));
  }
}

afterEach(() => vi.unstubAllGlobals());

describe('the page’s end of the engine', () => {
  it('hears nothing of runs that were given up', () => {
    vi.stubGlobal('Worker', FakeWorker);
    const heard: FromEngine[] = [];
    const engine = new Engine((message) => heard.push(message));
    engine.open(START.choices, 60, false);
    engine.open({ ...START.choices, seed: 2 }, 60, true);
    expect(FakeWorker.last.told).toMatchObject([
      { type: 'open', run: 1, choices: { seed: 1 }, playing: false },
      { type: 'open', run: 2, choices: { seed: 2 }, playing: true },
    ]);
    const batch = { now: 0, lines: [], counts: {}, playing: false, atEnd: false, stepped: false, seeks: 0 };
    FakeWorker.last.say({ type: 'batch', run: 1, batch });
    FakeWorker.last.say({ type: 'twin', run: 1, outcomes: {} });
    FakeWorker.last.say({ type: 'failed', run: 1, message: 'late' });
    expect(heard).toEqual([]);
    FakeWorker.last.say({ type: 'batch', run: 2, batch });
    FakeWorker.last.say({ type: 'menu', menu: { homes: [], threats: [], mitigations: [], sets: [] } });
    expect(heard.map(({ type }) => type)).toEqual(['batch', 'menu']);
  });
});

describe('the library', () => {
  const answering = (answer: () => Promise<Response>): void => void vi.stubGlobal('fetch', answer);

  it('arrives as the server has it', async () => {
    const library = { version: '1', homes: ['a.yaml'], studies: [], files: { 'a.yaml': 'id: a' } };
    answering(() => Promise.resolve(Response.json(library)));
    expect(await fetchLibrary()).toEqual(library);
  });

  it.each([
    ['nobody answers', () => Promise.reject(new TypeError('Failed to fetch')), 'the server does not answer'],
    ['the server cannot', () => Promise.resolve(new Response('', { status: 503 })), 'the server answered 503'],
    ['a page comes', () => Promise.resolve(new Response('<!doctype html>')), 'the server answered something else'],
    ['another document comes', () => Promise.resolve(Response.json({ files: ['a'], homes: 'b' })), 'the server answered something else'],
    ['files are no texts', () => Promise.resolve(Response.json({ files: { a: 1 }, homes: [] })), 'the server answered something else'],
  ])('does not arrive when %s, and that is said', async (_name, answer, why) => {
    answering(answer);
    await expect(fetchLibrary()).rejects.toThrow(`The scenarios did not arrive: ${why}.`);
  });
});
