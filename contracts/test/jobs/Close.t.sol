// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IJobs} from "../../src/interfaces/IJobs.sol";
import {JobOrder} from "../../src/interfaces/JobTypes.sol";
import {JobsTest} from "./JobsTest.sol";

contract CloseTest is JobsTest {
    function closeBy(address account) private {
        JobOrder memory order = newOrder();
        vm.prank(account);
        jobs.close(order);
    }

    function refused(address account, bytes memory reason) private {
        JobOrder memory order = newOrder();
        vm.expectRevert(reason);
        vm.prank(account);
        jobs.close(order);
    }

    function tooEarly(uint256 time) private pure returns (bytes memory) {
        return abi.encodeWithSelector(IJobs.JobsTooEarly.selector, time);
    }

    function unclear() private returns (bytes32 jobId) {
        jobId = started();
        expireNow(jobId);
    }

    function test_owner_releases_at_once() public {
        bytes32 jobId = unclear();
        vm.expectEmit(address(jobs));
        emit IJobs.BudgetClosed(jobId, false);
        closeBy(owner);
        expectState(jobId, IJobs.JobState.Cancelled);
        expectLedger(0, 0);
    }

    function test_owner_releases_after_the_developers_cancel() public {
        unclear();
        cancelNow(newOrder());
        closeBy(owner);
        expectLedger(0, 0);
    }

    function test_owner_releases_a_job_that_never_started() public {
        bytes32 jobId = matched();
        expireNow(jobId);
        closeBy(owner);
        expectLedger(0, 0);
    }

    function test_others_wait_for_expiry_and_grace_then_it_is_spent() public {
        bytes32 jobId = unclear();
        refused(address(this), tooEarly(EXPIRY + 1 days));
        vm.warp(EXPIRY + 1 days);
        refused(address(this), tooEarly(EXPIRY + 1 days));
        vm.warp(EXPIRY + 1 days + 1);
        vm.expectEmit(address(jobs));
        emit IJobs.BudgetClosed(jobId, true);
        closeBy(address(this));
        expectLedger(0, 100_000);
        expectState(jobId, IJobs.JobState.Cancelled);
    }

    function test_others_wait_for_the_grace_after_a_cancel() public {
        unclear();
        cancelNow(newOrder());
        uint256 cancelledAt = block.timestamp;
        refused(developer, tooEarly(cancelledAt + 1 days));
        vm.warp(cancelledAt + 1 days + 1);
        closeBy(developer);
        expectLedger(0, 100_000);
    }

    function test_anybody_releases_a_job_that_never_started_after_its_order() public {
        bytes32 jobId = matched();
        expireNow(jobId);
        refused(address(this), tooEarly(EXPIRY));
        vm.warp(EXPIRY + 1);
        closeBy(address(this));
        expectLedger(0, 0);
    }

    /// @dev With a checkpoint the data was seen: not even the owner gives the loss back, nor ends the job early.
    function test_a_checkpoint_means_the_loss_is_spent() public {
        expiredAtStep100();
        refused(owner, tooEarly(EXPIRY));
        vm.warp(EXPIRY + 1);
        closeBy(owner);
        expectLedger(0, 100_000);
    }

    /// @dev Expired after its order's expiry: the time counts from the expiry of the job.
    function test_a_late_expire_restarts_the_grace() public {
        bytes32 jobId = started();
        vm.warp(EXPIRY + 10 days);
        jobs.expire(jobId);
        refused(address(this), tooEarly(EXPIRY + 11 days));
        closeBy(owner);
        expectLedger(0, 0);
    }

    function test_close_rejects_twice_and_other_states() public {
        bytes32 jobId = unclear();
        closeBy(owner);
        refused(owner, abi.encodeWithSelector(IJobs.JobsNoBudgetHeld.selector, jobId));
    }

    function test_close_rejects_running_and_delivered_jobs() public {
        bytes32 jobId = started();
        refused(owner, wrongState(jobId, IJobs.JobState.Started));
        deliverNow(newOrder(), 1);
        refused(owner, wrongState(jobId, IJobs.JobState.Delivered));
    }

    function test_a_closed_job_is_never_matched_again() public {
        bytes32 jobId = unclear();
        closeBy(owner);
        refuse(newMatch(), wrongState(jobId, IJobs.JobState.Cancelled));
    }
}
