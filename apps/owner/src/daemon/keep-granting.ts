import type { Address, DatasetId, Hex } from '@encryptech/base';
import { datasetFacts, type ChainClient } from '@encryptech/chain';
import {
  grantToJson,
  releasePolicyDigest,
  signGrant,
  type DatasetGrant,
  type Signer,
  type SigningDomain,
} from '@encryptech/protocol';
import type { CoordinatorClient } from '@encryptech/sdk/coordinator';
import type { Logger } from 'pino';
import { isAddressEqual, zeroAddress } from 'viem';
import type { DatasetStore, OwnedDataset } from '../datasets/dataset-store.ts';
import { ownerError } from '../errors.ts';
import { sleep } from './sleep.ts';

/** How often the folder of datasets is looked through for new ones and for grants that are due. */
const LOOK_PERIOD_MS = 2_000;

export interface GrantingOptions {
  datasets: DatasetStore;
  coordinator: Pick<CoordinatorClient, 'postGrant'>;
  client: ChainClient;
  owner: { readonly address: Address; readonly signer: Signer };
  domain: SigningDomain;
  grantValidSec: number;
  now: () => number;
  log: Logger;
  signal: AbortSignal;
}

/**
 * Keeps a grant standing for each dataset of the owner whose policy is the registered one and not over: a new one when half of
 * the old one's time has passed, or at once when the owner registered another policy. Datasets that are published meanwhile are
 * found.
 */
export async function keepGranting(options: GrantingOptions): Promise<void> {
  const { datasets, log, now, grantValidSec, signal } = options;
  const dueAt = new Map<DatasetId, number>();
  const grantedUnder = new Map<DatasetId, Hex>();
  /** True when another policy is registered than the last grant was under; a chain that does not answer changes nothing. */
  const hasNewPolicy = async (id: DatasetId): Promise<boolean> => {
    const facts = await datasetFacts(options.client, id).catch(() => undefined);
    return facts !== undefined && grantedUnder.has(id) && facts.policyDigest !== grantedUnder.get(id);
  };
  while (!signal.aborted) {
    const ids = await datasets.ids().catch((error: unknown) => {
      log.error({ err: error }, 'The folder of datasets can not be read');
      return [];
    });
    for (const id of ids) {
      if (signal.aborted) return;
      if ((dueAt.get(id) ?? 0) > now() && !(await hasNewPolicy(id))) continue;
      try {
        const dataset = await datasets.get(id);
        const expiresAt = await postGrant(dataset, options);
        grantedUnder.set(id, releasePolicyDigest(dataset.policy));
        dueAt.set(id, now() + (grantValidSec * 1000) / 2);
        log.info({ dataset: id, expiresAt }, 'A grant stands');
      } catch (error) {
        if (signal.aborted) return;
        dueAt.set(id, now() + LOOK_PERIOD_MS);
        log.warn({ dataset: id, err: error }, 'The dataset could not be granted');
      }
    }
    await sleep(LOOK_PERIOD_MS, signal);
  }
}

/** What a grant is posted with. */
export type GrantOptions = Pick<
  GrantingOptions,
  'coordinator' | 'client' | 'owner' | 'domain' | 'grantValidSec' | 'now'
>;

/**
 * Posts a grant and returns when it expires, in Unix seconds.
 *
 * @throws `owner.badDataset` where the chain, the policy or its time speaks against it
 */
export async function postGrant({ id, manifest, policy }: OwnedDataset, options: GrantOptions): Promise<number> {
  const { coordinator, client, owner, domain, grantValidSec, now } = options;
  const facts = await datasetFacts(client, id);
  const policyDigest = releasePolicyDigest(policy);
  const nowSec = Math.floor(now() / 1000);
  const fault = !isAddressEqual(facts.owner, owner.address)
    ? 'the chain names another owner'
    : facts.retired
      ? 'it is retired'
      : facts.policyDigest !== policyDigest
        ? 'its policy is not the one that is registered on chain'
        : policy.until <= nowSec
          ? 'its policy is over'
          : // A match would only tie up money, budget and a machine until the agent denies the keys.
            [policy.developers, policy.purposes, policy.mechanisms, policy.measurements].some(
                (list) => list.length === 0,
              )
            ? 'its policy allows nobody: consent is withdrawn'
            : undefined;
  if (fault !== undefined) {
    throw ownerError({ code: 'owner.badDataset', message: `The dataset is not granted: ${fault}.`, place: id });
  }
  const expiresAt = Math.min(nowSec + grantValidSec, policy.until);
  const value: DatasetGrant = {
    datasetId: id,
    // The policy decides among developers, and the agent applies it; the matcher only sees this.
    developer: policy.developers !== '*' && policy.developers.length === 1 ? policy.developers[0]! : zeroAddress,
    fee: facts.fee,
    minLevel: Math.max(facts.minLevel, policy.minLevel),
    policyDigest,
    nonce: BigInt(now()),
    expiresAt: BigInt(expiresAt),
  };
  const signature = await signGrant(value, domain, owner.signer);
  await coordinator.postGrant({ grant: grantToJson(value), signature, manifest });
  return expiresAt;
}
