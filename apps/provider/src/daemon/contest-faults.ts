import { setTimeout as sleep } from 'node:timers/promises';
import {
  cidOfDigest,
  isEncryptechError,
  toHex,
  type Address,
  type Hex,
  type JobId,
  type Sha256,
} from '@encryptech/base';
import {
  accountBalances,
  chainTime,
  checkFaultEvidence,
  contestFault,
  faultEvidence,
  jobState,
  listFaults,
  withdraw,
  type ChainClient,
  type ChainWriter,
  type FaultFacts,
} from '@encryptech/chain';
import { readBlob, type BlobStore } from '@encryptech/protocol';
import type { Logger } from 'pino';
import { zeroAddress } from 'viem';
import { isAddressEqual } from 'viem/utils';
import type { KeylessAttempts } from '../jobs/keyless-attempts.ts';

/** Windows are seconds on a network for development and days elsewhere. */
const LOOK_EVERY_MS = 5_000;
/** A sealed result goes into a transaction whole: what fits a block with room to spare. */
const MOST_RESULT_BYTES = 96 * 1024;

export interface ContestOptions {
  client: ChainClient;
  writer: ChainWriter;
  blobs: BlobStore;
  keyless: Pick<KeylessAttempts, 'has'>;
  log: Logger;
  signal: AbortSignal;
  /** Pause between two looks; by default 5,000. */
  lookEveryMs?: number;
}

interface Counter {
  evidence: Hex;
  /** Wei that the contract asks for until the contest is decided. */
  bond: bigint;
  because: string;
}

/**
 * Contests faults of this provider where what it needs is at hand, until the signal: lateness of an attempt whose owner gave no key,
 * as the daemon wrote down then; a result that is said to be unserved and can be had; an attestation that the register restored.
 * Each is asked of the contract before anything is sent. What it has no record of, it does not deny. How each fault ends is a line in the
 * log, with its reason.
 */
export async function contestFaults(options: ContestOptions): Promise<void> {
  const { client, writer, log, signal, lookEveryMs = LOOK_EVERY_MS } = options;
  /** Faults that are not decided, and whether there is still something to do about them. */
  const open = new Map<bigint, 'look' | 'wait'>();
  const warned = new Set<bigint>();
  let decidedUpTo = 0n;
  while (!signal.aborted) {
    try {
      const found = await listFaults(client, undefined, decidedUpTo);
      const now = found.length === 0 ? 0 : await chainTime(client);
      for (const fault of found.toReversed()) {
        const { id, state, provider, decideBy } = fault;
        if (!isAddressEqual(provider, writer.account)) continue;
        if (state === 'executed' || state === 'voided') {
          // What was over before the daemon began was told by the run that saw it.
          if (open.delete(id)) tellEnd(fault, options);
        } else {
          if (!open.has(id)) open.set(id, 'look');
          const isContestable = state === 'proposed' && decideBy >= now && open.get(id) === 'look';
          if (isContestable && (await contest(fault, options, warned))) open.set(id, 'wait');
        }
      }
      decidedUpTo = [...open.keys()].reduce(
        (least, id) => (id <= least ? id - 1n : least),
        found[0]?.id ?? decidedUpTo,
      );
    } catch (error) {
      if (signal.aborted) return;
      log.warn({ err: error }, 'Faults of this provider could not be looked at');
    }
    await sleep(lookEveryMs, undefined, { signal }).catch(() => undefined);
  }
}

/** Says how a fault ended, and why. */
function tellEnd(fault: FaultFacts, { log }: ContestOptions): void {
  const { id, kind, subject, attempt, state, taken, contester, severityBps } = fault;
  const about = { faultId: String(id), kind, subject, attempt, taken: String(taken) };
  const isContested = contester !== zeroAddress;
  if (state === 'executed') {
    const reason = isContested ? 'The contest was answered with evidence' : 'Nobody contested it';
    return log.error({ ...about, reason }, 'A fault was paid from the stake');
  }
  const byEvidence = isContested ? 'Nobody answered the contest' : 'Evidence cleared it';
  const reason = severityBps === 0 ? 'The team voided it, with a reason on chain' : byEvidence;
  log.info({ ...about, reason }, 'A fault is void: nothing is taken');
}

