// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Governed} from "../../src/Governed.sol";
import {IJobs} from "../../src/interfaces/IJobs.sol";
import {Roles} from "../../src/libraries/Roles.sol";
import {JobsTest} from "./JobsTest.sol";

/// @title The payment of a delivered job waits as long as the role FAULTS says, and of no other.
contract HoldTest is JobsTest {
    address private _faults = address(0xfa17);

    function setUp() public override {
        super.setUp();
        manager.grantRole(Roles.FAULTS, _faults, 0);
    }

    function test_a_delivered_job_waits() public {
        bytes32 jobId = delivered();
        uint256 until = block.timestamp + 3 days;
        vm.expectEmit(address(jobs));
        emit IJobs.Held(jobId, until);
        hold(jobId, until);
        vm.warp(until - 1);
        vm.expectRevert(abi.encodeWithSelector(IJobs.JobsTooEarly.selector, until));
        jobs.settle(jobId);
        vm.warp(until);
        jobs.settle(jobId);
        expectState(jobId, IJobs.JobState.Settled);
    }

    /// @dev Nobody gets time beyond a deadline, and what ended stays as it ended.
    function test_no_other_job_is_held() public {
        bytes32 jobId = matched();
        refuseHold(jobId, IJobs.JobState.Matched);
        startNow(jobId);
        refuseHold(jobId, IJobs.JobState.Started);
        expireNow(jobId);
        refuseHold(jobId, IJobs.JobState.Expired);
        refuseHold("none", IJobs.JobState.None);
    }

    function test_a_settled_job_is_not_held() public {
        bytes32 jobId = delivered();
        vm.warp(block.timestamp + CONTEST_WINDOW);
        jobs.settle(jobId);
        refuseHold(jobId, IJobs.JobState.Settled);
    }

    function test_only_faults_holds() public {
        bytes32 jobId = delivered();
        vm.expectRevert(abi.encodeWithSelector(Governed.GovernedMissingRole.selector, address(this), Roles.FAULTS));
        jobs.hold(jobId, block.timestamp);
    }

    function hold(bytes32 jobId, uint256 until) private {
        vm.prank(_faults);
        jobs.hold(jobId, until);
    }

    function refuseHold(bytes32 jobId, IJobs.JobState state) private {
        uint256 until = block.timestamp + 1 days;
        vm.expectRevert(wrongState(jobId, state));
        hold(jobId, until);
    }
}
