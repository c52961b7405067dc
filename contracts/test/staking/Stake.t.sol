// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IStaking} from "../../src/interfaces/IStaking.sol";
import {StakingTest} from "./StakingTest.sol";

contract StakeTest is StakingTest {
    function test_stake_moves_tokens_and_counts_next_epoch() public {
        vm.expectEmit(address(staking));
        emit IStaking.Staked(PROVIDE, alice, 100e18, 1);
        stake(alice, PROVIDE, 100e18);
        vm.assertEq(token.balanceOf(alice), 900e18);
        vm.assertEq(token.balanceOf(address(staking)), 100e18);
        vm.assertEq(staking.stakeOf(PROVIDE, alice).active, 100e18);
        vm.assertEq(staking.freeStake(alice), 0);
        vm.assertEq(staking.stakeAt(PROVIDE, alice, 0), 0);
        nextEpoch();
        vm.assertEq(staking.epoch(), 1);
        vm.assertEq(staking.freeStake(alice), 100e18);
        vm.assertEq(staking.stakeAt(PROVIDE, alice, 0), 0);
        vm.assertEq(staking.stakeAt(PROVIDE, alice, 1), 100e18);
        vm.assertEq(staking.totalStakeAt(PROVIDE, 1), 100e18);
    }

    function test_stake_on_top_counts_next_epoch_only() public {
        stake(alice, PROVIDE, 100e18);
        nextEpoch();
        stake(alice, PROVIDE, 50e18);
        vm.assertEq(staking.freeStake(alice), 100e18);
        vm.assertEq(staking.stakeOf(PROVIDE, alice).active, 150e18);
        nextEpoch();
        vm.assertEq(staking.freeStake(alice), 150e18);
    }

    function test_pools_are_apart() public {
        stake(alice, RESERVE, 100e18);
        stake(alice, PROVIDE, 10e18);
        nextEpoch();
        vm.assertEq(staking.stakeAt(RESERVE, alice, 1), 100e18);
        vm.assertEq(staking.freeStake(alice), 10e18);
    }

    function test_stake_rejects_zero() public {
        vm.expectRevert(IStaking.StakingZeroAmount.selector);
        stake(alice, PROVIDE, 0);
    }

    function test_stake_rejects_what_the_account_lacks() public {
        vm.expectRevert();
        stake(alice, PROVIDE, 1_001e18);
    }

    function test_stakeWithPermit() public {
        uint256 key = 0xca401;
        address carol = vm.addr(key);
        fund(carol, 10e18);
        (uint8 v, bytes32 r, bytes32 s) = signPermit(key, carol, address(staking), 10e18, GENESIS + 1);
        vm.prank(carol);
        staking.stakeWithPermit(PROVIDE, 10e18, GENESIS + 1, v, r, s);
        vm.assertEq(staking.stakeOf(PROVIDE, carol).active, 10e18);
    }

    function test_stakeWithPermit_rejects_without_permit_or_allowance() public {
        address carol = address(0xca401);
        fund(carol, 10e18);
        vm.expectRevert();
        vm.prank(carol);
        staking.stakeWithPermit(PROVIDE, 10e18, GENESIS + 1, 27, "r", "s");
    }
}
