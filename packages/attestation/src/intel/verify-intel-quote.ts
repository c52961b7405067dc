import { concatBytes, digestOf, toHex } from '@encryptech/base';
import type { EvidenceClaims } from '../claims.ts';
import { attestationError } from '../errors.ts';
import { createSteps, type Steps } from '../steps.ts';
import { requireModule } from '../tdx/tdx-module.ts';
import type { VerificationContext } from '../verifier.ts';
import { p256Verify } from '../x509/p256-verify.ts';
import type { EnclaveIdentity } from './enclave-identity.ts';
import { findCollateral } from './find-collateral.ts';
import { deviceIdHash, workloadClaims } from './intel-claims.ts';
import type { IntelProfile } from './intel-profile.ts';
import { requirePemChain, verifyPckChain, type PckChain } from './pck-chain.ts';
import { platformTcb, type PlatformTcb } from './platform-tcb.ts';
import { requireAttestationKey, requireIdentity, requireProductionQuotingEnclave } from './quoting-enclave.ts';
import { readQuote, type Quote } from './read-quote.ts';
import { overlap, verifyDocuments } from './verify-documents.ts';

const QUOTE = 'Intel TDX DCAP Quoting Library API, appendix A; Intel SGX ECDSA QuoteLibReference DCAP API, appendix A';
const LIBRARY = 'Intel SGX/TDX DCAP Quote Verification Library';

/**
 * The claims of a quote, in the order of checks of Intel's own verification library: format, certificates, revocation,
 * documents of the vendor over their exact bytes, platform, TDX module, quoting enclave, signature, TCB level.
 *
 * @throws the codes of the checks; the failed one is in `data.step`
 */
export async function verifyIntelQuote(
  bytes: Uint8Array,
  { now, anchors: pinned, endorsements }: VerificationContext,
  profile: IntelProfile,
): Promise<EvidenceClaims> {
  const isVendor = profile.anchor === 'vendor';
  const anchors = (isVendor ? pinned.vendor[profile.tee] : pinned.development) ?? [];
  const steps = createSteps();
  const quote = steps.run('quote-format', QUOTE, describeQuote, () => requireTee(readQuote(bytes), profile.tee));
  const pem = steps.run('certification-data', `${LIBRARY}, 4.1.2.4.2`, 'The quote carries its PCK certificates.', () =>
    requirePemChain(quote),
  );
  const chain = await steps.runAsync(
    'certificate-chain',
    'RFC 5280, section 6; Intel SGX PCK Certificate and CRL Profile Specification, section 1.3',
    isVendor
      ? "The platform's certificates chain to the vendor's pinned root."
      : 'The certificates end at a pinned development root: nothing here proves hardware.',
    () => verifyPckChain(pem, profile.names, anchors, now),
  );
  const collateral = await steps.runAsync(
    'collateral',
    'RFC 9334, section 4.1 (Endorsements)',
    (found) => (found === undefined ? 'There is no collateral: the TCB has no status.' : 'The collateral is here.'),
    () => findCollateral(chain, profile, endorsements, now),
  );
  const documents =
    collateral === undefined ? undefined : await verifyDocuments(steps, chain, collateral, profile, anchors, now);
  const { body } = quote;
  const moduleIdentity =
    documents === undefined || body.tee === 'sgx'
      ? undefined
      : steps.run(
          'tdx-module',
          `${LIBRARY}, 4.1.2.4.11`,
          'The TDX module has the expected signer and attributes.',
          () => requireModule(documents.tcbInfo, body.fields),
        );
  await verifySignatures(steps, quote, chain, documents?.identity);
  const found: PlatformTcb | undefined =
    documents === undefined
      ? undefined
      : steps.run(
          'tcb-level',
          `${LIBRARY}, 4.1.2.4.17`,
          ({ tcb }) => `The TCB is ${tcb.status}${tcb.advisories.length > 0 ? `: ${tcb.advisories.join(', ')}` : ''}.`,
          () => platformTcb(quote, chain.platform, documents.tcbInfo, documents.identity, moduleIdentity),
        );
  const revocation = documents?.revocation;
  return {
    kind: profile.kind,
    anchor: profile.anchor,
    product: profile.product,
    ...workloadClaims(quote),
    tcb: found?.tcb ?? { status: 'none', advisories: [] },
    revocation: revocation?.status ?? 'not-applicable',
    ...(revocation?.status === 'unknown' ? { revocationProblem: revocation.problem } : {}),
    ...(documents === undefined ? {} : { collateralIssuedAt: documents.issuedAt }),
    deviceIdHash: deviceIdHash(chain.platform),
    validity: documents === undefined ? chain.validity : overlap([chain.validity, documents.validity]),
    evidenceId: digestOf(quote.signed),
    intel: {
      quoteVersion: quote.version,
      ...(quote.bodyType === undefined ? {} : { bodyType: quote.bodyType }),
      trailingBytes: quote.trailingBytes,
      fmspc: toHex(chain.platform.fmspc),
      ...(found?.module === undefined ? {} : { module: found.module }),
    },
    steps: steps.passed,
  };
}

/** The platform's key vouches for the quoting enclave, which vouches for the key that signed the quote. */
async function verifySignatures(
  steps: Steps,
  quote: Quote,
  { pck }: PckChain,
  identity: EnclaveIdentity | undefined,
): Promise<void> {
  await steps.runAsync(
    'qe-report-signature',
    `${LIBRARY}, 4.1.2.4.12`,
    "The quoting enclave's report is signed by the platform's key.",
    async () => {
      if (!(await p256Verify(quote.qeReportSignature, quote.qeReport, pck.publicKey)))
        throw badSignature('quoting enclave report');
    },
  );
  steps.run('qe-report-data', `${LIBRARY}, 4.1.2.4.13`, 'The quoting enclave vouches for the attestation key.', () =>
    requireAttestationKey(quote),
  );
  steps.run('qe-debug', 'Intel SDM volume 3D, section 36.7.1', 'The quoting enclave is not in debug mode.', () =>
    requireProductionQuotingEnclave(quote),
  );
  if (identity !== undefined) {
    steps.run('qe-match', `${LIBRARY}, 4.1.2.4.15`, "The quoting enclave is the vendor's.", () =>
      requireIdentity(quote, identity),
    );
  }
  await steps.runAsync(
    'quote-signature',
    `${LIBRARY}, 4.1.2.4.16`,
    'The quote is signed by the attestation key, over header and body.',
    async () => {
      const point = concatBytes(Uint8Array.of(4), quote.attestationKey);
      if (!(await p256Verify(quote.signature, quote.signed, point))) throw badSignature('quote');
    },
  );
}

function requireTee(quote: Quote, tee: 'tdx' | 'sgx'): Quote {
  if (quote.body.tee !== tee) {
    throw attestationError({
      code: 'attestation.kindMismatch',
      message: `The quote is of ${quote.body.tee.toUpperCase()}, not of ${tee.toUpperCase()}.`,
      data: { tee: quote.body.tee },
    });
  }
  return quote;
}

function describeQuote({ version, body, trailingBytes }: Quote): string {
  const what = body.tee === 'sgx' ? 'an SGX enclave' : `a TD ${body.td15 === undefined ? '1.0' : '1.5'}`;
  const tail = trailingBytes === 0 ? '' : ` ${trailingBytes} bytes follow it, which nothing covers.`;
  return `A quote of version ${version} about ${what}.${tail}`;
}

const badSignature = (place: string): Error =>
  attestationError({
    code: 'attestation.badSignature',
    message: `The signature of the ${place} does not verify.`,
    place,
  });
