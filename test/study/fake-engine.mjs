// A stand-in for the engine that threads can load too. Everything follows from set, threat, seed and replication.
// Special threats: 'throws' fails at every tenth replication, 'dies' takes its thread with it at replication 3,
// 'slow' takes some milliseconds, 'strange' reports an undeclared outcome.
function mix(...words) {
  let h = 0x811c9dc5;
  for (const word of words) {
    for (const c of String(word)) h = Math.imul(h ^ c.charCodeAt(0), 0x01000193) >>> 0;
    h = Math.imul(h ^ (h >>> 15), 0x2c1b3c6d) >>> 0;
  }
  h ^= h >>> 13;
  return (Math.imul(h, 0x297a2d39) >>> 0) / 4294967296;
}

const STRENGTH = { none: 0.8, typical: 0.5, recommended: 0.1 };

export function runReplication(spec, { seed, replication }) {
  const set = spec.devices[0].settings.set;
  const threat = spec.threat?.id ?? null;
  if (threat === 'throws' && replication % 10 === 7)
    throw new Error(`no route at replication ${replication}\n    at some/machine/path.js:1:1`);
  if (threat === 'dies' && replication === 3) process.exit(3);
  if (threat === 'slow') for (const end = performance.now() + 8; performance.now() < end;);
  const shared = mix('shared', seed, replication); // what arms have in common
  const succeeded = threat !== null && mix('attack', threat, seed, replication) < STRENGTH[set];
  const fingerprint = Array.from({ length: 4 }, (_, i) =>
    Math.floor(mix('print', i, set, threat, seed, replication) * 4294967296)
      .toString(16)
      .padStart(8, '0'),
  ).join('');
  return {
    fingerprint,
    scenario: spec.id,
    seed,
    replication,
    simulatedHours: spec.hours,
    events: 1,
    messages: 1,
    wallMs: 0,
    threat: threat === null ? null : { id: threat, succeeded, steps: [] },
    alerts: [],
    outcomes: {
      gapMinutes: 100 * shared + (succeeded ? 300 : 0),
      records: succeeded ? Math.floor(10 * shared) : 0,
      detectHours: succeeded && shared < 0.5 ? 24 * shared : null,
      ...(threat === 'strange' ? { unheardOf: 1 } : {}),
    },
    attributable: null,
  };
}
