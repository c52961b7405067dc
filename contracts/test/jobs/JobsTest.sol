// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IDatasets} from "../../src/interfaces/IDatasets.sol";
import {IJobs} from "../../src/interfaces/IJobs.sol";
import {JobOrder, Match} from "../../src/interfaces/JobTypes.sol";
import {JobSystem} from "../base/JobSystem.sol";

/// @title One job of 300 ENC (limit 400) on a dataset of 20 ENC (limit 25): the expected sums are worked out here by hand.
abstract contract JobsTest is JobSystem {
    uint256 internal constant ESCROW = 425e18;
    uint256 internal constant PRICE = 300e18;
    uint256 internal constant TREASURY_FEE = 15e18;
    uint256 internal constant PROVIDER_PAID = 285e18;
    uint256 internal constant REFUND = 105e18;
    uint256 internal constant LOCK = 150e18;
    uint256 internal constant BALANCE = 5_000e18;

    function setUp() public virtual {
        deployJobSystem();
    }

    function matched() internal returns (bytes32 jobId) {
        return matchNow(newMatch());
    }

    function started() internal returns (bytes32 jobId) {
        jobId = matched();
        startNow(jobId);
    }

    function delivered() internal returns (bytes32 jobId) {
        jobId = started();
        deliverNow(newOrder(), 1);
    }

    /// @dev Started, a checkpoint at step 100 of 400, deadline missed, expired.
    function expiredAtStep100() internal returns (bytes32 jobId) {
        jobId = started();
        checkpointNow(jobId, 1, 100);
        expireNow(jobId);
    }

    function expireNow(bytes32 jobId) internal {
        vm.warp(jobs.job(jobId).deadline + 1);
        jobs.expire(jobId);
    }

    function refuse(Match memory proposed, bytes memory reason) internal {
        vm.expectRevert(reason);
        vm.prank(address(jobs));
        jobs.matchOne(proposed);
    }

    function wrongState(bytes32 jobId, IJobs.JobState state) internal pure returns (bytes memory) {
        return abi.encodeWithSelector(IJobs.JobsWrongState.selector, jobId, state);
    }

    function expectState(bytes32 jobId, IJobs.JobState state) internal view {
        vm.assertEq(uint256(jobs.job(jobId).state), uint256(state), "state");
    }

    /// @dev Balances of developer, provider, dataset owner, and fees not yet collected.
    function expectBalances(uint256 developer_, uint256 provider_, uint256 owner_, uint256 fees) internal view {
        vm.assertEq(jobs.balanceOf(developer), developer_, "developer");
        vm.assertEq(jobs.balanceOf(provider), provider_, "provider");
        vm.assertEq(jobs.balanceOf(owner), owner_, "owner");
        vm.assertEq(jobs.uncollectedFees(), fees, "fees");
    }

    /// @dev Whether one charge is reserved and whether one is spent, as the dataset's ledger shows in lane 15.
    function expectLedger(uint256 reserved, uint256 spent) internal view {
        IDatasets.Ledger memory ledger = datasets.ledger(datasetId);
        vm.assertEq(ledger.reservedHigh >> 224, reserved, "reserved");
        vm.assertEq(ledger.spentHigh >> 224, spent, "spent");
    }

    function expectNothingHeld(bytes32 jobId) internal view {
        vm.assertEq(jobs.job(jobId).escrow, 0, "escrow");
        vm.assertEq(jobs.job(jobId).stakeLocked, 0, "lock");
        vm.assertEq(staking.lockedStake(provider), 0, "stake");
    }

    function cancelNow(JobOrder memory order) internal {
        vm.prank(order.developer);
        jobs.cancel(order);
    }
}
