import type { Address } from '@encryptech/base';

/** What every signature is bound to: one chain and one Jobs contract. */
export interface SigningDomain {
  chainId: number;
  jobs: Address;
}

/** The EIP-712 domain of a deployment: name "Encryptech", version "1", chain id, Jobs contract. */
export const eip712Domain = ({ chainId, jobs }: SigningDomain) =>
  ({ name: 'Encryptech', version: '1', chainId, verifyingContract: jobs }) as const;
