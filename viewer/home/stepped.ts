import type { Batch } from '../engine/messages.ts';
import { clockText } from '../story/story.ts';
import { lineInWords } from '../story/told.ts';

/** What a single step brought, in words: for whoever does not see it fly. */
export function steppedText({ now, lines, atEnd }: Batch): string {
  const [first, ...more] = lines.map(lineInWords);
  if (first === undefined) return atEnd ? `${clockText(now)} the run is at its end` : '';
  return `${clockText(now)} ${first}${more.length === 0 ? '' : `; and ${more.length} more at this moment`}`;
}
