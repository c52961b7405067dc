// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IStaking} from "../../src/interfaces/IStaking.sol";
import {StakingTest} from "./StakingTest.sol";

contract SlashTest is StakingTest {
    function setUp() public override {
        super.setUp();
        stake(alice, PROVIDE, 100e18);
        nextEpoch();
    }

    function test_slash_pays_the_receiver_and_ends_the_lock() public {
        lock(alice, 50e18);
        vm.expectEmit(address(staking));
        emit IStaking.Unlocked(alice, 50e18, 0);
        vm.expectEmit(address(staking));
        emit IStaking.Slashed(alice, 20e18, receiver, "fault");
        slash(alice, 50e18, 20e18);
        vm.assertEq(token.balanceOf(receiver), 20e18);
        vm.assertEq(staking.activeStake(PROVIDE, alice), 80e18);
        vm.assertEq(staking.freeStake(alice), 80e18);
    }

    function test_slash_counts_in_the_next_epoch_of_the_history() public {
        lock(alice, 50e18);
        slash(alice, 50e18, 50e18);
        vm.assertEq(staking.stakeAt(PROVIDE, alice, 1), 100e18);
        nextEpoch();
        vm.assertEq(staking.stakeAt(PROVIDE, alice, 2), 50e18);
        vm.assertEq(staking.totalStakeAt(PROVIDE, 2), 50e18);
    }

    function test_slash_scales_active_and_unbonding_alike() public {
        unbond(alice, 50e18);
        lock(alice, 50e18);
        slash(alice, 50e18, 20e18);
        vm.assertEq(staking.activeStake(PROVIDE, alice), 40e18);
        vm.assertEq(staking.unbondingStake(PROVIDE, alice), 40e18);
        vm.warp(block.timestamp + 30 days);
        vm.assertEq(withdraw(alice, 0), 40e18);
    }

    function test_slash_rejects_more_than_the_lock() public {
        lock(alice, 50e18);
        vm.expectRevert(abi.encodeWithSelector(IStaking.StakingLockTooSmall.selector, 51e18, 50e18));
        slash(alice, 50e18, 51e18);
        vm.expectRevert(abi.encodeWithSelector(IStaking.StakingLockTooSmall.selector, 51e18, 50e18));
        slash(alice, 51e18, 1);
    }

    function test_slash_of_nothing_only_unlocks() public {
        lock(alice, 50e18);
        slash(alice, 50e18, 0);
        vm.assertEq(staking.freeStake(alice), 100e18);
        vm.assertEq(token.balanceOf(receiver), 0);
    }

    function test_slash_leaves_other_accounts_alone() public {
        stake(bob, PROVIDE, 10e18);
        lock(alice, 100e18);
        slash(alice, 100e18, 100e18);
        vm.assertEq(staking.activeStake(PROVIDE, bob), 10e18);
    }

    /// @dev What is left and what was taken are all there was, and other locks stay covered up to a wei of rounding.
    function testFuzz_slash_conserves(uint96 unbonding, uint96 first, uint96 second, uint96 penalty) public {
        uint256 leaving = clamp(unbonding, 0, 90e18);
        if (leaving > 0) unbond(alice, leaving);
        uint256 lockA = clamp(first, 1, 100e18 - leaving);
        lock(alice, lockA);
        uint256 lockB = clamp(second, 0, 100e18 - leaving - lockA);
        lock(alice, lockB);
        uint256 taken = clamp(penalty, 0, lockA);
        slash(alice, lockA, taken);
        vm.assertEq(token.balanceOf(receiver), taken);
        vm.assertEq(staking.potOf(PROVIDE, alice).assets, 100e18 - taken);
        vm.assertEq(token.balanceOf(address(staking)), 100e18 - taken);
        vm.assertGe(staking.activeStake(PROVIDE, alice) + 1, lockB);
        vm.assertLe(staking.activeStake(PROVIDE, alice) + staking.unbondingStake(PROVIDE, alice), 100e18 - taken);
    }
}
