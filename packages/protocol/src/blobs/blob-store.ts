/** Where a blob's bytes come from: whole, or piece by piece. Node's and the web's readable streams fit. */
export type BlobSource = Uint8Array | AsyncIterable<Uint8Array>;

export interface PutOptions {
  /** The CID that the bytes must have; anything else is not stored. */
  expected?: string | undefined;
  /** The most bytes to take. */
  maxBytes?: number | undefined;
}

/**
 * Bytes named by their SHA-256 (CIDv1, raw). Blobs are encrypted before they come here, never change, and are verified
 * on each read. Memory stays constant, whatever the size of a blob. `blobStoreCompliance` is what each store must pass.
 */
export interface BlobStore {
  /**
   * Stores a blob, all of it or nothing, and resolves to its CID. The same bytes twice are one blob.
   *
   * @throws `protocol.blobAltered` when the bytes are not those of `expected`; `protocol.blobTooLarge` over `maxBytes`
   */
  put(source: BlobSource, options?: PutOptions): Promise<string>;
  /**
   * The pieces of a blob. The last piece is held back until the digest is right, so nobody gets all of a wrong blob;
   * until the end, act on nothing irrevocable.
   *
   * @throws while iterating: `protocol.blobMissing`, `protocol.blobAltered`; `base.badCid` for what is no CID
   */
  get(cid: string): AsyncIterable<Uint8Array>;
  /** True when the store holds the blob; its bytes are not read. */
  has(cid: string): Promise<boolean>;
}
