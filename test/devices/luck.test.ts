import { describe, expect, it } from 'vitest';
import { World } from '../../sim/world/run.ts';
import { catalogue, worldOf } from '../support/worlds.ts';

/**
 * Two different requests must not have the same luck: that of a device's request is addressed by (device, channel, kind, n),
 * of a datagram that is answered by its port as well, of a flow by (device, type, port, n).
 */
function repeats(world: World): string[] {
  const seen = new Map<string, number>();
  const note = (address: string): void => void seen.set(address, (seen.get(address) ?? 0) + 1);
  const { net } = world;
  const { transport, streams } = net;
  const ask = transport.open.bind(transport);
  transport.open = (request) => {
    const { node, purpose, channel, spec, kind, n } = request;
    if (purpose === 'device') note(`${net.nodes[node]!.id} asks ${channel} ${kind} ${n}`);
    else if (purpose === 'datagram') note(`${net.nodes[node]!.id} sends ${spec.port} ${kind} ${n}`);
    return ask(request);
  };
  const flow = streams.open.bind(streams);
  streams.open = (stream) => {
    const { node, purpose, type, port, n } = stream;
    if (purpose === 'device') note(`${net.nodes[node]!.id} streams ${type} ${port} ${n}`);
    return flow(stream);
  };
  world.runUntil(world.end);
  expect(seen.size).toBeGreaterThan(1000);
  return [...seen].filter(([, times]) => times > 1).map(([address, times]) => `${address}: ${times} times`);
}

describe('a day in the reference home', () => {
  it.each([
    [null, 'typical'],
    ['te2-reading-tamper', 'recommended'],
  ] as const)('has no two requests or flows with the same luck (%s, %s)', (threat, mitigations) => {
    expect(repeats(World.build(worldOf(threat, mitigations, { hours: 24 }), catalogue, { seed: 5, replication: 2 }))).toEqual([]);
  });
});
