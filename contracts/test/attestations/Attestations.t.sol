// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IAttestations} from "../../src/interfaces/IAttestations.sol";
import {ResultsTest} from "./ResultsTest.sol";

// Seconds of a test's own clock; levels of 0 to 3.
// forge-lint: disable-start(block-timestamp, unsafe-typecast)
contract AttestationsTest is ResultsTest {
    function setUp() public {
        deployResults();
    }

    function test_record_gives_the_level_until_it_expires() public {
        IAttestations.AttestationResult memory r = result(2);
        bytes memory signature = sign(keys[0], r);
        vm.expectEmit(address(attestations));
        emit IAttestations.VerifierSeated(vm.addr(keys[0]), 1);
        vm.expectEmit(address(attestations));
        emit IAttestations.AttestationRecorded(
            subject, 2, keccak256("evidence"), POLICY, MEASUREMENT, DEVICE, r.issuedAt, r.expiresAt, 1
        );
        attestations.record(r, signature);
        levelIs(2);
        vm.warp(r.expiresAt);
        levelIs(2);
        vm.warp(r.expiresAt + 1);
        levelIs(0);
    }

    function test_what_is_stored() public {
        setThreshold(2);
        IAttestations.AttestationResult memory r = result(2);
        record(r, 6);
        IAttestations.Attestation memory stored = attestations.attestation(subject);
        vm.assertEq(stored.level, 2);
        vm.assertEq(stored.issuedAt, r.issuedAt);
        vm.assertEq(stored.expiresAt, r.expiresAt);
        vm.assertEq(stored.signers, 3);
        vm.assertEq(stored.policyDigest, POLICY);
        vm.assertEq(stored.measurement, MEASUREMENT);
        vm.assertEq(bytes32(stored.device), bytes32(bytes12(DEVICE)));
        address[] memory signers = attestations.signersOf(subject);
        vm.assertEq(signers.length, 2);
        vm.assertEq(signers[0], vm.addr(keys[1]));
        vm.assertEq(signers[1], vm.addr(keys[2]));
        vm.assertEq(attestations.holderOf(DEVICE, POLICY), subject);
        vm.assertEq(attestations.hashResult(r), digestOf(r));
    }

    function test_levelOf_is_0_without_a_result() public view {
        levelIs(0);
        vm.assertEq(attestations.signersOf(subject).length, 0);
    }

    function test_record_rejects_bad_levels_times_and_gaps() public {
        IAttestations.AttestationResult memory r = result(4);
        expectRefusal(r, sign(keys[0], r), abi.encodeWithSelector(IAttestations.AttestationsBadLevel.selector, 4));
        r = result(1);
        r.issuedAt += 1;
        expectRefusal(r, sign(keys[0], r), badTimes(r));
        r = result(1);
        r.issuedAt -= 2;
        r.expiresAt = uint64(block.timestamp - 1);
        expectRefusal(r, sign(keys[0], r), badTimes(r));
        r = result(1);
        r.expiresAt = r.issuedAt + 30 days + 1;
        expectRefusal(r, sign(keys[0], r), badTimes(r));
        bytes memory incomplete = abi.encodeWithSelector(IAttestations.AttestationsIncomplete.selector);
        r = result(1);
        r.device = 0;
        expectRefusal(r, sign(keys[0], r), incomplete);
        r = result(1);
        r.measurement = 0;
        expectRefusal(r, sign(keys[0], r), incomplete);
        r = result(1);
        r.policyDigest = 0;
        expectRefusal(r, sign(keys[0], r), incomplete);
        r = result(1);
        r.expiresAt = r.issuedAt + 30 days;
        record(r, 1);
        levelIs(1);
    }

    /// @dev Freshness: an older result never comes back, a newer one of level 0 revokes; that one needs no device.
    function test_newer_results_supersede() public {
        IAttestations.AttestationResult memory old = result(3);
        record(old, 1);
        expectRefusal(old, sign(keys[0], old), superseded(old.issuedAt));
        vm.warp(block.timestamp + 1);
        IAttestations.AttestationResult memory revoked = result(0);
        (revoked.measurement, revoked.device) = (0, 0);
        record(revoked, 1);
        levelIs(0);
        expectRefusal(old, sign(keys[0], old), superseded(revoked.issuedAt));
    }

    function test_one_verifier_lowers_but_never_raises() public {
        setThreshold(2);
        record(result(2), 3);
        vm.warp(block.timestamp + 60);
        IAttestations.AttestationResult memory r = result(3);
        bytes memory tooFew = abi.encodeWithSelector(IAttestations.AttestationsTooFewSigners.selector, 1, 2);
        expectRefusal(r, sign(keys[2], r), tooFew);
        r = result(2);
        expectRefusal(r, sign(keys[2], r), tooFew);

        r = result(1);
        r.policyDigest = keccak256("another policy");
        expectRefusal(r, sign(keys[2], r), tooFew);

        r = result(1);
        r.expiresAt = uint64(block.timestamp + 1 days);
        record(r, 4);
        levelIs(1);
        IAttestations.Attestation memory stored = attestations.attestation(subject);
        vm.assertEq(stored.signers, 3);
        vm.assertEq(stored.issuedAt, block.timestamp);
        vm.assertEq(stored.expiresAt, r.expiresAt);

        vm.warp(block.timestamp + 60);
        record(result(0), 4);
        levelIs(0);
        vm.warp(block.timestamp + 60);
        record(result(2), 3);
        levelIs(2);
    }

    /// @dev What one verifier says can't make an older record live longer.
    function test_a_lowered_record_keeps_its_end() public {
        setThreshold(2);
        IAttestations.AttestationResult memory first = result(2);
        record(first, 3);
        vm.warp(block.timestamp + 6 days);
        record(result(1), 4);
        vm.assertEq(attestations.attestation(subject).expiresAt, first.expiresAt);
        vm.warp(first.expiresAt + 1);
        levelIs(0);
        record(result(0), 4);
        vm.assertEq(attestations.attestation(subject).expiresAt, block.timestamp);
    }

    function test_one_active_device_a_policy() public {
        record(result(2), 1);
        address other = address(0x50c);
        IAttestations.AttestationResult memory r = result(2);
        r.subject = other;
        expectRefusal(
            r, sign(keys[0], r), abi.encodeWithSelector(IAttestations.AttestationsDeviceTaken.selector, subject)
        );
        vm.warp(block.timestamp + 1);
        r = result(2);
        r.subject = other;
        record(r, 1);
        vm.assertEq(attestations.levelOf(other), 2);
        levelIs(0);
        // Under another policy both may hold it.
        vm.warp(block.timestamp + 1);
        r = result(1);
        r.policyDigest = keccak256("another policy");
        record(r, 1);
        levelIs(1);
        vm.assertEq(attestations.levelOf(other), 2);
    }

    /// @dev More signers than needed: the record outlives the loss of one.
    function test_a_spare_signer_keeps_the_level() public {
        setThreshold(2);
        record(result(2), 7);
        manager.revokeRole(5, vm.addr(keys[0]));
        levelIs(2);
        manager.revokeRole(5, vm.addr(keys[1]));
        levelIs(0);
    }

    /// @dev The level counts exactly when enough verifiers of good standing signed.
    function testFuzz_the_threshold(uint256 bits, uint8 threshold_, uint256 revoked, uint256 ejected) public {
        bits = clamp(bits, 1, 7);
        threshold_ = uint8(clamp(threshold_, 1, 3));
        IAttestations.AttestationResult memory r = result(2);
        setThreshold(threshold_);
        bytes memory signatures = signAll(bits, r);
        uint256 count = ones(bits);
        if (count < threshold_) {
            expectRefusal(
                r,
                signatures,
                abi.encodeWithSelector(IAttestations.AttestationsTooFewSigners.selector, count, threshold_)
            );
            return;
        }
        attestations.record(r, signatures);
        levelIs(2);
        for (uint256 i = 0; i < 3; ++i) {
            if ((revoked >> i) & 1 != 0) manager.revokeRole(5, vm.addr(keys[i]));
            if ((ejected >> i) & 1 != 0) deny(IAttestations.Listed.Verifier, listed(keys[i]));
        }
        levelIs(ones(bits & ~revoked & ~ejected) >= threshold_ ? 2 : 0);
    }

    /// @dev Any result with bounded times is kept to the second; any other is refused.
    function testFuzz_times(uint64 issuedAt, uint64 expiresAt) public {
        IAttestations.AttestationResult memory r = result(1);
        r.issuedAt = uint64(clamp(issuedAt, block.timestamp - 40 days, block.timestamp + 10));
        r.expiresAt = uint64(clamp(expiresAt, block.timestamp - 10, block.timestamp + 40 days));
        bool good =
            r.issuedAt <= block.timestamp && r.expiresAt >= block.timestamp && r.expiresAt - r.issuedAt <= 30 days;
        if (!good) return expectRefusal(r, sign(keys[0], r), badTimes(r));
        record(r, 1);
        vm.assertEq(attestations.attestation(subject).issuedAt, r.issuedAt);
        vm.assertEq(attestations.attestation(subject).expiresAt, r.expiresAt);
        levelIs(1);
    }

    function ones(uint256 bits) private pure returns (uint256 count) {
        for (uint256 i = 0; i < 3; ++i) {
            count += (bits >> i) & 1;
        }
    }

    function badTimes(IAttestations.AttestationResult memory r) private pure returns (bytes memory) {
        return abi.encodeWithSelector(IAttestations.AttestationsBadTimes.selector, r.issuedAt, r.expiresAt);
    }

    function superseded(uint64 by) private pure returns (bytes memory) {
        return abi.encodeWithSelector(IAttestations.AttestationsSuperseded.selector, by);
    }
}
// forge-lint: disable-end(block-timestamp, unsafe-typecast)
