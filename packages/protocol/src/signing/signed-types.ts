/**
 * The EIP-712 types that parties sign, in the order of fields that the contracts hash. `OwnerChallenge` and
 * `Delegation` are read by enclaves only, `Registration` by verifiers, `Voucher` by Vouchers, the two findings by FaultEvidence; all others are read
 * by Jobs too.
 */
export const signedTypes = {
  JobOrder: [
    { name: 'developer', type: 'address' },
    { name: 'datasetId', type: 'bytes32' },
    { name: 'graphDigest', type: 'bytes32' },
    { name: 'specDigest', type: 'bytes32' },
    { name: 'resultKey', type: 'bytes32' },
    { name: 'units', type: 'uint64' },
    { name: 'steps', type: 'uint32' },
    { name: 'durationSec', type: 'uint32' },
    { name: 'maxRate', type: 'uint128' },
    { name: 'maxDatasetFee', type: 'uint128' },
    { name: 'minLevel', type: 'uint8' },
    { name: 'kind', type: 'uint8' },
    { name: 'minReputationBps', type: 'uint16' },
    { name: 'minSpeed', type: 'uint64' },
    { name: 'rdpLow', type: 'uint256' },
    { name: 'rdpHigh', type: 'uint256' },
    { name: 'nonce', type: 'uint64' },
    { name: 'expiresAt', type: 'uint64' },
  ],
  ComputeOffer: [
    { name: 'provider', type: 'address' },
    { name: 'ask', type: 'uint128' },
    { name: 'maxUnits', type: 'uint64' },
    { name: 'maxDurationSec', type: 'uint32' },
    { name: 'nonce', type: 'uint64' },
    { name: 'expiresAt', type: 'uint64' },
  ],
  DatasetGrant: [
    { name: 'datasetId', type: 'bytes32' },
    { name: 'developer', type: 'address' },
    { name: 'fee', type: 'uint128' },
    { name: 'minLevel', type: 'uint8' },
    { name: 'policyDigest', type: 'bytes32' },
    { name: 'nonce', type: 'uint64' },
    { name: 'expiresAt', type: 'uint64' },
  ],
  KeyRelease: [
    { name: 'jobId', type: 'bytes32' },
    { name: 'attempt', type: 'uint32' },
    { name: 'enclaveKey', type: 'address' },
    { name: 'evidenceId', type: 'bytes32' },
    { name: 'policyDigest', type: 'bytes32' },
    { name: 'logHead', type: 'bytes32' },
  ],
  Checkpoint: [
    { name: 'jobId', type: 'bytes32' },
    { name: 'attempt', type: 'uint32' },
    { name: 'step', type: 'uint32' },
    { name: 'digest', type: 'bytes32' },
  ],
  Receipt: [
    { name: 'jobId', type: 'bytes32' },
    { name: 'attempt', type: 'uint32' },
    { name: 'steps', type: 'uint32' },
    { name: 'resultDigest', type: 'bytes32' },
    { name: 'certificateDigest', type: 'bytes32' },
    { name: 'rdpLow', type: 'uint256' },
    { name: 'rdpHigh', type: 'uint256' },
  ],
  OwnerChallenge: [
    { name: 'owner', type: 'address' },
    { name: 'nonce', type: 'bytes32' },
    { name: 'datasetId', type: 'bytes32' },
    { name: 'jobId', type: 'bytes32' },
    { name: 'attempt', type: 'uint32' },
    { name: 'policyDigest', type: 'bytes32' },
    { name: 'expiresAt', type: 'uint64' },
    { name: 'kem', type: 'uint16' },
  ],
  Delegation: [
    { name: 'owner', type: 'address' },
    { name: 'key', type: 'address' },
    { name: 'evidenceId', type: 'bytes32' },
    { name: 'logHead', type: 'bytes32' },
    { name: 'expiresAt', type: 'uint64' },
  ],
  Voucher: [
    { name: 'channelId', type: 'bytes32' },
    { name: 'total', type: 'uint128' },
  ],
  AuditFinding: [
    { name: 'jobId', type: 'bytes32' },
    { name: 'attempt', type: 'uint32' },
    { name: 'resultDigest', type: 'bytes32' },
    { name: 'deviationMicro', type: 'uint64' },
    { name: 'toleranceMicro', type: 'uint64' },
  ],
  ServedFinding: [
    { name: 'jobId', type: 'bytes32' },
    { name: 'resultDigest', type: 'bytes32' },
    { name: 'fetchedAt', type: 'uint64' },
  ],
  Registration: [
    { name: 'provider', type: 'address' },
    { name: 'block', type: 'uint64' },
    { name: 'nonce', type: 'bytes32' },
    { name: 'evidenceDigest', type: 'bytes32' },
  ],
} as const;

export type SignedTypeName = keyof typeof signedTypes;

type ValueOf<SolidityType> = SolidityType extends 'uint8' | 'uint16' | 'uint32'
  ? number
  : SolidityType extends 'address' | 'bytes32'
    ? `0x${string}`
    : bigint;

type JsonOf<SolidityType> = SolidityType extends 'uint8' | 'uint16' | 'uint32'
  ? number
  : SolidityType extends 'address' | 'bytes32'
    ? `0x${string}`
    : string;

type Fields<Name extends SignedTypeName> = (typeof signedTypes)[Name][number];

/** A signed struct as a value: addresses and bytes32 as hex, integers up to 32 bits as numbers, wider ones as bigint. */
export type SignedValue<Name extends SignedTypeName> = {
  [Field in Fields<Name> as Field['name']]: ValueOf<Field['type']>;
};

/** A signed struct as JSON: the same, with bigints as decimal strings. */
export type SignedJson<Name extends SignedTypeName> = {
  [Field in Fields<Name> as Field['name']]: JsonOf<Field['type']>;
};
