// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IJobs} from "../../src/interfaces/IJobs.sol";
import {ComputeOffer, DatasetGrant, JobOrder, Match} from "../../src/interfaces/JobTypes.sol";
import {JobsTest} from "./JobsTest.sol";

contract SettleTest is JobsTest {
    function test_settle_pays_everybody() public {
        bytes32 jobId = delivered();
        vm.warp(block.timestamp + CONTEST_WINDOW);
        vm.expectEmit(address(jobs));
        emit IJobs.Settled(jobId, PROVIDER_PAID, TREASURY_FEE, DATASET_FEE, REFUND);
        jobs.settle(jobId);
        vm.assertEq(PROVIDER_PAID + TREASURY_FEE + DATASET_FEE + REFUND, ESCROW);
        expectState(jobId, IJobs.JobState.Settled);
        expectBalances(BALANCE - ESCROW + REFUND, PROVIDER_PAID, DATASET_FEE, TREASURY_FEE);
        expectNothingHeld(jobId);
        expectLedger(0, 100_000);
    }

    function test_settle_raises_the_reputation() public {
        bytes32 jobId = delivered();
        vm.warp(block.timestamp + CONTEST_WINDOW);
        jobs.settle(jobId);
        vm.assertEq(providers.provider(provider).alphaGwei, 300e9);
        vm.assertEq(providers.reputationBps(provider), 9933);
    }

    function test_settle_waits_for_the_contest_window() public {
        bytes32 jobId = delivered();
        uint256 ends = block.timestamp + CONTEST_WINDOW;
        vm.warp(ends - 1);
        vm.expectRevert(abi.encodeWithSelector(IJobs.JobsTooEarly.selector, ends));
        jobs.settle(jobId);
        vm.warp(ends);
        jobs.settle(jobId);
    }

    function test_settle_rejects_other_states() public {
        bytes32 jobId = started();
        vm.expectRevert(wrongState(jobId, IJobs.JobState.Started));
        jobs.settle(jobId);
        vm.expectRevert(wrongState("none", IJobs.JobState.None));
        jobs.settle("none");
    }

    function test_settle_pays_once() public {
        bytes32 jobId = delivered();
        vm.warp(block.timestamp + CONTEST_WINDOW);
        jobs.settle(jobId);
        vm.expectRevert(wrongState(jobId, IJobs.JobState.Settled));
        jobs.settle(jobId);
    }

    /// @dev Price, fee, owner's fee and refund are the escrow to the wei, for any numbers.
    /// forge-config: default.fuzz.runs = 300
    function testFuzz_settle_conserves(uint64 units, uint128 rate, uint32 steps, uint128 fee) public {
        JobOrder memory order = newOrder();
        order.units = uint64(clamp(units, 1, 1_000e6));
        order.steps = uint32(clamp(steps, 1, (1 << 24) - 1));
        order.maxDatasetFee = uint128(clamp(fee, 0, 1_000e18));
        DatasetGrant memory grant = newGrant();
        grant.fee = uint128(clamp(fee >> 64, 0, order.maxDatasetFee));
        ComputeOffer memory offer = newOffer();
        Match memory proposed = signed(order, offer, grant);
        proposed.rate = uint128(clamp(rate, ASK, MAX_RATE));
        bytes32 jobId = matchNow(proposed);
        startNow(jobId);
        deliverWithSteps(order, jobId);
        vm.warp(block.timestamp + CONTEST_WINDOW);
        jobs.settle(jobId);
        uint256 sum =
            jobs.balanceOf(developer) + jobs.balanceOf(provider) + jobs.balanceOf(owner) + jobs.uncollectedFees();
        vm.assertEq(sum, BALANCE);
        vm.assertEq(jobs.balanceOf(owner), grant.fee);
        uint256 price = uint256(order.units) * proposed.rate / 1e6;
        vm.assertEq(jobs.balanceOf(provider) + jobs.uncollectedFees(), price);
        vm.assertEq(jobs.uncollectedFees(), (price * 500 + 9_999) / 10_000);
        expectNothingHeld(jobId);
    }
}
