import type { ReasonCode } from './reasons.ts';

/**
 * The eight claims of AR4SI (draft-ietf-rats-ar4si, section 2.3): 0 says nothing, 2 to 31 affirm, 32 to 95 warn, 96 to 127
 * contraindicate. What an enclave reads and stores isn't evidence's business, and stays 0.
 */
export interface TrustVector {
  readonly 'instance-identity': number;
  readonly configuration: number;
  readonly executables: number;
  readonly 'file-system': number;
  readonly hardware: number;
  readonly 'runtime-opaque': number;
  readonly 'storage-opaque': number;
  readonly 'sourced-data': number;
}

/** The tier of a whole vector (AR4SI section 2.3.1). */
export type TrustTier = 'none' | 'affirming' | 'warning' | 'contraindicated';

type Entry = readonly [value: number, reasons: readonly ReasonCode[]];

/** Per claim, worst first: the value, and the reasons that bring it about. */
const RULES: Readonly<
  Record<'instance-identity' | 'configuration' | 'executables' | 'hardware' | 'runtime-opaque', readonly Entry[]>
> = {
  'instance-identity': [
    // 99: cryptographic validation failed; 97: not recognised; 96: recognised and not to be trusted.
    [99, ['malformed-input', 'binding-mismatch', 'nothing-bound']],
    [97, ['development-anchor', 'unknown-anchor', 'device-unknown']],
    [96, ['device-denied', 'evidence-expired', 'evidence-not-yet-valid']],
  ],
  configuration: [
    [99, ['malformed-input']],
    [
      96,
      ['debug', 'privileged-attributes', 'service-td', 'sept-ve-enabled', 'migration-agent', 'vmpl', 'smt-mismatch'],
    ],
    [32, ['tcb-configuration-needed', 'snp-alias-check']],
  ],
  executables: [
    [99, ['malformed-input']],
    // 33: executables that are not recognised.
    [33, ['measurement-not-allowed']],
  ],
  hardware: [
    [99, ['malformed-input']],
    [97, ['development-anchor', 'unknown-anchor', 'tcb-not-supported', 'kind-not-allowed']],
    [96, ['tcb-revoked', 'tcb-out-of-date', 'evaluation-number-too-low', 'masked-chip-key']],
    // 32: genuine, with known weaknesses.
    [
      32,
      [
        'tcb-in-grace',
        'tcb-relaunch-advised',
        'advisories-not-accepted',
        'revocation-unknown',
        'collateral-stale',
        'vlek',
        'snp-milan',
        'snp-report-v2',
        'snp-minimum-unset',
        'snp-below-minimum',
      ],
    ],
  ],
  'runtime-opaque': [
    [99, ['malformed-input']],
    [96, ['debug', 'development-anchor', 'unknown-anchor']],
  ],
};

/** Approved at boot: what a launch measurement can say. Everything else that is affirmed is 2. */
const BEST = { 'instance-identity': 2, configuration: 2, executables: 3, hardware: 2, 'runtime-opaque': 2 } as const;

/** The vector that an appraisal's reasons amount to. */
export function trustVector(reasons: readonly ReasonCode[]): TrustVector {
  const value = (claim: keyof typeof RULES): number =>
    RULES[claim].find(([, codes]) => codes.some((code) => reasons.includes(code)))?.[0] ?? BEST[claim];
  return {
    'instance-identity': value('instance-identity'),
    configuration: value('configuration'),
    executables: value('executables'),
    'file-system': 0,
    hardware: value('hardware'),
    'runtime-opaque': value('runtime-opaque'),
    'storage-opaque': 0,
    'sourced-data': 0,
  };
}

/**
 * The tier of a verdict: what is refused is contraindicated; an accepted software enclave has none, since nothing vouches for
 * it; else the worst claim decides.
 */
export function trustTier(decision: 'allow' | 'deny', reasons: readonly ReasonCode[]): TrustTier {
  if (decision === 'deny') return 'contraindicated';
  if (reasons.includes('development-anchor')) return 'none';
  const worst = Math.max(...Object.values(trustVector(reasons)).map(Number));
  return worst >= 96 ? 'contraindicated' : worst >= 32 ? 'warning' : 'affirming';
}
