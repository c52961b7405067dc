import type { ComputeOffer, DatasetGrant, JobOrder } from '@encryptech/protocol';
import type { EncryptechError, Hex, JobId } from '@encryptech/base';
import { parseEventLogs } from 'viem';
import { jobsAbi } from '../abis.ts';
import type { ChainWriter, MinedTransaction } from '../client/chain-writer.ts';
import { decodeRevert } from '../client/decode-chain-error.ts';
import { callContract } from './call-contract.ts';

/** One proposed match, with the signatures of the three parties. `rate` is wei a unit. */
export interface Match {
  order: JobOrder;
  orderSig: Hex;
  offer: ComputeOffer;
  offerSig: Hex;
  grant: DatasetGrant;
  grantSig: Hex;
  rate: bigint;
}

export interface BatchOutcome {
  transaction: MinedTransaction;
  matched: JobId[];
  /** Matches that the contract refused, each with its reason; the others went on. */
  refused: { jobId: JobId; reason: EncryptechError }[];
}

/**
 * Gas for a match, twice what one was measured to take. The limit is set, not estimated: an estimate finds the least gas with
 * which the batch as a whole passes, and a batch passes also when the last match runs out of gas and is refused for it.
 */
const GAS_PER_MATCH = 700_000n;
const GAS_OF_BATCH = 100_000n;

/** The most matches of one call: 16.7 M gas is the most that a transaction may take (EIP-7825). */
export const MAX_BATCH = 23;

/** Proposes matches, with the role MATCHER. One that does not hold is refused for itself. */
export async function matchBatch(
  writer: ChainWriter,
  { matches, key }: { matches: readonly Match[]; key: string },
): Promise<BatchOutcome> {
  const gas = GAS_OF_BATCH + GAS_PER_MATCH * BigInt(matches.length);
  const transaction = await callContract(writer, {
    ...{ key, contract: 'jobs', abi: jobsAbi, functionName: 'matchBatch', args: [matches], gas },
  });
  const logs = parseEventLogs({ abi: jobsAbi, logs: [...transaction.logs], eventName: ['Matched', 'MatchRefused'] });
  const outcome: BatchOutcome = { transaction, matched: [], refused: [] };
  for (const log of logs) {
    const jobId = log.args.jobId as JobId;
    if (log.eventName === 'Matched') outcome.matched.push(jobId);
    else outcome.refused.push({ jobId, reason: decodeRevert(log.args.reason) });
  }
  return outcome;
}
