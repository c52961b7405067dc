// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IAttestations} from "../../src/interfaces/IAttestations.sol";
import {Roles} from "../../src/libraries/Roles.sol";
import {System} from "../base/System.sol";

/// @title Three verifiers, and results that any keys sign.
abstract contract ResultsTest is System {
    bytes32 internal constant POLICY = keccak256("policy");
    bytes32 internal constant MEASUREMENT = keccak256("measurement");
    bytes32 internal constant DEVICE = keccak256("device");

    address internal subject = address(0x50b);
    /// @dev Keys of verifiers, ascending by address.
    uint256[3] internal keys;

    function deployResults() internal {
        deploySystem();
        vm.warp(GENESIS + 10 days);
        keys = [verifierKey, 0xb0b1, 0xb0b2];
        for (uint256 i = 1; i < 3; ++i) {
            manager.grantRole(Roles.VERIFIER, vm.addr(keys[i]), 0);
        }
        for (uint256 i = 0; i < 2; ++i) {
            for (uint256 j = i + 1; j < 3; ++j) {
                if (vm.addr(keys[j]) < vm.addr(keys[i])) (keys[i], keys[j]) = (keys[j], keys[i]);
            }
        }
    }

    function setThreshold(uint8 threshold) internal {
        vm.prank(team);
        attestations.setThreshold(threshold);
    }

    function deny(IAttestations.Listed kind, bytes32 value) internal {
        vm.prank(guardian);
        attestations.deny(kind, value);
    }

    function allow(IAttestations.Listed kind, bytes32 value) internal {
        vm.prank(team);
        attestations.allow(kind, value);
    }

    function listed(uint256 key) internal pure returns (bytes32) {
        return bytes32(uint256(uint160(vm.addr(key))));
    }

    /// @dev A result of this second, good for a week.
    function result(uint8 level) internal view returns (IAttestations.AttestationResult memory) {
        return IAttestations.AttestationResult({
            subject: subject,
            level: level,
            evidenceId: keccak256("evidence"),
            policyDigest: POLICY,
            measurement: MEASUREMENT,
            device: DEVICE,
            issuedAt: uint64(block.timestamp),
            expiresAt: uint64(block.timestamp + 7 days)
        });
    }

    /// @dev The digest by the letter of EIP-712, apart from the contract's own.
    function digestOf(IAttestations.AttestationResult memory r) internal view returns (bytes32) {
        bytes32 domain = keccak256(
            abi.encode(
                keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"),
                keccak256("Encryptech"),
                keccak256("1"),
                block.chainid,
                address(attestations)
            )
        );
        bytes32 structHash = keccak256(
            abi.encode(
                keccak256(
                    "AttestationResult(address subject,uint8 level,bytes32 evidenceId,bytes32 policyDigest,bytes32 measurement,bytes32 device,uint64 issuedAt,uint64 expiresAt)"
                ),
                r.subject,
                r.level,
                r.evidenceId,
                r.policyDigest,
                r.measurement,
                r.device,
                r.issuedAt,
                r.expiresAt
            )
        );
        return keccak256(abi.encodePacked("\x19\x01", domain, structHash));
    }

    function sign(uint256 key, IAttestations.AttestationResult memory r_) internal view returns (bytes memory) {
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(key, digestOf(r_));
        return abi.encodePacked(r, s, v);
    }

    /// @dev Signatures of the verifiers whose bit is set (bit 0 is keys[0]), in the order that the contract asks for.
    function signAll(uint256 bits, IAttestations.AttestationResult memory r) internal view returns (bytes memory all) {
        for (uint256 i = 0; i < 3; ++i) {
            if ((bits >> i) & 1 != 0) all = bytes.concat(all, sign(keys[i], r));
        }
    }

    function record(IAttestations.AttestationResult memory r, uint256 bits) internal {
        attestations.record(r, signAll(bits, r));
    }

    function expectRefusal(IAttestations.AttestationResult memory r, bytes memory signatures, bytes memory refusal)
        internal
    {
        vm.expectRevert(refusal);
        attestations.record(r, signatures);
    }

    function levelIs(uint8 level) internal view {
        vm.assertEq(attestations.levelOf(subject), level);
    }
}
