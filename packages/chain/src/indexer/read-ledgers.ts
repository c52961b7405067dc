import type { Hex } from '@encryptech/base';
import { eq } from 'drizzle-orm';
import { datasetsAbi } from '../abis.ts';
import type { ChainClient } from '../client/create-chain-client.ts';
import { decodeChainError } from '../client/decode-chain-error.ts';
import type { Executor } from './entities.ts';
import { datasetsTable } from './index-tables.ts';

/** Spent and reserved loss of a dataset, packed lanes. */
export type LedgerWords = Record<'spentLow' | 'spentHigh' | 'reservedLow' | 'reservedHigh', bigint>;

/**
 * The ledgers of datasets as the chain has them now, which may be a block later than the index. Datasets that a reorganisation
 * took away meanwhile are left out; the index hears of it next.
 *
 * @throws `chain.unreachable`
 */
export async function readLedgers(client: ChainClient, datasetIds: readonly Hex[]): Promise<Map<Hex, LedgerWords>> {
  const found = new Map<Hex, LedgerWords>();
  const address = client.deployment.contracts.datasets;
  for (const datasetId of datasetIds) {
    try {
      const args = [datasetId] as const;
      found.set(
        datasetId,
        await client.public.readContract({ address, abi: datasetsAbi, functionName: 'ledger', args }),
      );
    } catch (cause) {
      const error = decodeChainError(cause);
      if (error.code !== 'chain.datasetsUnknown') throw error;
    }
  }
  return found;
}

export async function saveLedgers(db: Executor, ledgers: ReadonlyMap<Hex, LedgerWords>): Promise<void> {
  for (const [datasetId, { spentLow, spentHigh, reservedLow, reservedHigh }] of ledgers) {
    const words = { spentLow, spentHigh, reservedLow, reservedHigh };
    await db.update(datasetsTable).set(words).where(eq(datasetsTable.datasetId, datasetId));
  }
}
