// Runs every cell under ns-3 and writes reference.json. Usage: node produce.mjs <compiled cell.cc>; see README.md.
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import process from 'node:process';

const RUNS = 10;
const RHOS = [0.5, 0.9, 1.2];
/** Share of the bottleneck that messages take beside streams: few, as in a home, but enough to measure. */
const MESSAGES = 0.02;

/**
 * Airtime of an 802.11a frame at 24 Mbit/s that carries an IP packet of so many bytes, with all that must pass before the
 * next one: DIFS, mean backoff of a station alone, preamble, 96 bits a symbol, SIFS, acknowledgement. Seconds.
 */
function airtime(bytes) {
  const symbols = (octets) => Math.ceil((16 + 8 * octets + 6) / 96) * 4;
  return (34 + 7.5 * 9 + (20 + symbols(bytes + 8 + 28)) + 16 + (20 + symbols(14))) / 1e6;
}

const line = { rate: 15e6, delay: 0.005, buffer: '262144B', frame: 500, streamFrame: 1500 };
const PATHS = {
  line,
  wan: { ...line, delay: 0.045 },
  // The rate that a user would give the model: goodput of full-size packets.
  wifi: { rate: (1500 * 8) / airtime(1500), delay: 0, buffer: '175p', frame: 1500, streamFrame: 1500 },
};
/** `share`: of the bottleneck that messages take; the streams offer the rest of rho, or as much as TCP takes (bulk). */
const BACKGROUNDS = {
  alone: { mode: 'none', flows: 0, share: (rho) => rho, warm: 4, seconds: 20 },
  constant: { mode: 'constant', flows: 1, share: () => MESSAGES, warm: 6, seconds: 40 },
  elastic: { mode: 'elastic', flows: 2, share: () => MESSAGES, warm: 12, seconds: 45 },
  bulk: { mode: 'elastic', flows: 2, share: (rho) => rho, warm: 12, seconds: 30 },
};

function cell(path, background, rho, more = {}) {
  const { share, ...load } = { ...BACKGROUNDS[background], ...more };
  const way = { ...PATHS[path], ...more };
  const messages = share(rho) * way.rate;
  return {
    id: [path, more.name ?? background, rho].join(' '),
    path,
    background,
    rho,
    mode: load.mode,
    flows: load.flows,
    rate: Math.round(way.rate),
    delay: way.delay,
    buffer: way.buffer,
    frame: way.frame,
    streamFrame: way.streamFrame,
    messagesPerSecond: more.messagesPerSecond ?? messages / (8 * way.frame),
    streamBitsPerSecond: background === 'alone' || background === 'bulk' ? 0 : Math.round(rho * way.rate - messages),
    warm: load.warm,
    seconds: load.seconds,
  };
}

const cells = [
  ...Object.keys(PATHS).flatMap((path) => Object.keys(BACKGROUNDS).flatMap((background) => RHOS.map((rho) => cell(path, background, rho)))),
  ...RHOS.map((rho) => cell('line', 'constant', rho, { name: 'constant, ten streams', flows: 10 })),
  ...RHOS.map((rho) => cell('line', 'constant', rho, { name: 'constant, a fifth messages', share: () => 0.2 })),
  cell('line', 'constant', 1.2, { name: 'constant, buffer in packets', buffer: '175p' }),
  cell('line', 'constant', 1.2, { name: 'constant, ten streams, buffer in packets', flows: 10, buffer: '175p' }),
  ...RHOS.map((rho) => cell('wifi', 'alone', rho, { name: 'alone, short messages', frame: 500, messagesPerSecond: rho / airtime(500) })),
];

function runOf(c, run) {
  const facts = { ...c, lineRate: c.rate, messageRate: c.messagesPerSecond, streamRate: c.streamBitsPerSecond, run };
  const names = [
    'buffer',
    'mode',
    'flows',
    'lineRate',
    'delay',
    'messageRate',
    'streamRate',
    'frame',
    'streamFrame',
    'warm',
    'seconds',
    'run',
  ];
  const options = names.map((name) => `--${name}=${facts[name]}`);
  return JSON.parse(execFileSync(process.argv[2], [`--path=${c.path === 'wifi' ? 'wifi' : 'line'}`, ...options], { encoding: 'utf8' }));
}

const lines = cells.map((c) => {
  const runs = Array.from({ length: RUNS }, (_, i) => runOf(c, i + 1)).map((r) => [r.sent, r.received, r.delay, r.streamBytes]);
  process.stderr.write(`${c.id}\n`);
  return JSON.stringify({ ...c, runs });
});
const head = { ns3: '3.37', package: 'Debian libns3-dev 3.37-2', compiler: 'g++ 12.2.0', seed: 1, runNumbers: `1 to ${RUNS}` };
const columns = ['sent', 'received', 'delay s', 'stream bytes'];
writeFileSync(
  new URL('reference.json', import.meta.url),
  `${JSON.stringify({ ...head, columns }, null, 2).slice(0, -2)},\n  "cells": [\n    ${lines.join(',\n    ')}\n  ]\n}\n`,
);
