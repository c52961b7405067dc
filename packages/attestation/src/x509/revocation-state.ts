import { isEncryptechError } from '@encryptech/base';
import type { EvidenceClaims } from '../claims.ts';
import type { Certificate } from './certificate.ts';
import { checkRevocation } from './check-revocation.ts';

/** What is known about revocation; `nextUpdate` and `thisUpdate` when a list was checked. */
export type RevocationState = Pick<EvidenceClaims, 'revocation' | 'revocationProblem'> & {
  readonly thisUpdate?: Date;
  readonly nextUpdate?: Date;
};

/**
 * The state of certificates under their issuer's list: `checked` when the list is good and names none of them, `unknown`
 * with the reason when there is no list, or one that is garbage, of another issuer, not signed by this one, or out of date.
 * Unknown is a fact that caps the level; a certificate that is named is an error.
 *
 * @throws `attestation.revoked`
 */
export async function revocationState(
  raw: Uint8Array | undefined,
  issuer: Certificate,
  certificates: readonly Certificate[],
  now: Date,
): Promise<RevocationState> {
  if (raw === undefined) return { revocation: 'unknown', revocationProblem: 'There is no revocation list.' };
  try {
    const { thisUpdate, nextUpdate } = await checkRevocation(raw, issuer, certificates, now);
    return { revocation: 'checked', thisUpdate, nextUpdate };
  } catch (error) {
    if (!isEncryptechError(error) || error.code === 'attestation.revoked') throw error;
    return { revocation: 'unknown', revocationProblem: error.message };
  }
}
