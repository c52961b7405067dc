// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IAccessManaged} from "@openzeppelin/contracts/access/manager/IAccessManaged.sol";
import {Governed} from "../../src/Governed.sol";
import {IEmissions} from "../../src/interfaces/IEmissions.sol";
import {Roles} from "../../src/libraries/Roles.sol";
import {System} from "../base/System.sol";

contract EmissionsTest is System {
    address private payer = address(0x9a1e4);

    function setUp() public {
        deploySystem();
        manager.grantRole(Roles.REWARDS, payer, 0);
    }

    function allot(uint256 epoch, uint256 used, uint256 capacity_, uint256 portion) private returns (uint256) {
        vm.prank(payer);
        return emissions.allot(epoch, used, capacity_, portion);
    }

    /// @dev 400 M · k for full demand, a quarter of it for none.
    function test_first_epoch() public {
        vm.warp(GENESIS + EPOCH);
        vm.assertEq(emissions.emissionOf(0, 7, 10), 379_626_414_949_732_643_091_363);
        vm.assertEq(emissions.emissionOf(0, 0, 10), 94_906_603_737_433_160_772_840);
        vm.assertEq(allot(0, 7, 10, 9_000), 341_663_773_454_759_378_782_226);
        vm.assertEq(emissions.remaining() + emissions.allotted(), 400_000_000e18);
    }

    /// @dev A network of another epoch length emits as fast: epochs of the embedded network's minute, the shortest and the longest.
    function test_the_curve_follows_the_length_of_an_epoch() public {
        vm.assertEq(emissions.DECAY(), 949_066_037_374_331_607_728_409);
        vm.assertEq(emissionsOf(1 minutes).DECAY(), 659_386_369_895_375_379_198);
        vm.assertEq(emissionsOf(5 seconds).DECAY(), 54_948_880_764_532_141_566);
        vm.assertEq(emissionsOf(7 days).DECAY(), 6_624_576_899_738_810_705_806_150);
        vm.assertEq(emissionsOf(1 minutes).emissionOf(0, 7, 10), 263_754_547_958_150_151_679);
    }

    function emissionsOf(uint256 epochLength) private returns (IEmissions) {
        address clock = deploy("Staking", abi.encode(manager, token, epochLength, UNBONDING));
        return IEmissions(deploy("Emissions", abi.encode(manager, token, clock)));
    }

    function test_an_epoch_is_allotted_once_in_order_and_only_when_over() public {
        vm.expectRevert(abi.encodeWithSelector(IEmissions.EmissionsWrongEpoch.selector, 0));
        allot(0, 1, 1, 10_000);
        vm.warp(GENESIS + 3 * EPOCH);
        allot(1, 1, 1, 10_000);
        vm.expectRevert(abi.encodeWithSelector(IEmissions.EmissionsWrongEpoch.selector, 1));
        allot(1, 1, 1, 10_000);
        vm.expectRevert(abi.encodeWithSelector(IEmissions.EmissionsWrongEpoch.selector, 0));
        allot(0, 1, 1, 10_000);
        vm.expectRevert(abi.encodeWithSelector(IEmissions.EmissionsWrongEpoch.selector, 3));
        allot(3, 1, 1, 10_000);
        vm.expectRevert(abi.encodeWithSelector(IEmissions.EmissionsTooMuch.selector, 10_001, 10_000));
        allot(2, 1, 1, 10_001);
    }

    /// @dev Late calls change nothing: what epochs emit depends on which of them had receivers, not on who came when.
    function test_missed_epochs_cost_nothing() public {
        vm.warp(GENESIS + 1_000 * EPOCH);
        uint256 late = allot(998, 7, 10, 10_000);
        vm.assertEq(late, 379_626_414_949_732_643_091_363);
    }

    function test_mints_what_was_allotted_and_no_more() public {
        vm.warp(GENESIS + EPOCH);
        uint256 amount = allot(0, 0, 0, 10_000);
        vm.startPrank(payer);
        emissions.mint(address(1), amount - 1);
        vm.expectRevert(abi.encodeWithSelector(IEmissions.EmissionsTooMuch.selector, 2, 1));
        emissions.mint(address(1), 2);
        emissions.mint(address(1), 1);
        vm.stopPrank();
        vm.assertEq(token.totalSupply(), 600_000_000e18 + amount);
        vm.assertEq(emissions.minted(), amount);
    }

    function test_the_team_lowers_from_the_next_epoch_on_and_never_lifts() public {
        vm.expectRevert(IEmissions.EmissionsBadParameter.selector);
        vm.prank(team);
        emissions.setParameters(IEmissions.Parameters(10_001));
        vm.prank(team);
        emissions.setParameters(IEmissions.Parameters(10_000));
        vm.warp(GENESIS + EPOCH);
        vm.prank(team);
        emissions.setParameters(IEmissions.Parameters(5_000));
        vm.warp(GENESIS + 3 * EPOCH);
        // Not for what has begun before.
        vm.assertEq(emissions.factorAt(0), 10_000);
        vm.assertEq(emissions.factorAt(1), 10_000);
        vm.assertEq(emissions.factorAt(2), 5_000);
        vm.assertEq(emissions.emissionOf(1, 7, 10), 379_626_414_949_732_643_091_363);
        vm.assertEq(emissions.emissionOf(2, 7, 10), 189_813_207_474_866_321_545_681);
        vm.prank(team);
        emissions.setParameters(IEmissions.Parameters(0));
        vm.assertEq(emissions.parameters().factorBps, 0);
        vm.assertEq(emissions.emissionOf(4, 7, 10), 0);
    }

    function test_only_rewards_and_parameters() public {
        bytes memory refusal =
            abi.encodeWithSelector(Governed.GovernedMissingRole.selector, address(this), Roles.REWARDS);
        vm.expectRevert(refusal);
        emissions.allot(0, 0, 0, 0);
        vm.expectRevert(refusal);
        emissions.mint(address(this), 0);
        vm.expectRevert(abi.encodeWithSelector(IAccessManaged.AccessManagedUnauthorized.selector, address(this)));
        emissions.setParameters(IEmissions.Parameters(1));
    }

    /// @dev Whoever held the role REWARDS and whatever it did: the cap of 400 M and the sum hold.
    /// forge-config: default.fuzz.runs = 200
    function testFuzz_never_above_the_cap(uint16[8] memory gaps, uint128[8] memory used, uint16[8] memory portions)
        public
    {
        uint256 epoch;
        uint256 sum;
        for (uint256 i = 0; i < 8; ++i) {
            epoch += 1 + uint256(gaps[i]);
            vm.warp(GENESIS + (epoch + 1) * EPOCH);
            uint256 before = emissions.remaining();
            uint256 amount = allot(epoch, used[i], 1e12, clamp(portions[i], 0, 10_000));
            vm.assertLe(amount, before * 949_066_037_374_332 / 1e18);
            sum += amount;
            vm.prank(payer);
            emissions.mint(address(1), amount);
        }
        vm.assertEq(sum + emissions.remaining(), 400_000_000e18);
        vm.assertEq(token.totalSupply(), 600_000_000e18 + sum);
    }
}
