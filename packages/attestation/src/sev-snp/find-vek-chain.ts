import { toHex } from '@encryptech/base';
import { attestationError } from '../errors.ts';
import type { VerificationContext } from '../verifier.ts';
import { readCertificate } from '../x509/certificate.ts';
import { commonNameOf } from '../x509/common-name.ts';
import { SNP_PRODUCTS, type SnpProduct } from './products.ts';
import type { SnpReport } from './read-report.ts';

/**
 * The certificates that should vouch for a report's key, from VEK to root, in DER: those that came with the evidence before
 * those of the endorsements. They are only found here; nothing is verified. A version 2 report doesn't say its product:
 * then the VEK's issuer does.
 *
 * @throws `attestation.missingEndorsement`, `attestation.badCertificate`
 */
export async function findVekChain(
  report: SnpReport,
  sent: readonly Uint8Array[],
  { endorsements, now }: Pick<VerificationContext, 'endorsements' | 'now'>,
): Promise<[vek: Uint8Array, ask: Uint8Array, ark: Uint8Array]> {
  const named = new Map(sent.map((raw) => [subjectOf(raw), raw]));
  const find = async (subject: string, query = subject) =>
    named.get(subject) ?? endorsements.get({ kind: 'sev-snp', type: 'certificate', subject: query }, now);
  const vek =
    named.get(`SEV-${report.signingKey}`) ??
    (await findVek(report, (query) => endorsements.get({ kind: 'sev-snp', type: 'certificate', subject: query }, now)));
  if (vek === undefined) throw missing(report.signingKey);
  const issuer = commonNameOf(readCertificate(vek, ['p384', 'rsa-pss']).issuer);
  const ask = await find(issuer);
  if (ask === undefined) throw missing(issuer);
  const root = `ARK-${issuer.split('-').at(-1)}`;
  const ark = await find(root);
  if (ark === undefined) throw missing(root);
  return [vek, ask, ark];
}

async function findVek(
  report: SnpReport,
  get: (query: string) => Promise<Uint8Array | undefined>,
): Promise<Uint8Array | undefined> {
  const products: readonly SnpProduct[] = report.product === undefined ? SNP_PRODUCTS : [report.product];
  for (const product of products) {
    const found = await get(vekSubject(report, product));
    if (found !== undefined) return found;
  }
  return undefined;
}

/** `VCEK/Milan/CHIP_ID/TCB` or `VLEK/Milan`: Turin's chip identifiers have 8 bytes, the others' 64. */
export function vekSubject(report: SnpReport, product: SnpProduct): string {
  if (report.signingKey === 'VLEK') return `VLEK/${product}`;
  const chipId = report.field('chipId').subarray(0, product === 'Turin' ? 8 : 64);
  return `VCEK/${product}/${toHex(chipId).slice(2)}/${toHex(report.field('reportedTcb')).slice(2)}`;
}

const subjectOf = (raw: Uint8Array): string => commonNameOf(readCertificate(raw, ['p384', 'rsa-pss']).subject);

const missing = (subject: string): Error =>
  attestationError({
    code: 'attestation.missingEndorsement',
    message: `The certificate "${subject}" is neither with the evidence nor among the endorsements.`,
    place: subject,
    hint: "Fetch it from AMD's key distribution service, or ask the machine's operator for it.",
  });
