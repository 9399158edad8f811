import type { Distribution } from '../kernel/distributions.ts';
import { NO_HANDLE } from '../kernel/record.ts';
import { QuantileTable } from '../kernel/quantile-table.ts';
import type { WorldSpec } from '../model/spec.ts';
import { intern } from '../model/text.ts';
import { Airtime } from './airtime.ts';
import type { Network } from './network.ts';
import { SWITCHED_OFF } from './power.ts';
import type { LinkState, NetworkState, NodeState } from './state.ts';
import { Addresses, segmentWord, type Link, type Node, type Segment } from './topology.ts';

export interface Built {
  readonly nodes: readonly Node[];
  readonly segments: readonly Segment[];
  readonly links: readonly Link[];
  readonly state: NetworkState;
}

const NO_DELAY: Distribution = { kind: 'constant', value: 0 };

/** Lays out segments, links, nodes and their addresses from a specification. */
export function build(
  spec: WorldSpec,
  net: Pick<Network, 'kernel' | 'parameter' | 'distribution'>,
  listens: (kind: string) => readonly number[],
  forwards: (kind: string) => boolean,
): Built {
  const nodeIndex = new Map(spec.devices.map((device) => [device.id, net.kernel.subject(device.id)]));
  const links: Link[] = [];
  const radios = new Map<string, number>();
  const addLink = (id: string, rate: number, buffer: number, queuedBy: number): number => {
    links.push({ index: links.length, id, rate, buffer, queuedBy });
    return links.length - 1;
  };
  const mega = (id: string): number => net.parameter(id) * 1e6;
  const airtime = spec.segments.some(({ medium }) => medium === 'wifi') ? airtimeOf(net) : null;

  const segments = spec.segments.map((segment, index): Segment => {
    const gatewayNode = segment.gateway === null ? -1 : (nodeIndex.get(segment.gateway) ?? -1);
    let uplink: number;
    let downlink: number;
    let delay: Distribution = NO_DELAY;
    let loss = 0;
    let interval = 0;
    switch (segment.medium) {
      case 'wifi': {
        const radio = segment.radio ?? segment.id;
        if (!radios.has(radio)) radios.set(radio, addLink(`radio ${radio}`, mega('wifi.rate'), net.parameter('wifi.buffer'), -1));
        uplink = downlink = radios.get(radio)!;
        delay = net.distribution('wifi.hop-latency');
        loss = net.parameter('wifi.residual-loss');
        break;
      }
      case 'line':
        uplink = addLink(
          `${segment.id} up`,
          mega(`line.${spec.line.kind}.up`),
          net.parameter('line.buffer'),
          wanGateway(spec, segment.id, nodeIndex),
        );
        downlink = addLink(`${segment.id} down`, mega(`line.${spec.line.kind}.down`), net.parameter('line.buffer'), -1);
        delay = net.distribution(`line.${spec.line.kind}.delay`);
        break;
      case 'lte':
        uplink = addLink(`${segment.id} up`, mega('line.lte.up'), net.parameter('line.buffer'), -1);
        downlink = addLink(`${segment.id} down`, mega('line.lte.down'), net.parameter('line.buffer'), -1);
        delay = net.distribution('line.lte.delay');
        break;
      case 'ble':
        uplink = downlink = addLink(segment.id, mega('ble.rate'), net.parameter('ble.buffer'), -1);
        loss = net.parameter('ble.loss');
        interval = Math.round(net.parameter('ble.interval') * 1000);
        break;
      case 'core':
        uplink = downlink = addLink(segment.id, Infinity, 0, -1);
        delay = net.distribution('core.delay');
        break;
      case 'ethernet':
      case 'hospital':
        uplink = downlink = addLink(segment.id, mega('ethernet.rate'), net.parameter('ethernet.buffer'), -1);
        delay = net.distribution('ethernet.delay');
        break;
    }
    // Field by field: all segments have one layout in memory, whatever the specification's objects look like.
    return {
      id: segment.id,
      medium: segment.medium,
      zone: segment.zone,
      radio: segment.radio,
      gateway: segment.gateway,
      index,
      gatewayNode,
      uplink,
      downlink,
      delay: QuantileTable.of(delay),
      fixedDelay: delay.kind === 'constant' ? delay.value * 1000 : -1,
      loss,
      airtime: segment.medium === 'wifi' ? airtime : null,
      interval,
      word: segmentWord(segment.id),
      members: [],
    };
  });

  const byId = new Map(segments.map((segment) => [segment.id, segment]));
  const homeSegments = new Set(segments.filter((s) => s.medium === 'wifi' || s.medium === 'ethernet').map((s) => s.id));
  const addresses = new Addresses(segments.length);
  const nodes: Node[] = [];
  const states: NodeState[] = [];
  for (const device of spec.devices) {
    const index = nodeIndex.get(device.id)!;
    const forwarding = forwards(device.kind);
    nodes[index] = {
      index,
      id: device.id,
      certificate: intern(`${device.id}.example`),
      forwards: forwarding,
      listens: new Set(listens(device.kind)),
      homeClient: !forwarding && device.on.some((segment) => homeSegments.has(segment) || byId.get(segment)?.medium === 'lte'),
    };
    const attached = device.on.map((id) => byId.get(id)!);
    for (const segment of attached) segment.members.push(index);
    states[index] = {
      power: device.power,
      cuts: device.power ? [] : [SWITCHED_OFF],
      boots: 0,
      interfaces: attached.map((segment) => {
        const address4 = segment.medium === 'ble' ? 0 : addresses.v4(index, segment.index);
        return { segment: segment.index, address4, address6: addresses.v6(index, segment.index), up: device.power };
      }),
      lease: { until: 0, asked: 0, timer: NO_HANDLE, turn: 0, asks: 0, lapsed: false, newcomer: false },
      neighbours: [],
      unresolved: new Map(),
      names: new Map(),
      asking: new Map(),
      channels: new Map(),
      policy: null,
      tracks: [],
      uplink: attached.findIndex(
        (segment) => segment.gateway !== device.id && (segment.medium === 'line' || segment.medium === 'lte' || segment.medium === 'core'),
      ),
      flows: new Map(),
      flowsSince: 0,
      reporting: false,
      peersSeen: new Map(),
      party: 'owner',
    };
  }
  const linkStates: LinkState[] = links.map(() => ({ busyUntil: 0, busyFavoured: 0, up: true, failures: 0 }));
  const state: NetworkState = {
    nextMessage: 1,
    nextConn: 1,
    nextExchange: 1,
    nextStream: 1,
    nodes: states,
    members: segments.map((segment) => segment.members),
    links: linkStates,
    given: segments.map(() => new Map()),
    usedUp: segments.map(() => 0),
    // Number 0 means none.
    conns: [],
    exchanges: [],
    streams: new Map(),
  };
  return { nodes, segments, links, state };
}

function airtimeOf(net: Pick<Network, 'parameter'>): Airtime {
  const parameter = (id: string): number => net.parameter(id);
  return new Airtime({
    goodput: parameter('wifi.rate') * 1e6,
    frameRate: parameter('wifi.frame-rate') * 1e6,
    broadcastRate: parameter('wifi.broadcast-rate') * 1e6,
    header: parameter('wifi.header'),
    preamble: parameter('wifi.preamble'),
    gap: parameter('wifi.difs'),
    shortGap: parameter('wifi.sifs'),
    slot: parameter('wifi.slot'),
    window: parameter('wifi.window'),
    windowMost: parameter('wifi.window-most'),
    acknowledgement: parameter('wifi.acknowledgement'),
    loss: parameter('wifi.try-loss'),
    tries: parameter('wifi.tries'),
  });
}

/** The home's gateway onto an access line: whoever is attached to it and is not its head end. */
function wanGateway(spec: WorldSpec, segment: string, nodeIndex: ReadonlyMap<string, number>): number {
  const head = spec.segments.find((candidate) => candidate.id === segment)?.gateway;
  const home = spec.devices.find((device) => device.id !== head && device.on.includes(segment));
  return home === undefined ? -1 : nodeIndex.get(home.id)!;
}
