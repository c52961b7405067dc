import type { Address, Hex } from '@encryptech/base';
import { decodeFunctionData, decodeFunctionResult } from 'viem';
import { faultEvidenceAbi } from '../abis.ts';
import type { ChainClient } from '../client/create-chain-client.ts';
import { decodingErrors } from '../client/decode-chain-error.ts';
import { FAULT_KINDS } from './fault-facts.ts';

/** What a piece of evidence proves, as the contract sees it now. */
export interface ProvenFault {
  kind: string;
  provider: Address;
  /** Wei of stake that the penalty is a part of. */
  atRisk: bigint;
  /** Zero address where nobody was harmed. */
  injured: Address;
}

/**
 * What the evidence proves, asked of the contract without sending anything: as a proposal would find it now.
 *
 * @throws `chain.faultEvidenceNoFault` `chain.faultEvidenceNoSuchAttempt` `chain.faultEvidenceMismatch`
 * `chain.faultEvidenceBadSignature` `chain.faultEvidenceBadAuditor`
 */
export async function checkFaultEvidence(
  { public: node, deployment }: ChainClient,
  evidence: Hex,
): Promise<ProvenFault> {
  const { faults, faultEvidence } = deployment.contracts;
  // The contract asks its caller for parameters: it must look as if the faults' contract called.
  const call = node.call({ account: faults, to: faultEvidence, data: evidence, blockTag: 'pending' });
  const { data = '0x' } = await decodingErrors(call);
  const { functionName } = decodeFunctionData({ abi: faultEvidenceAbi, data: evidence });
  const { kind, provider, atRisk, injured } = decodeFunctionResult({
    abi: faultEvidenceAbi,
    functionName,
    data,
  }) as unknown as {
    kind: number;
  } & Omit<ProvenFault, 'kind'>;
  return { kind: FAULT_KINDS[kind] ?? String(kind), provider, atRisk, injured };
}
