/** A growing array of rows of `width` floats each, doubling its room as it fills. */
export class FloatColumn {
  readonly #width: number;
  #room: Float32Array;
  #used = 0;

  constructor(width: number) {
    this.#width = width;
    this.#room = new Float32Array(1024 * width);
  }

  /** Room for one more row, all zeros: write at `values[start…]` before the next call. */
  grow(): { values: Float32Array; start: number } {
    const start = this.#used;
    this.#used += this.#width;
    if (this.#used > this.#room.length) {
      const larger = new Float32Array(2 * this.#room.length);
      larger.set(this.#room);
      this.#room = larger;
    }
    return { values: this.#room, start };
  }

  /** The first `rows` rows, in memory of their own size. */
  values(rows: number): Float32Array {
    return this.#room.slice(0, rows * this.#width);
  }
}
