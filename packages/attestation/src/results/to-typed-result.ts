import { digestOf, fromHex, type Address, type Hex } from '@encryptech/base';
import type { EvidenceVerdict } from '../appraisal/attestation-result.ts';
import type { EvidenceClaims } from '../claims.ts';
import { resultExpiry } from './result-expiry.ts';

/** The EIP-712 types of what verifiers sign; `Attestations.sol` holds the same string. */
export const ATTESTATION_RESULT_TYPES = {
  AttestationResult: [
    { name: 'subject', type: 'address' },
    { name: 'level', type: 'uint8' },
    { name: 'evidenceId', type: 'bytes32' },
    { name: 'policyDigest', type: 'bytes32' },
    { name: 'measurement', type: 'bytes32' },
    { name: 'device', type: 'bytes32' },
    { name: 'issuedAt', type: 'uint64' },
    { name: 'expiresAt', type: 'uint64' },
  ],
} as const;

/** An attestation result as EIP-712 typed data, in the shape that wallets and viem's `signTypedData` take. */
export interface TypedAttestationResult {
  readonly domain: {
    readonly name: 'Encryptech';
    readonly version: '1';
    readonly chainId: number;
    /** The `Attestations` contract. */
    readonly verifyingContract: Address;
  };
  readonly types: typeof ATTESTATION_RESULT_TYPES;
  readonly primaryType: 'AttestationResult';
  readonly message: {
    /** The provider. */
    readonly subject: Address;
    readonly level: number;
    readonly evidenceId: Hex;
    readonly policyDigest: Hex;
    /** SHA-256 of the claims' measurement, which has 32 or 48 bytes. */
    readonly measurement: Hex;
    /** The claims' hashed device, or zero where the evidence names none. */
    readonly device: Hex;
    /** Unix seconds. */
    readonly issuedAt: bigint;
    readonly expiresAt: bigint;
  };
}

export interface TypedResultOptions {
  readonly claims: EvidenceClaims;
  readonly verdict: EvidenceVerdict;
  readonly subject: Address;
  readonly chainId: number;
  readonly attestations: Address;
  /** When the appraisal was made, by the verifier's clock or a block's. */
  readonly now: Date;
}

/**
 * A verdict as the EIP-712 message that a registered verifier signs for the chain. A refusal is level 0, and ends an earlier
 * record. It expires by {@link resultExpiry}; equal input gives equal messages, so that m verifiers can sign one.
 */
export function toTypedResult(options: TypedResultOptions): TypedAttestationResult {
  const { claims, verdict, now } = options;
  const level = verdict.decision === 'allow' ? verdict.level : 0;
  const seconds = (date: Date) => BigInt(Math.floor(date.getTime() / 1_000));
  return {
    domain: { name: 'Encryptech', version: '1', chainId: options.chainId, verifyingContract: options.attestations },
    types: ATTESTATION_RESULT_TYPES,
    primaryType: 'AttestationResult',
    message: {
      subject: options.subject,
      level,
      evidenceId: verdict.evidenceId,
      policyDigest: verdict.policyDigest,
      measurement: digestOf(fromHex(claims.measurement)),
      device: claims.deviceIdHash ?? `0x${'00'.repeat(32)}`,
      issuedAt: seconds(now),
      expiresAt: seconds(resultExpiry(level, claims.validity.notAfter, now)),
    },
  };
}
