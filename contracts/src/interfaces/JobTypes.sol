// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.24;

// What parties sign (EIP-712, domain "Encryptech" version "1" of the Jobs contract) and what a match is made of.

/// @notice A developer's order. Its EIP-712 digest is the job's id.
/// @param developer who signs and pays
/// @param datasetId dataset to learn from
/// @param graphDigest SHA-256 of the ONNX graph
/// @param specDigest SHA-256 of the training specification
/// @param resultKey X25519 key that the result is sealed to
/// @param units work in micro-units
/// @param steps training steps
/// @param durationSec seconds allowed from the end of the start window
/// @param maxRate most wei for a unit
/// @param maxDatasetFee most wei for the dataset's owner
/// @param minLevel least security level of the provider
/// @param kind 0 = market, 1 = reserved (at the provider's posted rate)
/// @param minReputationBps least reputation of the provider
/// @param minSpeed least speed of the provider, micro-units a second
/// @param rdpLow ledger charge, lanes 0 to 7
/// @param rdpHigh ledger charge, lanes 8 to 15
/// @param nonce chosen by the signer, for cancelling
/// @param expiresAt last second at which it can be matched
struct JobOrder {
    address developer;
    bytes32 datasetId;
    bytes32 graphDigest;
    bytes32 specDigest;
    bytes32 resultKey;
    uint64 units;
    uint32 steps;
    uint32 durationSec;
    uint128 maxRate;
    uint128 maxDatasetFee;
    uint8 minLevel;
    uint8 kind;
    uint16 minReputationBps;
    uint64 minSpeed;
    uint256 rdpLow;
    uint256 rdpHigh;
    uint64 nonce;
    uint64 expiresAt;
}

/// @notice A provider's offer; serves any number of jobs until it expires.
/// @param provider who signs
/// @param ask least wei for a unit
/// @param maxUnits most work of one job in micro-units
/// @param maxDurationSec longest job
/// @param nonce chosen by the signer, for cancelling
/// @param expiresAt last second at which it can be matched
struct ComputeOffer {
    address provider;
    uint128 ask;
    uint64 maxUnits;
    uint32 maxDurationSec;
    uint64 nonce;
    uint64 expiresAt;
}

/// @notice The consent of a dataset's owner; serves any number of jobs until it expires.
/// @param datasetId dataset
/// @param developer who may use it; zero = anyone
/// @param fee wei a job
/// @param minLevel least security level of the provider
/// @param policyDigest the policy it was given under; must be the dataset's current one
/// @param nonce chosen by the signer, for cancelling
/// @param expiresAt last second at which it can be matched
struct DatasetGrant {
    bytes32 datasetId;
    address developer;
    uint128 fee;
    uint8 minLevel;
    bytes32 policyDigest;
    uint64 nonce;
    uint64 expiresAt;
}

/// @notice Signed by the dataset's owner when the data key goes to an enclave.
struct KeyRelease {
    bytes32 jobId;
    uint32 attempt;
    address enclaveKey;
    bytes32 evidenceId;
    bytes32 policyDigest;
    bytes32 logHead;
}

/// @notice Signed by the enclave: the training has reached a step, its sealed state has this digest.
struct Checkpoint {
    bytes32 jobId;
    uint32 attempt;
    uint32 step;
    bytes32 digest;
}

/// @notice Signed by the enclave: the training is done.
struct Receipt {
    bytes32 jobId;
    uint32 attempt;
    uint32 steps;
    bytes32 resultDigest;
    bytes32 certificateDigest;
    uint256 rdpLow;
    uint256 rdpHigh;
}

/// @notice One proposed match.
/// @param rate wei a unit, between the offer's ask and the order's limit
struct Match {
    JobOrder order;
    bytes orderSig;
    ComputeOffer offer;
    bytes offerSig;
    DatasetGrant grant;
    bytes grantSig;
    uint128 rate;
}
