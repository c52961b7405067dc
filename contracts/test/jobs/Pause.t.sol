// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IAccessManaged} from "@openzeppelin/contracts/access/manager/IAccessManaged.sol";
import {IStaking} from "../../src/interfaces/IStaking.sol";
import {IPausable} from "../base/System.sol";
import {JobsTest} from "./JobsTest.sol";

/// @title While everything is paused and every target closed, each exit works.
contract PauseTest is JobsTest {
    function stopEverything() private {
        vm.startPrank(guardian);
        IPausable(address(jobs)).pause();
        IPausable(address(providers)).pause();
        IPausable(address(datasets)).pause();
        vm.stopPrank();
        manager.setTargetClosed(address(jobs), true);
        manager.setTargetClosed(address(staking), true);
        manager.setTargetClosed(address(providers), true);
        manager.setTargetClosed(address(datasets), true);
    }

    function test_a_started_job_goes_through() public {
        bytes32 jobId = matched();
        stopEverything();
        startNow(jobId);
        checkpointNow(jobId, 1, 100);
        deliverNow(newOrder(), 1);
        vm.warp(block.timestamp + CONTEST_WINDOW);
        jobs.settle(jobId);
        jobs.collectFees();
        vm.prank(provider);
        jobs.withdraw(PROVIDER_PAID);
        vm.prank(owner);
        jobs.withdraw(DATASET_FEE);
        vm.prank(developer);
        jobs.withdraw(BALANCE - ESCROW + REFUND);
        vm.assertEq(token.balanceOf(address(jobs)), 0);
    }

    function test_expire_cancel_and_close_go_through() public {
        bytes32 jobId = started();
        stopEverything();
        expireNow(jobId);
        cancelNow(newOrder());
        vm.startPrank(owner);
        jobs.close(newOrder());
        datasets.retire(datasetId);
        vm.stopPrank();
        expectNothingHeld(jobId);
        expectLedger(0, 0);
    }

    function test_stake_leaves() public {
        stopEverything();
        vm.startPrank(provider);
        staking.requestUnbond(IStaking.Pool.Provide, 2_000e18);
        vm.warp(block.timestamp + UNBONDING);
        staking.withdraw(IStaking.Pool.Provide, 0);
        vm.stopPrank();
        vm.assertEq(token.balanceOf(provider), 10_000e18);
    }

    function test_only_the_guardian_pauses_and_only_the_team_resumes() public {
        bytes memory noTeam = abi.encodeWithSelector(IAccessManaged.AccessManagedUnauthorized.selector, team);
        bytes memory noGuardian = abi.encodeWithSelector(IAccessManaged.AccessManagedUnauthorized.selector, guardian);
        address[3] memory targets = [address(jobs), address(providers), address(datasets)];
        for (uint256 i = 0; i < 3; ++i) {
            vm.expectRevert(noTeam);
            vm.prank(team);
            IPausable(targets[i]).pause();
            vm.prank(guardian);
            IPausable(targets[i]).pause();
            vm.assertTrue(IPausable(targets[i]).paused());
            vm.expectRevert(noGuardian);
            vm.prank(guardian);
            IPausable(targets[i]).unpause();
            vm.prank(team);
            IPausable(targets[i]).unpause();
        }
    }
}