/** Contests a fault if something speaks against it; true when nothing is left to do about it. */
async function contest(fault: FaultFacts, options: ContestOptions, warned: Set<bigint>): Promise<boolean> {
  const { client, writer, log } = options;
  const { id, kind, subject, attempt } = fault;
  const about = { faultId: String(id), kind, subject, attempt };
  if (kind === 'late' && (await hasKeptBack(fault, options))) {
    const reason = 'Its owner answered an earlier contest with a release that never came: a bond would be lost again';
    log.error({ ...about, reason }, 'A fault of this provider is not contested');
    return true;
  }
  const counter = await counterOf(fault, options);
  if (counter === undefined) {
    log.error(about, 'A fault of this provider is reported, and no record here speaks against it');
    return true;
  }
  const { evidence, bond, because } = counter;
  try {
    await checkFaultEvidence(client, evidence);
    await bringBond(bond, fault, options);
    await contestFault(writer, { faultId: id, evidence, bond, key: `contest:${id}` });
    log.info({ ...about, because }, 'Contested a fault');
    return true;
  } catch (error) {
    if (!isEncryptechError(error) || error.code === 'chain.unreachable') throw error;
    // An attestation may still come, and ENC for a bond; somebody else may have been faster.
    log[warned.has(id) ? 'debug' : 'warn']({ ...about, because, code: error.code }, 'A fault can not be contested now');
    warned.add(id);
    return error.code === 'chain.faultsWrongState';
  }
}

/** A bond is paid from the hand: what is missing there comes out of what jobs paid, as far as that goes. */
async function bringBond(bond: bigint, { id }: FaultFacts, { client, writer, log }: ContestOptions): Promise<void> {
  const { enc, deposit } = await accountBalances(client, writer.account);
  const missing = bond - enc;
  if (missing <= 0n || missing > deposit) return;
  await withdraw(writer, { amount: missing, key: `bond:${id}` });
  log.info({ faultId: String(id), wei: String(missing) }, 'Took the bond of a contest out of Jobs');
}

/**
 * True when the owner whose data the late job trained on has shown a release before that never came, as this daemon wrote down: an earlier
 * attempt of this provider that is written down as keyless, whose contest was answered all the same.
 */
async function hasKeptBack({ id, subject }: FaultFacts, { client, writer, keyless }: ContestOptions): Promise<boolean> {
  const answered = (await listFaults(client, writer.account)).filter(
    ({ kind, state, contester, ...past }) =>
      past.id !== id &&
      kind === 'late' &&
      (state === 'upheld' || state === 'executed') &&
      isAddressEqual(contester, writer.account) &&
      keyless.has(past.subject, past.attempt),
  );
  if (answered.length === 0) return false;
  const ownerOf = async (jobId: Hex): Promise<Address> => (await jobState(client, jobId as JobId)).datasetOwner;
  const owner = await ownerOf(subject);
  const owners = await Promise.all(answered.map((past) => ownerOf(past.subject)));
  return owners.some((one) => isAddressEqual(one, owner));
}

/** What speaks against a fault; undefined where nothing does. */
async function counterOf(fault: FaultFacts, { keyless, blobs }: ContestOptions): Promise<Counter | undefined> {
  const { id, kind, subject, attempt, evidence, started, bond } = fault;
  if (kind === 'late' && started && keyless.has(subject, attempt))
    return { evidence: faultEvidence.noKey(id), bond, because: 'The owner gave no key' };
  if (kind === 'attestation')
    return { evidence: faultEvidence.attested(id), bond: 0n, because: 'The register restored the level' };
  if (kind !== 'notServed') return undefined;
  const result = await readBlob(blobs, cidOfDigest(evidence as Sha256), MOST_RESULT_BYTES).catch(() => undefined);
  return result && { evidence: faultEvidence.served(id, toHex(result)), bond: 0n, because: 'Here is the result' };
}
