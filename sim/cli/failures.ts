/** Bad input or usage: the person at the keyboard can mend it. Exit code 2. Each line says what, and what to do. */
export class UsageError extends Error {
  readonly lines: readonly string[];

  constructor(...lines: string[]) {
    super(lines.join('\n'));
    this.name = 'UsageError';
    this.lines = lines;
  }
}

/** The command was right and the work failed all the same. Exit code 1. */
export class WorkError extends Error {
  override readonly name = 'WorkError';
}

export const EXIT = { done: 0, failed: 1, usage: 2, interrupted: 130 } as const;

interface Place {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly message: string;
  readonly remedy?: string | null;
}

/** The complaints of an `InputError`. Told by shape, since a bundler may duplicate the class. */
export function placesOf(error: unknown): readonly Place[] | null {
  if (!(error instanceof Error) || !('places' in error)) return null;
  return Array.isArray(error.places) ? (error.places as readonly Place[]) : null;
}

/** `file:line:column: message (remedy)`, the form that editors make clickable. */
export function formatPlace(place: Place, shorten: (file: string) => string = (file) => file): string {
  const remedy = place.remedy !== undefined && place.remedy !== null && place.remedy !== '' ? ` (${place.remedy})` : '';
  return `${shorten(place.file)}:${place.line}:${place.column}: ${place.message}${remedy}`;
}

/** @returns the lines to print and the exit code that an error asks for; null for defects of the program itself. */
export function explain(error: unknown, shorten: (file: string) => string): { lines: readonly string[]; code: number } | null {
  const places = placesOf(error);
  if (places !== null) return { lines: places.map((place) => formatPlace(place, shorten)), code: EXIT.usage };
  if (error instanceof UsageError) return { lines: error.lines.map((line) => `error: ${line}`), code: EXIT.usage };
  // Told by name, as above.
  if (error instanceof WorkError || (error instanceof Error && error.name === 'DiskError'))
    return { lines: [`error: ${error.message}`], code: EXIT.failed };
  return null;
}

const FILE_REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file or folder',
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  EROFS: 'the file system is read-only',
  EISDIR: 'it is a folder, a file is needed',
  ENOTDIR: 'a part of the path is a file, a folder is needed',
  ENOSPC: 'no space is left on the device',
  EPIPE: 'its reader has gone',
  EEXIST: 'it exists already',
};

/** Why the operating system refused a file, in words; the code itself where we have none. */
export function fileReason(error: unknown): string {
  const code = (error as NodeJS.ErrnoException | null)?.code;
  return code === undefined ? String((error as Error).message) : (FILE_REASONS[code] ?? code);
}
