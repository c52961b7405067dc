// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Roles} from "../../src/libraries/Roles.sol";
import {GasTest} from "./GasTest.sol";

/// forge-config: default.isolate = true
contract RewardsGasTest is GasTest {
    function test_gas_of_an_epoch() public {
        manager.grantRole(Roles.JOBS, address(this), 0);
        address[] memory ten = new address[](10);
        uint256[] memory bitmaps = new uint256[](10);
        for (uint256 i = 0; i < 10; ++i) {
            // Fits: a small number.
            // forge-lint: disable-next-line(unsafe-typecast)
            ten[i] = address(uint160(0xbbb0 + i));
            bitmaps[i] = type(uint256).max >> 56;
            fund(ten[i], 1e18);
            enrolProvider(ten[i], 1e18);
        }
        prove(ten[0], 1e6);
        snap("Rewards", "Capacity.record");
        vm.warp(GENESIS + 2 * EPOCH);
        for (uint256 i = 0; i < 10; ++i) {
            providers.recordWork(ten[i], 1e18);
        }
        vm.prank(ten[0]);
        capacity.beat();
        snap("Rewards", "Capacity.beat: first of an epoch");
        vm.warp(GENESIS + 3 * EPOCH);
        vm.prank(matcher);
        capacity.post(2, ten, bitmaps);
        note("Rewards", "Capacity.post: one of 10", vm.lastCallGas().gasTotalUsed / 10);
        rewards.tally(ten);
        note("Rewards", "Rewards.tally: one of 10", vm.lastCallGas().gasTotalUsed / 10);
        vm.warp(GENESIS + 4 * EPOCH);
        rewards.claim(2, ten[0]);
        snap("Rewards", "Rewards.claim: the first, which closes the epoch");
        rewards.claim(2, ten[1]);
        snap("Rewards", "Rewards.claim");
        vm.assertGt(token.balanceOf(ten[1]), 0);
    }
}
