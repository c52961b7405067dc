import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Challenge, Endorsements, TrustAnchors } from '@encryptech/attestation';
import { fromHex, toHex, type Address, type Hex } from '@encryptech/base';
import {
  anchorLog,
  datasetBudget,
  datasetFacts,
  isDenied,
  setDelegate,
  type ChainClient,
  type ChainWriter,
} from '@encryptech/chain';
import {
  errorOfWire,
  hashDelegation,
  releasePolicyDigest,
  signDelegation,
  signOwnerChallenge,
  type OwnerChallenge,
  type SignedDelegation,
  type Signer,
  type SigningDomain,
} from '@encryptech/protocol';
import type { CoordinatorClient } from '@encryptech/sdk/coordinator';
import { ENVELOPE_KEMS, type EnvelopeKem } from '@encryptech/sealing';
import { isAddressEqual } from 'viem/utils';
import { postGrant } from '../daemon/keep-granting.ts';
import type { OwnedDataset } from '../datasets/dataset-store.ts';
import { ownerError } from '../errors.ts';
import { connectLine, type MessageLine } from '../exchange/connect-line.ts';
import { denial, type Denial, type DenialCode } from '../judgement/denial.ts';
import { judgeEvidence } from '../judgement/judge-evidence.ts';
import { openReleaseLog } from '../release-log/open-release-log.ts';
import {
  actionDigest,
  delegateConfiguration,
  LONGEST_DELEGATION_SEC,
  NO_ATTEMPT,
  NO_DATASET,
} from './delegation-action.ts';
import { delegationWire, type DelegationMessage } from './delegation-messages.ts';
import { requireNotDelegated, writeDelegationRecord, type DelegationRecord } from './delegation-record.ts';
import { sealTerms, type DelegatedDataset } from './delegation-terms.ts';

const CHALLENGE_LIFE_SEC = 300;
const ANSWER_TIMEOUT_MS = 30_000;

/** Who delegates, and by what. */
export interface DelegationDeps {
  /** The owner's folder; hold its lock. */
  dir: string;
  owner: { readonly address: Address; readonly signer: Signer };
  client: ChainClient;
  writer: ChainWriter;
  domain: SigningDomain;
  /** Milliseconds since 1970. */
  now: () => number;
}

export interface OpenDelegationOptions extends DelegationDeps {
  /** The host of the delegate. */
  url: string;
  datasets: readonly OwnedDataset[];
  /** Unix seconds; at most 90 days ahead. */
  expiresAt: number;
  /** Measurements of delegates that are trusted: `measureDelegate()` of this install, as a rule. */
  measurements: readonly Hex[];
  kem: EnvelopeKem;
  anchors: TrustAnchors;
  endorsements?: Endorsements;
  coordinator: Pick<CoordinatorClient, 'postGrant'>;
}

/**
 * Hands the releases of an owner's datasets to an enclave: it is challenged and judged like the enclave of a job, at the highest
 * level that any of the datasets asks for; then it is named on chain, and gets secrets, policies, what is left of each budget and
 * the head of the release log, sealed to the key in its evidence. Grants stand until the delegation ends.
 *
 * From then on the owner's own agent does not start until the releases are taken back.
 *
 * @throws `owner.delegated`, `owner.badDataset`, `owner.provider`; `owner.delegate` with `data.reasons` when the delegate is
 * refused (it got nothing then)
 */
