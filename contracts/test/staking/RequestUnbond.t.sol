// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IStaking} from "../../src/interfaces/IStaking.sol";
import {StakingTest} from "./StakingTest.sol";

contract RequestUnbondTest is StakingTest {
    function setUp() public override {
        super.setUp();
        stake(alice, PROVIDE, 100e18);
        nextEpoch();
    }

    function test_requestUnbond_stops_counting_at_once() public {
        vm.expectEmit(address(staking));
        emit IStaking.UnbondRequested(PROVIDE, alice, 0, 40e18, 40e18, block.timestamp + 30 days);
        vm.assertEq(unbond(alice, 40e18), 0);
        vm.assertEq(staking.freeStake(alice), 60e18);
        vm.assertEq(staking.stakeOf(PROVIDE, alice).active, 60e18);
        vm.assertEq(staking.stakeOf(PROVIDE, alice).unbonding, 40e18);
        vm.assertEq(staking.unbondingCount(PROVIDE, alice), 1);
        vm.assertEq(staking.stakeAt(PROVIDE, alice, 1), 100e18);
        nextEpoch();
        vm.assertEq(staking.stakeAt(PROVIDE, alice, 2), 60e18);
        vm.assertEq(staking.totalStakeAt(PROVIDE, 2), 60e18);
    }

    function test_requestUnbond_ids_count_up() public {
        unbond(alice, 1e18);
        vm.assertEq(unbond(alice, 2e18), 1);
        IStaking.Unbonding memory request = staking.unbondingOf(PROVIDE, alice, 1);
        vm.assertEq(request.shares, 2e18);
        vm.assertEq(request.availableAt, block.timestamp + 30 days);
    }

    function test_requestUnbond_rejects_zero() public {
        vm.expectRevert(IStaking.StakingZeroAmount.selector);
        unbond(alice, 0);
    }

    function test_requestUnbond_rejects_more_than_active() public {
        vm.expectRevert(abi.encodeWithSelector(IStaking.StakingInsufficient.selector, 101e18, 100e18));
        unbond(alice, 101e18);
    }

    function test_requestUnbond_rejects_locked_stake() public {
        lock(alice, 70e18);
        vm.expectRevert(abi.encodeWithSelector(IStaking.StakingInsufficient.selector, 31e18, 30e18));
        unbond(alice, 31e18);
        unbond(alice, 30e18);
        vm.assertEq(staking.freeStake(alice), 0);
    }

    function test_requestUnbond_takes_uncounted_stake_too() public {
        stake(alice, PROVIDE, 50e18);
        unbond(alice, 120e18);
        vm.assertEq(staking.freeStake(alice), 30e18);
        nextEpoch();
        vm.assertEq(staking.freeStake(alice), 30e18);
    }

    function test_unbondingOf_rejects_unknown_ids() public {
        vm.expectRevert(abi.encodeWithSelector(IStaking.StakingUnknownRequest.selector, 0));
        staking.unbondingOf(PROVIDE, alice, 0);
    }

    /// @dev Active stake never falls below what is locked, to the wei.
    function testFuzz_requestUnbond_never_reaches_locked_stake(uint96 locked, uint96 amount) public {
        uint256 held = clamp(locked, 0, 100e18);
        lock(alice, held);
        uint256 wanted = clamp(amount, 1, 100e18);
        vm.prank(alice);
        try staking.requestUnbond(PROVIDE, wanted) {
            vm.assertLe(wanted, 100e18 - held);
        } catch {
            vm.assertGt(wanted, 100e18 - held);
        }
        vm.assertGe(staking.stakeOf(PROVIDE, alice).active, held);
    }
}
