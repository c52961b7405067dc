import type { Hex } from '@encryptech/base';
import type { TeeKind } from './evidence.ts';
import type { RuntimeData } from './runtime-data/runtime-data.ts';

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

/** What verified evidence says, without opinion. */
export interface Claims {
  readonly kind: TeeKind;
  /** Which set of pinned roots the chain ends in. */
  readonly anchor: 'vendor' | 'development';
  /** The vendor's product line, such as `Genoa`; `software` for software enclaves. */
  readonly product: string;
  /** The identity of the code: what policies list. For TDX-shaped software evidence the MRTD, 48 bytes. */
  readonly measurement: Hex;
  /** All measurement registers by their vendor's names. */
  readonly measurements: Readonly<Record<string, Hex>>;
  readonly runtimeData: RuntimeData;
  /** The 64 bytes that the hardware signed for the enclave. */
  readonly reportData: Hex;
  readonly debug: boolean;
  /** Vendor-specific attributes by name, such as `septVeDisable`, `serviceTd`, `provisionKey`, `vlek`, `reportV2`. */
  readonly flags: Readonly<Record<string, boolean>>;
  readonly tcb: {
    readonly status: TcbStatus;
    /** Since when a newer TCB has been out, if the status is out of date. */
    readonly outOfDateSince?: Date;
    readonly advisories: readonly string[];
    readonly evaluationNumber?: number;
  };
  /** `unknown` is for revocation that could not be checked: it caps the level. */
  readonly revocation: 'checked' | 'unknown' | 'not-applicable';
  /** When the oldest of the vendor's documents that the claims rest on was issued. */
  readonly collateralIssuedAt?: Date;
  /** Names the machine without telling its identifier. */
  readonly deviceIdHash: Hex;
  /** The time in which all certificates and documents used are valid, both ends included. */
  readonly validity: { readonly notBefore: Date; readonly notAfter: Date };
  /** SHA-256 of the signed bytes; the bytes after them and the signature itself can be changed by anybody. */
  readonly evidenceId: Hex;
}
