// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IAccessManaged} from "@openzeppelin/contracts/access/manager/IAccessManaged.sol";
import {IJobs} from "../../src/interfaces/IJobs.sol";
import {JobsTest} from "./JobsTest.sol";

contract SetParametersTest is JobsTest {
    function set(IJobs.Parameters memory parameters) private {
        vm.prank(team);
        jobs.setParameters(parameters);
    }

    function refused(IJobs.Parameters memory parameters) private {
        vm.expectRevert(IJobs.JobsBadParameter.selector);
        vm.prank(team);
        jobs.setParameters(parameters);
    }

    function test_setParameters() public {
        IJobs.Parameters memory next = IJobs.Parameters(60, 8, 7, 6, 5, 1000, 100);
        vm.expectEmit(address(jobs));
        emit IJobs.ParametersSet(next);
        set(next);
        vm.assertEq(keccak256(abi.encode(jobs.parameters())), keccak256(abi.encode(next)));
    }

    function test_bounds() public {
        set(IJobs.Parameters(5, 5, 5, 5, 5, 0, 100));
        set(IJobs.Parameters(1 days, 14 days, 14 days, 14 days, 14 days, 1000, 50_000));
        refused(IJobs.Parameters(4, 8, 8, 8, 8, 0, 100));
        refused(IJobs.Parameters(1 days + 1, 8, 8, 8, 8, 0, 100));
        refused(IJobs.Parameters(60, 14 days + 1, 8, 8, 8, 0, 100));
        refused(IJobs.Parameters(60, 8, 8, 8, 4, 0, 100));
        refused(IJobs.Parameters(60, 8, 9, 8, 8, 0, 100));
        refused(IJobs.Parameters(60, 8, 8, 9, 8, 0, 100));
        refused(IJobs.Parameters(60, 8, 8, 8, 9, 0, 100));
        refused(IJobs.Parameters(60, 8, 8, 8, 8, 1001, 100));
        refused(IJobs.Parameters(60, 8, 8, 8, 8, 0, 99));
        refused(IJobs.Parameters(60, 8, 8, 8, 8, 0, 50_001));
    }

    function test_setParameters_is_restricted() public {
        vm.expectRevert(abi.encodeWithSelector(IAccessManaged.AccessManagedUnauthorized.selector, guardian));
        vm.prank(guardian);
        jobs.setParameters(defaultParameters());
    }

    /// @dev A running job keeps the terms under which it was matched.
    function test_running_jobs_keep_their_terms() public {
        bytes32 jobId = matched();
        set(IJobs.Parameters(5, 1 days, 5, 5, 5, 1000, 50_000));
        vm.warp(block.timestamp + START_WINDOW);
        startNow(jobId);
        deliverNow(newOrder(), 1);
        vm.assertEq(jobs.job(jobId).deadline, block.timestamp + CONTEST_WINDOW);
        vm.assertEq(jobs.job(jobId).stakeLocked, LOCK);
        vm.warp(block.timestamp + CONTEST_WINDOW);
        jobs.settle(jobId);
        expectBalances(BALANCE - ESCROW + REFUND, PROVIDER_PAID, DATASET_FEE, TREASURY_FEE);
        expectNothingHeld(jobId);
    }

    /// @dev Contests end before stake can leave: enforced where parameters are set, over the unbonding period that never changes.
    function test_windows_stay_below_the_unbonding_period() public {
        address short_ = deploy("Staking", abi.encode(manager, token, 5, START_WINDOW + CONTEST_WINDOW));
        try this.deployOver(short_) {
            vm.assertTrue(false, "accepted");
        } catch {}
        this.deployOver(deploy("Staking", abi.encode(manager, token, 5, START_WINDOW + CONTEST_WINDOW + 1)));
    }

    function deployOver(address staking_) external returns (address) {
        return deploy(
            "Jobs",
            abi.encode(
                manager, token, staking_, providers, attestations, datasets, entitlements, treasury, defaultParameters()
            )
        );
    }
}
