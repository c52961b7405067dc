import { privacyError } from '../errors.ts';
import type { PackedCharge } from './packed-charge.ts';

/**
 * The sixteen lanes of a packed charge, in the order of the ledger's orders.
 *
 * @throws `privacy.badParameter` for a word that is negative or has more than 256 bits
 */
export function unpackLanes({ rdpLow, rdpHigh }: PackedCharge): number[] {
  const lanes: number[] = [];
  for (const word of [rdpLow, rdpHigh]) {
    if (word < 0n || word >> 256n !== 0n) {
      throw privacyError({ code: 'privacy.badParameter', message: 'A ledger word is an unsigned 256-bit number.' });
    }
    for (let i = 0; i < 8; i++) lanes.push(Number((word >> BigInt(32 * i)) & 0xffff_ffffn));
  }
  return lanes;
}
