// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IJobs} from "../../src/interfaces/IJobs.sol";
import {JobsTest} from "./JobsTest.sol";

contract StartTest is JobsTest {
    function test_start() public {
        bytes32 jobId = matched();
        uint256 startBy = block.timestamp + START_WINDOW;
        vm.warp(startBy);
        vm.expectEmit(address(jobs));
        emit IJobs.Started(jobId, 1, enclave, keccak256("evidence"), startBy + DURATION);
        startNow(jobId);
        IJobs.Job memory job = jobs.job(jobId);
        expectState(jobId, IJobs.JobState.Started);
        vm.assertEq(job.enclaveKey, enclave);
        vm.assertEq(job.deadline, startBy + DURATION);
        vm.assertEq(job.escrow, ESCROW);
    }

    function test_start_rejects_others() public {
        bytes32 jobId = matched();
        vm.expectRevert(abi.encodeWithSelector(IJobs.JobsNotAllowed.selector, developer));
        vm.prank(developer);
        jobs.start(jobId, enclave, 0);
    }

    function test_start_rejects_the_zero_key() public {
        bytes32 jobId = matched();
        vm.expectRevert(IJobs.JobsBadEnclaveKey.selector);
        vm.prank(provider);
        jobs.start(jobId, address(0), 0);
    }

    function test_start_rejects_after_the_window() public {
        bytes32 jobId = matched();
        uint256 startBy = block.timestamp + START_WINDOW;
        vm.warp(startBy + 1);
        vm.expectRevert(abi.encodeWithSelector(IJobs.JobsTooLate.selector, startBy));
        startNow(jobId);
    }

    /// @dev One enclave an attempt: a second start would give the data key twice.
    function test_start_rejects_twice() public {
        bytes32 jobId = started();
        vm.expectRevert(wrongState(jobId, IJobs.JobState.Started));
        startNow(jobId);
    }
}
