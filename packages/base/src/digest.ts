import { sha256 } from '@noble/hashes/sha2.js';
import { CID } from 'multiformats/cid';
import * as Digest from 'multiformats/hashes/digest';
import { fromHex, toHex, type Hex } from './bytes.ts';
import { errorsOf } from './encryptech-error.ts';

const fail = errorsOf<'base.badCid'>();
const RAW_CODEC = 0x55;
const SHA2_256 = 0x12;

/** A SHA-256 digest as 32 bytes of hex: what contracts and receipts hold. */
export type Sha256 = Hex;

/** The SHA-256 digest of the bytes. */
export const digestOf = (bytes: Uint8Array): Sha256 => toHex(sha256(bytes));

/** The CIDv1 (raw codec, base32) that names the same digest: what blob stores use. */
export const cidOfDigest = (digest: Sha256): string =>
  CID.createV1(RAW_CODEC, Digest.create(SHA2_256, fromHex(digest, 32))).toString();

/** The CIDv1 (raw, sha2-256) of the bytes. */
export const cidOf = (bytes: Uint8Array): string => cidOfDigest(digestOf(bytes));

/**
 * The SHA-256 digest inside a CID.
 *
 * @throws `base.badCid` for anything but a CIDv1 of raw bytes under sha2-256
 */
export function digestOfCid(text: string): Sha256 {
  let cid: CID | undefined;
  try {
    cid = CID.parse(text);
  } catch {
    // Falls through to the one error below.
  }
  if (cid?.version !== 1 || cid.code !== RAW_CODEC || cid.multihash.code !== SHA2_256) {
    throw fail({ code: 'base.badCid', message: `"${text.slice(0, 80)}" is not a CIDv1 of raw bytes under sha2-256.` });
  }
  return toHex(cid.multihash.digest);
}
