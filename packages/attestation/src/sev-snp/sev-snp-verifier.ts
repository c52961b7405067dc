import { concatBytes, digestOf, toHex, utf8, type Hex } from '@encryptech/base';
import type { EvidenceClaims } from '../claims.ts';
import { attestationError } from '../errors.ts';
import type { Evidence } from '../evidence.ts';
import { createSteps } from '../steps.ts';
import type { VerificationContext, Verifier } from '../verifier.ts';
import { revocationState } from '../x509/revocation-state.ts';
import { verifyPath } from '../x509/verify-path.ts';
import { verifySignature } from '../x509/verify-signature.ts';
import { findVekChain } from './find-vek-chain.ts';
import { readReport, type SnpReport } from './read-report.ts';
import { readTcb } from './read-tcb.ts';
import { readVek, type VekFacts } from './read-vek.ts';
import { PLATFORM, POLICY } from './report-layout.ts';
import { requireEndorsed } from './require-endorsed.ts';

const ABI = 'AMD 56860 (SEV-SNP Firmware ABI)';
const KDS = 'AMD 57230 (VCEK Certificate and KDS)';

/**
 * Verifies reports of AMD SEV-SNP, version 2 to 5, of Milan, Genoa and Turin, signed by a VCEK or a VLEK: VEK, ASK and pinned
 * ARK; the ARK's revocation list; product, kind of key, TCB and chip against the VEK's extensions; the report's signature.
 * What guest policy, VMPL and platform say is told as it is: a debug guest verifies, and is refused by {@link appraise}.
 */
export const sevSnpVerifier: Verifier = {
  kind: 'sev-snp',
  async verify({ body, certificates = [] }: Pick<Evidence, 'body' | 'certificates'>, context) {
    const steps = createSteps();
    const report = steps.run('report-format', `${ABI}, section 7.3, ATTESTATION_REPORT`, words.format, () =>
      readReport(body),
    );
    const found = await steps.runAsync('find-certificates', KDS, 'The certificates of its key are at hand.', () =>
      findVekChain(report, certificates, context),
    );
    const path = await steps.runAsync('certificate-chain', `${KDS}, chapter 3; RFC 5280, section 6`, words.chain, () =>
      verifyPath(found, {
        anchors: context.anchors.vendor['sev-snp'] ?? [],
        now: context.now,
        algorithms: ['p384', 'rsa-pss'],
        leafStatesUsage: false,
      }),
    );
    const [leaf, ask, ark] = path.certificates as [
      (typeof path.certificates)[0],
      (typeof path.certificates)[0],
      (typeof path.certificates)[0],
    ];
    const vek = steps.run('key-certificate', `${KDS}, chapter 3, extensions`, words.vek, () => readVek(leaf));
    const revoked = await steps.runAsync(
      'revocation',
      `${KDS}, chapter 4; RFC 5280, section 6.3.3`,
      words.revocation,
      () => checkAuthorities(vek, [ask, ark], context),
    );
    steps.run('key-endorsement', `${KDS}, chapter 3`, words.endorsed(report), () =>
      requireEndorsed(report, vek, path.certificates),
    );
    await steps.runAsync('report-signature', `${ABI}, section 7.3`, 'The report is signed by that key.', async () => {
      if (!(await verifySignature(leaf.key, report.signed, report.signature))) throw badSignature();
    });
    return claimsOf(report, vek, {
      ...revoked,
      notBefore: path.validity.notBefore,
      notAfter: path.validity.notAfter,
      steps: steps.passed,
    });
  },
};

/** The ARK signs one list a product; it names ASKs and ARKs. VEKs all have serial number 0, and are replaced by TCB. */
const checkAuthorities = async (
  { product }: VekFacts,
  authorities: readonly [ask: Parameters<typeof revocationState>[1], ark: Parameters<typeof revocationState>[1]],
  { endorsements, now }: VerificationContext,
) => {
  const list = await endorsements.get({ kind: 'sev-snp', type: 'revocation-list', subject: `ARK-${product}` }, now);
  return revocationState(list, authorities[1], authorities, now);
};

type Found = Awaited<ReturnType<typeof checkAuthorities>> & {
  readonly notBefore: Date;
  readonly notAfter: Date;
  readonly steps: EvidenceClaims['steps'];
};

