import type { Hex } from '@encryptech/base';
import type { LocalAccount } from 'viem';
import { findingTypedData, type FindingDomain } from './finding-typed-data.ts';
import type { AttestationFinding } from './record-attestation.ts';

/** A verifier's signature over its finding, bound to the chain and the Attestations contract of the deployment. */
export const signFinding = (
  finding: AttestationFinding,
  domain: FindingDomain,
  verifier: Pick<LocalAccount, 'signTypedData'>,
): Promise<Hex> => verifier.signTypedData(findingTypedData(finding, domain));
