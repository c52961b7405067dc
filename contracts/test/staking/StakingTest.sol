// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IStaking} from "../../src/interfaces/IStaking.sol";
import {Roles} from "../../src/libraries/Roles.sol";
import {System} from "../base/System.sol";

/// @title Stakers with ENC, an account with the role JOBS and one with FAULTS.
abstract contract StakingTest is System {
    IStaking.Pool internal constant RESERVE = IStaking.Pool.Reserve;
    IStaking.Pool internal constant PROVIDE = IStaking.Pool.Provide;
    address internal alice = address(0xa11ce);
    address internal bob = address(0xb0b);
    address internal jobsRole = address(0x10b5);
    address internal faultsRole = address(0xfa17);
    address internal receiver = address(0x4ece);

    function setUp() public virtual {
        deploySystem();
        manager.grantRole(Roles.JOBS, jobsRole, 0);
        manager.grantRole(Roles.FAULTS, faultsRole, 0);
        enrol(alice);
        enrol(bob);
    }

    function enrol(address account) internal {
        fund(account, 1_000e18);
        vm.prank(account);
        token.approve(address(staking), type(uint256).max);
    }

    function stake(address account, IStaking.Pool pool, uint256 amount) internal {
        vm.prank(account);
        staking.stake(pool, amount);
    }

    function unbond(address account, uint256 amount) internal returns (uint256) {
        vm.prank(account);
        return staking.requestUnbond(PROVIDE, amount);
    }

    function withdraw(address account, uint256 id) internal returns (uint256) {
        vm.prank(account);
        return staking.withdraw(PROVIDE, id);
    }

    function lock(address account, uint256 amount) internal {
        vm.prank(jobsRole);
        staking.lock(account, amount);
    }

    function slash(address account, uint256 locked, uint256 penalty) internal {
        if (locked > 0) {
            vm.prank(jobsRole);
            staking.unlock(account, locked);
        }
        slashSince(account, penalty, 0, allRequests(account));
    }

    function slashSince(address account, uint256 penalty, uint256 since, uint256[] memory requests) internal {
        vm.prank(faultsRole);
        staking.slash(account, penalty, since, requests, receiver, "fault");
    }

    function allRequests(address account) internal view returns (uint256[] memory ids) {
        ids = new uint256[](staking.unbondingCount(PROVIDE, account));
        for (uint256 i = 0; i < ids.length; ++i) {
            ids[i] = i;
        }
    }

    function nextEpoch() internal {
        vm.warp(block.timestamp + EPOCH);
    }
}
