import { isEncryptechError } from '@encryptech/base';
import type { Certificate } from '../x509/certificate.ts';
import { checkRevocation } from '../x509/check-revocation.ts';
import type { Collateral } from './find-collateral.ts';
import type { PckChain } from './pck-chain.ts';
import type { Signer } from './verify-document.ts';

/** Whether anything that a quote rests on has been revoked: nothing has, or nobody knows and why. */
export type Revocation =
  | {
      readonly status: 'checked';
      readonly pckIssuedAt: Date;
      readonly validity: { readonly notBefore: Date; readonly notAfter: Date };
    }
  | { readonly status: 'unknown'; readonly problem: string };

/**
 * Looks the PCK certificate up in its issuer's list, and the authority and the documents' signers in the root's (PckCrlVerifier.cpp;
 * QuoteVerifier.cpp, 4.1.2.4.6 and 7). A list that is missing, unreadable, expired, not yet valid, of another issuer or
 * not signed by it answers nothing: revocation is then unknown, which no policy takes for checked.
 *
 * @throws `attestation.revoked`
 */
export async function platformRevocation(
  { rootRevocations, pckRevocations }: Pick<Collateral, 'rootRevocations' | 'pckRevocations'>,
  { pck, authority, root }: PckChain,
  signers: readonly Signer[],
  now: Date,
): Promise<Revocation> {
  const under = [authority, ...new Set(signers.map(({ certificate }) => certificate))];
  // Both are looked into before either decides: a revoked certificate must not hide behind the other list's absence.
  const ofPck = await look(pckRevocations, authority, [pck], now);
  const ofRoot = await look(rootRevocations, root, under, now);
  if (typeof ofPck === 'string') return { status: 'unknown', problem: `PCK revocation list: ${ofPck}` };
  if (typeof ofRoot === 'string') return { status: 'unknown', problem: `Root revocation list: ${ofRoot}` };
  return {
    status: 'checked',
    pckIssuedAt: ofPck.thisUpdate,
    validity: {
      notBefore: new Date(Math.max(ofPck.thisUpdate.getTime(), ofRoot.thisUpdate.getTime())),
      notAfter: new Date(Math.min(ofPck.nextUpdate.getTime(), ofRoot.nextUpdate.getTime())),
    },
  };
}

async function look(
  list: Uint8Array | undefined,
  issuer: Certificate,
  certificates: readonly Certificate[],
  now: Date,
): Promise<string | { thisUpdate: Date; nextUpdate: Date }> {
  if (list === undefined) return 'attestation.missingEndorsement: nobody handed it in.';
  try {
    return await checkRevocation(list, issuer, certificates, now);
  } catch (error) {
    if (!isEncryptechError(error) || error.code === 'attestation.revoked') throw error;
    return `${error.code}: ${error.message}`;
  }
}
