import type { Message } from '../model/message.ts';
import type { PolicyRule, PolicyTable } from '../model/policy.ts';
import { familyOf } from './topology.ts';

export interface Verdict {
  readonly allow: boolean;
  readonly rule: string;
}

/** What a rule may ask about a message at a forwarding device. Addresses are resolved to the devices that hold them now. */
export interface Question {
  readonly from: string;
  readonly to: string;
  readonly message: Pick<Message, 'dst' | 'dport' | 'transport'>;
  readonly srcDevice: string | null;
  readonly dstDevice: string | null;
}

/** First matching rule decides; without one the table's fallback. O(rules). */
export function evaluate(table: PolicyTable, question: Question): Verdict {
  for (const rule of table.rules) if (matches(rule, question)) return { allow: rule.action === 'allow', rule: rule.name };
  return { allow: table.fallback.action === 'allow', rule: table.fallback.name };
}

function matches(rule: PolicyRule, q: Question): boolean {
  return (
    (rule.from === undefined || rule.from === q.from) &&
    (rule.to === undefined || rule.to === q.to) &&
    (rule.family === undefined || rule.family === familyOf(q.message.dst)) &&
    (rule.transport === undefined || rule.transport === q.message.transport) &&
    (rule.dport === undefined || rule.dport === q.message.dport) &&
    (rule.src === undefined || rule.src === q.srcDevice) &&
    (rule.dst === undefined || rule.dst === q.dstDevice)
  );
}

/** The same table, every rule with every condition: rules of one layout in memory are read without a search for the field. */
export const laidOutTable = (table: PolicyTable): PolicyTable => ({
  fallback: table.fallback,
  tracking: table.tracking,
  natTo: table.natTo,
  portMaps: table.portMaps,
  isolated: table.isolated,
  arpInspection: table.arpInspection,
  flushOnChange: table.flushOnChange,
  rules: table.rules.map(({ name, from, to, family, transport, dport, src, dst, action }) => ({
    name,
    from,
    to,
    family,
    transport,
    dport,
    src,
    dst,
    action,
  })) as PolicyTable['rules'],
});
