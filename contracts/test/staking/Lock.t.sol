// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Governed} from "../../src/Governed.sol";
import {IStaking} from "../../src/interfaces/IStaking.sol";
import {Roles} from "../../src/libraries/Roles.sol";
import {StakingTest} from "./StakingTest.sol";

contract LockTest is StakingTest {
    function setUp() public override {
        super.setUp();
        stake(alice, PROVIDE, 100e18);
        nextEpoch();
    }

    function test_lock_and_unlock() public {
        vm.expectEmit(address(staking));
        emit IStaking.Locked(alice, 30e18);
        lock(alice, 30e18);
        lock(alice, 70e18);
        vm.assertEq(staking.lockedStake(alice), 100e18);
        vm.assertEq(staking.freeStake(alice), 0);
        vm.expectEmit(address(staking));
        emit IStaking.Unlocked(alice, 70e18);
        vm.prank(jobsRole);
        staking.unlock(alice, 30e18);
        vm.assertEq(staking.freeStake(alice), 30e18);
    }

    function test_lock_rejects_more_than_free() public {
        lock(alice, 30e18);
        vm.expectRevert(abi.encodeWithSelector(IStaking.StakingInsufficient.selector, 71e18, 70e18));
        lock(alice, 71e18);
    }

    function test_lock_rejects_reserve_stake() public {
        stake(bob, RESERVE, 100e18);
        nextEpoch();
        vm.expectRevert(abi.encodeWithSelector(IStaking.StakingInsufficient.selector, 1, 0));
        lock(bob, 1);
    }

    function test_unlock_rejects_more_than_locked() public {
        lock(alice, 30e18);
        vm.expectRevert(abi.encodeWithSelector(IStaking.StakingLockTooSmall.selector, 31e18, 30e18));
        vm.prank(jobsRole);
        staking.unlock(alice, 31e18);
    }

    function test_only_jobs() public {
        bytes memory refusal = abi.encodeWithSelector(Governed.GovernedMissingRole.selector, address(this), Roles.JOBS);
        vm.expectRevert(refusal);
        staking.lock(alice, 1);
        vm.expectRevert(refusal);
        staking.unlock(alice, 1);
        vm.expectRevert(abi.encodeWithSelector(Governed.GovernedMissingRole.selector, jobsRole, Roles.FAULTS));
        vm.prank(jobsRole);
        staking.slash(alice, 1, 0, new uint256[](0), address(this), "");
    }

    /// @dev A role with a delay is for people; as a program's role it is refused.
    function test_jobs_role_with_a_delay_is_no_role() public {
        address late = address(0x1a7e);
        manager.grantRole(Roles.JOBS, late, 1 days);
        vm.expectRevert(abi.encodeWithSelector(Governed.GovernedMissingRole.selector, late, Roles.JOBS));
        vm.prank(late);
        staking.lock(alice, 1);
    }
}
