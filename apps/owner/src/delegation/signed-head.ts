import { concatBytes, digestOf, fromHex, utf8, type Address, type Hex, type Sha256 } from '@encryptech/base';
import { isAddressEqual, recoverAddress } from 'viem/utils';

/** Where a delegate's log has come to. */
export interface LogHead {
  /** Digest of the delegation that the log belongs to. */
  readonly delegation: Hex;
  /** Entries of the whole log, the owner's before it included. */
  readonly entries: number;
  readonly head: Hex;
}

const LABEL = utf8('encryptech/delegate-log/v1');

/** What a delegate signs after each entry of its log: SHA-256 of label, delegation, entries (64 bits, big endian) and head. */
export function logHeadDigest({ delegation, entries, head }: LogHead): Sha256 {
  const count = new Uint8Array(8);
  new DataView(count.buffer).setBigUint64(0, BigInt(entries));
  return digestOf(concatBytes(LABEL, fromHex(delegation, 32), count, fromHex(head, 32)));
}

/** True when the delegate's key signed this head. */
export async function isSignedHead(head: LogHead, signature: Hex, key: Address): Promise<boolean> {
  try {
    return isAddressEqual(await recoverAddress({ hash: logHeadDigest(head), signature }), key);
  } catch {
    return false;
  }
}
