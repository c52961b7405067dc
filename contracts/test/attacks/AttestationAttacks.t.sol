// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {IAttestations} from "../../src/interfaces/IAttestations.sol";
import {Roles} from "../../src/libraries/Roles.sol";
import {ResultsTest} from "../attestations/ResultsTest.sol";

/// @title What has been tried on registers of signed results, each by its name.
contract AttestationAttacksTest is ResultsTest {
    uint256 private constant ORDER = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141;

    function setUp() public {
        deployResults();
        setThreshold(2);
    }

    function test_replay() public {
        IAttestations.AttestationResult memory r = result(2);
        record(r, 3);
        bytes memory signatures = signAll(3, r);
        expectRefusal(r, signatures, abi.encodeWithSelector(IAttestations.AttestationsSuperseded.selector, r.issuedAt));
    }

    function test_replay_on_another_chain() public {
        IAttestations.AttestationResult memory r = result(2);
        bytes memory signatures = signAll(3, r);
        vm.chainId(5);
        vm.expectRevert();
        attestations.record(r, signatures);
        vm.chainId(31337);
        attestations.record(r, signatures);
    }

    function test_replay_at_another_contract() public {
        IAttestations.AttestationResult memory r = result(2);
        bytes memory signatures = signAll(3, r);
        IAttestations other = IAttestations(deploy("Attestations", abi.encode(manager, token, treasury, 0)));
        vm.expectRevert();
        other.record(r, signatures);
    }

    /// @dev Who comes new gets a seat of its own: it neither inherits what a former verifier signed nor what that one is accused of.
    function test_uid_inheritance() public {
        IAttestations.AttestationResult memory r = result(2);
        record(r, 3);
        deny(IAttestations.Listed.Verifier, listed(keys[0]));
        manager.revokeRole(Roles.VERIFIER, vm.addr(keys[0]));
        levelIs(0);
        uint256 newcomer = 0xc0fe;
        manager.grantRole(Roles.VERIFIER, vm.addr(newcomer), 0);
        levelIs(0);
        vm.warp(block.timestamp + 1);
        IAttestations.AttestationResult memory next = result(2);
        bool lower = vm.addr(newcomer) < vm.addr(keys[1]);
        bytes memory both = lower
            ? bytes.concat(sign(newcomer, next), sign(keys[1], next))
            : bytes.concat(sign(keys[1], next), sign(newcomer, next));
        attestations.record(next, both);
        levelIs(2);
        // Seats 1 and 2 were the first two signers'; the newcomer has the third.
        vm.assertEq(attestations.attestation(subject).signers, 6);
        vm.assertFalse(attestations.isDenied(IAttestations.Listed.Verifier, listed(newcomer)));
        vm.assertTrue(attestations.isDenied(IAttestations.Listed.Verifier, listed(keys[0])));
    }

    function test_one_verifier_signs_twice() public {
        IAttestations.AttestationResult memory r = result(2);
        bytes memory twice = bytes.concat(sign(keys[0], r), sign(keys[0], r));
        expectRefusal(r, twice, unordered(keys[0]));
    }

    /// @dev The other s of the same signature would be the same signer a second time.
    function test_malleated_signature() public {
        IAttestations.AttestationResult memory r_ = result(2);
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(keys[1], digestOf(r_));
        bytes32 highS = bytes32(ORDER - uint256(s));
        bytes memory malleated = abi.encodePacked(r, highS, v == 27 ? uint8(28) : uint8(27));
        bytes memory signatures = bytes.concat(sign(keys[0], r_), malleated);
        expectRefusal(r_, signatures, abi.encodeWithSelector(ECDSA.ECDSAInvalidSignatureS.selector, highS));
    }

    function test_unordered_signers() public {
        IAttestations.AttestationResult memory r = result(2);
        bytes memory signatures = bytes.concat(sign(keys[1], r), sign(keys[0], r));
        expectRefusal(r, signatures, unordered(keys[0]));
    }

    function test_cut_and_empty_signatures() public {
        IAttestations.AttestationResult memory r = result(2);
        bytes memory signatures = signAll(3, r);
        bytes memory cut = new bytes(signatures.length - 1);
        for (uint256 i = 0; i < cut.length; ++i) {
            cut[i] = signatures[i];
        }
        expectRefusal(r, cut, abi.encodeWithSelector(IAttestations.AttestationsBadSignatures.selector, 129));
        expectRefusal(r, "", abi.encodeWithSelector(IAttestations.AttestationsBadSignatures.selector, 0));
        bytes memory many = new bytes(17 * 65);
        expectRefusal(r, many, abi.encodeWithSelector(IAttestations.AttestationsBadSignatures.selector, 1105));
    }

    function test_every_field_is_signed() public {
        for (uint256 field = 0; field < 8; ++field) {
            IAttestations.AttestationResult memory r = result(2);
            bytes memory signatures = signAll(3, r);
            if (field == 0) r.subject = address(0xbad);
            if (field == 1) r.level = 3;
            if (field == 2) r.evidenceId = "other";
            if (field == 3) r.policyDigest = "other";
            if (field == 4) r.measurement = "other";
            if (field == 5) r.device = "other";
            if (field == 6) r.issuedAt -= 1;
            if (field == 7) r.expiresAt += 1;
            vm.expectRevert();
            attestations.record(r, signatures);
        }
    }

    function test_revoked_verifier() public {
        IAttestations.AttestationResult memory r = result(2);
        record(r, 3);
        manager.revokeRole(Roles.VERIFIER, vm.addr(keys[0]));
        levelIs(0);
        vm.warp(block.timestamp + 1);
        r = result(2);
        bytes memory refusal =
            abi.encodeWithSelector(IAttestations.AttestationsUnknownVerifier.selector, vm.addr(keys[0]));
        expectRefusal(r, signAll(3, r), refusal);
        // Nor can it lower what others recorded.
        record(r, 6);
        vm.warp(block.timestamp + 1);
        r = result(0);
        expectRefusal(r, signAll(1, r), refusal);
        levelIs(2);
    }

    /// @dev A raised threshold is asked of what is on record, too; a lowered one lets nothing in that was refused before.
    function test_threshold_change() public {
        record(result(2), 3);
        setThreshold(3);
        levelIs(0);
        setThreshold(2);
        levelIs(2);
        IAttestations.AttestationResult memory r = result(3);
        expectRefusal(
            r, signAll(1, r), abi.encodeWithSelector(IAttestations.AttestationsSuperseded.selector, r.issuedAt)
        );
    }

    /// @dev The scheduler's key, the operator's own and the team's sign, alone and together with one verifier.
    function test_scheduler_and_operator_keys_make_no_result() public {
        uint256[2] memory outsiders = [uint256(0x0be4a704), 0x5c4ed01e4];
        manager.grantRole(Roles.MATCHER, vm.addr(outsiders[1]), 0);
        for (uint256 i = 0; i < 2; ++i) {
            IAttestations.AttestationResult memory r = result(2);
            r.subject = vm.addr(outsiders[0]);
            bytes memory refusal =
                abi.encodeWithSelector(IAttestations.AttestationsUnknownVerifier.selector, vm.addr(outsiders[i]));
            expectRefusal(r, sign(outsiders[i], r), refusal);
            bool outsiderFirst = vm.addr(outsiders[i]) < vm.addr(keys[0]);
            bytes memory mixed = outsiderFirst
                ? bytes.concat(sign(outsiders[i], r), sign(keys[0], r))
                : bytes.concat(sign(keys[0], r), sign(outsiders[i], r));
            expectRefusal(r, mixed, refusal);
        }
        vm.assertEq(attestations.levelOf(vm.addr(outsiders[0])), 0);
    }

    /// @dev A result that waited in a drawer takes no device from whoever proved it later.
    function test_an_old_result_takes_no_device() public {
        IAttestations.AttestationResult memory kept = result(2);
        kept.subject = address(0xbad);
        bytes memory signatures = signAll(3, kept);
        vm.warp(block.timestamp + 1);
        record(result(2), 3);
        expectRefusal(kept, signatures, abi.encodeWithSelector(IAttestations.AttestationsDeviceTaken.selector, subject));
        levelIs(2);
    }

    /// @dev One verifier that went bad can revoke, in the open, and is thrown out without delay; it can give nobody a level.
    function test_one_rogue_verifier() public {
        record(result(2), 3);
        vm.warp(block.timestamp + 1);
        record(result(0), 4);
        levelIs(0);
        deny(IAttestations.Listed.Verifier, listed(keys[2]));
        vm.warp(block.timestamp + 1);
        record(result(2), 3);
        levelIs(2);
        vm.warp(block.timestamp + 1);
        IAttestations.AttestationResult memory r = result(0);
        expectRefusal(
            r,
            signAll(4, r),
            abi.encodeWithSelector(IAttestations.AttestationsVerifierEjected.selector, vm.addr(keys[2]))
        );
    }

    function unordered(uint256 key) private pure returns (bytes memory) {
        return abi.encodeWithSelector(IAttestations.AttestationsUnorderedSigners.selector, vm.addr(key));
    }
}
