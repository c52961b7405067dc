import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { toHex, type DatasetId } from '@encryptech/base';
import { registerDataset, type ChainWriter } from '@encryptech/chain';
import { datasetManifestDigest, orderToJson } from '@encryptech/protocol';
import { makeKit, type JobKit, type KitOptions } from '../../provider/test/job-kit.ts';
import type { TestNetwork } from '../../provider/test/start-network.ts';
import { createDatasetStore, type DatasetStore } from '../src/datasets/dataset-store.ts';

/** The datasets of an owner whose passphrase is the network's. */
export const ownerStore = (network: TestNetwork, ownerDir: string): DatasetStore =>
  createDatasetStore({
    folder: join(ownerDir, 'datasets'),
    passphrase: readFileSync(join(network.root, 'passphrase'), 'utf8'),
    insecureFastKdf: true,
  });

/** Publishes a kit's dataset as its owner does: blobs, register, the agent's folder. Account 0 is the developer, 1 the owner. */
export async function publishKit(
  network: TestNetwork,
  { ownerDir, writer, ...options }: KitOptions & { ownerDir: string; writer: ChainWriter },
): Promise<JobKit> {
  const { deployment, chain, blobs } = network;
  const kit = await makeKit({
    ...options,
    domain: { chainId: deployment.chainId, jobs: deployment.contracts.jobs },
    developer: chain.keys.user(0),
    owner: chain.keys.user(1),
  });
  const { manifest, policy, secret } = kit;
  await blobs.put(kit.sealedData);
  await blobs.put(kit.graph);
  await registerDataset(writer, {
    digest: manifest.blob,
    schemaDigest: manifest.schemaDigest,
    manifestDigest: datasetManifestDigest(manifest),
    policyDigest: manifest.policyDigest,
    epsilonCapMicro: manifest.epsilonCapMicro,
    deltaExponent: manifest.deltaExponent,
    fee: BigInt(manifest.fee),
    minLevel: manifest.minLevel,
    unit: toHex(new TextEncoder().encode('row'.padEnd(32, '\0'))),
  });
  await ownerStore(network, ownerDir).put({ id: kit.order.datasetId as DatasetId, manifest, policy, secret });
  return kit;
}

/** True when somebody may be matched to the kit's dataset. */
export async function isGranted(network: TestNetwork, { order }: JobKit): Promise<boolean> {
  const { datasets } = await network.coordinator.getDatasets();
  return datasets.some(({ datasetId, grants }) => datasetId === order.datasetId && grants.length > 0);
}

/** Submits the kit's order as its developer does. */
export const submitKit = (network: TestNetwork, { order, orderSignature, spec }: JobKit): Promise<unknown> =>
  network.coordinator.postOrder({ order: orderToJson(order), signature: orderSignature, spec });
