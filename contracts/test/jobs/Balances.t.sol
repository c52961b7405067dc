// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IJobs} from "../../src/interfaces/IJobs.sol";
import {JobsTest} from "./JobsTest.sol";

contract BalancesTest is JobsTest {
    function test_deposit_and_withdraw() public {
        vm.assertEq(jobs.balanceOf(developer), BALANCE);
        vm.expectEmit(address(jobs));
        emit IJobs.Deposited(developer, 7e18);
        vm.prank(developer);
        jobs.deposit(7e18);
        vm.assertEq(jobs.balanceOf(developer), 5_007e18);
        vm.assertEq(token.balanceOf(developer), 4_993e18);
        vm.expectEmit(address(jobs));
        emit IJobs.Withdrawn(developer, 5_007e18);
        vm.prank(developer);
        jobs.withdraw(5_007e18);
        vm.assertEq(jobs.balanceOf(developer), 0);
        vm.assertEq(token.balanceOf(developer), 10_000e18);
    }

    function test_withdraw_rejects_more_than_the_balance() public {
        vm.expectRevert(abi.encodeWithSelector(IJobs.JobsInsufficientBalance.selector, developer, BALANCE + 1, BALANCE));
        vm.prank(developer);
        jobs.withdraw(BALANCE + 1);
    }

    function test_zero_amounts_are_rejected() public {
        vm.startPrank(developer);
        vm.expectRevert(IJobs.JobsZeroAmount.selector);
        jobs.deposit(0);
        vm.expectRevert(IJobs.JobsZeroAmount.selector);
        jobs.withdraw(0);
        vm.stopPrank();
    }

    function test_depositWithPermit() public {
        uint256 key = 0xca401;
        address carol = vm.addr(key);
        fund(carol, 10e18);
        (uint8 v, bytes32 r, bytes32 s) = signPermit(key, carol, address(jobs), 10e18, block.timestamp);
        vm.prank(carol);
        jobs.depositWithPermit(10e18, block.timestamp, v, r, s);
        vm.assertEq(jobs.balanceOf(carol), 10e18);
    }

    function test_depositWithPermit_rejects_without_allowance() public {
        address carol = address(0xca401);
        fund(carol, 10e18);
        vm.expectRevert();
        vm.prank(carol);
        jobs.depositWithPermit(10e18, block.timestamp, 27, "r", "s");
        vm.assertEq(jobs.balanceOf(carol), 0);
    }

    function test_collectFees_sends_them_to_the_treasury() public {
        bytes32 jobId = delivered();
        vm.warp(block.timestamp + CONTEST_WINDOW);
        jobs.settle(jobId);
        vm.assertEq(jobs.uncollectedFees(), TREASURY_FEE);
        vm.expectEmit(address(jobs));
        emit IJobs.FeesCollected(TREASURY_FEE);
        jobs.collectFees();
        vm.assertEq(token.balanceOf(address(treasury)), 300_000_015e18);
        vm.assertEq(jobs.uncollectedFees(), 0);
        jobs.collectFees();
        vm.assertEq(token.balanceOf(address(treasury)), 300_000_015e18);
    }
}
