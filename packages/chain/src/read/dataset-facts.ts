import { zeroAddress } from 'viem';
import type { DatasetId } from '@encryptech/base';
import { datasetsAbi } from '../abis.ts';
import type { ChainClient } from '../client/create-chain-client.ts';
import { decodingErrors } from '../client/decode-chain-error.ts';
import { chainError } from '../errors.ts';

type Stored = Awaited<ReturnType<typeof readDataset>>;

/** A dataset as the contract stores it. */
export type DatasetFacts = Stored;

/**
 * The dataset as it is on the chain now.
 *
 * @throws `chain.unknownDataset`
 */
export async function datasetFacts(client: ChainClient, datasetId: DatasetId): Promise<DatasetFacts> {
  const facts = await decodingErrors(readDataset(client, datasetId));
  if (facts.owner !== zeroAddress) return facts;
  throw chainError({
    code: 'chain.unknownDataset',
    message: 'There is no such dataset on the chain.',
    hint: 'Check its id, and the network that you are on.',
    data: { datasetId },
  });
}

const readDataset = ({ public: node, deployment }: ChainClient, datasetId: DatasetId) =>
  node.readContract({
    ...{ address: deployment.contracts.datasets, abi: datasetsAbi, functionName: 'dataset', args: [datasetId] },
  });
