import { concatBytes, digestOf, equalBytes, toHex, utf8, type Hex } from '@encryptech/base';
import { sha256 } from '@noble/hashes/sha2.js';
import type { EvidenceClaims } from '../claims.ts';
import { attestationError } from '../errors.ts';
import { createSteps } from '../steps.ts';
import { SGX_DEBUG, TD_BODY, TD_DEBUG, TD_SEPT_VE_DISABLE } from '../tdx/quote-layout.ts';
import { readQuote, type TdxQuote } from '../tdx/read-quote.ts';
import type { VerificationContext, Verifier } from '../verifier.ts';
import type { Certificate } from '../x509/certificate.ts';
import { p256Verify } from '../x509/p256-verify.ts';
import { readPemChain } from '../x509/pem-chain.ts';
import { readSgxExtensions } from '../x509/sgx-extensions.ts';
import { verifyChain } from '../x509/verify-chain.ts';

const QUOTE = 'Intel TDX DCAP Quoting Library API, appendix A.3';

/**
 * Verifies evidence of software enclaves: chain to a pinned development root, quoting enclave's report, quote signature.
 * Its claims have `anchor: 'development'`. It never trusts a root that only travels with the evidence.
 */
export const softwareVerifier: Verifier = {
  kind: 'software',
  verify: async ({ body }, context) => verifySoftware(body, context),
};

async function verifySoftware(body: Uint8Array, { now, anchors }: VerificationContext): Promise<EvidenceClaims> {
  const steps = createSteps();
  const quote = steps.run('quote-format', QUOTE, 'A TDX-shaped quote of version 4.', () => readQuote(body));
  const { leaf, validity } = await steps.runAsync(
    'certificate-chain',
    'RFC 5280, section 6',
    'The certificates end at a pinned development root: nothing here proves hardware.',
    () => verifyChain(readPemChain(quote.pemChain), anchors.development, now, 3),
  );
  await steps.runAsync('quoting-enclave', QUOTE, 'The quoting enclave is vouched for and not in debug mode.', () =>
    requireQuotingEnclave(quote, leaf),
  );
  await steps.runAsync(
    'quote-signature',
    QUOTE,
    'The quote is signed by the key that the quoting enclave vouches for.',
    async () => {
      const attestationKey = concatBytes(Uint8Array.of(4), quote.attestationKey);
      if (!(await p256Verify(quote.signature, quote.signed, attestationKey))) throw badSignature('quote');
    },
  );
  return {
    kind: 'software',
    anchor: 'development',
    product: 'software',
    measurement: toHex(quote.body.mrTd),
    measurements: measurementsOf(quote),
    reportData: toHex(quote.body.reportData),
    debug: isSet(quote.body.tdAttributes, TD_DEBUG),
    // A body of TD 1.0 has no field for a service TD.
    flags: { septVeDisable: isSet(quote.body.tdAttributes, TD_SEPT_VE_DISABLE), serviceTd: false },
    tcb: { status: 'none', advisories: [] },
    revocation: 'not-applicable',
    deviceIdHash: deviceIdHash(leaf),
    validity,
    evidenceId: digestOf(quote.signed),
    steps: steps.passed,
  };
}

/** The report that vouches for the attestation key: signed by the machine's PCK key, over that key, not in debug mode. */
async function requireQuotingEnclave(quote: TdxQuote, pck: Certificate): Promise<void> {
  if (!(await p256Verify(quote.qeReportSignature, quote.qeReport, pck.publicKey)))
    throw badSignature('quoting enclave report');
  const binding = sha256(concatBytes(quote.attestationKey, quote.authenticationData));
  if (!equalBytes(quote.qe.reportData, concatBytes(binding, new Uint8Array(32)))) {
    throw attestationError({
      code: 'attestation.bindingMismatch',
      message: 'The quoting enclave vouches for another attestation key than the quote carries.',
    });
  }
  if (isSet(quote.qe.attributes, SGX_DEBUG)) {
    throw attestationError({
      code: 'attestation.debugQuotingEnclave',
      message: 'The quoting enclave runs in debug mode.',
    });
  }
}

function measurementsOf({ body }: TdxQuote): Record<string, Hex> {
  const names = TD_BODY.map(([name]) => name).filter((name) => name.startsWith('mr') || name.startsWith('rtmr'));
  return Object.fromEntries(names.map((name) => [name, toHex(body[name])]));
}

function deviceIdHash({ sgxExtensions }: Certificate): Hex {
  if (sgxExtensions === undefined) {
    throw attestationError({
      code: 'attestation.badCertificate',
      message: 'The leaf certificate is not a PCK certificate: it has no SGX extension.',
    });
  }
  return digestOf(concatBytes(utf8('encryptech/device/v1'), readSgxExtensions(sgxExtensions).ppid));
}

const isSet = (attributes: Uint8Array, { byte, bit }: { byte: number; bit: number }): boolean =>
  (attributes[byte]! & bit) !== 0;

const badSignature = (place: string): Error =>
  attestationError({
    code: 'attestation.badSignature',
    message: `The signature of the ${place} does not verify.`,
    place,
  });
