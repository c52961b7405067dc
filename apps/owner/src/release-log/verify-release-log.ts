import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import type { Sha256 } from '@encryptech/base';
import { ownerError } from '../errors.ts';
import { EMPTY_HEAD, headOf, lineOf, logEntrySchema, type LogEntry } from './log-entry.ts';

export interface VerifiedLog {
  entries: number;
  /** Digest of the last entry; 32 zero bytes for an empty log. */
  head: Sha256;
}

export interface VerifyLogOptions {
  /** Heads known from elsewhere (anchored on chain, signed in key releases): each must still be in the log. */
  knownHeads?: readonly Sha256[];
  /** Called with each entry, in order. */
  onEntry?: (entry: LogEntry) => void;
}

/**
 * The length and head of a release log, once each line is the one text of its entry, counts on from the line before, and
 * names that line's digest. The chain of hashes shows any edit, but not that lines at the end are missing: for that, hand
 * in `knownHeads`.
 *
 * @throws `owner.logAltered` with the line as `place`, `owner.logTruncated`
 */
export async function verifyReleaseLog(
  path: string,
  { knownHeads = [], onEntry }: VerifyLogOptions = {},
): Promise<VerifiedLog> {
  const missing = new Set<Sha256>(knownHeads.filter((head) => head !== EMPTY_HEAD));
  let entries = 0;
  let head = EMPTY_HEAD;
  const lines = createInterface({ input: createReadStream(path, 'utf8'), crlfDelay: Infinity });
  for await (const line of lines) {
    const entry = parseLine(line, entries + 1);
    if (entry.seq !== entries || entry.previous !== head) throw altered(entries + 1, 'does not follow the line before');
    head = headOf(entry);
    entries++;
    missing.delete(head);
    onEntry?.(entry);
  }
  const [lost] = missing;
  if (lost !== undefined) {
    throw ownerError({
      code: 'owner.logTruncated',
      message: `The release log has ${entries} entries, none of which has a head that is known from elsewhere: lines are missing.`,
      place: path,
      data: { head: lost, entries },
    });
  }
  return { entries, head };
}

function parseLine(line: string, number: number): LogEntry {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    throw altered(number, 'is not JSON');
  }
  const parsed = logEntrySchema.safeParse(value);
  if (!parsed.success) throw altered(number, 'is not an entry');
  if (lineOf(parsed.data) !== line) throw altered(number, 'is not the canonical text of its entry');
  return parsed.data;
}

const altered = (line: number, what: string) =>
  ownerError({
    code: 'owner.logAltered',
    message: `Line ${line} of the release log ${what}: the log was altered.`,
    place: `line ${line}`,
    data: { line },
  });
