import type { Numbered } from './numbered.ts';
import { laidOutTable } from './policy.ts';
import type { Conn, InterfaceState, LinkState, NetworkState, NodeState, Track } from './state.ts';

/**
 * Copies of a network's state in the form in which the engine makes it: objects with their fields in that order, lists
 * without holes. A structured clone has the same content in another form in memory, and code that meets two forms is slower
 * in every world of its thread.
 */
export function laidOutState(state: NetworkState): NetworkState {
  return {
    nextMessage: state.nextMessage,
    nextConn: state.nextConn,
    nextExchange: state.nextExchange,
    nextStream: state.nextStream,
    nodes: Array.from(state.nodes, node),
    members: state.members,
    links: Array.from(state.links, link),
    given: state.given,
    usedUp: Array.from(state.usedUp),
    conns: pages(state.conns, conn),
    exchanges: pages(state.exchanges, (exchange) => exchange),
    streams: state.streams,
  };
}

const filled = <T>(list: readonly (T | null)[], copy: (item: T) => T): (T | null)[] =>
  Array.from(list, (item) => (item === null ? null : copy(item)));

const pages = <T>(list: Numbered<T>, copy: (item: T) => T): Numbered<T> =>
  filled(list, ({ taken, items }) => ({ taken, items: filled(items, copy) }));

const node = (of: NodeState): NodeState => ({
  power: of.power,
  cuts: Array.from(of.cuts),
  boots: of.boots,
  interfaces: Array.from(of.interfaces, face),
  lease: {
    until: of.lease.until,
    asked: of.lease.asked,
    timer: of.lease.timer,
    turn: of.lease.turn,
    asks: of.lease.asks,
    lapsed: of.lease.lapsed,
    newcomer: of.lease.newcomer,
  },
  neighbours: filled(of.neighbours, (entry) => ({ node: entry.node, until: entry.until })),
  unresolved: of.unresolved,
  names: of.names,
  asking: of.asking,
  channels: of.channels,
  policy: of.policy === null ? null : laidOutTable(of.policy),
  tracks: pages(of.tracks, track),
  uplink: of.uplink,
  flows: of.flows,
  flowsSince: of.flowsSince,
  reporting: of.reporting,
  peersSeen: of.peersSeen,
  party: of.party,
});

const face = (of: InterfaceState): InterfaceState => ({
  segment: of.segment,
  address4: of.address4,
  address6: of.address6,
  up: of.up,
});

const link = (of: LinkState): LinkState => ({
  busyUntil: of.busyUntil,
  busyFavoured: of.busyFavoured,
  up: of.up,
  failures: of.failures,
});

const track = (of: Track): Track => ({
  kind: of.kind,
  insideAddress: of.insideAddress,
  insidePort: of.insidePort,
  natAddress: of.natAddress,
  natPort: of.natPort,
  from: of.from,
  to: of.to,
  src: of.src,
  dst: of.dst,
  dport: of.dport,
  rule: of.rule,
  udp: of.udp,
  seen: of.seen,
});

const conn = (of: Conn): Conn => ({
  id: of.id,
  client: of.client,
  host: of.host,
  transport: of.transport,
  clientAddress: of.clientAddress,
  clientPort: of.clientPort,
  serverAddress: of.serverAddress,
  serverPort: of.serverPort,
  tls: of.tls,
  verifyServer: of.verifyServer,
  clientAuth: of.clientAuth,
  credential: of.credential,
  keepOpen: of.keepOpen,
  session: of.session,
  channel: of.channel,
  attack: of.attack,
  luck0: of.luck0,
  luck1: of.luck1,
  state: of.state,
  attempt: of.attempt,
  timer: of.timer,
  lastUsed: of.lastUsed,
  waiting: of.waiting,
  busy: of.busy,
  server: of.server,
  peerAddress: of.peerAddress,
  peerPort: of.peerPort,
  interposer: of.interposer,
});
