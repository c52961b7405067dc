import { equalBytes, toHex } from '@encryptech/base';
import { attestationError } from '../errors.ts';
import type { Certificate } from './certificate.ts';
import { commonNameOf } from './common-name.ts';
import { readRevocationList, type RevocationList } from './revocation-list.ts';
import { verifySignature } from './verify-signature.ts';

const CRL_SIGNING = 0x02;

/**
 * The list, once it is known to be the issuer's own word at the given time and to revoke none of the certificates (RFC 5280
 * section 6.3.3): issuer's name byte for byte, its right to sign lists, its signature, dates at both ends, serial numbers.
 * `issuer` must have been verified up to a pinned root, and have issued the certificates.
 *
 * @throws `attestation.badRevocationList`, `attestation.expiredEndorsement`, `attestation.revoked`
 */
export async function checkRevocation(
  raw: Uint8Array,
  issuer: Certificate,
  certificates: readonly Certificate[],
  now: Date,
): Promise<RevocationList> {
  const list = readRevocationList(raw);
  if (!equalBytes(list.issuer, issuer.subject)) throw bad('It is of another issuer.');
  if (((issuer.keyUsage ?? 0) & CRL_SIGNING) === 0) throw bad('Its issuer may not sign revocation lists.');
  if (
    list.signatureAlgorithm !== issuer.key.algorithm ||
    !(await verifySignature(issuer.key, list.signed, list.signature))
  )
    throw bad('Its issuer did not sign it.');
  requireCurrent(list, now);
  for (const certificate of certificates) {
    if (!equalBytes(certificate.issuer, issuer.subject)) throw bad('It says nothing of the certificate.');
    if (list.serials.has(toHex(certificate.serial))) {
      const subject = commonNameOf(certificate.subject);
      throw attestationError({
        code: 'attestation.revoked',
        message: `The certificate "${subject}" has been revoked by its issuer.`,
        data: { subject, serial: toHex(certificate.serial) },
      });
    }
  }
  return list;
}

function requireCurrent({ thisUpdate, nextUpdate }: RevocationList, now: Date): void {
  // Written so that an invalid date of either side fails.
  if (!(thisUpdate.getTime() <= now.getTime() && now.getTime() <= nextUpdate.getTime())) {
    throw attestationError({
      code: 'attestation.expiredEndorsement',
      message: 'A revocation list is not valid at the given time.',
      place: 'revocation list',
      data: { thisUpdate: thisUpdate.toISOString(), nextUpdate: nextUpdate.toISOString() },
    });
  }
}

const bad = (message: string): Error =>
  attestationError({ code: 'attestation.badRevocationList', message: `A revocation list can't be used. ${message}` });
