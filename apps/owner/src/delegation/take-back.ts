import { appendFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { delegateOf, jobsAbi, setDelegate } from '@encryptech/chain';
import { digestOf, isEncryptechError, utf8, type Hex } from '@encryptech/base';
import { errorOfWire, hashDelegation, parseJson, releasePolicyDigest } from '@encryptech/protocol';
import { isAddressEqual } from 'viem/utils';
import { z } from 'zod';
import type { OwnedDataset } from '../datasets/dataset-store.ts';
import { ownerError } from '../errors.ts';
import { connectLine } from '../exchange/connect-line.ts';
import { headOf, lineOf, logEntrySchema, type LogEntry } from '../release-log/log-entry.ts';
import { openReleaseLog } from '../release-log/open-release-log.ts';
import { verifyReleaseLog } from '../release-log/verify-release-log.ts';
import { NO_ATTEMPT } from './delegation-action.ts';
import { delegationWire, hex } from './delegation-messages.ts';
import { readDelegationRecord, removeDelegationRecord, type DelegationRecord } from './delegation-record.ts';
import { sendChallenge, sessionUrl, type DelegationDeps } from './open-delegation.ts';
import { isSignedHead } from './signed-head.ts';

const ANSWER_TIMEOUT_MS = 10_000;
const MOST_LOG_BYTES = 64 * 1024 * 1024;

export interface TakeBackOptions extends DelegationDeps {
  /** The datasets that were delegated, for their policies. */
  datasets: readonly OwnedDataset[];
  /** Goes on without the delegate's log, where its host lost it: what was released then is known from the chain only. */
  withoutLog?: boolean;
}

export interface TakenBack {
  readonly delegation: Hex;
  /** True when the delegate itself said that it has forgotten everything; a delegate that is gone has too. */
  readonly ended: boolean;
  /** Decisions of the delegate that are in the owner's log now; undefined when it could not be had. */
  readonly entries: number | undefined;
}

/**
 * Takes the releases back: first on chain, from the next block on nothing that the delegate signs counts; then the delegate
 * forgets, and its log, each line of it verified, signed by its key and held against what the chain recorded, becomes part of the
 * owner's.
 *
 * @throws `owner.delegated` when nothing is delegated; `owner.delegate` when the log is missing, altered or cut (all else is done
 * by then, and `withoutLog` goes on without it); `owner.logAltered`
 */
export async function takeBack(options: TakeBackOptions): Promise<TakenBack> {
  const { dir, owner, client, writer, domain, now } = options;
  const record = await readDelegationRecord(dir);
  if (record === undefined) {
    throw ownerError({ code: 'owner.delegated', message: 'No delegation is open.', place: dir });
  }
  const { delegation } = record.delegated;
  if (isAddressEqual((await delegateOf(client, owner.address)).key, delegation.key)) {
    await setDelegate(writer, { delegate: undefined, key: `take-back:${record.id}` });
  }
  const ended = await askToEnd(record, options).catch(() => false);
  const digest = hashDelegation(delegation, domain);
  const logPath = join(dir, 'release-log.jsonl');
  let entries: number | undefined;
  try {
    const fetched = await fetchLog(record, owner.address, digest);
    const own: LogEntry[] = [];
    await verifyReleaseLog(logPath, { onEntry: (entry) => own.push(entry) });
    const added = await checkedLines(fetched, record, digest, options, own);
    await adopt(logPath, delegation.logHead as Hex, added);
    await markReleased(dir, added);
    entries = added.length;
  } catch (error) {
    if (options.withoutLog !== true) throw withHint(error);
  }
  const log = await openReleaseLog(logPath, { now });
  try {
    for (const { id: dataset, policy } of options.datasets) {
      if (!record.datasets.includes(dataset)) continue;
      await log.append({
        ...{ dataset, job: record.id, attempt: NO_ATTEMPT, evidenceId: delegation.evidenceId as Hex },
        ...{ policyDigest: releasePolicyDigest(policy), decision: 'take-back' },
        reasons: entries === undefined ? ['delegate.logMissing'] : [],
      });
    }
  } finally {
    await log.close();
  }
  await removeDelegationRecord(dir);
  return { delegation: record.id, ended, entries };
}

async function askToEnd(
  { url, id }: DelegationRecord,
  { owner, domain, now }: Pick<TakeBackOptions, 'owner' | 'domain' | 'now'>,
): Promise<boolean> {
  const line = await connectLine({
    ...{ url: sessionUrl(url, owner.address), codec: delegationWire, timeoutMs: ANSWER_TIMEOUT_MS },
  });
  try {
    await sendChallenge(line, 'end', id, { owner, domain, kem: 'x25519', nowSec: Math.floor(now() / 1000) });
    return await line.next((message) => {
      if (message.type === 'error') throw errorOfWire(message.body);
      return message.type === 'ended' && message.body.delegation === id ? true : undefined;
    });
  } finally {
    line.close();
  }
}

const keptSchema = z.object({
  lines: z.array(z.string().max(16_384)).max(1_000_000),
  signed: z.strictObject({ entries: z.number().int().positive(), head: hex(32), signature: hex(65) }).nullable(),
});
type Kept = z.output<typeof keptSchema>;

async function fetchLog({ url, id }: DelegationRecord, owner: string, delegation: Hex): Promise<Kept> {
  const response = await fetch(`${url.replace(/\/+$/, '')}/v1/delegates/${owner}/log?delegation=${id}`, {
    ...{ signal: AbortSignal.timeout(ANSWER_TIMEOUT_MS), redirect: 'error' },
  });
  if (!response.ok || response.body === null) throw noLog(`its host answers ${response.status}`, delegation);
  const pieces: Uint8Array[] = [];
  let size = 0;
  for await (const piece of response.body as unknown as AsyncIterable<Uint8Array>) {
    size += piece.length;
    if (size > MOST_LOG_BYTES) throw noLog('it is too large', delegation);
    pieces.push(piece);
  }
  const parsed = keptSchema.safeParse(parseJson(Buffer.concat(pieces).toString('utf8')));
  if (!parsed.success) throw noLog('it is not of its form', delegation);
  return parsed.data;
}

/** The delegate's lines, once they follow from the owner's log, end at the signed head and hold every release that the chain recorded. */
async function checkedLines(
  { lines, signed }: Kept,
  { delegated, sinceBlock, datasets: known }: DelegationRecord,
  digest: Hex,
  { client, datasets }: TakeBackOptions,
  own: readonly LogEntry[],
): Promise<LogEntry[]> {
  const { delegation } = delegated;
  let head = delegation.logHead as Hex;
  const begins = own.findIndex((entry) => headOf(entry) === head) + 1;
  const entries: LogEntry[] = [];
  for (const line of lines) {
    const parsed = logEntrySchema.safeParse(jsonOf(line));
    const entry = parsed.success ? parsed.data : undefined;
    const follows =
      entry !== undefined &&
      lineOf(entry) === line &&
      entry.previous === head &&
      entry.seq === begins + entries.length &&
      // A delegate decides about what it was given, and about nothing else.
      (entry.decision === 'allow' || entry.decision === 'deny') &&
      known.includes(entry.dataset);
    if (!follows) throw noLog(`line ${entries.length + 1} does not follow from the one before`, digest);
    head = headOf(entry);
    entries.push(entry);
  }
  if (signed === null ? entries.length > 0 : signed.head !== head || signed.entries !== begins + entries.length) {
    throw noLog('the delegate’s signature is of another one', digest);
  }
  if (signed !== null) {
    const said = { delegation: digest, entries: signed.entries, head: signed.head };
    if (!(await isSignedHead(said, signed.signature, delegation.key)))
      throw noLog('the delegate did not sign it', digest);
  }
  // A release that reached the chain can't be hidden: it names its evidence, which is in the delegate's log or in the owner's own.
  const policies = new Set<string>(datasets.map(({ policy }) => releasePolicyDigest(policy)));
  const judged = new Set<string | null>([...own, ...entries].map((entry) => entry.evidenceId));
  const events = await client.public.getContractEvents({
    ...{ address: client.deployment.contracts.jobs, abi: jobsAbi, eventName: 'KeyReleaseRecorded', strict: true },
    fromBlock: BigInt(sinceBlock + 1),
  });
  if (events.some(({ args }) => policies.has(args.policyDigest) && !judged.has(args.evidenceId))) {
    throw noLog('the chain recorded a release that is not in it', digest);
  }
  return entries;
}

/** Appends the lines to the owner's log behind the head that they follow from; lines that are there already stay. */
async function adopt(path: string, after: Hex, entries: readonly LogEntry[]): Promise<void> {
  const own = (await readFile(path, 'utf8')).split('\n').slice(0, -1);
  const at = own.findIndex((line) => digestOf(utf8(line)) === after);
  const tail = own.slice(at + 1);
  const lines = entries.map(lineOf);
  if (at < 0 || tail.some((line, i) => line !== lines[i])) {
    throw ownerError({
      code: 'owner.logAltered',
      message: 'The owner’s log does not end where the delegate’s begins.',
      place: path,
    });
  }
  const missing = lines.slice(tail.length);
  if (missing.length > 0) await appendFile(path, missing.map((line) => `${line}\n`).join(''), { flush: true });
}

/** Attempts that the delegate released for had their one release: what it was, only the enclave knows. */
async function markReleased(dir: string, entries: readonly LogEntry[]): Promise<void> {
  const folder = join(dir, 'releases');
  await mkdir(folder, { recursive: true, mode: 0o700 });
  for (const { decision, job, attempt } of entries) {
    if (decision !== 'allow') continue;
    await writeFile(join(folder, `${job}-${attempt}.json`), JSON.stringify({ by: 'delegate' }), {
      ...{ mode: 0o600, flag: 'wx' },
    }).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error;
    });
  }
}

function jsonOf(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

const noLog = (why: string, delegation: Hex) =>
  ownerError({
    code: 'owner.delegate',
    message: `The delegate’s log can't be taken over: ${why}.`,
    data: { delegation },
  });

const withHint = (error: unknown) =>
  isEncryptechError(error, 'owner.logAltered')
    ? error
    : ownerError({
        code: 'owner.delegate',
        message: isEncryptechError(error) ? error.message : 'The delegate’s log could not be fetched.',
        hint: 'The delegate is withdrawn on chain. Try again, or go on without its log: encryptech owner take-back --without-log',
        cause: error,
        retry: 'later',
      });
