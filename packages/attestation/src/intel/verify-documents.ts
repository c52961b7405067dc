import type { Steps } from '../steps.ts';
import type { Anchor } from '../verifier.ts';
import { readEnclaveIdentity, type EnclaveIdentity } from './enclave-identity.ts';
import type { Collateral } from './find-collateral.ts';
import type { IntelProfile } from './intel-profile.ts';
import type { PckChain } from './pck-chain.ts';
import { platformRevocation, type Revocation } from './platform-revocation.ts';
import { requireSamePlatform } from './require-same-platform.ts';
import { readSignedDocument } from './signed-document.ts';
import { readTcbInfo, type TcbInfo } from './tcb-info.ts';
import { requireCurrent, requireSigned, verifySigner } from './verify-document.ts';

const LIBRARY = 'Intel SGX/TDX DCAP Quote Verification Library';
const PCS = 'Intel SGX and TDX Provisioning Certification Service API, version 4';

/** The vendor's documents, known to be the vendor's own, current, and about the quote's platform. */
export interface Documents {
  readonly tcbInfo: TcbInfo;
  readonly identity: EnclaveIdentity;
  readonly revocation: Revocation;
  /** When the oldest was issued; the root's revocation list, which is issued once a year, isn't counted. */
  readonly issuedAt: Date;
  /** When all of them are valid. */
  readonly validity: { readonly notBefore: Date; readonly notAfter: Date };
}

/**
 * Signers, revocation, TCB info and quoting enclave identity, each a step of its own: signatures over the exact bytes first,
 * contents after.
 *
 * @throws the codes of the steps
 */
export async function verifyDocuments(
  steps: Steps,
  chain: PckChain,
  collateral: Collateral,
  profile: IntelProfile,
  anchors: readonly Anchor[],
  now: Date,
): Promise<Documents> {
  const signerOf = (pem: Uint8Array) => verifySigner(pem, profile.names, anchors, chain.root, now);
  const [infoSigner, identitySigner] = await steps.runAsync(
    'collateral-signers',
    `RFC 5280, section 6; ${LIBRARY}, 4.1.2.6`,
    "The signers of TCB info and QE identity chain to the platform's root.",
    async () => [await signerOf(collateral.tcbInfoChain), await signerOf(collateral.enclaveIdentityChain)] as const,
  );
  const revocation = await steps.runAsync(
    'revocation',
    `RFC 5280, section 6.3; ${LIBRARY}, 4.1.2.4.6 and 4.1.2.4.7`,
    (found) => (found.status === 'checked' ? 'Nothing is revoked.' : `Revocation is unknown. ${found.problem}`),
    () => platformRevocation(collateral, chain, [infoSigner, identitySigner], now),
  );
  const tcbInfo = await steps.runAsync(
    'tcb-info',
    `${PCS}, "TcbInfo"`,
    (info) => `TCB info ${info.evaluationNumber} is signed and valid until ${info.nextUpdate.toISOString()}.`,
    async () => {
      const document = readSignedDocument(collateral.tcbInfo, 'tcbInfo');
      await requireSigned(document, infoSigner, 'TCB info');
      const info = readTcbInfo(document.text);
      requireCurrent(info, now, 'TCB info');
      return info;
    },
  );
  const identity = await steps.runAsync(
    'qe-identity',
    `${PCS}, "EnclaveIdentity"`,
    (read) => `The identity ${read.id} is signed and valid until ${read.nextUpdate.toISOString()}.`,
    async () => {
      const document = readSignedDocument(collateral.enclaveIdentity, 'enclaveIdentity');
      await requireSigned(document, identitySigner, 'QE identity');
      const read = readEnclaveIdentity(document.text);
      requireCurrent(read, now, 'QE identity');
      return read;
    },
  );
  steps.run(
    'same-platform',
    `${LIBRARY}, 4.1.2.4.9, 4.1.2.4.10 and 4.1.2.4.14`,
    "The documents are about this TEE and this platform's FMSPC and PCEID.",
    () => requireSamePlatform(tcbInfo, identity, chain.platform, profile.tee),
  );
  const lists = revocation.status === 'checked' ? [revocation.validity] : [];
  const dates = [tcbInfo, identity].map((read) => ({ notBefore: read.issueDate, notAfter: read.nextUpdate }));
  const issued = [tcbInfo.issueDate, identity.issueDate];
  if (revocation.status === 'checked') issued.push(revocation.pckIssuedAt);
  return {
    tcbInfo,
    identity,
    revocation,
    issuedAt: new Date(Math.min(...issued.map((date) => date.getTime()))),
    validity: overlap([...dates, ...lists, infoSigner.validity, identitySigner.validity]),
  };
}

/** The time in which all of the spans are. */
export const overlap = (
  spans: readonly { readonly notBefore: Date; readonly notAfter: Date }[],
): { notBefore: Date; notAfter: Date } => ({
  notBefore: new Date(Math.max(...spans.map(({ notBefore }) => notBefore.getTime()))),
  notAfter: new Date(Math.min(...spans.map(({ notAfter }) => notAfter.getTime()))),
});
