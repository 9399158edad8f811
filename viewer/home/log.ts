import { el } from '../dom.ts';
import { clockText, type LogEntry } from '../story/story.ts';

const MOST = 200;
const SIGNS: Readonly<Record<LogEntry['tone'], string>> = { attack: '⚠', care: '✚', defence: '⛨', plain: '·' };

/** The text that says what the map shows. A live region: it only ever grows at its end, in bundles. */
export class LogPanel {
  private readonly host: HTMLElement;
  private readonly list = el('ol');

  constructor(host: HTMLElement) {
    this.host = host;
    host.append(this.list);
  }

  clear(): void {
    this.list.replaceChildren();
  }

  add(entries: readonly LogEntry[]): void {
    if (entries.length === 0) return;
    const bottom = this.host.scrollTop + this.host.clientHeight >= this.host.scrollHeight - 8;
    this.list.append(
      ...entries
        .slice(-MOST)
        .map(({ t, text, tone }) =>
          el(
            'li',
            { class: tone },
            el('time', {}, clockText(t)),
            el('span', { 'aria-hidden': 'true', class: 'sign' }, SIGNS[tone]),
            el('span', {}, text),
          ),
        ),
    );
    while (this.list.childElementCount > MOST) this.list.firstElementChild!.remove();
    // Follows the end, unless somebody is reading further up.
    if (bottom) this.host.scrollTop = this.host.scrollHeight;
  }
}
