import { privacyError } from '../errors.ts';
import { chacha20Block } from './chacha20-block.ts';

const BLOCK_WORDS = 16;
/** Blocks made at first, since many keystreams give a few words only, and at a time in the end: twice as many each time until then. */
const [FIRST_BLOCKS, MOST_BLOCKS] = [4, 64];

/**
 * The ChaCha20 keystream of a 256-bit key with nonce zero, as 32-bit words (RFC 8439). At most 2³² blocks, 256 GiB; a key
 * serves one purpose, and another nonce is used with it only by {@link Keystream.branch}.
 *
 * ChaCha20 in plain TypeScript and not AES-CTR of WebCrypto: it is synchronous, the same in Node and in a browser, and
 * makes some hundred million bytes a second, so that the noise is not what a training step waits for.
 */
export class Keystream {
  readonly #state = new Uint32Array(BLOCK_WORDS);
  #buffer = new Uint32Array(FIRST_BLOCKS * BLOCK_WORDS);
  #at = this.#buffer.length;
  #blocks = 0;

  constructor(key: Uint8Array) {
    if (key.length !== 32) {
      throw privacyError({
        code: 'privacy.badParameter',
        message: `A keystream's key has 32 bytes, got ${key.length}.`,
      });
    }
    const view = new DataView(key.buffer, key.byteOffset, key.byteLength);
    // "expand 32-byte k"
    this.#state.set([0x61707865, 0x3320646e, 0x79622d32, 0x6b206574]);
    for (let i = 0; i < 8; i++) this.#state[4 + i] = view.getUint32(4 * i, true);
  }

  /** The next 32 bits, 0 to 2³² − 1. */
  next(): number {
    if (this.#at === this.#buffer.length) this.#refill();
    return this.#buffer[this.#at++]!;
  }

  /** Fills all of `out` with the next words. */
  fill(out: Uint32Array): void {
    for (let done = 0; done < out.length;) {
      if (this.#at === this.#buffer.length) this.#refill();
      const count = Math.min(out.length - done, this.#buffer.length - this.#at);
      out.set(this.#buffer.subarray(this.#at, this.#at + count), done);
      this.#at += count;
      done += count;
    }
  }

  /**
   * The keystream of its own for `index`, a whole number below 2³²: its key is the first half of block `index` of this key's
   * keystream under another nonce, so it shares nothing with this one, nor with that of another index.
   */
  branch(index: number): Keystream {
    const state = this.#state.slice();
    state[12] = index;
    // The nonce that no keystream here is made with.
    state[13] = 1;
    const block = new Uint32Array(BLOCK_WORDS);
    chacha20Block(state, block, 0);
    const key = new Uint8Array(32);
    const view = new DataView(key.buffer);
    for (let i = 0; i < 8; i++) view.setUint32(4 * i, block[i]!, true);
    return new Keystream(key);
  }

  #refill(): void {
    if (this.#blocks + MOST_BLOCKS > 2 ** 32) {
      throw privacyError({ code: 'privacy.badParameter', message: 'A keystream ends after 256 GiB.' });
    }
    const { length } = this.#buffer;
    if (this.#blocks > 0 && length < MOST_BLOCKS * BLOCK_WORDS) this.#buffer = new Uint32Array(2 * length);
    for (let at = 0; at < this.#buffer.length; at += BLOCK_WORDS) {
      this.#state[12] = this.#blocks++;
      chacha20Block(this.#state, this.#buffer, at);
    }
    this.#at = 0;
  }
}
