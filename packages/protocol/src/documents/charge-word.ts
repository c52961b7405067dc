import { toHex, type Hex } from '@encryptech/base';

/** 256 bits of a ledger charge as certificates write them: 32 bytes of hex, big-endian. */
export function chargeWord(word: bigint): Hex {
  const bytes = new Uint8Array(32);
  for (let i = 31, rest = word; i >= 0; i--, rest >>= 8n) bytes[i] = Number(rest & 0xffn);
  return toHex(bytes);
}
