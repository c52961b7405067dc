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

    function test_slash_pays_the_receiver() public {
        vm.expectEmit(address(staking));
        emit IStaking.Slashed(alice, 20e18, 0, receiver, "fault");
        slash(alice, 0, 20e18);
        vm.assertEq(token.balanceOf(receiver), 20e18);
        vm.assertEq(staking.stakeOf(PROVIDE, alice).active, 80e18);
        vm.assertEq(staking.freeStake(alice), 80e18);
    }

    /// @dev Where nothing is left nothing is sent, to whomever.
    function test_slash_of_nothing_sends_nothing() public {
        vm.prank(faultsRole);
        vm.assertEq(staking.slash(bob, 1e18, 0, new uint256[](0), address(0), "fault"), 0);
    }

    function test_slash_counts_in_the_next_epoch_of_the_history() public {
        lock(alice, 50e18);
        slash(alice, 50e18, 50e18);
        vm.assertEq(staking.stakeAt(PROVIDE, alice, 1), 100e18);
        nextEpoch();
        vm.assertEq(staking.stakeAt(PROVIDE, alice, 2), 50e18);
        vm.assertEq(staking.totalStakeAt(PROVIDE, 2), 50e18);
    }

    /// @dev The stake at risk is the lock: what began to unbond before does not pay for it.
    function test_slash_up_to_the_lock_takes_active_stake_only() public {
        unbond(alice, 50e18);
        lock(alice, 50e18);
        slash(alice, 50e18, 50e18);
        vm.assertEq(staking.stakeOf(PROVIDE, alice).active, 0);
        vm.assertEq(staking.stakeOf(PROVIDE, alice).unbonding, 50e18);
    }

    /// @dev A fault found after its lock ended reaches the named requests in their order, and no other.
    function test_slash_beyond_the_lock_takes_named_requests() public {
        unbond(alice, 30e18);
        unbond(alice, 60e18);
        vm.expectEmit(address(staking));
        emit IStaking.Slashed(alice, 45e18, 35e18, receiver, "fault");
        slash(alice, 0, 45e18);
        vm.warp(block.timestamp + 30 days);
        vm.assertEq(withdraw(alice, 1), 55e18);
        vm.expectRevert(abi.encodeWithSelector(IStaking.StakingUnknownRequest.selector, 0));
        withdraw(alice, 0);
        vm.assertEq(token.balanceOf(receiver), 45e18);
    }

    /// @dev Never hits stake that unbonded before: a request of the second before is out of reach, one of that second is not.
    function test_slash_leaves_earlier_requests_alone() public {
        unbond(alice, 30e18);
        vm.warp(block.timestamp + 1);
        unbond(alice, 70e18);
        uint256[] memory both = allRequests(alice);
        uint256[] memory later = new uint256[](1);
        later[0] = 1;
        vm.expectRevert(abi.encodeWithSelector(IStaking.StakingRequestOutOfReach.selector, 0));
        slashSince(alice, 80e18, block.timestamp, both);
        slashSince(alice, 80e18, block.timestamp, later);
        vm.assertEq(token.balanceOf(receiver), 70e18);
        vm.warp(block.timestamp + 30 days);
        vm.assertEq(withdraw(alice, 0), 30e18);
    }

    function test_slash_takes_no_request_twice() public {
        unbond(alice, 100e18);
        uint256[] memory twice = new uint256[](2);
        vm.expectRevert(abi.encodeWithSelector(IStaking.StakingRequestOutOfReach.selector, 0));
        slashSince(alice, 200e18, 0, twice);
        twice[1] = 7;
        vm.expectRevert(abi.encodeWithSelector(IStaking.StakingUnknownRequest.selector, 7));
        slashSince(alice, 200e18, 0, twice);
        slash(alice, 0, 200e18);
        slash(alice, 0, 200e18);
        vm.assertEq(token.balanceOf(receiver), 100e18);
    }

    function test_slash_spares_what_other_jobs_locked() public {
        lock(alice, 50e18);
        lock(alice, 30e18);
        unbond(alice, 5e18);
        slash(alice, 50e18, 1_000e18);
        vm.assertEq(token.balanceOf(receiver), 70e18);
        vm.assertEq(staking.lockedStake(alice), 30e18);
        vm.assertEq(staking.stakeOf(PROVIDE, alice).active, 30e18);
    }

    function test_slash_leaves_other_accounts_alone() public {
        stake(bob, PROVIDE, 10e18);
        lock(alice, 100e18);
        slash(alice, 100e18, 100e18);
        vm.assertEq(staking.stakeOf(PROVIDE, bob).active, 10e18);
    }

    /// @dev What is left and what was taken are all there was; other locks stay covered; the lock alone pays up to its size.
    function testFuzz_slash_conserves(uint96 unbonding, uint96 first, uint96 second, uint96 penalty) public {
        uint256 leaving = clamp(unbonding, 0, 90e18);
        if (leaving > 0) unbond(alice, leaving);
        uint256 lockA = clamp(first, 1, 100e18 - leaving);
        lock(alice, lockA);
        uint256 lockB = clamp(second, 0, 100e18 - leaving - lockA);
        lock(alice, lockB);
        uint256 wanted = clamp(penalty, 0, 120e18);
        slash(alice, lockA, wanted);
        uint256 taken = token.balanceOf(receiver);
        vm.assertEq(taken, wanted < 100e18 - lockB ? wanted : 100e18 - lockB);
        IStaking.Stake memory entry = staking.stakeOf(PROVIDE, alice);
        vm.assertEq(uint256(entry.active) + entry.unbonding, 100e18 - taken);
        vm.assertEq(token.balanceOf(address(staking)), 100e18 - taken);
        vm.assertGe(entry.active, lockB);
        vm.assertEq(entry.locked, lockB);
        if (wanted <= lockA) vm.assertEq(entry.unbonding, leaving);
    }
}
