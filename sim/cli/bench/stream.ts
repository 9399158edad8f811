import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Worker } from 'node:worker_threads';
import { WebSocketServer } from 'ws';
import { REPETITIONS, median } from './measure.ts';
import type { Measurement } from './measure.ts';

const CLIENTS = 10;
const BATCH = 100;
const BATCHES = 500;

/** Clients of the measurement: they parse all that arrives, in one thread of their own. */
const CLIENT_SOURCE = `
const { parentPort, workerData } = require('node:worker_threads');
const { WebSocket } = require(workerData.ws);
let open = 0, events = 0, want = 0;
const sockets = [];
for (let i = 0; i < workerData.clients; i++) {
  const socket = new WebSocket('ws://127.0.0.1:' + workerData.port, { perMessageDeflate: false });
  sockets.push(socket);
  socket.on('open', () => { if (++open === workerData.clients) parentPort.postMessage('ready'); });
  socket.on('message', (data) => { events += JSON.parse(data).length; if (events === want) { events = 0; parentPort.postMessage('done'); } });
}
parentPort.on('message', (count) => { want = count; if (count === 0) for (const socket of sockets) socket.terminate(); else parentPort.postMessage('go'); });
`;

/** Events a second that reach ten viewers on loopback, all together, as JSON in batches of 100, encoded once. */
export async function stream(): Promise<Measurement> {
  const http = createServer();
  const server = new WebSocketServer({ server: http, perMessageDeflate: false });
  await new Promise<void>((done) => http.listen(0, '127.0.0.1', done));
  const worker = new Worker(CLIENT_SOURCE, {
    eval: true,
    workerData: {
      port: (http.address() as AddressInfo).port,
      clients: CLIENTS,
      ws: import.meta
        .resolve('ws')
        .replace(/^file:\/\//, '')
        .replace(/wrapper\.mjs$/, 'index.js'),
    },
  });
  const dead = new Promise<never>((_, fail) => worker.once('error', fail));
  const answer = (): Promise<unknown> => Promise.race([new Promise((done) => worker.once('message', done)), dead]);
  try {
    await answer();
    const batch = Array.from({ length: BATCH }, (_, n) => ({
      n,
      t: 1_000_000 * n,
      kind: 'message',
      id: n,
      from: 'hub',
      to: 'platform',
      link: 'private',
      bytes: 840,
      session: 12,
      what: 'observation',
    }));
    const rounds: number[] = [];
    for (let round = 0; round <= REPETITIONS; round++) {
      worker.postMessage(CLIENTS * BATCH * BATCHES);
      await answer();
      const finished = answer();
      const started = performance.now();
      for (let i = 0; i < BATCHES; i++) {
        batch[0]!.n = i;
        const text = JSON.stringify(batch);
        for (const client of server.clients) client.send(text);
        // Lets the sockets drain: an unbounded queue would measure memory.
        if (i % 20 === 19) await new Promise((next) => setImmediate(next));
      }
      await finished;
      if (round > 0) rounds.push(performance.now() - started);
    }
    return { name: 'stream-10', value: (CLIENTS * BATCH * BATCHES) / median(rounds) / 1000, unit: 'Mevents/s' };
  } finally {
    worker.postMessage(0);
    await worker.terminate();
    for (const client of server.clients) client.terminate();
    server.close();
    http.close();
  }
}
