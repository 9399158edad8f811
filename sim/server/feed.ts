import type { ServerMessage, StudySnapshot } from '../protocol/messages.ts';

/** Shortest time between two progress messages, ms: people read no faster, and a snapshot holds everything. */
const PACE_MS = 250;

/** The study that the server shows: keeps the newest snapshot, tells listeners at most four times a second. */
export class StudyFeed {
  private snapshot: StudySnapshot | null = null;
  private seq = 0;
  private sent = Number.NEGATIVE_INFINITY;
  private timer: NodeJS.Timeout | null = null;
  private listener: (message: ServerMessage) => void = () => undefined;

  get latest(): StudySnapshot | null {
    return this.snapshot;
  }

  /** The newest state as a message, or null before the first. */
  message(): ServerMessage | null {
    if (this.snapshot === null) return null;
    return { type: this.snapshot.state === 'running' ? 'study-progress' : 'study-done', seq: this.seq, study: this.snapshot };
  }

  listen(listener: (message: ServerMessage) => void): void {
    this.listener = listener;
  }

  /** A new state; ends are told at once, progress is paced. */
  publish(snapshot: StudySnapshot): void {
    this.snapshot = snapshot;
    this.seq++;
    const wait = this.sent + PACE_MS - performance.now();
    if (snapshot.state !== 'running' || wait <= 0) this.flush();
    else if (this.timer === null) {
      this.timer = setTimeout(() => this.flush(), wait);
      this.timer.unref();
    }
  }

  fail(message: string): void {
    this.listener({ type: 'study-failed', seq: ++this.seq, message });
  }

  private flush(): void {
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = null;
    this.sent = performance.now();
    const message = this.message();
    if (message !== null) this.listener(message);
  }
}