export async function openDelegation(options: OpenDelegationOptions): Promise<DelegationRecord> {
  const { dir, url, owner, client, writer, domain, now, kem, datasets, expiresAt } = options;
  await requireNotDelegated(dir);
  const nowSec = Math.floor(now() / 1000);
  if (!(expiresAt > nowSec && expiresAt <= nowSec + LONGEST_DELEGATION_SEC)) {
    throw refused('A delegation ends within 90 days.', ['delegate.expired']);
  }
  if (datasets.length === 0) throw refused('There is no dataset to delegate.', ['policy.dataset']);
  const delegatedDatasets = await Promise.all(datasets.map((dataset) => readLedger(dataset, options)));
  const id = toHex(globalThis.crypto.getRandomValues(new Uint8Array(32)));
  const line = await connectLine({
    url: sessionUrl(url, owner.address),
    codec: delegationWire,
    timeoutMs: ANSWER_TIMEOUT_MS,
  });
  const log = await openReleaseLog(join(dir, 'release-log.jsonl'), { now });
  try {
    const challenge = await sendChallenge(line, 'open', id, { owner, domain, kem, nowSec });
    const verdict = await judgeDelegate(line, id, challenge, options);
    const write = async (decision: 'delegate' | 'deny', evidenceId: Hex | null, reasons: string[]): Promise<void> => {
      for (const { id: dataset, policy } of datasets) {
        const policyDigest = releasePolicyDigest(policy);
        await log.append({ dataset, job: id, attempt: NO_ATTEMPT, evidenceId, policyDigest, decision, reasons });
      }
    };
    if (!verdict.allowed) {
      await write(
        'deny',
        verdict.evidenceId,
        verdict.denials.map(({ code }) => code),
      );
      throw refused(
        'The delegate is refused: it got nothing.',
        verdict.denials.map(({ code }) => code),
        verdict.denials,
      );
    }
    const { evidenceId, level, signer: key, hpkePublicKey } = verdict;
    const sinceBlock = Number(await client.public.getBlockNumber());
    await write('delegate', evidenceId, []);
    const delegation = {
      ...{ owner: owner.address, key, evidenceId, logHead: log.head, expiresAt: BigInt(expiresAt) },
    };
    const delegated: SignedDelegation = {
      delegation,
      signature: await signDelegation(delegation, domain, owner.signer),
    };
    const record = { id, url, delegated, level, sinceBlock, datasets: datasets.map((dataset) => dataset.id) };
    // On disk before anything is handed over: whatever breaks off from here on, the owner knows of it and can take it back.
    await writeDelegationRecord(dir, record);
    await setDelegate(writer, { delegate: { key, until: expiresAt }, key: `delegate:${id}` });
    await anchorLog(writer, { head: log.head });
    const sealed = await sealTerms(
      {
        ...{ datasets: delegatedDatasets, anchors: options.anchors, kem, released: await releasedAttempts(dir) },
        log: { entries: log.entries, head: log.head },
      },
      { recipient: fromHex(hpkePublicKey), challenge, delegation, domain },
    );
    line.send({ type: 'handover', body: { delegated, sealed } });
    const digest = hashDelegation(delegation, domain);
    await line.next((message) => {
      if (message.type === 'error') throw errorOfWire(message.body);
      return message.type === 'accepted' && message.body.delegation === digest ? true : undefined;
    });
    for (const dataset of datasets) await postGrant(dataset, { ...options, grantValidSec: expiresAt - nowSec });
    return record;
  } finally {
    line.close();
    await log.close();
  }
}

/** Where an owner meets the delegate. */
export const sessionUrl = (url: string, owner: Address): string =>
  `${url.replace(/\/+$/, '')}/v1/delegates/${owner}/session`;

/** Sends a fresh signed challenge about a delegation. */
export async function sendChallenge(
  line: Pick<MessageLine<DelegationMessage>, 'send'>,
  action: 'open' | 'end',
  id: Hex,
  { owner, domain, kem, nowSec }: Pick<OpenDelegationOptions, 'owner' | 'domain' | 'kem'> & { nowSec: number },
): Promise<OwnerChallenge> {
  const challenge: OwnerChallenge = {
    owner: owner.address,
    nonce: toHex(globalThis.crypto.getRandomValues(new Uint8Array(32))),
    ...{ datasetId: NO_DATASET, jobId: id, attempt: NO_ATTEMPT },
    policyDigest: actionDigest(action),
    expiresAt: BigInt(nowSec + CHALLENGE_LIFE_SEC),
    kem: ENVELOPE_KEMS[kem].id,
  };
  const signature = await signOwnerChallenge(challenge, domain, owner.signer);
  line.send({ type: 'challenge', body: { challenge, signature, chain: { id: domain.chainId, jobs: domain.jobs } } });
  return challenge;
}

