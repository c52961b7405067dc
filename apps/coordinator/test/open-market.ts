import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  chainTime,
  deliver,
  deposit,
  registerDataset,
  registerProvider,
  stake,
  start,
  type ChainWriter,
} from '@encryptech/chain';
import { cidOf, digestOf, toHex, utf8, type DatasetId, type Hex, type Json, type JobId } from '@encryptech/base';
import {
  datasetManifestDigest,
  digestDocument,
  grantToJson,
  hashOrder,
  offerToJson,
  orderToJson,
  signGrant,
  signKeyRelease,
  signOffer,
  signOrder,
  signReceipt,
  trainingSpecDigest,
  type ComputeOffer,
  type DatasetGrant,
  type DatasetManifest,
  type GrantRequestJson,
  type JobOrder,
  type OfferRequestJson,
  type OrderRequestJson,
  type TrainingSpec,
} from '@encryptech/protocol';
import { zeroAddress, zeroHash } from 'viem';
import type { HDAccount } from 'viem/accounts';
import { GRAPH, PLAN, specOf, UNITS } from './job-documents.ts';
import type { TestNetwork } from './start-network.ts';

export const ENC = 10n ** 18n;
const SCHEMA = JSON.parse(
  readFileSync(join(import.meta.dirname, '../../../fixtures/wdbc/schema.json'), 'utf8'),
) as Record<string, Json>;
const POLICY: Hex = `0x${'d4'.repeat(32)}`;
export interface TestProvider {
  account: HDAccount;
  writer: ChainWriter;
  /** Micro-units a second. */
  speed: bigint;
}

/** Real parties with real money and one registered dataset; nothing is in any coordinator's book yet. */
export interface Market {
  people: Record<'developer' | 'pauper' | 'owner' | 'enclave', HDAccount>;
  writers: Record<'developer' | 'owner', ChainWriter>;
  /** Beta is twice as fast; what they ask is said in the offers. */
  providers: { alpha: TestProvider; beta: TestProvider };
  datasetId: DatasetId;
  manifest: DatasetManifest;
  spec: TrainingSpec;
  graphCid: string;
  /** A signed order at most 1 ENC a unit; `by` the developer, 1,000 ENC deposited, unless told otherwise. */
  order(change?: Partial<JobOrder>, by?: HDAccount): Promise<{ jobId: JobId; body: OrderRequestJson; order: JobOrder }>;
  offer(of: TestProvider, change?: Partial<ComputeOffer>): Promise<OfferRequestJson>;
  grant(change?: Partial<DatasetGrant>): Promise<GrantRequestJson>;
  start(by: TestProvider, jobId: JobId, attempt?: number): Promise<void>;
  deliver(by: TestProvider, order: JobOrder, attempt?: number): Promise<void>;
}

/** An epsilon of 8 at delta 10^-5 unless told otherwise. */
export async function openMarket(net: TestNetwork, { epsilonCapMicro = 8_000_000 } = {}): Promise<Market> {
  const { keys } = net.chain;
  const people = { developer: keys.user(0), pauper: keys.user(1), owner: keys.user(2), enclave: keys.user(3) };
  const writers = { developer: net.writer(people.developer), owner: net.writer(people.owner) };
  const provider = (index: number, speed: bigint): TestProvider => ({
    ...{ account: keys.user(index), writer: net.writer(keys.user(index)), speed },
  });
  const providers = { alpha: provider(10, 20_000n), beta: provider(11, 40_000n) };

  await net.give(people.developer.address, 5_000n * ENC);
  await deposit(writers.developer, { amount: 1_000n * ENC, key: 'deposit' });
  for (const { account, writer, speed } of Object.values(providers)) {
    await net.give(account.address, 1_000n * ENC);
    await stake(writer, { pool: 'provide', amount: 1_000n * ENC, key: 'stake' });
    await registerProvider(writer, { url: `https://${account.address}.example`, speed });
  }
  const manifest: DatasetManifest = {
    ...{ version: 1, name: 'WDBC', owner: people.owner.address, blob: digestOf(utf8('sealed')), bytes: 6 },
    ...{ schemaDigest: digestDocument(SCHEMA), schema: SCHEMA, nominalRows: 569, unit: 'row', epsilonCapMicro },
    ...{ deltaExponent: 5, fee: (2n * ENC).toString(), minLevel: 0, policyDigest: POLICY },
  };
  const { datasetId } = await registerDataset(writers.owner, {
    ...{ digest: manifest.blob, schemaDigest: manifest.schemaDigest, manifestDigest: datasetManifestDigest(manifest) },
    ...{ policyDigest: POLICY, epsilonCapMicro, deltaExponent: 5, fee: 2n * ENC, minLevel: 0 },
    unit: digestOf(utf8('row')),
  });
  await net.chain.finishSetup();

  const spec = specOf(datasetId);
  const tomorrow = async () => BigInt((await chainTime(net.client)) + 86_400);
  let nonce = 0n;

  return {
    ...{ people, writers, providers, datasetId, manifest, spec, graphCid: cidOf(GRAPH) },
    async order(change = {}, by = people.developer) {
      const order: JobOrder = {
        ...{ developer: by.address, datasetId, graphDigest: spec.graph, specDigest: trainingSpecDigest(spec) },
        ...{ resultKey: toHex(new Uint8Array(32).fill(7)), units: UNITS, steps: 40, durationSec: 600, maxRate: ENC },
        ...{ maxDatasetFee: 3n * ENC, minLevel: 0, kind: 0, minReputationBps: 0, minSpeed: 0n, ...PLAN.charge },
        ...{ nonce: ++nonce, expiresAt: await tomorrow(), ...change },
      };
      const signature = await signOrder(order, net.domain, by);
      return { order, jobId: hashOrder(order, net.domain), body: { order: orderToJson(order), signature, spec } };
    },
    async offer({ account }, change = {}) {
      const offer: ComputeOffer = {
        ...{ provider: account.address, ask: ENC / 10n, maxUnits: 10n ** 12n, maxDurationSec: 3_600 },
        ...{ nonce: ++nonce, expiresAt: await tomorrow(), ...change },
      };
      return { offer: offerToJson(offer), signature: await signOffer(offer, net.domain, account) };
    },
    async grant(change = {}) {
      const grant: DatasetGrant = {
        ...{ datasetId, developer: zeroAddress, fee: 2n * ENC, minLevel: 0, policyDigest: POLICY },
        ...{ nonce: ++nonce, expiresAt: await tomorrow(), ...change },
      };
      return { grant: grantToJson(grant), signature: await signGrant(grant, net.domain, people.owner), manifest };
    },
    async start({ writer }, jobId, attempt = 1) {
      await start(writer, { jobId, attempt, enclaveKey: people.enclave.address, evidenceId: digestOf(utf8('e')) });
    },
    async deliver({ writer }, order, attempt = 1) {
      const jobId = hashOrder(order, net.domain);
      const release = {
        ...{ jobId, attempt, enclaveKey: people.enclave.address, evidenceId: digestOf(utf8('e')) },
        ...{ policyDigest: POLICY, logHead: zeroHash },
      };
      const receipt = {
        ...{ jobId, attempt, steps: order.steps, resultDigest: digestOf(utf8('r')), ...PLAN.charge },
        certificateDigest: digestOf(utf8('c')),
      };
      const enclaveSig = await signReceipt(receipt, net.domain, people.enclave);
      const ownerSig = await signKeyRelease(release, net.domain, people.owner);
      await deliver(writer, { order, receipt, enclaveSig, release, ownerSig });
    },
  };
}
