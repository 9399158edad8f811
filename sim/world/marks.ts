const PLACES = 65_536;

/**
 * A quick "no" to whether a message id is in a table, for tables that hold few of all ids: by the id's low 16 bits. "Yes"
 * only says that it may be.
 */
export class Marks {
  private readonly marked = new Uint8Array(PLACES);

  add(id: number): void {
    this.marked[id & (PLACES - 1)] = 1;
  }

  may(id: number): boolean {
    return this.marked[id & (PLACES - 1)] === 1;
  }

  clear(): void {
    this.marked.fill(0);
  }
}
