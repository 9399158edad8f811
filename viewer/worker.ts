import { catalogue } from '../sim/catalogue.ts';
import { runPair, World } from '../sim/world/run.ts';
import { Shelf } from './engine/library.ts';
import type { FromEngine, ToEngine } from './engine/messages.ts';
import { Player } from './engine/player.ts';

/** The engine in the browser: the third composition root, beside the command line and the pool's worker. */
const TICK_MS = 50;

let shelf: Shelf | null = null;
let player: Player | null = null;
let ticking: ReturnType<typeof setInterval> | undefined;

const post = (message: FromEngine): void => self.postMessage(message);

self.addEventListener('message', (event: MessageEvent<ToEngine>) => {
  const message = event.data;
  try {
    obey(message);
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    post({ type: 'failed', run: message.type === 'open' ? message.run : 0, message: text });
  }
});

function obey(message: ToEngine): void {
  switch (message.type) {
    case 'library':
      shelf = new Shelf(message.files, message.homes, catalogue);
      return post({ type: 'menu', menu: shelf.menu });
    case 'open':
      return open(message);
    case 'play':
      return player?.play(message.speed);
    case 'speed':
      return player?.setSpeed(message.speed);
    case 'pause':
      return player?.pause();
    case 'step':
      return player?.step();
    case 'incident':
      return player?.toIncident();
    case 'seek':
      return player?.seek(message.to);
  }
}

function open({ run, choices, speed, playing }: Extract<ToEngine, { type: 'open' }>): void {
  clearInterval(ticking);
  player = null;
  if (shelf === null) throw new Error('the library has not arrived');
  const spec = shelf.spec(choices);
  const options = { seed: choices.seed, replication: 0 };
  post({ type: 'opened', run, spec, kinds: shelf.kinds(spec), end: spec.hours * 3_600_000_000 });
  const mine = new Player(
    (trace) => World.build(spec, catalogue, { ...options, trace }),
    () => performance.now(),
    (batch) => post({ type: 'batch', run, batch }),
    () => post({ type: 'rewound', run }),
  );
  player = mine;
  if (playing) player.play(speed);
  ticking = setInterval(() => player?.tick(), TICK_MS);
  // How it ends is known long before it has been watched; the map comes first.
  setTimeout(() => {
    if (player === mine) post({ type: 'result', run, result: runPair(spec, catalogue, options) });
  }, 2 * TICK_MS);
}
