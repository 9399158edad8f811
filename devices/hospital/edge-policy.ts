import type { PolicyRule, PolicyTable } from '../../sim/model/policy.ts';
import { listed, type SettingValue } from '../../sim/model/settings.ts';
import { HTTP, HTTPS } from './portal-protocol.ts';

/** Zones of the hospital's network, one per segment. */
const DMZ = 'hospital-dmz';
const CLINICAL = 'hospital-clinical';
const SERVERS = 'hospital-servers';
const INSIDE = [DMZ, CLINICAL, SERVERS] as const;
/** Syslog over TLS (RFC 5425). */
const SYSLOG_PORT = 6514;

/**
 * What the hospital's edge lets through, from its settings `access` and `segmentation`: a pure function.
 * The portal is published to the internet only in `open` access; otherwise its clients come through the broker, which
 * is the edge's own service.
 */
export function edgePolicy(setting: (name: string) => SettingValue): PolicyTable {
  const open = setting('access') === 'open';
  const web = [HTTPS, HTTP];
  const ids = (name: string): readonly string[] => listed(String(setting(name)));
  const paths = (rule: PolicyRule, from: string, to: string): PolicyRule[] =>
    ids(from).flatMap((src) => ids(to).map((dst) => ({ ...rule, src, dst })));
  const provider = (name: string, zone: string, to: string): PolicyRule[] =>
    paths({ name, from: 'internet', to: zone, transport: 'tcp', dport: HTTPS, action: 'allow' }, 'platform', to);
  const rules: PolicyRule[] = [
    { name: 'own traffic', from: 'self', action: 'allow' },
    ...web.map((dport): PolicyRule => ({ name: 'broker', from: 'internet', to: 'self', transport: 'tcp', dport, action: 'allow' })),
    { name: 'edge has no other services', from: 'internet', to: 'self', action: 'deny' },
    ...web.flatMap((dport) =>
      ids('portal').map((dst): PolicyRule => ({
        name: open ? 'portal published' : 'portal only through the broker',
        from: 'internet',
        to: DMZ,
        transport: 'tcp',
        dport,
        dst,
        action: open ? 'allow' : 'deny',
      })),
    ),
    ...provider('telehealth provider to records', SERVERS, 'records'),
    ...provider('telehealth provider to nurse panel', CLINICAL, 'panel'),
    ...ids('operations').map((dst): PolicyRule => ({
      name: 'alert intake',
      from: 'internet',
      to: CLINICAL,
      transport: 'tcp',
      dport: SYSLOG_PORT,
      dst,
      action: 'allow',
    })),
    { name: 'default-deny inbound', from: 'internet', action: 'deny' },
    ...INSIDE.map((zone): PolicyRule => ({ name: 'outbound', from: zone, to: 'internet', action: 'allow' })),
    ...INSIDE.map((zone): PolicyRule => ({ name: 'same segment', from: zone, to: zone, action: 'allow' })),
    ...bulkheads(setting('segmentation') === 'flat', paths),
  ];
  return {
    rules,
    fallback: { name: 'default-deny', action: 'deny' },
    tracking: true,
    // The hospital's machines have addresses of their own.
    natTo: [],
    portMaps: [],
    isolated: {},
    arpInspection: true,
    flushOnChange: true,
  };
}

/** Between the hospital's own zones: everything, or only what the care process needs. */
function bulkheads(flat: boolean, paths: (rule: PolicyRule, from: string, to: string) => PolicyRule[]): PolicyRule[] {
  const pairs = INSIDE.flatMap((from) => INSIDE.filter((to) => to !== from).map((to) => ({ from, to })));
  if (flat) return pairs.map((pair) => ({ name: 'flat hospital network', ...pair, action: 'allow' }));
  const web = { transport: 'tcp', dport: HTTPS, action: 'allow' } as const;
  return [
    ...paths({ name: 'portal to records', from: DMZ, to: SERVERS, ...web }, 'portal', 'records'),
    ...paths({ name: 'nurse panel to records', from: CLINICAL, to: SERVERS, ...web }, 'panel', 'records'),
    ...paths({ name: 'operations centre to portal', from: CLINICAL, to: DMZ, ...web }, 'operations', 'portal'),
    ...pairs.map((pair): PolicyRule => ({ name: `bulkhead ${pair.from} to ${pair.to}`, ...pair, action: 'deny' })),
  ];
}
