import type { TraceLine } from '../../sim/world/run.ts';
import { text } from './fields.ts';
import { isNotable, sentence, words } from './incidents.ts';

/** Any line of the trace in words, for whoever goes through a run step by step. */
export function lineInWords(line: TraceLine): string {
  const { from = '', to = '', what = '', link = '', rule = '' } = line;
  switch (line.kind) {
    case 'message':
      return `${words(what)} from ${from} to ${to === '*' ? 'everybody' : to} (${link}${line['sealed'] === true ? ', encrypted' : ''}${line['label'] === 'adversary' ? ', written by the adversary' : ''})`;
    case 'verdict':
      return `${words(what)} ${line.verdict ?? ''} at ${from}: ${rule}`;
    case 'setting':
      return `${from} sets ${what} to ${text(line, 'value')}`;
    case 'state':
      return text(line, 'value') === '' ? sentence(line).text : `${from}: ${what} is ${text(line, 'value')}`;
    case 'record':
      return isNotable(line) ? sentence(line).text : `${from} notes: ${words(what)}`;
    default:
      return sentence(line).text;
  }
}
