import type { Address, Hex } from '@encryptech/base';
import { recoverTypedDataAddress } from 'viem';
import { findingTypedData, type FindingDomain } from './finding-typed-data.ts';
import type { AttestationFinding } from './record-attestation.ts';

/** Who signed a finding for this chain and contract. Throws viem's errors for bytes that are no signature. */
export const recoverFindingSigner = (
  finding: AttestationFinding,
  signature: Hex,
  domain: FindingDomain,
): Promise<Address> => recoverTypedDataAddress({ ...findingTypedData(finding, domain), signature });
