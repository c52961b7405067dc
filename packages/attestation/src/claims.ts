import type { Hex } from '@encryptech/base';
import type { TeeKind } from './evidence.ts';
import type { RuntimeData } from './runtime-data/runtime-data.ts';
import type { PassedStep } from './steps.ts';
import type { LoggedEvent } from './tdx/event-log/event-log.ts';

/** Intel's TCB statuses, and `none` where a vendor has no such thing: never read `none` as up to date. */
export const TCB_STATUSES = [
  'UpToDate',
  'SWHardeningNeeded',
  'ConfigurationNeeded',
  'ConfigurationAndSWHardeningNeeded',
  'TDRelaunchAdvised',
  'TDRelaunchAdvisedConfigurationNeeded',
  'OutOfDate',
  'OutOfDateConfigurationNeeded',
  'Revoked',
  'NotSupported',
  'none',
] as const;

export type TcbStatus = (typeof TCB_STATUSES)[number];

/** AMD's security version of each firmware part. `fmc` is there on Turin and later. */
export interface SnpTcb {
  readonly fmc?: number;
  readonly bootloader: number;
  readonly tee: number;
  readonly snp: number;
  readonly microcode: number;
}

/** Facts that only SEV-SNP reports have (AMD 56860, table "ATTESTATION_REPORT"). */
export interface SnpFacts {
  readonly reportVersion: number;
  /** Virtual machine privilege level that asked for the report; 0 is the most privileged. */
  readonly vmpl: number;
  /** The guest policy, 64 bits. */
  readonly policy: bigint;
  /** The key that signed the report: a chip's own, or one that a cloud provider holds. */
  readonly signingKey: 'VCEK' | 'VLEK';
  readonly currentTcb: SnpTcb;
  readonly reportedTcb: SnpTcb;
  readonly committedTcb: SnpTcb;
  readonly launchTcb: SnpTcb;
}

/** Facts that only Nitro documents have (AWS, "Verifying the root of trust"). */
export interface NitroFacts {
  readonly moduleId: string;
  readonly issuedAt: Date;
  /** The document's own place for a challenge; must be the runtime data's nonce when both are there. */
  readonly nonce?: Hex;
  /** The document's own place for a key; must be the runtime data's HPKE key when both are there. */
  readonly publicKey?: Hex;
}

/** Facts that only Intel's quotes have. */
export interface IntelFacts {
  readonly quoteVersion: 3 | 4 | 5;
  /** Of version 5: 1 an SGX enclave, 2 a TD 1.0, 3 a TD 1.5. */
  readonly bodyType?: number;
  /** Bytes after the quote, which nothing covers. */
  readonly trailingBytes: number;
  /** The kind of platform, 6 bytes: what TCB info is about. */
  readonly fmspc: Hex;
  /** The TDX module, where it has a version of its own. */
  readonly module?: { readonly id: string; readonly isvSvn: number; readonly status: TcbStatus; readonly date?: Date };
}

/**
 * What a verified quote, report or document says, without opinion, before it is known what its report data stands for.
 * Genuine evidence that was made for other protocols than ours ends here.
 */
export interface EvidenceClaims {
  readonly kind: TeeKind;
  /** Which set of pinned roots the chain ends in. */
  readonly anchor: 'vendor' | 'development';
  /** The vendor's product line, such as `Genoa`; `software` for software enclaves. */
  readonly product: string;
  /**
   * The identity of the code: what policies list. TDX-shaped evidence: MRTD, 48 bytes; SGX: MRENCLAVE, 32; SEV-SNP:
   * MEASUREMENT, 48; Nitro: PCR0, 48.
   */
  readonly measurement: Hex;
  /** All measurement registers by their vendor's names, such as `mrTd`, `rtmr0`, `mrEnclave`, `hostData`, `pcr0`. */
  readonly measurements: Readonly<Record<string, Hex>>;
  /** What the hardware signed for the enclave: 64 bytes; for Nitro the user data, of any length up to 512. */
  readonly reportData: Hex;
  readonly debug: boolean;
  /** Vendor-specific attributes by name, such as `septVeDisable`, `serviceTd`, `provisionKey`, `vlek`, `reportV2`. */
  readonly flags: Readonly<Record<string, boolean>>;
  readonly tcb: {
    readonly status: TcbStatus;
    /** The date of the TCB level that the platform reached. */
    readonly date?: Date;
    /** Since when a newer TCB has been out, if the status is out of date. */
    readonly outOfDateSince?: Date;
    readonly advisories: readonly string[];
    readonly evaluationNumber?: number;
    /** The statuses that `status` was converged from, such as `platform`, `quotingEnclave`, `module`. */
    readonly parts?: Readonly<Record<string, TcbStatus>>;
  };
  /** `unknown` is for revocation that could not be checked: it caps the level. */
  readonly revocation: 'checked' | 'unknown' | 'not-applicable';
  /** Why revocation is unknown, one sentence. */
  readonly revocationProblem?: string;
  /** When the oldest of the vendor's documents that the claims rest on was issued. */
  readonly collateralIssuedAt?: Date;
  /** Names the machine without telling its identifier; absent where the evidence names none (a VLEK's report). */
  readonly deviceIdHash?: Hex;
  /** The time in which all certificates and documents used are valid, both ends included. */
  readonly validity: { readonly notBefore: Date; readonly notAfter: Date };
  /** SHA-256 of the signed bytes; the bytes after them and the signature itself can be changed by anybody. */
  readonly evidenceId: Hex;
  /** What the event log says that came along, once it has been replayed into the measurement registers. */
  readonly events?: readonly LoggedEvent[];
  readonly intel?: IntelFacts;
  readonly snp?: SnpFacts;
  readonly nitro?: NitroFacts;
  /** What was checked on the way here, in order. */
  readonly steps: readonly PassedStep[];
}

/** Verified evidence whose report data is known to bind this runtime data: what policies are applied to. */
export interface Claims extends EvidenceClaims {
  readonly runtimeData: RuntimeData;
}
