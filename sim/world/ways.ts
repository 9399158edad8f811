import type { KeyTable, StreamKey } from '../kernel/draws.ts';
import type { ChannelSpec } from '../model/device.ts';
import { intern } from '../model/text.ts';
import type { ChannelFacts } from '../network/state.ts';

/** A channel as it is now: what its requests share. */
export interface Way {
  readonly host: string;
  readonly spec: ChannelFacts;
  readonly session: string;
  /** Key of the luck of each kind of request; a channel has few. */
  readonly lucks: Luck[];
}

interface Luck {
  readonly kind: string;
  readonly key: StreamKey;
}

/** What datagrams of a kind to a port of a host share. */
export interface DatagramWay {
  readonly host: string;
  readonly port: number;
  readonly session: string;
  readonly luck: Luck;
  readonly spec: ChannelFacts;
}

/** Ways of datagrams that a device remembers. */
const REMEMBERED = 32;

/** The ways by which a device sends, put together once: by name for its model's channels, by host, port and kind for datagrams. */
export class Ways {
  private readonly device: string;
  private readonly keys: KeyTable;
  private readonly specOf: (channel: string) => ChannelSpec;
  private readonly channels = new Map<string, Way>();
  private readonly datagrams: DatagramWay[] = [];

  /** `device`: its id; `specOf` tells what a channel is under the present settings. */
  constructor(device: string, keys: KeyTable, specOf: (channel: string) => ChannelSpec) {
    this.device = device;
    this.keys = keys;
    this.specOf = specOf;
  }

  /** Settings have changed: channels may be others now. */
  forget(): void {
    this.channels.clear();
  }

  channel(name: string): Way {
    let way = this.channels.get(name);
    if (way === undefined) {
      const { host: named, port, transport, tls, verifyServer, clientAuth, credential, keepOpen } = this.specOf(name);
      const host = intern(named);
      // Field by field: all channels have one layout in memory, in whatever order their models name them.
      const spec = { port, transport, tls, verifyServer, clientAuth, credential, keepOpen };
      way = { host, spec, session: intern(`${name} ${host}`), lucks: [] };
      this.channels.set(name, way);
    }
    return way;
  }

  /** Key of the luck of requests of a kind on a channel. */
  luck({ lucks }: Way, channel: string, kind: string): StreamKey {
    for (let i = 0; i < lucks.length; i++) if (lucks[i]!.kind === kind) return lucks[i]!.key;
    const key = this.keys.key(`${this.device} ${channel} ${kind}`);
    lucks.push({ kind, key });
    return key;
  }

  datagram(host: string, port: number, kind: string): DatagramWay {
    const known = this.datagrams;
    for (let i = 0; i < known.length; i++) {
      const way = known[i]!;
      if (way.port === port && way.luck.kind === kind && way.host === host) return way;
    }
    const channel = `datagram ${port}`;
    const luck = { kind, key: this.keys.key(`${this.device} ${channel} ${kind}`) };
    const way = { host, port, session: intern(`${channel} ${host}`), luck, spec: facts(port) };
    // Ports that are drawn anew each time (scans) are not worth remembering.
    if (known.length < REMEMBERED) known.push(way);
    return way;
  }
}

const facts = (port: number): ChannelFacts => ({
  port,
  transport: 'udp',
  tls: false,
  verifyServer: false,
  clientAuth: 'none',
  credential: null,
  keepOpen: 0,
});
