import type { Address, Hex } from '@encryptech/base';
import { encodeFunctionData } from 'viem';
import { faultEvidenceAbi } from '../abis.ts';

/** Evidence that anybody can bring from what is on the chain: the call of the evidence contract, encoded. */
export const faultEvidence = {
  /** The attempt missed its deadline. */
  late: (jobId: Hex, attempt: number): Hex =>
    encodeFunctionData({ abi: faultEvidenceAbi, functionName: 'late', args: [jobId, attempt] }),
  /** The provider missed too many heartbeats of an epoch that is final. */
  unavailable: (provider: Address, epoch: bigint): Hex =>
    encodeFunctionData({ abi: faultEvidenceAbi, functionName: 'unavailable', args: [provider, epoch] }),
  /** Counter-evidence to a lateness: the enclave started, and no key came. */
  noKey: (faultId: bigint): Hex =>
    encodeFunctionData({ abi: faultEvidenceAbi, functionName: 'noKey', args: [faultId] }),
  /** Counter-evidence to a result that was not served: the sealed result itself. */
  served: (faultId: bigint, result: Hex): Hex =>
    encodeFunctionData({ abi: faultEvidenceAbi, functionName: 'served', args: [faultId, result] }),
  /** Counter-evidence to an attestation: the register holds a newer result that restores the level. */
  attested: (faultId: bigint): Hex =>
    encodeFunctionData({ abi: faultEvidenceAbi, functionName: 'attested', args: [faultId] }),
} as const;
