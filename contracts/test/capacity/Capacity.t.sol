// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IAttestations} from "../../src/interfaces/IAttestations.sol";
import {ICapacity} from "../../src/interfaces/ICapacity.sol";
import {Roles} from "../../src/libraries/Roles.sol";
import {JobSystem} from "../base/JobSystem.sol";

/// @dev One provider with stake; an epoch is a day of 200 slots; the running epoch is 1.
contract CapacityTest is JobSystem {
    function setUp() public {
        deployJobSystem();
    }

    function sign(ICapacity.CapacityProof memory proof, uint256 key) private view returns (bytes memory) {
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(key, capacity.hashProof(proof));
        return abi.encodePacked(r, s, v);
    }

    function proofAt(uint256 issuedAt, uint256 expiresAt) private view returns (ICapacity.CapacityProof memory) {
        // Fits: small numbers.
        // forge-lint: disable-next-line(unsafe-typecast)
        return ICapacity.CapacityProof(provider, 1e6, "bench", uint64(issuedAt), uint64(expiresAt));
    }

    function post(uint256 epoch, address account, uint256 bitmap) private {
        address[] memory accounts = new address[](1);
        uint256[] memory bitmaps = new uint256[](1);
        (accounts[0], bitmaps[0]) = (account, bitmap);
        vm.prank(matcher);
        capacity.post(epoch, accounts, bitmaps);
    }

    /// @dev Retroactive stake: what is proven now counts from the next epoch, and no snapshot of a running epoch changes.
    function test_a_proof_counts_from_the_next_epoch() public {
        prove(provider, 5e6);
        (uint64 speed,) = capacity.capacityAt(provider, 1);
        vm.assertEq(speed, 0);
        vm.assertEq(capacity.unitsAt(1), 0);
        vm.warp(block.timestamp + EPOCH);
        (speed,) = capacity.capacityAt(provider, 2);
        vm.assertEq(speed, 5e6);
        vm.assertEq(capacity.unitsAt(2), 432_000_000_000);
        vm.expectRevert(abi.encodeWithSelector(ICapacity.CapacityWrongEpoch.selector, 3));
        capacity.unitsAt(3);
    }

    /// @dev Capacity points farmed: a machine's own word, a forged, replayed or stale one counts for nothing.
    function test_capacity_points_cannot_be_farmed() public {
        ICapacity.CapacityProof memory proof = proofAt(block.timestamp, block.timestamp + 1 days);
        bytes memory own = sign(proof, providerKey);
        vm.expectRevert(abi.encodeWithSelector(ICapacity.CapacityUnknownVerifier.selector, provider));
        capacity.record(proof, own);
        bytes memory good = sign(proof, verifierKey);
        capacity.record(proof, good);
        vm.expectRevert(abi.encodeWithSelector(ICapacity.CapacitySuperseded.selector, block.timestamp));
        capacity.record(proof, good);
        proof.provider = developer;
        bytes memory stranger = sign(proof, verifierKey);
        vm.expectRevert(abi.encodeWithSelector(ICapacity.CapacityUnknownProvider.selector, developer));
        capacity.record(proof, stranger);
    }

    function test_times_of_a_proof() public {
        uint256 now_ = block.timestamp;
        uint256[2][3] memory bad = [[now_ + 1, now_ + 2], [now_ - 2, now_ - 1], [now_, now_ + 30 days + 1]];
        for (uint256 i = 0; i < 3; ++i) {
            ICapacity.CapacityProof memory proof = proofAt(bad[i][0], bad[i][1]);
            bytes memory signature = sign(proof, verifierKey);
            vm.expectRevert(abi.encodeWithSelector(ICapacity.CapacityBadTimes.selector, bad[i][0], bad[i][1]));
            capacity.record(proof, signature);
        }
    }

    /// @dev Recent proof: one that ran out counts in no later epoch, even if nobody refreshes; the total follows a refresh.
    function test_a_proof_that_ran_out_counts_for_nothing() public {
        prove(provider, 5e6);
        vm.warp(block.timestamp + 31 * EPOCH);
        (uint64 speed,) = capacity.capacityAt(provider, capacity_epoch());
        vm.assertEq(speed, 0);
        vm.assertEq(capacity.totalAt(capacity_epoch()), 5e6);
        vm.assertTrue(capacity.isStale(provider));
        capacity.refresh(provider);
        vm.warp(block.timestamp + EPOCH);
        vm.assertEq(capacity.totalAt(capacity_epoch()), 0);
        vm.assertFalse(capacity.isStale(provider));
    }

    function test_a_provider_that_leaves_takes_its_capacity_with_it() public {
        prove(provider, 5e6);
        vm.prank(provider);
        providers.setActive(false);
        capacity.refresh(provider);
        vm.warp(block.timestamp + EPOCH);
        vm.assertEq(capacity.totalAt(2), 0);
        vm.prank(provider);
        providers.setActive(true);
        capacity.refresh(provider);
        vm.warp(block.timestamp + EPOCH);
        vm.assertEq(capacity.totalAt(3), 5e6);
    }

    function test_a_provider_beats_in_the_present_slot_only() public {
        vm.warp(GENESIS + EPOCH + 3 * 432);
        vm.assertEq(capacity.slot(), 3);
        vm.prank(provider);
        capacity.beat();
        vm.prank(provider);
        capacity.beat();
        vm.assertEq(capacity.beatsOf(provider, 1), 8);
        (uint16 bps, bool isFinal) = capacity.availabilityBps(provider, 1);
        vm.assertEq(bps, 50);
        vm.assertFalse(isFinal);
        // Its own beat accuses nobody.
        vm.assertEq(capacity.witnessedAt(1), 0);
    }

    function test_monitors_post_for_this_epoch_and_the_last() public {
        vm.warp(GENESIS + 2 * EPOCH + 432);
        post(1, provider, type(uint256).max >> 56);
        (uint16 bps,) = capacity.availabilityBps(provider, 1);
        vm.assertEq(bps, 10_000);
        post(2, provider, 3);
        vm.expectRevert(ICapacity.CapacityBadBeats.selector);
        post(2, provider, 4);
        vm.expectRevert(ICapacity.CapacityBadBeats.selector);
        post(1, provider, 1 << 200);
        vm.expectRevert(abi.encodeWithSelector(ICapacity.CapacityWrongEpoch.selector, 0));
        post(0, provider, 1);
        vm.expectRevert(abi.encodeWithSelector(ICapacity.CapacityWrongEpoch.selector, 3));
        post(3, provider, 1);
        vm.expectRevert(abi.encodeWithSelector(ICapacity.CapacityNotMonitor.selector, address(this)));
        capacity.post(1, new address[](0), new uint256[](0));
        vm.expectRevert(ICapacity.CapacityBadBeats.selector);
        vm.prank(matcher);
        capacity.post(1, new address[](1), new uint256[](0));
    }

    /// @dev Whom the guardian or a contradiction ejected lifts nobody's capacity and hears nobody.
    function test_an_ejected_verifier_vouches_for_no_machine() public {
        bytes32 listed = bytes32(uint256(uint160(vm.addr(verifierKey))));
        vm.prank(guardian);
        attestations.deny(IAttestations.Listed.Verifier, listed);
        refusesTheVerifier();
        vm.prank(team);
        attestations.allow(IAttestations.Listed.Verifier, listed);
        hearsTheVerifier();
    }

    /// @dev Nor one with less than the least bond, one that leaves, or one that lost the role.
    function test_a_verifier_without_a_bond_vouches_for_no_machine() public {
        address verifier = vm.addr(verifierKey);
        fund(verifier, 1_000e18);
        vm.prank(team);
        attestations.setLeastBond(1_000e18);
        refusesTheVerifier();
        vm.startPrank(verifier);
        token.approve(address(attestations), 1_000e18);
        attestations.postBond(1_000e18 - 1);
        vm.stopPrank();
        refusesTheVerifier();
        vm.prank(verifier);
        attestations.postBond(1);
        hearsTheVerifier();
        vm.warp(block.timestamp + 1);
        vm.prank(verifier);
        attestations.leaveBond();
        refusesTheVerifier();
        vm.prank(verifier);
        attestations.postBond(0);
        hearsTheVerifier();
        vm.warp(block.timestamp + 1);
        manager.revokeRole(Roles.VERIFIER, verifier);
        refusesTheVerifier();
    }

    function refusesTheVerifier() private {
        address verifier = vm.addr(verifierKey);
        vm.assertFalse(attestations.isInStanding(verifier));
        ICapacity.CapacityProof memory proof = proofAt(block.timestamp, block.timestamp + 1 days);
        bytes memory signature = sign(proof, verifierKey);
        vm.expectRevert(abi.encodeWithSelector(ICapacity.CapacityUnknownVerifier.selector, verifier));
        capacity.record(proof, signature);
        vm.expectRevert(abi.encodeWithSelector(ICapacity.CapacityNotMonitor.selector, verifier));
        vm.prank(verifier);
        capacity.post(1, new address[](0), new uint256[](0));
    }

    function hearsTheVerifier() private {
        vm.assertTrue(attestations.isInStanding(vm.addr(verifierKey)));
        ICapacity.CapacityProof memory proof = proofAt(block.timestamp, block.timestamp + 1 days);
        capacity.record(proof, sign(proof, verifierKey));
        vm.prank(vm.addr(verifierKey));
        capacity.post(1, new address[](0), new uint256[](0));
    }

    /// @dev A monitor that sleeps accuses nobody; one that hears others and not the provider does, unless it beat itself.
    function test_unavailability() public {
        prove(provider, 5e6);
        vm.warp(GENESIS + 2 * EPOCH);
        vm.prank(provider);
        capacity.beat();
        vm.warp(GENESIS + 3 * EPOCH);
        (uint16 bps, bool isFinal) = capacity.unavailabilityBps(provider, 2);
        vm.assertEq(bps, 0);
        vm.assertFalse(isFinal);
        post(2, developer, 0xff);
        (bps, isFinal) = capacity.unavailabilityBps(provider, 2);
        vm.assertEq(bps, 350);
        // It had no capacity in the epoch before, so nothing was expected of it.
        post(2, provider, 0xf0);
        (bps,) = capacity.unavailabilityBps(provider, 2);
        vm.assertEq(bps, 150);
        (bps,) = capacity.unavailabilityBps(developer, 2);
        vm.assertEq(bps, 0);
        vm.warp(GENESIS + 4 * EPOCH);
        (, isFinal) = capacity.unavailabilityBps(provider, 2);
        vm.assertTrue(isFinal);
    }

    /// @dev The total is the sum of its parts, whoever proves, leaves, returns and refreshes.
    /// forge-config: default.fuzz.runs = 200
    function testFuzz_total_is_the_sum(uint64[6] memory speeds, uint8[6] memory dice) public {
        address second = address(0x5ec);
        fund(second, 1e18);
        enrolProvider(second, 1e18);
        for (uint256 i = 0; i < 6; ++i) {
            address account = dice[i] % 2 == 0 ? provider : second;
            if (dice[i] % 3 == 0) {
                vm.prank(account);
                providers.setActive(dice[i] % 4 == 0);
                capacity.refresh(account);
            } else {
                prove(account, speeds[i]);
            }
            vm.warp(block.timestamp + 1 + uint256(dice[i]) * 600);
            uint256 epoch = capacity_epoch();
            (uint64 a,) = capacity.capacityAt(provider, epoch);
            (uint64 b,) = capacity.capacityAt(second, epoch);
            vm.assertEq(capacity.totalAt(epoch), uint256(a) + b);
        }
    }

    function capacity_epoch() private view returns (uint256) {
        return staking.epoch();
    }
}