function claimsOf(report: SnpReport, vek: VekFacts, found: Found): EvidenceClaims {
  const { policy, platformInfo, field } = report;
  const isSet = (word: bigint, bit: bigint) => ((word >> bit) & 1n) === 1n;
  const starts = [found.notBefore, ...(found.thisUpdate === undefined ? [] : [found.thisUpdate])];
  const ends = [found.notAfter, ...(found.nextUpdate === undefined ? [] : [found.nextUpdate])];
  return {
    kind: 'sev-snp',
    anchor: 'vendor',
    product: vek.product,
    measurement: toHex(field('measurement')),
    measurements: {
      measurement: toHex(field('measurement')),
      hostData: toHex(field('hostData')),
      idKeyDigest: toHex(field('idKeyDigest')),
      authorKeyDigest: toHex(field('authorKeyDigest')),
      familyId: toHex(field('familyId')),
      imageId: toHex(field('imageId')),
    },
    reportData: toHex(field('reportData')),
    debug: isSet(policy, POLICY.debug),
    flags: {
      migrationAgent: isSet(policy, POLICY.migrationAgent),
      smtAllowed: isSet(policy, POLICY.smt),
      singleSocket: isSet(policy, POLICY.singleSocket),
      smtEnabled: isSet(platformInfo, PLATFORM.smt),
      memoryEncryptedForAll: isSet(platformInfo, PLATFORM.tsme),
      errorCorrection: isSet(platformInfo, PLATFORM.ecc),
      ciphertextHiding: isSet(platformInfo, PLATFORM.ciphertextHiding),
      aliasCheckComplete: isSet(platformInfo, PLATFORM.aliasCheck),
      maskedChipKey: report.maskedChipKey,
      authorKey: report.authorKey,
      vlek: report.signingKey === 'VLEK',
      reportV2: report.version === 2,
    },
    tcb: { status: 'none', advisories: [] },
    revocation: found.revocation,
    ...(found.revocationProblem === undefined ? {} : { revocationProblem: found.revocationProblem }),
    ...(found.thisUpdate === undefined ? {} : { collateralIssuedAt: found.thisUpdate }),
    ...(vek.chipId === undefined ? {} : { deviceIdHash: deviceIdHash(field('chipId')) }),
    validity: {
      notBefore: new Date(Math.max(...starts.map((date) => date.getTime()))),
      notAfter: new Date(Math.min(...ends.map((date) => date.getTime()))),
    },
    evidenceId: digestOf(report.signed),
    snp: {
      reportVersion: report.version,
      vmpl: report.vmpl,
      policy,
      signingKey: report.signingKey,
      currentTcb: readTcb(field('currentTcb'), vek.product),
      reportedTcb: readTcb(field('reportedTcb'), vek.product),
      committedTcb: readTcb(field('committedTcb'), vek.product),
      launchTcb: readTcb(field('launchTcb'), vek.product),
    },
    steps: found.steps,
  };
}

const deviceIdHash = (chipId: Uint8Array): Hex => digestOf(concatBytes(utf8('encryptech/device/v1'), chipId));

const words = {
  format: ({ version, signingKey }: SnpReport) => `An SEV-SNP report of version ${version}, signed by a ${signingKey}.`,
  chain: ({ certificates }: { certificates: readonly unknown[] }) =>
    `The ${certificates.length} certificates of its key end at a root of AMD that is pinned here.`,
  vek: ({ product, provider }: VekFacts) =>
    `The key is of a ${product} processor${provider === undefined ? '' : `, and held by a cloud provider (${provider})`}.`,
  revocation: ({ revocation, revocationProblem }: { revocation: string; revocationProblem?: string }) =>
    revocation === 'checked'
      ? 'AMD has revoked none of the certificates.'
      : `Whether AMD has revoked a certificate is not known. ${revocationProblem ?? ''}`,
  endorsed: ({ signingKey }: SnpReport) =>
    signingKey === 'VCEK'
      ? 'Chip and reported TCB are those that the key was made for.'
      : 'The reported TCB is the one that the key was made for; the report names no chip.',
};

const badSignature = (): Error =>
  attestationError({
    code: 'attestation.badSignature',
    message: 'The signature of the report does not verify.',
    place: 'report',
  });
