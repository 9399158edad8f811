import { intern } from './text.ts';

/** Names of a station's fields in a gateway's flow report (`flow-report`): one flat body for all stations. */
export interface FlowFields {
  /** IP bytes that the station has sent in the window. */
  readonly bytes: string;
  /** Different destinations. */
  readonly peers: string;
  /** Destinations that the gateway had never seen it talk to. */
  readonly newPeers: string;
  /** The message that shows the most of it. */
  readonly evidence: string;
  /** The same by destination, as many as there are peers, in the order in which the station turned to them. */
  readonly peer: (index: number) => PeerFields;
}

export interface PeerFields {
  readonly address: string;
  readonly bytes: string;
  readonly evidence: string;
}

const known = new Map<string, FlowFields>();

/** Put together once a station: reports come every few minutes. */
export function flowFields(station: string): FlowFields {
  let fields = known.get(station);
  if (fields === undefined) {
    const field = (name: string): string => intern(`${station}.${name}`);
    const peers: PeerFields[] = [];
    const peer = (index: number): PeerFields =>
      (peers[index] ??= { address: field(`${index}.address`), bytes: field(`${index}.bytes`), evidence: field(`${index}.evidence`) });
    fields = { bytes: field('bytes'), peers: field('peers'), newPeers: field('newPeers'), evidence: field('evidence'), peer };
    known.set(station, fields);
  }
  return fields;
}
