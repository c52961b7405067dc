import { attestationError } from './errors.ts';

/** Takes fields off the front of bytes and never reads past them; little-endian, as x86 structures are. */
export class ByteReader {
  readonly #bytes: Uint8Array;
  readonly #what: string;
  #at = 0;

  constructor(bytes: Uint8Array, what: string) {
    this.#bytes = bytes;
    this.#what = what;
  }

  get position(): number {
    return this.#at;
  }

  get remaining(): number {
    return this.#bytes.length - this.#at;
  }

  /**
   * The next `length` bytes, as a view.
   *
   * @throws `attestation.truncated`
   */
  take(length: number, field: string): Uint8Array {
    if (length > this.remaining) {
      throw attestationError({
        code: 'attestation.truncated',
        message: `The ${this.#what} ends inside its ${field}: ${length} bytes needed, ${this.remaining} left.`,
        place: `byte ${this.#at}`,
        data: { field, needed: length, left: this.remaining },
      });
    }
    this.#at += length;
    return this.#bytes.subarray(this.#at - length, this.#at);
  }

  u16(field: string): number {
    const [low, high] = this.take(2, field);
    return low! | (high! << 8);
  }

  u32(field: string): number {
    const bytes = this.take(4, field);
    return new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true);
  }

  /**
   * Says that nothing may follow.
   *
   * @throws `attestation.malformed`
   */
  end(): void {
    if (this.remaining > 0) {
      throw attestationError({
        code: 'attestation.malformed',
        message: `The ${this.#what} has ${this.remaining} bytes after its last field.`,
        place: `byte ${this.#at}`,
      });
    }
  }
}
