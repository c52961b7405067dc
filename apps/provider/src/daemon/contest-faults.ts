import { setTimeout as sleep } from 'node:timers/promises';
import { cidOfDigest, isEncryptechError, toHex, type Hex, type Sha256 } from '@encryptech/base';
import {
  chainTime,
  checkFaultEvidence,
  contestFault,
  faultEvidence,
  listFaults,
  type ChainClient,
  type ChainWriter,
  type FaultFacts,
} from '@encryptech/chain';
import { readBlob, type BlobStore } from '@encryptech/protocol';
import type { Logger } from 'pino';
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
 * Each is asked of the contract before anything is sent. What it has no record of, it does not deny.
 */
export async function contestFaults(options: ContestOptions): Promise<void> {
  const { client, writer, log, signal } = options;
  const open = new Map<bigint, FaultFacts>();
  const warned = new Set<bigint>();
  let known = 0n;
  while (!signal.aborted) {
    try {
      const found = await listFaults(client, undefined, known);
      known = found[0]?.id ?? known;
      for (const fault of found) {
        if (fault.state === 'proposed' && isAddressEqual(fault.provider, writer.account)) open.set(fault.id, fault);
      }
      const now = open.size === 0 ? 0 : await chainTime(client);
      for (const [id, fault] of open) {
        if (fault.decideBy < now || (await contest(fault, options, warned))) open.delete(id);
      }
    } catch (error) {
      if (signal.aborted) return;
      log.warn({ err: error }, 'Faults of this provider could not be looked at');
    }
    await sleep(LOOK_EVERY_MS, undefined, { signal }).catch(() => undefined);
  }
}

/** Contests a fault if something speaks against it; true when nothing is left to do about it. */
async function contest(fault: FaultFacts, options: ContestOptions, warned: Set<bigint>): Promise<boolean> {
  const { client, writer, log } = options;
  const { id, kind, subject, attempt } = fault;
  const about = { faultId: String(id), kind, subject, attempt };
  const counter = await counterOf(fault, options);
  if (counter === undefined) {
    log.error(about, 'A fault of this provider is reported, and no record here speaks against it');
    return true;
  }
  const { evidence, bond, because } = counter;
  try {
    await checkFaultEvidence(client, evidence);
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
