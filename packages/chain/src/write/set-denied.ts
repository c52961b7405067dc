import type { Address, Hex } from '@encryptech/base';
import { pad } from 'viem';
import { attestationsAbi } from '../abis.ts';
import type { ChainWriter, MinedTransaction } from '../client/chain-writer.ts';
import { callContract } from './call-contract.ts';

/** What the register of attestations can deny, in the contract's order. */
export const DENIABLE = ['measurement', 'device', 'policy', 'verifier'] as const;

/** A digest of 32 bytes, or for a verifier its address. */
export type Deniable =
  | { readonly kind: 'measurement' | 'device' | 'policy'; readonly value: Hex }
  | { readonly kind: 'verifier'; readonly value: Address };

/** The place of a kind in the contract's list, and the value as its 32 bytes. */
export const deniableArgs = ({ kind, value }: Deniable) => [DENIABLE.indexOf(kind), pad(value, { size: 32 })] as const;

/**
 * Denies a measurement, device, policy or verifier (role GUARDIAN), or takes that back (role TEAM). Results that rest on
 * what is denied count no more from the transaction on.
 *
 * @throws `chain.accessManagedUnauthorized` `chain.accessManagedRequiredDelay` `chain.attestationsBadListing`
 */
export const setDenied = (
  writer: ChainWriter,
  { listed, denied, key }: { listed: Deniable; denied: boolean; key: string },
): Promise<MinedTransaction> => {
  const functionName = denied ? 'deny' : 'allow';
  return callContract(writer, {
    ...{ key, contract: 'attestations', abi: attestationsAbi, functionName, args: deniableArgs(listed) },
  });
};
