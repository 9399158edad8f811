/**
 * What a forwarding device (router, hospital edge) lets through. A device model computes a table from its own
 * settings and installs it; the network evaluates it. Every verdict names the rule that gave it.
 */

/** Ordered; the first rule that matches decides. Absent conditions match everything. */
export interface PolicyRule {
  readonly name: string;
  readonly from?: string; // zone
  readonly to?: string; // zone; 'self' = the device's own services
  readonly family?: 4 | 6;
  readonly transport?: 'tcp' | 'udp' | 'arp' | 'dhcp' | 'ble';
  readonly dport?: number;
  /** Device ids on the inside or outside, matched by their current addresses. */
  readonly src?: string;
  readonly dst?: string;
  readonly action: 'allow' | 'deny';
}

export interface PortMap {
  /** External port on the WAN address. */
  readonly port: number;
  /** Inside device and its port. */
  readonly device: string;
  readonly inside: number;
}

export interface PolicyTable {
  readonly rules: readonly PolicyRule[];
  /** Given when no rule matches. */
  readonly fallback: { readonly name: string; readonly action: 'allow' | 'deny' };
  /** Replies of tracked connections pass before the rules are read. */
  readonly tracking: boolean;
  /** Source NAT (IPv4 only) from inside zones to these zones. */
  readonly natTo: readonly string[];
  readonly portMaps: readonly PortMap[];
  /** Bridged frames between two stations of the same segment: true = refused ("client isolation"). By segment id. */
  readonly isolated: Readonly<Record<string, boolean>>;
  /** Frames whose ARP answer contradicts the lease table are dropped. */
  readonly arpInspection: boolean;
  /** On a rule change: flush tracked connections, or keep them until they end. */
  readonly flushOnChange: boolean;
}
