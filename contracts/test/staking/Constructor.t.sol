// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IStaking} from "../../src/interfaces/IStaking.sol";
import {StakingTest} from "./StakingTest.sol";

contract ConstructorTest is StakingTest {
    function test_bounds() public {
        build(5, 60);
        build(7 days, 90 days);
        reject(4, 60);
        reject(7 days + 1, 90 days);
        reject(5, 59);
        reject(5, 90 days + 1);
        reject(2 days, 1 days);
    }

    function test_epochs_count_from_deployment() public {
        vm.assertEq(staking.EPOCH_LENGTH(), 86_400);
        vm.assertEq(staking.UNBONDING_PERIOD(), 2_592_000);
        vm.assertEq(staking.epoch(), 0);
        vm.warp(GENESIS + 86_399);
        vm.assertEq(staking.epoch(), 0);
        vm.warp(GENESIS + 86_400);
        vm.assertEq(staking.epoch(), 1);
        vm.assertEq(staking.epochStart(0), GENESIS);
        vm.assertEq(staking.epochStart(3), GENESIS + 259_200);
    }

    function test_the_future_has_no_snapshot() public {
        vm.expectRevert(abi.encodeWithSelector(IStaking.StakingFutureEpoch.selector, 1));
        staking.stakeAt(PROVIDE, alice, 1);
        vm.expectRevert(abi.encodeWithSelector(IStaking.StakingFutureEpoch.selector, 1));
        staking.totalStakeAt(PROVIDE, 1);
    }

    function build(uint256 epochLength, uint256 unbondingPeriod) private returns (IStaking) {
        return IStaking(deploy("Staking", abi.encode(manager, token, epochLength, unbondingPeriod)));
    }

    function reject(uint256 epochLength, uint256 unbondingPeriod) private {
        try this.deployOutside(epochLength, unbondingPeriod) {
            vm.assertTrue(false, "accepted");
        } catch {}
    }

    function deployOutside(uint256 epochLength, uint256 unbondingPeriod) external {
        build(epochLength, unbondingPeriod);
    }
}
