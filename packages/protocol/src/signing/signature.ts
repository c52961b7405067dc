import type { Hex } from '@encryptech/base';
import { protocolError } from '../errors.ts';

const HALF_ORDER = 0x7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a0n;

/**
 * The signature, if it is the one form that contracts accept: 65 bytes r ‖ s ‖ v with v 27 or 28 and s in the lower
 * half of the group order, so that nobody can turn one valid signature into another (EIP-2).
 *
 * @throws `protocol.badSignature`
 */
export function checkSignatureForm(signature: Hex): Hex {
  const fault = faultOf(signature);
  if (fault === undefined) return signature;
  throw protocolError({ code: 'protocol.badSignature', message: `The signature ${fault}.` });
}

function faultOf(signature: string): string | undefined {
  if (!/^0x[0-9a-fA-F]{130}$/.test(signature)) return 'is not 65 bytes of hex';
  const s = BigInt(`0x${signature.slice(66, 130)}`);
  if (s === 0n || BigInt(signature.slice(0, 66)) === 0n) return 'is empty';
  if (s > HALF_ORDER) return 'has a high s and could be a copy of another';
  const v = Number.parseInt(signature.slice(130), 16);
  return v === 27 || v === 28 ? undefined : 'has a recovery id other than 27 or 28';
}
