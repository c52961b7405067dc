// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.24;

/// @title Attestation results that registered verifiers signed, and the security level that follows from them.
/// @notice A newer result of a subject replaces the older one, whether it says more or less: level 0 revokes. A result of a
/// verifier that lost its role counts no more.
interface IAttestations {
    /// @notice What a verifier found. EIP-712 type in the domain ("Encryptech", "1", chain, this contract).
    /// @param subject the provider
    /// @param level security level, 0 to 3
    /// @param evidenceId digest of the signed evidence
    /// @param policyDigest digest of the appraisal policy
    /// @param issuedAt second of the appraisal
    /// @param expiresAt last second at which it counts
    struct AttestationResult {
        address subject;
        uint8 level;
        bytes32 evidenceId;
        bytes32 policyDigest;
        uint64 issuedAt;
        uint64 expiresAt;
    }

    /// @notice The newest result of a subject, as stored.
    struct Attestation {
        address verifier;
        uint8 level;
        uint40 issuedAt;
        uint40 expiresAt;
    }

    /// @notice A result was recorded.
    event AttestationRecorded(
        address indexed subject,
        address indexed verifier,
        uint8 level,
        bytes32 evidenceId,
        bytes32 policyDigest,
        uint64 issuedAt,
        uint64 expiresAt
    );

    /// @notice The signer does not hold the role VERIFIER.
    error AttestationsUnknownVerifier(address signer);
    /// @notice The level is above 3.
    error AttestationsBadLevel(uint8 level);
    /// @notice The result is dated in the future, expired, or valid for longer than `MAX_VALIDITY`.
    error AttestationsBadTimes(uint64 issuedAt, uint64 expiresAt);
    /// @notice A result as new as this one is on record.
    error AttestationsSuperseded(uint64 recordedIssuedAt);

    /// @notice The longest validity of a result in seconds.
    function MAX_VALIDITY() external view returns (uint64);

    /// @notice Records a result. Anybody may submit it; the verifier's signature counts.
    function record(AttestationResult calldata result, bytes calldata signature) external;

    /// @notice The subject's level now: 0 when there is no result, it expired, or its verifier lost the role.
    function levelOf(address subject) external view returns (uint8);

    /// @notice The newest result of a subject; zeros when there is none.
    function attestation(address subject) external view returns (Attestation memory);

    /// @notice The EIP-712 digest that a verifier signs.
    function hashResult(AttestationResult calldata result) external view returns (bytes32);
}
