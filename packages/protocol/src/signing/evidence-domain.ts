import type { Address } from '@encryptech/base';
import type { SigningDomain } from './domain.ts';

/** What auditors' findings are bound to: one chain and one FaultEvidence contract. */
export interface EvidenceDomain {
  chainId: number;
  faultEvidence: Address;
}

/** The same for the codecs, which call the verifying contract of any domain `jobs`. */
export const inEvidenceDomain = ({ chainId, faultEvidence }: EvidenceDomain): SigningDomain => ({
  chainId,
  jobs: faultEvidence,
});
