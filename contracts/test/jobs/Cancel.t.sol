// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IJobs} from "../../src/interfaces/IJobs.sol";
import {JobOrder} from "../../src/interfaces/JobTypes.sol";
import {JobsTest} from "./JobsTest.sol";

contract CancelTest is JobsTest {
    function test_cancel_before_start_refunds_and_releases() public {
        bytes32 jobId = matched();
        vm.expectEmit(address(jobs));
        emit IJobs.Cancelled(jobId, ESCROW);
        vm.expectEmit(address(jobs));
        emit IJobs.BudgetClosed(jobId, false);
        cancelNow(newOrder());
        expectState(jobId, IJobs.JobState.Cancelled);
        expectBalances(BALANCE, 0, 0, 0);
        expectNothingHeld(jobId);
        expectLedger(0, 0);
        vm.assertEq(providers.provider(provider).betaGwei, 0);
    }

    function test_cancel_of_an_expired_job_with_a_checkpoint_spends_its_loss() public {
        bytes32 jobId = expiredAtStep100();
        uint256 before = jobs.balanceOf(developer);
        vm.expectEmit(address(jobs));
        emit IJobs.BudgetClosed(jobId, true);
        cancelNow(newOrder());
        expectLedger(0, 100_000);
        vm.assertEq(jobs.balanceOf(developer), before);
        vm.assertFalse(jobs.job(jobId).budgetHeld);
    }

    function test_cancel_of_an_expired_job_that_never_started_releases() public {
        bytes32 jobId = matched();
        expireNow(jobId);
        cancelNow(newOrder());
        expectLedger(0, 0);
    }

    /// @dev Started, no checkpoint: who knows what the enclave saw. The owner decides in `close`.
    function test_cancel_of_an_unclear_job_keeps_the_reservation() public {
        bytes32 jobId = started();
        expireNow(jobId);
        cancelNow(newOrder());
        expectState(jobId, IJobs.JobState.Cancelled);
        expectLedger(100_000, 0);
        vm.assertTrue(jobs.job(jobId).budgetHeld);
    }

    function test_cancel_of_a_new_attempt_before_its_start() public {
        bytes32 jobId = expiredAtStep100();
        uint256 before = jobs.balanceOf(developer);
        matchNow(newMatch());
        cancelNow(newOrder());
        vm.assertEq(jobs.balanceOf(developer), before);
        expectNothingHeld(jobId);
        expectLedger(0, 100_000);
    }

    function test_a_cancelled_order_is_never_matched_again() public {
        bytes32 jobId = matched();
        cancelNow(newOrder());
        refuse(newMatch(), wrongState(jobId, IJobs.JobState.Cancelled));
    }

    function test_cancel_rejects_others() public {
        matched();
        JobOrder memory order = newOrder();
        vm.expectRevert(abi.encodeWithSelector(IJobs.JobsNotAllowed.selector, provider));
        vm.prank(provider);
        jobs.cancel(order);
    }

    function test_cancel_rejects_once_started() public {
        bytes32 jobId = started();
        vm.expectRevert(wrongState(jobId, IJobs.JobState.Started));
        cancelNow(newOrder());
    }

    function test_cancelNonce() public {
        vm.assertFalse(jobs.isNonceCancelled(developer, 300));
        vm.expectEmit(address(jobs));
        emit IJobs.NonceCancelled(developer, 300);
        vm.prank(developer);
        jobs.cancelNonce(300);
        vm.assertTrue(jobs.isNonceCancelled(developer, 300));
        vm.assertFalse(jobs.isNonceCancelled(developer, 301));
        vm.assertFalse(jobs.isNonceCancelled(developer, 44));
        vm.assertFalse(jobs.isNonceCancelled(provider, 300));
    }
}
