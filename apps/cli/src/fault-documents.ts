import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { canonicalJson, isEncryptechError, toHex, utf8, type Hex, type JobId, type Json } from '@encryptech/base';
import { faultEvidence, type Signed } from '@encryptech/chain';
import {
  auditFindingCodec,
  keyReleaseCodec,
  orderFromJson,
  receiptFromJson,
  type AuditFinding,
  type JobOrder,
  type KeyRelease,
  type Receipt,
} from '@encryptech/protocol';
import { cliError } from './errors.ts';
import type { Session } from './network/session.ts';
import type { Terminal } from './terminal.ts';

/** Documents that a person brings with a report or a contest. */
export interface FaultFiles {
  /** `{receipt, signature}`: a certificate file of `job result` is one. */
  receipt: string[];
  /** `{finding, signature}` of auditors. */
  finding: string[];
  certificate?: string;
  /** The signed order; asked of the coordinator where it is left out. */
  order?: string;
}

/** What a report about a job is built from: the coordinator's documents, unless files are given. */
export async function jobEvidence(
  terminal: Terminal,
  session: Session,
  { kind, jobId, files }: { kind: string; jobId: JobId; files: FaultFiles },
): Promise<Hex> {
  const receipts = await Promise.all(files.receipt.map((file) => readReceipt(terminal, file)));
  const findings = await Promise.all(files.finding.map((file) => readFinding(terminal, file)));
  const view = async () => session.coordinator.getJob(jobId);
  const order = async (): Promise<JobOrder> => {
    if (files.order !== undefined) return readOrder(terminal, files.order);
    const found = (await view()).order;
    if (found !== null) return found;
    throw missing('The order is not known to the coordinator.', 'Ask the coordinator that matched the job.');
  };
  const receipt = async (): Promise<Signed<Receipt>> => {
    const [given] = receipts;
    if (given !== undefined) return given;
    const { delivery } = await view();
    if (delivery !== null) return { document: delivery.receipt, signature: delivery.signature };
    throw missing('No receipt of this job is on record.', 'Name a file with --receipt.');
  };
  switch (kind) {
    case 'not-served':
      return faultEvidence.notServed(await receipt());
    case 'attestation':
      return faultEvidence.attestation(await order());
    case 'wrong-result':
      if (findings.length === 0)
        throw missing('A wrong result needs findings of auditors.', 'Name them with --finding.');
      return faultEvidence.wrongResult(await receipt(), findings);
    case 'privacy': {
      if (files.certificate === undefined) return faultEvidence.overSpend(await order(), await receipt());
      const { bytes, place } = await certificateBytes(terminal, files.certificate);
      return faultEvidence.otherMechanism(await order(), await receipt(), toHex(bytes), BigInt(place));
    }
    case 'two-results': {
      const [one, other] = receipts.length === 1 ? [await deliveredReceipt(view), receipts[0]] : receipts;
      if (one === undefined || other === undefined) {
        throw missing(
          'Two receipts are needed.',
          'Name both with --receipt, or the other one beside the delivered one.',
        );
      }
      return faultEvidence.twoResults(one, other);
    }
    default:
      throw missing(`"${kind}" is no fault.`, `It takes: ${JOB_KINDS.join(', ')}, late, unavailable.`);
  }
}

/** The kinds that need a job's documents. */
export const JOB_KINDS = ['not-served', 'attestation', 'wrong-result', 'privacy', 'two-results'] as const;

async function deliveredReceipt(
  view: () => Promise<{ delivery: { receipt: Receipt; signature: Hex } | null }>,
): Promise<Signed<Receipt> | undefined> {
  const { delivery } = await view();
  return delivery === null ? undefined : { document: delivery.receipt, signature: delivery.signature };
}

/** @throws `cli.badOption` with the file as `place` */
export const readReceipt = (terminal: Terminal, file: string): Promise<Signed<Receipt>> =>
  signedIn(terminal, file, 'receipt', receiptFromJson);

/** @throws `cli.badOption` with the file as `place` */
export const readFinding = (terminal: Terminal, file: string): Promise<Signed<AuditFinding>> =>
  signedIn(terminal, file, 'finding', (json) => auditFindingCodec.fromJson(json));

/** @throws `cli.badOption` with the file as `place` */
export const readRelease = (terminal: Terminal, file: string): Promise<Signed<KeyRelease>> =>
  signedIn(terminal, file, 'release', (json) => keyReleaseCodec.fromJson(json));

async function readOrder(terminal: Terminal, file: string): Promise<JobOrder> {
  const json = await readJsonFile(terminal, file);
  try {
    return orderFromJson(json['order'] ?? json);
  } catch (cause) {
    throw badFile(file, `Its order can't be read.${isEncryptechError(cause) ? ` ${cause.message}` : ''}`, cause);
  }
}

/** A certificate's bytes as its digest counts them, and where in them the key "spec" begins. */
async function certificateBytes(terminal: Terminal, file: string): Promise<{ bytes: Uint8Array; place: number }> {
  const json = await readJsonFile(terminal, file);
  const certificate = json['certificate'] ?? json;
  const text = canonicalJson(certificate as Json);
  const place = Buffer.from(text).indexOf(',"spec":"');
  if (place < 0) throw badFile(file, 'It is no certificate: it names no specification.');
  return { bytes: utf8(text), place };
}

async function signedIn<Document>(
  terminal: Terminal,
  file: string,
  name: string,
  parse: (json: unknown) => Document,
): Promise<Signed<Document>> {
  const json = await readJsonFile(terminal, file);
  const signature = json['signature'];
  if (typeof signature !== 'string' || !/^0x([0-9a-f]{2})+$/i.test(signature))
    throw badFile(file, 'It has no signature.');
  try {
    return { document: parse(json[name]), signature: signature as Hex };
  } catch (cause) {
    throw badFile(file, `Its ${name} can't be read.${isEncryptechError(cause) ? ` ${cause.message}` : ''}`, cause);
  }
}

async function readJsonFile(terminal: Terminal, file: string): Promise<Record<string, unknown>> {
  try {
    const json: unknown = JSON.parse(await readFile(resolve(terminal.cwd, file), 'utf8'));
    if (typeof json === 'object' && json !== null && !Array.isArray(json)) return json as Record<string, unknown>;
  } catch (cause) {
    throw badFile(file, 'It can not be read, or is not JSON.', cause);
  }
  throw badFile(file, 'It holds no document.');
}

const badFile = (place: string, message: string, cause?: unknown): Error =>
  cliError({ code: 'cli.badOption', message, place, cause });
const missing = (message: string, hint: string): Error => cliError({ code: 'cli.badOption', message, hint });
