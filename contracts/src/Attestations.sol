// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

// Deadlines and windows are seconds to days; the seconds by which a validator can shift a block do no harm to them.
// forge-lint: disable-start(block-timestamp)

import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {Governed} from "./Governed.sol";
import {IAttestations} from "./interfaces/IAttestations.sol";
import {Roles} from "./libraries/Roles.sol";

/// @title Signed attestation results. See `IAttestations`.
contract Attestations is IAttestations, Governed, EIP712 {
    /// @inheritdoc IAttestations
    uint64 public constant MAX_VALIDITY = 30 days;
    uint8 private constant MAX_LEVEL = 3;
    bytes32 private constant RESULT_TYPEHASH = keccak256(
        "AttestationResult(address subject,uint8 level,bytes32 evidenceId,bytes32 policyDigest,uint64 issuedAt,uint64 expiresAt)"
    );

    mapping(address subject => Attestation) private _attestations;

    /// @param authority_ the `AccessManager`
    constructor(address authority_) Governed(authority_) EIP712("Encryptech", "1") {}

    /// @inheritdoc IAttestations
    function record(AttestationResult calldata result, bytes calldata signature) external {
        if (result.level > MAX_LEVEL) revert AttestationsBadLevel(result.level);
        if (
            result.issuedAt > block.timestamp || result.expiresAt < block.timestamp
                || result.expiresAt - result.issuedAt > MAX_VALIDITY
        ) revert AttestationsBadTimes(result.issuedAt, result.expiresAt);
        address verifier = ECDSA.recoverCalldata(hashResult(result), signature);
        if (!_holdsRole(Roles.VERIFIER, verifier)) revert AttestationsUnknownVerifier(verifier);
        uint40 recordedIssuedAt = _attestations[result.subject].issuedAt;
        if (result.issuedAt <= recordedIssuedAt) revert AttestationsSuperseded(recordedIssuedAt);

        // Times fit: one is in the past, the other at most 30 days later.
        // forge-lint: disable-next-item(unsafe-typecast)
        _attestations[result.subject] =
            Attestation(verifier, result.level, uint40(result.issuedAt), uint40(result.expiresAt));
        emit AttestationRecorded(
            result.subject,
            verifier,
            result.level,
            result.evidenceId,
            result.policyDigest,
            result.issuedAt,
            result.expiresAt
        );
    }

    /// @inheritdoc IAttestations
    function levelOf(address subject) external view returns (uint8) {
        Attestation memory latest = _attestations[subject];
        if (latest.level == 0 || block.timestamp > latest.expiresAt) return 0;
        return _holdsRole(Roles.VERIFIER, latest.verifier) ? latest.level : 0;
    }

    /// @inheritdoc IAttestations
    function attestation(address subject) external view returns (Attestation memory) {
        return _attestations[subject];
    }

    /// @inheritdoc IAttestations
    function hashResult(AttestationResult calldata result) public view returns (bytes32) {
        return _hashTypedDataV4(keccak256(abi.encode(RESULT_TYPEHASH, result)));
    }
}
// forge-lint: disable-end(block-timestamp)
