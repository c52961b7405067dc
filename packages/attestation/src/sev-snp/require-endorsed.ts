import { fromHex, toHex } from '@encryptech/base';
import type { SnpTcb } from '../claims.ts';
import { attestationError } from '../errors.ts';
import type { Certificate } from '../x509/certificate.ts';
import { commonNameOf } from '../x509/common-name.ts';
import type { SnpReport } from './read-report.ts';
import type { VekFacts } from './read-vek.ts';
import { readTcb } from './read-tcb.ts';

/**
 * Passes a report that is about what its key is for: same product as the ARK's and the CPUID's, same kind of key, reported
 * TCB equal part by part, and for a VCEK the same chip (AMD 57230, chapter 3).
 *
 * @throws `attestation.endorsementMismatch`, with what differs as `place`
 */
export function requireEndorsed(report: SnpReport, vek: VekFacts, [leaf, ask, ark]: readonly Certificate[]): void {
  const { product } = vek;
  if (report.product !== undefined && report.product !== product)
    throw mismatch('product', `is of ${report.product}, the key of ${product}`);
  if (commonNameOf(ark!.subject) !== `ARK-${product}`) throw mismatch('product', `is not what the root vouches for`);
  const isVlek = report.signingKey === 'VLEK';
  const issuer = isVlek ? `SEV-VLEK-${product}` : `SEV-${product}`;
  if (commonNameOf(ask!.subject) !== issuer || commonNameOf(leaf!.subject) !== `SEV-${report.signingKey}`)
    throw mismatch('signing key', 'is of another kind than the certificate');
  const reported = readTcb(report.field('reportedTcb'), product);
  for (const part of Object.keys(vek.tcb) as (keyof SnpTcb)[])
    if (reported[part] !== vek.tcb[part])
      throw mismatch(`reported TCB, ${part}`, `is ${reported[part]}, the key's ${vek.tcb[part]}`);
  if (isVlek) {
    if (vek.chipId !== undefined) throw mismatch('chip identifier', 'has no place in a VLEK certificate');
    return;
  }
  if (vek.chipId === undefined) throw mismatch('chip identifier', 'is not in the certificate');
  const bytes = fromHex(vek.chipId).length;
  const chip = report.field('chipId');
  if (toHex(chip.subarray(0, bytes)) !== vek.chipId || chip.subarray(bytes).some((byte) => byte !== 0))
    throw mismatch('chip identifier', 'is of another chip than the key');
}

const mismatch = (place: string, message: string): Error =>
  attestationError({
    code: 'attestation.endorsementMismatch',
    message: `The report's ${place} ${message}.`,
    place,
    hint: 'Fetch the certificate for the chip and the TCB that the report names.',
  });
