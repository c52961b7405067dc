import { attestationsAbi } from '../abis.ts';
import type { ChainWriter, MinedTransaction } from '../client/chain-writer.ts';
import { approve } from './approve.ts';
import { callContract } from './call-contract.ts';

/**
 * Raises the verifier's own bond by `amount` wei of ENC: an approval, then the bond. A verifier that contradicts itself loses all of
 * it. With `amount` 0 a verifier that was leaving stays.
 *
 * @throws `chain.erc20InsufficientBalance` `chain.attestationsZeroAmount`
 */
export async function postBond(
  writer: ChainWriter,
  { amount, key }: { amount: bigint; key: string },
): Promise<MinedTransaction> {
  if (amount > 0n) await approve(writer, { spender: 'attestations', amount, key: `${key}:approve` });
  return callContract(writer, {
    ...{ key, contract: 'attestations', abi: attestationsAbi, functionName: 'postBond', args: [amount] },
  });
}
