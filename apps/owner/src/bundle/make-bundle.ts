import { join } from 'node:path';
import { toHex, type JobId } from '@encryptech/base';
import { parseCertificateFile, wire } from '@encryptech/protocol';
import { ownerError } from '../errors.ts';
import { headOf, type LogEntry } from '../release-log/log-entry.ts';
import { verifyReleaseLog } from '../release-log/verify-release-log.ts';
import { createReleaseStore } from '../releases/release-store.ts';
import type { Bundle } from './bundle.ts';

/**
 * The bundle of a delivered job: the developer's certificate file with what the owner's folder has about the release.
 *
 * @throws `owner.noRelease`, `owner.logAltered`, `protocol.badDocument`
 */
export async function makeBundle(
  dir: string,
  { certificate: file, endorsements = [] }: { certificate: unknown; endorsements?: readonly Uint8Array[] },
): Promise<Bundle> {
  const certificate = parseCertificateFile(file);
  const { job, attempt } = certificate.certificate;
  const stored = await createReleaseStore(join(dir, 'releases')).get(job as JobId, attempt);
  const message = stored === undefined ? undefined : wire.decode(stored.message);
  let entry: LogEntry | undefined;
  if (message?.type === 'release') {
    const { logHead } = message.body.release;
    await verifyReleaseLog(join(dir, 'release-log.jsonl'), {
      onEntry: (one) => (entry = headOf(one) === logHead ? one : entry),
    });
  }
  if (stored === undefined || message?.type !== 'release' || entry === undefined) {
    throw ownerError({
      code: 'owner.noRelease',
      message: `This owner released no keys for attempt ${attempt} of the job.`,
      place: job,
    });
  }
  return {
    ...{ version: 1, certificate, evidence: toHex(stored.evidence), policy: stored.policy, logEntry: entry },
    endorsements: endorsements.map((bytes) => toHex(bytes)),
    release: { release: message.body.release, signature: message.body.signature },
  };
}
