import { HOUR, MINUTE } from '../sim/kernel/time.ts';
import type { RunResult } from '../sim/model/result.ts';
import { catalogue } from '../sim/catalogue.ts';
import { World } from '../sim/world/run.ts';
import { reasonOf, Shelf } from './engine/library.ts';
import type { FromEngine, ToEngine } from './engine/messages.ts';
import { Player } from './engine/player.ts';

/** The engine in the browser: the third composition root, beside the command line and the pool's worker. */
const TICK_MS = 50;
/** Simulated time between two looks at the clock, and real time between two looks at the page's messages. */
const SLICE = MINUTE;
const SLICE_MS = 20;

let shelf: Shelf | null = null;
let player: Player | null = null;
let current = 0;
let ticking: ReturnType<typeof setInterval> | undefined;

const post = (message: FromEngine): void => self.postMessage(message);

self.addEventListener('message', (event: MessageEvent<ToEngine>) => {
  const message = event.data;
  if (message.type === 'open') current = message.run;
  guarded(() => obey(message));
});

/** A run that fails is stopped and says why: going on would show a world that is not the one asked for. */
function guarded(work: () => void): void {
  try {
    work();
  } catch (error) {
    clearInterval(ticking);
    player = null;
    post({ type: 'failed', run: current, message: reasonOf(error) });
  }
}

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
  post({ type: 'opened', run, spec, kinds: shelf.kinds(spec), end: spec.hours * HOUR });
  const mine = new Player(
    (trace) => World.build(spec, catalogue, { ...options, trace }),
    () => performance.now(),
    (batch) => post({ type: 'batch', run, batch }),
    () => post({ type: 'rewound', run }),
  );
  player = mine;
  if (playing) player.play(speed);
  ticking = setInterval(() => guarded(() => player?.tick()), TICK_MS);
  // The page may have opened another run meanwhile; then nobody waits for this one.
  const wanted = (): boolean => player === mine;
  foresee(World.build(spec, catalogue, options), wanted, (result) => {
    post({ type: 'result', run, result });
    if (spec.threat === null) return;
    const twin = World.build({ ...spec, threat: null }, catalogue, options);
    foresee(twin, wanted, ({ outcomes }) => post({ type: 'twin', run, outcomes }));
  });
}

/** Runs a second world of the same run to its end, in slices between the ticks: how it ends is known long before it has been watched. */
function foresee(world: World, wanted: () => boolean, done: (result: RunResult) => void): void {
  if (!wanted()) return;
  guarded(() => {
    const stop = performance.now() + SLICE_MS;
    while (world.now < world.end && performance.now() < stop) world.runUntil(world.now + SLICE);
    if (world.now < world.end) setTimeout(() => foresee(world, wanted, done), 0);
    else done(world.result());
  });
}
