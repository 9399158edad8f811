import type { Message } from '../../../model/message.ts';
import { BROADCAST } from '../../../network/topology.ts';
import type { World } from '../../../world/run.ts';
import { Ledger, type Place } from './ledger.ts';

/**
 * Opens the account of a world's messages. The trace tells hops, stops and passes; that a message was made, arrived and
 * was taken in it does not tell: these are read off the functions that do it.
 */
export function watch(world: World): Ledger {
  const { net, kernel } = world;
  const ledger = new Ledger((node) => net.nodes[node]?.id ?? `node ${node}`, world.end);
  const already = placesOf(world);
  for (const { message, node } of already.underWay) ledger.opened(message, node, false);
  for (const { message, node } of already.waiting) ledger.opened(message, node, true);

  after(net.frames, 'make', (message) => {
    if (!isProbe(message)) ledger.made(message);
  });
  before(world, 'onHop', (message, from, to, segment, time) =>
    ledger.hop(message, from, receivers(world, message, from, to, segment), kernel.now, time),
  );
  before(net.frames, 'arrive', (node, message) => ledger.arrived(message, node, kernel.now));
  before(net.transport, 'receive', (node, message) => {
    ledger.taken(message, node);
    if (message.dst !== BROADCAST && net.ownerOf(message.dst) !== node)
      ledger.complaints.push(
        `message ${message.id} (${message.kind}): taken in by ${net.nodes[node]!.id}, which does not hold its address`,
      );
  });
  before(net.neighbours, 'news', (node, _at, message) => ledger.taken(message, node));
  before(net.leases, 'receive', (node, message) => ledger.taken(message, node));
  const handed = new Set<string>();
  before(world, 'deliver', (node, type, message) => {
    if (message === null) return;
    if (message.transport === 'ble') ledger.taken(message, node);
    if (message.exchange === 0 || type !== message.kind) return;
    // Once in each life of the device: it remembers nothing of what it took before it lost its power.
    const exchange = `${message.exchange} ${message.role} ${net.nodeState(node).boots}`;
    if (handed.has(exchange))
      ledger.complaints.push(`${message.role} of exchange ${message.exchange} (${message.kind}) reaches a device twice`);
    handed.add(exchange);
  });
  before(world, 'onStop', (message, node, reason) => {
    if (!isProbe(message)) ledger.stop(message, node, reason.rule ?? reason.fact ?? '');
  });
  after(world, 'hold', (goesOn, node, message) => {
    if (!goesOn) ledger.stop(message, node, 'dropped by foreign code');
  });
  return ledger;
}

/** The end of the run: what is still waiting or under way is no loss. */
export function close(world: World, ledger: Ledger): void {
  const { underWay, waiting } = placesOf(world);
  const place = ({ message, node }: Found): Place => ({ id: message.id, node });
  ledger.close(waiting.map(place), underWay.map(place));
}

interface Found {
  readonly message: Message;
  readonly node: number;
}

function placesOf(world: World): { readonly underWay: readonly Found[]; readonly waiting: readonly Found[] } {
  return {
    underWay: world.kernel
      .snapshot()
      .records.filter(({ handler }) => handler === 'net.arrive')
      .map(({ subject, data }) => ({ message: data as Message, node: world.net.nodeIndex.get(subject)! })),
    waiting: world.net.state.nodes.flatMap((state, node) =>
      [...state.unresolved.values()].flatMap(({ messages }) => messages.map((message) => ({ message, node }))),
    ),
  };
}

/** Nodes at which a hop must arrive: the access point first, which passes frames between stations; else whom it is for. */
function receivers(world: World, message: Message, from: number, to: number, segment: number): readonly number[] {
  const { medium, gatewayNode, members } = world.net.segments[segment]!;
  if ((medium === 'wifi' || medium === 'ethernet') && gatewayNode >= 0 && from !== gatewayNode) return [gatewayNode];
  if (to >= 0) return [to];
  return members.filter((member) => member !== from && member !== message.origin && world.cares(member, message));
}

/** A question that the network asks its own rules about a running stream; it never goes anywhere. */
const isProbe = ({ kind, transport, bytes, conn, dst }: Message): boolean =>
  kind === 'stream' && transport === 'udp' && bytes === 0 && conn === 0 && dst !== BROADCAST;

type Method<T, K extends keyof T> = T[K] extends (...args: infer A) => infer R ? { readonly args: A; readonly result: R } : never;

/** Looks at a method's arguments before it runs. */
function before<T extends object, K extends keyof T>(object: T, name: K, look: (...args: Method<T, K>['args']) => void): void {
  const original = (object[name] as (...args: unknown[]) => unknown).bind(object);
  object[name] = ((...args: Method<T, K>['args']) => {
    look(...args);
    return original(...args);
  }) as T[K];
}

/** Looks at what a method gave, and its arguments. */
function after<T extends object, K extends keyof T>(
  object: T,
  name: K,
  look: (result: Method<T, K>['result'], ...args: Method<T, K>['args']) => void,
): void {
  const original = (object[name] as (...args: unknown[]) => unknown).bind(object);
  object[name] = ((...args: Method<T, K>['args']) => {
    const result = original(...args);
    look(result as Method<T, K>['result'], ...args);
    return result;
  }) as T[K];
}
