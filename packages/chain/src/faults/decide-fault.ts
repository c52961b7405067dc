import type { Hex } from '@encryptech/base';
import { faultsAbi } from '../abis.ts';
import type { ChainWriter, MinedTransaction } from '../client/chain-writer.ts';
import { approve } from '../write/approve.ts';
import { callContract } from '../write/call-contract.ts';

/**
 * Contests a fault with counter-evidence, with a bond where the contract takes one.
 *
 * @throws `chain.faultEvidenceNotCleared` `chain.faultsTooLate` `chain.faultsNotAllowed` `chain.faultsWrongState`
 */
export async function contestFault(
  writer: ChainWriter,
  { faultId, evidence, bond, key }: { faultId: bigint; evidence: Hex; bond: bigint; key: string },
): Promise<MinedTransaction> {
  await approve(writer, { spender: 'faults', amount: bond, key: `${key}:approve` });
  const args = [faultId, evidence] as const;
  return callContract(writer, { key, contract: 'faults', abi: faultsAbi, functionName: 'contest', args });
}

/**
 * Answers a contest with evidence, while its window runs; the fault is upheld then. Anybody may.
 *
 * @throws `chain.faultsTooLate` `chain.faultsWrongState` `chain.faultEvidenceMismatch` `chain.faultEvidenceBadSignature`
 */
export const answerFault = (
  writer: ChainWriter,
  { faultId, evidence, key }: { faultId: bigint; evidence: Hex; key: string },
): Promise<MinedTransaction> =>
  callContract(writer, { key, contract: 'faults', abi: faultsAbi, functionName: 'answer', args: [faultId, evidence] });

/**
 * Takes the penalty of a fault whose window is over and shares it. Anybody may.
 *
 * @throws `chain.faultsTooEarly` `chain.faultsWrongState` `chain.faultsNothingTaken`
 */
export const executeFault = (
  writer: ChainWriter,
  { faultId, requests = [], key }: { faultId: bigint; requests?: readonly bigint[]; key: string },
): Promise<MinedTransaction> =>
  callContract(writer, { key, contract: 'faults', abi: faultsAbi, functionName: 'execute', args: [faultId, requests] });

/**
 * Ends a contested fault that nobody answered in time. Anybody may.
 *
 * @throws `chain.faultsTooEarly` `chain.faultsWrongState`
 */
export const dismissFault = (
  writer: ChainWriter,
  { faultId, key }: { faultId: bigint; key: string },
): Promise<MinedTransaction> =>
  callContract(writer, { key, contract: 'faults', abi: faultsAbi, functionName: 'dismiss', args: [faultId] });

/**
 * Pays out from the account's balance in the faults' contract: bonds that came back, shares of penalties.
 *
 * @throws `chain.faultsInsufficientBalance` `chain.faultsZeroAmount`
 */
export const withdrawFromFaults = (
  writer: ChainWriter,
  { amount, key }: { amount: bigint; key: string },
): Promise<MinedTransaction> =>
  callContract(writer, { key, contract: 'faults', abi: faultsAbi, functionName: 'withdraw', args: [amount] });
