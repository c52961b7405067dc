/** Rows of a block: room grows by so many at a time. */
const BLOCK_ROWS = 4096;

/** A growing array of rows of `width` floats each. It grows by blocks, so that it never takes the room of a copy of itself. */
export class FloatColumn {
  readonly #width: number;
  readonly #blocks: Float32Array[] = [];
  #used = 0;

  constructor(width: number) {
    this.#width = width;
  }

  /** Room for one more row, all zeros: write at `values[start…]` before the next call. */
  grow(): { values: Float32Array; start: number } {
    const row = this.#used++ % BLOCK_ROWS;
    if (row === 0) this.#blocks.push(new Float32Array(BLOCK_ROWS * this.#width));
    return { values: this.#blocks.at(-1)!, start: row * this.#width };
  }

  /** All rows, in memory of their own size. The column is empty afterwards: its blocks are let go one by one. */
  take(): Float32Array {
    const values = new Float32Array(this.#used * this.#width);
    const size = BLOCK_ROWS * this.#width;
    for (let at = 0; at < values.length; at += size) {
      values.set(this.#blocks.shift()!.subarray(0, values.length - at), at);
    }
    this.#blocks.length = 0;
    this.#used = 0;
    return values;
  }
}
