// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Governed} from "../../src/Governed.sol";
import {IEntitlements} from "../../src/interfaces/IEntitlements.sol";
import {IJobs} from "../../src/interfaces/IJobs.sol";
import {IStaking} from "../../src/interfaces/IStaking.sol";
import {ComputeOffer, JobOrder, Match} from "../../src/interfaces/JobTypes.sol";
import {Roles} from "../../src/libraries/Roles.sol";
import {JobSystem} from "../base/JobSystem.sol";

/// @dev The developer has three quarters of Reserve; 2,000 units (0.0231 a second) can be computed in an epoch.
contract EntitlementsTest is JobSystem {
    address private other = address(0x07e4);

    function setUp() public {
        deployJobSystem();
        fund(other, 1_000e18);
        vm.startPrank(other);
        token.approve(address(staking), type(uint256).max);
        staking.stake(IStaking.Pool.Reserve, 1_000e18);
        vm.stopPrank();
        vm.startPrank(developer);
        token.approve(address(staking), type(uint256).max);
        staking.stake(IStaking.Pool.Reserve, 3_000e18);
        vm.stopPrank();
        prove(provider, 23_148);
        vm.prank(provider);
        // Fits: small numbers.
        // forge-lint: disable-next-line(unsafe-typecast)
        providers.setAsk(uint96(ASK));
    }

    function reserved(uint64 units, uint64 nonce) private view returns (Match memory proposed) {
        JobOrder memory order = newOrder();
        (order.kind, order.units, order.nonce) = (1, units, nonce);
        proposed = signed(order, newOffer(), newGrant());
        proposed.rate = ASK;
    }

    function refuse(Match memory proposed, bytes memory reason) private {
        vm.expectRevert(reason);
        vm.prank(address(jobs));
        jobs.matchOne(proposed);
    }

    function exceeded(uint256 wanted, uint256 left) private view returns (bytes memory) {
        return abi.encodeWithSelector(IEntitlements.EntitlementExceeded.selector, developer, wanted, left);
    }

    /// @dev 23,148 · 86,400 = 1,999,987,200 micro-units, three quarters of them: 1,499,990,400.
    function test_reserved_jobs_are_served_within_entitlement() public {
        // Stake-sniping at the epoch's edge: neither stake nor capacity of this epoch counts in it.
        refuse(reserved(1, 1), exceeded(1, 0));
        vm.warp(block.timestamp + EPOCH);
        vm.assertEq(entitlements.entitlementAt(developer, 2), 1_499_990_400);
        vm.assertEq(entitlements.entitlementAt(other, 2), 499_996_800);
        matchNow(reserved(1_000e6, 1));
        vm.assertEq(entitlements.usedOf(developer), 1_000e6);
        refuse(reserved(499_990_401, 2), exceeded(499_990_401, 499_990_400));
        matchNow(reserved(499_990_400, 2));
        vm.assertEq(entitlements.leftOf(developer), 0);
        refuse(reserved(1, 3), exceeded(1, 0));
        // The market is open to all the same.
        JobOrder memory order = newOrder();
        (order.nonce, order.units) = (4, 1e6);
        matchNow(signed(order, newOffer(), newGrant()));
        // A new epoch, a new entitlement; nothing is carried over.
        vm.warp(block.timestamp + EPOCH);
        vm.assertEq(entitlements.leftOf(developer), 1_499_990_400);
    }

    function test_a_new_attempt_goes_on_with_the_entitlement_of_the_first() public {
        vm.warp(block.timestamp + EPOCH);
        bytes32 jobId = matchNow(reserved(1_499_990_400, 1));
        vm.warp(jobs.job(jobId).deadline + 1);
        jobs.expire(jobId);
        matchNow(reserved(1_499_990_400, 1));
        vm.assertEq(jobs.job(jobId).attempt, 2);
        vm.assertEq(entitlements.usedOf(developer), 1_499_990_400);
    }

    /// @dev A failed match uses nothing.
    function test_a_refused_match_uses_no_entitlement() public {
        vm.warp(block.timestamp + EPOCH);
        Match memory proposed = reserved(1_000e6, 1);
        ComputeOffer memory offer = newOffer();
        offer.maxUnits = 1;
        proposed.offer = offer;
        proposed.offerSig = signer.offer(providerKey, offer);
        refuse(proposed, abi.encodeWithSelector(IJobs.JobsTooMuchWork.selector, 1_000e6, 1));
        vm.assertEq(entitlements.usedOf(developer), 0);
    }

    function test_only_jobs_uses() public {
        vm.expectRevert(abi.encodeWithSelector(Governed.GovernedMissingRole.selector, address(this), Roles.JOBS));
        entitlements.use(developer, 1);
    }

    /// @dev A user who unbonds keeps the snapshot of the running epoch, and has nothing in the next.
    function test_unbonding_ends_the_entitlement_with_the_epoch() public {
        vm.warp(block.timestamp + EPOCH);
        vm.prank(developer);
        staking.requestUnbond(IStaking.Pool.Reserve, 3_000e18);
        vm.assertEq(entitlements.leftOf(developer), 1_499_990_400);
        vm.warp(block.timestamp + EPOCH);
        vm.assertEq(entitlements.leftOf(developer), 0);
        vm.assertEq(entitlements.leftOf(other), 1_999_987_200);
    }
}
