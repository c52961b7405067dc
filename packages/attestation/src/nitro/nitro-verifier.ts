import { concatBytes, digestOf, toHex, utf8, type Hex } from '@encryptech/base';
import type { EvidenceClaims } from '../claims.ts';
import { attestationError } from '../errors.ts';
import { createSteps } from '../steps.ts';
import type { Verifier } from '../verifier.ts';
import { verifyPath, type VerifiedPath } from '../x509/verify-path.ts';
import { verifySignature } from '../x509/verify-signature.ts';
import { readCoseSign1, type CoseSign1 } from './read-cose-sign1.ts';
import { readDocument, type NitroDocument } from './read-document.ts';

const AWS = 'AWS Nitro Enclaves, "Attestation process"';
/** How far the hypervisor's clock may be ahead of the relying party's. */
const SKEW_MS = 300_000;

/**
 * Verifies attestation documents of AWS Nitro Enclaves: strict CBOR and COSE, certificates up to the pinned root, signature.
 * AWS has no TCB status and publishes no revocation lists that outsiders can read; the leaf's life of three hours stands in
 * for both. A debug enclave, whose registers 0 to 2 are zero, verifies, and is refused by {@link appraise}.
 */
export const nitroVerifier: Verifier = {
  kind: 'nitro',
  async verify({ body }, { anchors, now }) {
    const steps = createSteps();
    const cose = steps.run(
      'cose-format',
      `RFC 9052, section 4.2; ${AWS}, section 3.1`,
      'A COSE_Sign1 message under ES384.',
      () => readCoseSign1(body),
    );
    const document = steps.run('document-format', `${AWS}, section 3.2.2`, words.document, () =>
      readDocument(cose.payload),
    );
    const path = await steps.runAsync(
      'certificate-chain',
      `${AWS}, sections 3.2.3 and 3.2.4; RFC 5280, section 6`,
      words.chain,
      () =>
        verifyPath([document.certificate, ...document.cabundle.toReversed()], {
          anchors: anchors.vendor.nitro ?? [],
          now,
          algorithms: ['p384'],
          leafStatesUsage: true,
        }),
    );
    await steps.runAsync(
      'document-signature',
      `RFC 9052, section 4.4; ${AWS}, section 3.2.1`,
      'The document is signed by the leaf’s key.',
      async () => {
        if (!(await verifySignature(path.certificates[0]!.key, cose.signed, cose.signature))) throw badSignature();
      },
    );
    return claimsOf(cose, document, path, steps.passed);
  },
};

function claimsOf(
  { signed }: CoseSign1,
  document: NitroDocument,
  { validity }: VerifiedPath,
  steps: EvidenceClaims['steps'],
): EvidenceClaims {
  const registers = new Map(document.pcrs);
  const pcr0 = registers.get(0);
  const isZero = (index: number) => registers.get(index)?.every((byte) => byte === 0) ?? true;
  return {
    kind: 'nitro',
    anchor: 'vendor',
    product: 'Nitro',
    measurement: toHex(pcr0 ?? new Uint8Array(48)),
    measurements: Object.fromEntries(document.pcrs.map(([index, value]) => [`pcr${index}`, toHex(value)])),
    reportData: toHex(document.userData ?? new Uint8Array(0)),
    // Registers 0 to 2 of a debug enclave are zero; one that isn't there says nothing good either.
    debug: isZero(0) || isZero(1) || isZero(2),
    flags: {},
    tcb: { status: 'none', advisories: [] },
    revocation: 'not-applicable',
    deviceIdHash: deviceIdHash(document.moduleId),
    validity: {
      notBefore: new Date(Math.max(validity.notBefore.getTime(), document.issuedAt.getTime() - SKEW_MS)),
      notAfter: validity.notAfter,
    },
    evidenceId: digestOf(signed),
    nitro: {
      moduleId: document.moduleId,
      issuedAt: document.issuedAt,
      ...(document.nonce === undefined ? {} : { nonce: toHex(document.nonce) }),
      ...(document.publicKey === undefined ? {} : { publicKey: toHex(document.publicKey) }),
    },
    steps,
  };
}

/** AWS names no hardware; the parent instance, which the module's name starts with, is the nearest thing to a machine. */
const deviceIdHash = (moduleId: string): Hex =>
  digestOf(concatBytes(utf8('encryptech/device/v1'), utf8(moduleId.replace(/-enc[0-9a-f]*$/, ''))));

const words = {
  document: ({ pcrs, issuedAt }: NitroDocument) =>
    `A document of a Nitro enclave with ${pcrs.length} registers, made at ${issuedAt.toISOString()}.`,
  chain: ({ certificates }: VerifiedPath) =>
    `The ${certificates.length} certificates of its key end at the root of AWS that is pinned here.`,
};

const badSignature = (): Error =>
  attestationError({
    code: 'attestation.badSignature',
    message: 'The signature of the document does not verify.',
    place: 'document',
  });
