// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IJobs} from "../../src/interfaces/IJobs.sol";
import {JobOrder} from "../../src/interfaces/JobTypes.sol";
import {JobsTest} from "./JobsTest.sol";

contract ExpireTest is JobsTest {
    function test_expire_before_start_refunds_all() public {
        bytes32 jobId = matched();
        vm.warp(block.timestamp + START_WINDOW + 1);
        vm.expectEmit(address(jobs));
        emit IJobs.Expired(jobId, 1, 0, 0, 0, 0, ESCROW);
        jobs.expire(jobId);
        expectState(jobId, IJobs.JobState.Expired);
        expectBalances(BALANCE, 0, 0, 0);
        expectNothingHeld(jobId);
        expectLedger(100_000, 0);
        vm.assertEq(providers.provider(provider).betaGwei, 300e9);
        vm.assertEq(providers.reputationBps(provider), 33);
    }

    function test_expire_without_a_checkpoint_refunds_all() public {
        bytes32 jobId = started();
        expireNow(jobId);
        expectBalances(BALANCE, 0, 0, 0);
        expectNothingHeld(jobId);
    }

    /// @dev A quarter of the steps: 75 ENC, of which 3.75 to the treasury; 20 to the dataset's owner; the rest of 425 back.
    function test_expire_pays_what_a_checkpoint_covers() public {
        bytes32 jobId = started();
        checkpointNow(jobId, 1, 100);
        vm.warp(jobs.job(jobId).deadline + 1);
        vm.expectEmit(address(jobs));
        emit IJobs.Expired(jobId, 1, 100, 71.25e18, 3.75e18, 20e18, 330e18);
        jobs.expire(jobId);
        expectBalances(BALANCE - 95e18, 71.25e18, 20e18, 3.75e18);
        expectNothingHeld(jobId);
        vm.assertEq(jobs.job(jobId).paidSteps, 100);
        vm.assertEq(providers.provider(provider).alphaGwei, 0);
        vm.assertEq(providers.provider(provider).betaGwei, 225e9);
    }

    function test_expire_rejects_before_the_deadline() public {
        bytes32 jobId = matched();
        uint256 startBy = block.timestamp + START_WINDOW;
        vm.warp(startBy);
        vm.expectRevert(abi.encodeWithSelector(IJobs.JobsTooEarly.selector, startBy));
        jobs.expire(jobId);
        startNow(jobId);
        vm.warp(startBy + DURATION);
        vm.expectRevert(abi.encodeWithSelector(IJobs.JobsTooEarly.selector, startBy + DURATION));
        jobs.expire(jobId);
    }

    function test_expire_rejects_other_states() public {
        bytes32 jobId = delivered();
        vm.warp(block.timestamp + 100 days);
        vm.expectRevert(wrongState(jobId, IJobs.JobState.Delivered));
        jobs.expire(jobId);
        vm.expectRevert(wrongState("none", IJobs.JobState.None));
        jobs.expire("none");
    }

    /// @dev The new attempt does and is paid for the remaining 300 steps; the dataset's owner is not paid again.
    function test_rematch_resumes_from_the_paid_step() public {
        bytes32 jobId = expiredAtStep100();
        matchNow(newMatch());
        IJobs.Job memory job = jobs.job(jobId);
        vm.assertEq(job.attempt, 2);
        vm.assertEq(job.paidSteps, 100);
        vm.assertEq(job.price, 225e18);
        vm.assertEq(job.escrow, 300e18);
        vm.assertEq(job.datasetFee, 0);
        expectLedger(100_000, 0);
        startNow(jobId);
        vm.assertFalse(jobs.job(jobId).keyReleased);
        deliverNow(newOrder(), 2);
        vm.warp(block.timestamp + CONTEST_WINDOW);
        jobs.settle(jobId);
        expectBalances(BALANCE - 320e18, PROVIDER_PAID, 20e18, TREASURY_FEE);
        expectNothingHeld(jobId);
        expectLedger(0, 100_000);
    }

    function test_a_second_missed_deadline_pays_new_steps_only() public {
        bytes32 jobId = expiredAtStep100();
        matchNow(newMatch());
        startNow(jobId);
        uint256 state = vm.snapshotState();
        expireNow(jobId);
        expectBalances(BALANCE - 95e18, 71.25e18, 20e18, 3.75e18);
        vm.revertToState(state);
        checkpointNow(jobId, 2, 200);
        expireNow(jobId);
        expectBalances(BALANCE - 170e18, 142.5e18, 20e18, 7.5e18);
    }

    function test_rematch_needs_a_live_order() public {
        expiredAtStep100();
        JobOrder memory order = newOrder();
        vm.prank(developer);
        jobs.cancelNonce(order.nonce);
        refuse(newMatch(), abi.encodeWithSelector(IJobs.JobsNonceCancelled.selector, developer, order.nonce));
    }

    /// @dev Any progress at any number of steps: nobody gets more than the escrow and the sums meet.
    function testFuzz_expire_conserves(uint32 step) public {
        bytes32 jobId = started();
        uint32 done = uint32(clamp(step, 0, STEPS - 1));
        if (done > 0) checkpointNow(jobId, 1, done);
        expireNow(jobId);
        uint256 part = PRICE * done / STEPS;
        uint256 datasetFee = done > 0 ? DATASET_FEE : 0;
        uint256 fee = (part * 500 + 9_999) / 10_000;
        expectBalances(BALANCE - part - datasetFee, part - fee, datasetFee, fee);
        expectNothingHeld(jobId);
    }
}
