import type { Address } from 'viem';
import { treasuryAbi } from '../abis.ts';
import type { ChainWriter, MinedTransaction } from '../client/chain-writer.ts';
import type { ChainClient } from '../client/create-chain-client.ts';
import { decodingErrors } from '../client/decode-chain-error.ts';
import { setBudget } from '../write/set-budget.ts';
import { spendTreasury } from '../write/spend-treasury.ts';

/** All that the fund was given at genesis, in wei. */
const WHOLE_FUND = 200_000_000n * 10n ** 18n;

/**
 * Pays `amount` wei of ENC from the ecosystem fund, as grants are paid. Where the period's budget does not cover it, it is
 * set to the whole fund first, which on an embedded chain the team may do at once.
 */
export async function giveEnc(
  client: ChainClient,
  writers: { team: ChainWriter; treasurer: ChainWriter },
  { to, amount, key }: { to: Address; amount: bigint; key: string },
): Promise<MinedTransaction> {
  const { ecosystemFund, token } = client.deployment.contracts;
  const available = await decodingErrors(
    client.public.readContract({ address: ecosystemFund, abi: treasuryAbi, functionName: 'available', args: [token] }),
  );
  // The same call whoever makes it: grants that are given at once do not disturb each other.
  if (available < amount) {
    await setBudget(writers.team, { of: 'ecosystemFund', limit: WHOLE_FUND, key: 'giveEnc:budget' });
  }
  return spendTreasury(writers.treasurer, { from: 'ecosystemFund', to, amount, key });
}
