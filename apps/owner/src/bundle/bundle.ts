import { isEncryptechError, type Hex } from '@encryptech/base';
import {
  certificateFileSchema,
  certificateFileToJson,
  keyReleaseCodec,
  releasePolicySchema,
  type CertificateFile,
  type KeyRelease,
  type ReleasePolicy,
} from '@encryptech/protocol';
import { z } from 'zod';
import { ownerError } from '../errors.ts';
import { logEntrySchema, type LogEntry } from '../release-log/log-entry.ts';

const hex = (most: number) =>
  z.custom<Hex>(
    (value) => typeof value === 'string' && value.length <= 2 + 2 * most && /^0x([0-9a-f]{2})*$/.test(value),
  );

/**
 * All that shows how a model came about, in one JSON file: what the enclave certified, the evidence on which the owner
 * released the keys, the policy that allowed it, the release, and its line in the owner's log. Nothing in it is secret.
 */
export const bundleSchema = z.strictObject({
  version: z.literal(1),
  certificate: certificateFileSchema,
  /** `encodeEvidence`. */
  evidence: hex(1 << 20),
  /** Vendors' documents, as they were when the keys were released. */
  endorsements: z.array(hex(1 << 20)).max(64),
  policy: releasePolicySchema,
  release: z.strictObject({ release: keyReleaseCodec.schema, signature: hex(65) }),
  logEntry: logEntrySchema,
});

export interface Bundle {
  readonly version: 1;
  readonly certificate: CertificateFile;
  readonly evidence: Hex;
  readonly endorsements: readonly Hex[];
  readonly policy: ReleasePolicy;
  readonly release: { readonly release: KeyRelease; readonly signature: Hex };
  readonly logEntry: LogEntry;
}

/** True for JSON that means to be a bundle; a certificate alone is none. */
export const looksLikeBundle = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && 'logEntry' in value && 'evidence' in value;

/** @throws `owner.badBundle` with the path of the first fault as `place` */
export function parseBundle(value: unknown): Bundle {
  try {
    return bundleSchema.parse(value) as Bundle;
  } catch (error) {
    const issue = error instanceof z.ZodError ? error.issues[0] : undefined;
    const place = issue?.path.map(String).join('.') ?? (isEncryptechError(error) ? error.place : undefined) ?? 'bundle';
    throw ownerError({ code: 'owner.badBundle', message: `The bundle is not of its form at ${place}.`, place });
  }
}

/** The JSON form of a bundle. */
export const bundleToJson = ({ certificate, release, ...rest }: Bundle): object => ({
  ...rest,
  certificate: certificateFileToJson(certificate),
  release: { release: keyReleaseCodec.toJson(release.release), signature: release.signature },
});
