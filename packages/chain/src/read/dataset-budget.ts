import type { DatasetId } from '@encryptech/base';
import { datasetsAbi } from '../abis.ts';
import type { ChainClient } from '../client/create-chain-client.ts';
import { decodingErrors } from '../client/decode-chain-error.ts';
import { datasetFacts } from './dataset-facts.ts';

/** Rényi loss at the 16 orders of the ledger, in micro-RDP. */
export type LedgerLanes = readonly number[];

/** What a dataset's ledger allows, holds and has spent. */
export interface DatasetBudget {
  /** ε × 10^6 at δ = 10^-deltaExponent that may ever be spent. */
  epsilonCapMicro: number;
  deltaExponent: number;
  caps: LedgerLanes;
  spent: LedgerLanes;
  reserved: LedgerLanes;
  /** What a new job may take at each order, 0 where nothing is left; it needs room at one of them only. */
  left: LedgerLanes;
  /** The packed words as the contract and the privacy package have them. */
  words: Record<'spentLow' | 'spentHigh' | 'reservedLow' | 'reservedHigh', bigint>;
}

/**
 * The privacy budget of a dataset on the chain now.
 *
 * @throws `chain.unknownDataset`
 */
export async function datasetBudget(client: ChainClient, datasetId: DatasetId): Promise<DatasetBudget> {
  const { epsilonCapMicro, deltaExponent } = await datasetFacts(client, datasetId);
  const contract = { address: client.deployment.contracts.datasets, abi: datasetsAbi, args: [datasetId] } as const;
  const { public: node } = client;
  const [caps, { spentLow, spentHigh, reservedLow, reservedHigh }] = await decodingErrors(
    Promise.all([
      node.readContract({ ...contract, functionName: 'capsOf' }),
      node.readContract({ ...contract, functionName: 'ledger' }),
    ]),
  );
  const spent = lanesOf(spentLow, spentHigh);
  const reserved = lanesOf(reservedLow, reservedHigh);
  const allowed = caps.map(Number);
  return {
    ...{ epsilonCapMicro, deltaExponent, caps: allowed, spent, reserved },
    left: allowed.map((cap, lane) => Math.max(0, cap - spent[lane]! - reserved[lane]!)),
    words: { spentLow, spentHigh, reservedLow, reservedHigh },
  };
}

/** The 16 lanes of 32 bits in two words: order i in word i/8 at bit 32·(i mod 8). */
export function lanesOf(low: bigint, high: bigint): number[] {
  return Array.from({ length: 16 }, (_, lane) =>
    Number(((lane < 8 ? low : high) >> BigInt(32 * (lane % 8))) & 0xffffffffn),
  );
}
