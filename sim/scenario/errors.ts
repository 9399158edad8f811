/** Where something stands in an input: a file (or a command-line option with its text), line and column from 1. */
export interface Place {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** One thing that is wrong with an input: where, what was expected, what to do. */
export interface Complaint extends Place {
  readonly message: string;
  readonly remedy: string;
}

/** Nobody reads more than this; a hostile file could otherwise produce megabytes of complaints. */
const MOST = 100;
/** A word of the input that is longer is cut where a complaint repeats it. */
const LONGEST_WORD = 60;

export const short = (word: string): string => (word.length > LONGEST_WORD ? `${word.slice(0, LONGEST_WORD)}…` : word);

/** Bad input. Carries every complaint found, so that a person can mend a file in one go. */
export class InputError extends Error {
  readonly places: readonly Complaint[];

  constructor(places: readonly Complaint[]) {
    super(places.map(complaintText).join('\n'));
    this.name = 'InputError';
    this.places = places;
  }
}

/** `file:line:column: message. remedy` */
export const complaintText = (complaint: Complaint): string =>
  `${complaint.file}:${complaint.line}:${complaint.column}: ${complaint.message}. ${complaint.remedy}.`;

/** Collects complaints while a check goes on, so that a file's first mistake does not hide the others. */
export class Complaints {
  readonly list: Complaint[] = [];
  /** The first thing that was wrong and found no room in the list. */
  private beyond: Place | null = null;

  /** More is wrong than anybody reads: whoever goes through a long list can stop. */
  get full(): boolean {
    return this.beyond !== null;
  }

  /** @param remedy a function where it costs something to find: it is asked only for complaints that are kept */
  add(place: Place, message: string, remedy: string | (() => string)): void {
    const { file, line, column } = place;
    const same = (known: Complaint): boolean =>
      known.file === file && known.line === line && known.column === column && known.message === message;
    if (this.full || this.list.some(same)) return;
    if (this.list.length < MOST) this.list.push({ file, line, column, message, remedy: typeof remedy === 'string' ? remedy : remedy() });
    else this.beyond = { file, line, column };
  }

  /** Runs `work`; an InputError becomes complaints of this collection and the answer is null. */
  attempt<T>(work: () => T): T | null {
    try {
      return work();
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      for (const place of error.places) this.add(place, place.message, place.remedy);
      return null;
    }
  }

  /** @throws InputError when anything was complained about. */
  settle(): void {
    if (this.list.length === 0) return;
    const rest = this.beyond === null ? [] : [{ ...this.beyond, message: '… and more', remedy: 'Mend these first' }];
    throw new InputError([...[...this.list].sort(byPlace), ...rest]);
  }
}

function byPlace(a: Complaint, b: Complaint): number {
  if (a.file !== b.file) return a.file < b.file ? -1 : 1;
  return a.line - b.line || a.column - b.column;
}

/** For complaints about a file as a whole. */
export const startOf = (file: string): Place => ({ file, line: 1, column: 1 });
