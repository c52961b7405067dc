// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IAccessManaged} from "@openzeppelin/contracts/access/manager/IAccessManaged.sol";
import {IAttestations} from "../../src/interfaces/IAttestations.sol";
import {ResultsTest} from "./ResultsTest.sol";

contract AttestationListsTest is ResultsTest {
    function setUp() public {
        deployResults();
    }

    function test_a_denied_measurement_counts_no_more_at_once() public {
        denialEnds(IAttestations.Listed.Measurement, MEASUREMENT);
    }

    function test_a_denied_device_counts_no_more_at_once() public {
        denialEnds(IAttestations.Listed.Device, DEVICE);
    }

    function test_a_denied_policy_counts_no_more_at_once() public {
        denialEnds(IAttestations.Listed.Policy, POLICY);
    }

    function test_a_denied_verifier_counts_no_more_at_once() public {
        record(result(2), 1);
        deny(IAttestations.Listed.Verifier, listed(keys[0]));
        vm.assertTrue(attestations.isDenied(IAttestations.Listed.Verifier, listed(keys[0])));
        levelIs(0);
        vm.warp(block.timestamp + 1);
        IAttestations.AttestationResult memory r = result(2);
        expectRefusal(
            r,
            sign(keys[0], r),
            abi.encodeWithSelector(IAttestations.AttestationsVerifierEjected.selector, vm.addr(keys[0]))
        );
        record(r, 2);
        levelIs(2);
        allow(IAttestations.Listed.Verifier, listed(keys[0]));
        vm.assertFalse(attestations.isDenied(IAttestations.Listed.Verifier, listed(keys[0])));
        vm.warp(block.timestamp + 1);
        record(result(1), 1);
        levelIs(1);
    }

    /// @dev A verifier may be denied before it has signed anything.
    function test_a_verifier_is_denied_in_advance() public {
        deny(IAttestations.Listed.Verifier, listed(keys[1]));
        IAttestations.AttestationResult memory r = result(2);
        expectRefusal(
            r,
            sign(keys[1], r),
            abi.encodeWithSelector(IAttestations.AttestationsVerifierEjected.selector, vm.addr(keys[1]))
        );
    }

    function test_a_listing_says_what_it_is() public {
        vm.expectEmit(address(attestations));
        emit IAttestations.ListChanged(IAttestations.Listed.Device, DEVICE, true);
        deny(IAttestations.Listed.Device, DEVICE);
        vm.expectEmit(address(attestations));
        emit IAttestations.ListChanged(IAttestations.Listed.Device, DEVICE, false);
        allow(IAttestations.Listed.Device, DEVICE);
        vm.prank(guardian);
        vm.expectRevert(abi.encodeWithSelector(IAttestations.AttestationsBadListing.selector, DEVICE));
        attestations.deny(IAttestations.Listed.Verifier, DEVICE);
    }

    function test_who_may_change_lists_and_threshold() public {
        bytes memory refusal = abi.encodeWithSelector(IAccessManaged.AccessManagedUnauthorized.selector, address(this));
        vm.expectRevert(refusal);
        attestations.deny(IAttestations.Listed.Device, DEVICE);
        vm.expectRevert(refusal);
        attestations.allow(IAttestations.Listed.Device, DEVICE);
        vm.expectRevert(refusal);
        attestations.setThreshold(2);
        // The guardian denies; to take it back is the team's.
        vm.prank(guardian);
        vm.expectRevert(abi.encodeWithSelector(IAccessManaged.AccessManagedUnauthorized.selector, guardian));
        attestations.allow(IAttestations.Listed.Device, DEVICE);
    }

    function test_the_threshold_has_bounds() public {
        vm.assertEq(attestations.threshold(), 1);
        vm.expectEmit(address(attestations));
        emit IAttestations.ThresholdSet(16);
        setThreshold(16);
        vm.assertEq(attestations.threshold(), 16);
        uint8[2] memory bad = [0, 17];
        for (uint256 i = 0; i < 2; ++i) {
            vm.prank(team);
            vm.expectRevert(abi.encodeWithSelector(IAttestations.AttestationsBadThreshold.selector, bad[i]));
            attestations.setThreshold(bad[i]);
        }
    }

    function denialEnds(IAttestations.Listed kind, bytes32 value) private {
        record(result(2), 1);
        levelIs(2);
        deny(kind, value);
        vm.assertTrue(attestations.isDenied(kind, value));
        levelIs(0);
        vm.warp(block.timestamp + 1);
        IAttestations.AttestationResult memory r = result(2);
        expectRefusal(
            r, sign(keys[0], r), abi.encodeWithSelector(IAttestations.AttestationsDenied.selector, kind, value)
        );
        // A result of level 0 about it can be recorded: it says no more than the list.
        record(result(0), 1);
        levelIs(0);
        allow(kind, value);
        vm.warp(block.timestamp + 1);
        record(result(2), 1);
        levelIs(2);
    }
}
