// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IAttestations} from "../../src/interfaces/IAttestations.sol";
import {Roles} from "../../src/libraries/Roles.sol";
import {System} from "../base/System.sol";

contract AttestationsTest is System {
    address private subject = address(0x50b);

    function setUp() public {
        deploySystem();
        vm.warp(GENESIS + 10 days);
    }

    function result(uint8 level) private view returns (IAttestations.AttestationResult memory) {
        return IAttestations.AttestationResult({
            subject: subject,
            level: level,
            evidenceId: keccak256("evidence"),
            policyDigest: keccak256("policy"),
            issuedAt: uint64(block.timestamp),
            expiresAt: uint64(block.timestamp + 7 days)
        });
    }

    function sign(uint256 key, IAttestations.AttestationResult memory r_) private view returns (bytes memory) {
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
                    "AttestationResult(address subject,uint8 level,bytes32 evidenceId,bytes32 policyDigest,uint64 issuedAt,uint64 expiresAt)"
                ),
                r_.subject,
                r_.level,
                r_.evidenceId,
                r_.policyDigest,
                r_.issuedAt,
                r_.expiresAt
            )
        );
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(key, keccak256(abi.encodePacked("\x19\x01", domain, structHash)));
        return abi.encodePacked(r, s, v);
    }

    function record(IAttestations.AttestationResult memory r_) private {
        attestations.record(r_, sign(verifierKey, r_));
    }

    function test_record_gives_the_level_until_it_expires() public {
        IAttestations.AttestationResult memory r = result(2);
        vm.expectEmit(address(attestations));
        emit IAttestations.AttestationRecorded(
            subject, vm.addr(verifierKey), 2, keccak256("evidence"), keccak256("policy"), r.issuedAt, r.expiresAt
        );
        record(r);
        vm.assertEq(attestations.levelOf(subject), 2);
        vm.assertEq(attestations.attestation(subject).verifier, vm.addr(verifierKey));
        vm.warp(r.expiresAt);
        vm.assertEq(attestations.levelOf(subject), 2);
        vm.warp(r.expiresAt + 1);
        vm.assertEq(attestations.levelOf(subject), 0);
    }

    function test_levelOf_is_0_without_a_result() public view {
        vm.assertEq(attestations.levelOf(subject), 0);
    }

    function test_record_rejects_strangers_and_altered_results() public {
        IAttestations.AttestationResult memory r = result(1);
        bytes memory signature = sign(0xbad, r);
        vm.expectRevert(abi.encodeWithSelector(IAttestations.AttestationsUnknownVerifier.selector, vm.addr(0xbad)));
        attestations.record(r, signature);
        signature = sign(verifierKey, r);
        r.level = 3;
        vm.expectRevert();
        attestations.record(r, signature);
    }

    function test_record_rejects_bad_levels_and_times() public {
        IAttestations.AttestationResult memory r = result(4);
        expectRefusal(r, abi.encodeWithSelector(IAttestations.AttestationsBadLevel.selector, 4));
        r = result(1);
        r.issuedAt += 1;
        expectRefusal(r, badTimes(r));
        r = result(1);
        r.issuedAt -= 2;
        r.expiresAt = uint64(block.timestamp - 1);
        expectRefusal(r, badTimes(r));
        r = result(1);
        r.expiresAt = r.issuedAt + 30 days + 1;
        expectRefusal(r, badTimes(r));
        r.expiresAt = r.issuedAt + 30 days;
        record(r);
    }

    /// @dev Freshness: an older result never comes back, a newer one of level 0 revokes.
    function test_newer_results_supersede() public {
        IAttestations.AttestationResult memory old = result(3);
        record(old);
        expectRefusal(old, abi.encodeWithSelector(IAttestations.AttestationsSuperseded.selector, old.issuedAt));
        vm.warp(block.timestamp + 1);
        IAttestations.AttestationResult memory revoked = result(0);
        record(revoked);
        vm.assertEq(attestations.levelOf(subject), 0);
        expectRefusal(old, abi.encodeWithSelector(IAttestations.AttestationsSuperseded.selector, revoked.issuedAt));
    }

    function test_a_verifier_without_its_role_counts_no_more() public {
        record(result(2));
        manager.revokeRole(Roles.VERIFIER, vm.addr(verifierKey));
        vm.assertEq(attestations.levelOf(subject), 0);
    }

    function test_a_result_of_another_chain_or_contract_is_refused() public {
        IAttestations.AttestationResult memory r = result(2);
        bytes memory signature = sign(verifierKey, r);
        vm.chainId(5);
        vm.expectRevert();
        attestations.record(r, signature);
        vm.chainId(31337);
        IAttestations other = IAttestations(deploy("Attestations", abi.encode(manager)));
        vm.expectRevert();
        other.record(r, signature);
        attestations.record(r, signature);
    }

    function badTimes(IAttestations.AttestationResult memory r) private pure returns (bytes memory) {
        return abi.encodeWithSelector(IAttestations.AttestationsBadTimes.selector, r.issuedAt, r.expiresAt);
    }

    function expectRefusal(IAttestations.AttestationResult memory r, bytes memory refusal) private {
        bytes memory signature = sign(verifierKey, r);
        vm.expectRevert(refusal);
        attestations.record(r, signature);
    }
}