async function judgeDelegate(
  line: MessageLine<DelegationMessage>,
  id: Hex,
  challenge: OwnerChallenge,
  { owner, client, domain, now, kem, datasets, measurements, anchors, endorsements }: OpenDelegationOptions,
) {
  const evidence = await line.next((message) => {
    if (message.type === 'error') throw errorOfWire(message.body);
    if (message.type !== 'evidence' || message.body.jobId !== id) return undefined;
    const { kind, evidence: body, runtimeData } = message.body;
    return toHex(runtimeData).includes(challenge.nonce.slice(2)) ? { kind, body, runtimeData } : undefined;
  });
  const expiresAtMs = Number(challenge.expiresAt) * 1000;
  const expected: Challenge = {
    purpose: 'delegate',
    audience: { owner: owner.address, chainId: domain.chainId, contract: domain.jobs },
    nonce: challenge.nonce,
    ...{ job: id, attempt: NO_ATTEMPT, dataset: NO_DATASET, configuration: delegateConfiguration(owner.address, id) },
    ...(kem === 'x-wing' ? { kem } : {}),
    issuedAt: new Date(expiresAtMs - CHALLENGE_LIFE_SEC * 1000),
    expiresAt: new Date(expiresAtMs),
  };
  const verdict = await judgeEvidence({
    ...{ evidence, challenge: expected, anchors, now: new Date(now()) },
    policy: { ...datasets[0]!.policy, measurements: [...measurements] },
    // A delegate holds what it gives away: it is at least what the strictest dataset asks of the enclave of a job.
    minLevel: Math.max(...datasets.flatMap(({ policy, manifest }) => [policy.minLevel, manifest.minLevel])),
    ...(endorsements === undefined ? {} : { endorsements }),
  });
  if (!verdict.allowed) return verdict;
  const { measurement, device } = verdict.enclave;
  const [measurementDenied, deviceDenied] = await Promise.all([
    isDenied(client, { kind: 'measurement', value: measurement }),
    isDenied(client, { kind: 'device', value: device }),
  ]);
  const denials: Denial[] = [
    ...(measurementDenied ? [denial('chain.measurement')] : []),
    ...(deviceDenied ? [denial('chain.device')] : []),
  ];
  if (denials.length === 0) return verdict;
  return { allowed: false, evidenceId: verdict.evidenceId, denials } as const;
}

/** The dataset with its ledger as it is on chain, once the chain agrees with what the owner holds. */
async function readLedger(
  dataset: OwnedDataset,
  { client, owner }: Pick<OpenDelegationOptions, 'client' | 'owner'>,
): Promise<DelegatedDataset> {
  const { id, manifest, policy } = dataset;
  const [facts, budget] = await Promise.all([datasetFacts(client, id), datasetBudget(client, id)]);
  const fault = !isAddressEqual(facts.owner, owner.address)
    ? 'the chain names another owner'
    : facts.retired
      ? 'it is retired'
      : facts.policyDigest !== releasePolicyDigest(policy)
        ? 'its policy is not the one that is registered on chain'
        : budget.epsilonCapMicro !== manifest.epsilonCapMicro || budget.deltaExponent !== manifest.deltaExponent
          ? 'the chain names another budget than its manifest'
          : undefined;
  if (fault === undefined) return { ...dataset, ledger: budget.words };
  throw ownerError({ code: 'owner.badDataset', message: `The dataset is not delegated: ${fault}.`, place: id });
}

/** Attempts that had their release from this folder. */
async function releasedAttempts(dir: string): Promise<string[]> {
  const names = await readdir(join(dir, 'releases')).catch(() => []);
  return names.filter((name) => /^0x[0-9a-f]{64}-\d+\.json$/.test(name)).map((name) => name.slice(0, -'.json'.length));
}

const refused = (message: string, reasons: readonly (DenialCode | string)[], denials: readonly Denial[] = []) =>
  ownerError({
    code: 'owner.delegate',
    message: [message, ...denials.map((one) => one.message)].join(' '),
    data: { reasons: [...reasons] },
  });
