// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IStaking} from "../../src/interfaces/IStaking.sol";
import {StakingTest} from "./StakingTest.sol";

contract WithdrawTest is StakingTest {
    function setUp() public override {
        super.setUp();
        stake(alice, PROVIDE, 100e18);
        nextEpoch();
        unbond(alice, 40e18);
    }

    function test_withdraw_pays_after_the_period() public {
        vm.warp(block.timestamp + 30 days);
        vm.expectEmit(address(staking));
        emit IStaking.Withdrawn(PROVIDE, alice, 0, 40e18);
        vm.assertEq(withdraw(alice, 0), 40e18);
        vm.assertEq(token.balanceOf(alice), 940e18);
        vm.assertEq(staking.stakeOf(PROVIDE, alice).active, 60e18);
        vm.assertEq(staking.stakeOf(PROVIDE, alice).unbonding, 0);
    }

    function test_withdraw_rejects_one_second_early() public {
        uint256 availableAt = block.timestamp + 30 days;
        vm.warp(availableAt - 1);
        vm.expectRevert(abi.encodeWithSelector(IStaking.StakingStillUnbonding.selector, availableAt));
        withdraw(alice, 0);
    }

    function test_withdraw_rejects_twice_and_unknown() public {
        vm.warp(block.timestamp + 30 days);
        withdraw(alice, 0);
        vm.expectRevert(abi.encodeWithSelector(IStaking.StakingUnknownRequest.selector, 0));
        withdraw(alice, 0);
        vm.expectRevert(abi.encodeWithSelector(IStaking.StakingUnknownRequest.selector, 1));
        withdraw(alice, 1);
        vm.expectRevert(abi.encodeWithSelector(IStaking.StakingUnknownRequest.selector, 0));
        withdraw(bob, 0);
    }

    function test_withdraw_everything_leaves_nothing() public {
        unbond(alice, 60e18);
        vm.warp(block.timestamp + 30 days);
        withdraw(alice, 0);
        withdraw(alice, 1);
        IStaking.Stake memory entry = staking.stakeOf(PROVIDE, alice);
        vm.assertEq(entry.active, 0);
        vm.assertEq(entry.unbonding, 0);
        vm.assertEq(entry.unbondingShares, 0);
        vm.assertEq(entry.generation, 0);
        vm.assertEq(token.balanceOf(alice), 1_000e18);
        stake(alice, PROVIDE, 5e18);
        vm.assertEq(staking.stakeOf(PROVIDE, alice).active, 5e18);
    }
}
