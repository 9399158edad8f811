/**
 * Text that is safe to show: folders travel between people, and a terminal obeys control characters (moves the cursor, sets
 * its title, hides what follows). Line ends and tabs are none of these.
 */
export const PLAIN_TEXT = /^[\P{Cc}\n\t]*$/u;
/** The same on one line. */
export const PLAIN_LINE = /^[\P{Cc}\t]*$/u;

/** Makes control characters visible. */
export const plain = (text: string): string => text.replace(/[^\P{Cc}\n\t]/gu, '\ufffd');
