import { piecesOf, type ByteSource } from './byte-source.ts';

/**
 * Cuts a source into blocks of the sizes asked for, and knows for each whether it is the last. Holds one block and one
 * piece of the source at most.
 */
export class BlockReader {
  readonly #pieces: AsyncGenerator<Uint8Array>;
  #rest: Uint8Array = new Uint8Array(0);

  constructor(source: ByteSource) {
    this.#pieces = piecesOf(source);
  }

  /** The next `size` bytes, fewer at the end of the source; `last` when nothing follows. */
  async read(size: number): Promise<{ bytes: Uint8Array; last: boolean }> {
    const block = new Uint8Array(size);
    let filled = 0;
    // One byte beyond a full block has to be seen before it is known not to be the last.
    for (;;) {
      const taken = this.#rest.subarray(0, size - filled);
      block.set(taken, filled);
      filled += taken.length;
      this.#rest = this.#rest.subarray(taken.length);
      if (this.#rest.length > 0) return { bytes: block, last: false };
      const next = await this.#pieces.next();
      if (next.done) return { bytes: block.subarray(0, filled), last: true };
      this.#rest = next.value;
    }
  }

  /** Lets go of the source, whether or not it was read to its end. */
  async close(): Promise<void> {
    await this.#pieces.return(undefined);
  }
}
