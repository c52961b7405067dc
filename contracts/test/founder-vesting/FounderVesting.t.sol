// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IAccessManaged} from "@openzeppelin/contracts/access/manager/IAccessManaged.sol";
import {IFounderVesting} from "../../src/interfaces/IFounderVesting.sol";
import {System} from "../base/System.sol";

/// @dev 60 M and 40 M over four years.
contract FounderVestingTest is System {
    address private heir = address(0x4e14);

    function setUp() public {
        deploySystem();
    }

    function test_nothing_before_the_cliff_a_quarter_at_it_all_at_the_end() public {
        vm.assertEq(vesting.grantCount(), 2);
        vm.warp(GENESIS + 365 days - 1);
        vm.expectRevert(abi.encodeWithSelector(IFounderVesting.VestingNothingDue.selector, 0));
        vesting.release(0);
        vm.warp(GENESIS + 365 days);
        vm.assertEq(vesting.release(0), 15_000_000e18);
        vm.assertEq(token.balanceOf(founder), 15_000_000e18);
        vm.warp(GENESIS + 730 days);
        vm.assertEq(vesting.releasable(1), 20_000_000e18);
        vm.warp(GENESIS + 1_460 days);
        vm.assertEq(vesting.release(0), 45_000_000e18);
        vm.assertEq(vesting.release(1), 40_000_000e18);
        vm.assertEq(token.balanceOf(address(vesting)), 0);
        vm.expectRevert(abi.encodeWithSelector(IFounderVesting.VestingNothingDue.selector, 0));
        vesting.release(0);
    }

    /// @dev Linear, never ahead of time, never more than the grant, in any order of calls; donations vest for nobody.
    function testFuzz_linear_however_often_released(uint32[6] memory waits, uint96 donated) public {
        fund(address(vesting), clamp(donated, 0, 1_000_000e18));
        uint256 time = GENESIS;
        for (uint256 i = 0; i < 6; ++i) {
            time += clamp(waits[i], 0, 400 days);
            vm.warp(time);
            try vesting.release(1) {} catch {}
            uint256 passed = time - GENESIS;
            uint256 expected =
                passed < 365 days ? 0 : passed >= 1_460 days ? 40_000_000e18 : 40_000_000e18 * passed / 1_460 days;
            vm.assertEq(token.balanceOf(secondFounder), expected);
            vm.assertEq(vesting.grantOf(1).released, expected);
        }
    }

    /// @dev No function passes an entitlement on: neither ownership nor a beneficiary's word.
    function test_unvested_tokens_cannot_be_sold_by_passing_ownership() public {
        (bool success,) = address(vesting).call(abi.encodeWithSignature("transferOwnership(address)", heir));
        vm.assertFalse(success);
        vm.expectRevert(abi.encodeWithSelector(IAccessManaged.AccessManagedUnauthorized.selector, founder));
        vm.prank(founder);
        vesting.proposeRecovery(0, heir);
    }

    function test_a_lost_key_is_replaced_after_90_days() public {
        vm.prank(team);
        vesting.proposeRecovery(0, heir);
        vm.warp(GENESIS + 90 days - 1);
        vm.expectRevert(abi.encodeWithSelector(IFounderVesting.VestingTooEarly.selector, GENESIS + 90 days));
        vesting.completeRecovery(0);
        vm.warp(GENESIS + 90 days);
        vesting.completeRecovery(0);
        vm.assertEq(vesting.grantOf(0).account, heir);
        vm.expectRevert(abi.encodeWithSelector(IFounderVesting.VestingNoRecovery.selector, 0));
        vesting.completeRecovery(0);
        vm.warp(GENESIS + 365 days);
        vesting.release(0);
        vm.assertEq(token.balanceOf(heir), 15_000_000e18);
        vm.assertEq(token.balanceOf(founder), 0);
    }

    /// @dev Who still has the key says so, and nobody else can: the team can't take a grant from a beneficiary that watches.
    function test_a_beneficiary_objects() public {
        vm.prank(team);
        vesting.proposeRecovery(0, heir);
        vm.expectRevert(abi.encodeWithSelector(IFounderVesting.VestingNotAllowed.selector, secondFounder));
        vm.prank(secondFounder);
        vesting.cancelRecovery(0);
        vm.prank(founder);
        vesting.cancelRecovery(0);
        vm.warp(GENESIS + 91 days);
        vm.expectRevert(abi.encodeWithSelector(IFounderVesting.VestingNoRecovery.selector, 0));
        vesting.completeRecovery(0);
    }

    function test_recovery_wants_a_fresh_account_and_starts_anew_when_replaced() public {
        vm.startPrank(team);
        vm.expectRevert(abi.encodeWithSelector(IFounderVesting.VestingBadAccount.selector, secondFounder));
        vesting.proposeRecovery(0, secondFounder);
        vm.expectRevert(abi.encodeWithSelector(IFounderVesting.VestingBadAccount.selector, address(0)));
        vesting.proposeRecovery(0, address(0));
        vm.expectRevert(abi.encodeWithSelector(IFounderVesting.VestingUnknownGrant.selector, 2));
        vesting.proposeRecovery(2, heir);
        vesting.proposeRecovery(0, heir);
        vm.warp(GENESIS + 80 days);
        vesting.proposeRecovery(0, heir);
        vesting.proposeRecovery(1, heir);
        vm.stopPrank();
        vm.warp(GENESIS + 100 days);
        vm.expectRevert(abi.encodeWithSelector(IFounderVesting.VestingTooEarly.selector, GENESIS + 170 days));
        vesting.completeRecovery(0);
        vm.warp(GENESIS + 170 days);
        vesting.completeRecovery(0);
        // Two grants never meet in one account.
        vm.expectRevert(abi.encodeWithSelector(IFounderVesting.VestingBadAccount.selector, heir));
        vesting.completeRecovery(1);
    }

    function test_constructor_wants_exactly_what_lies_there() public {
        address[] memory accounts = new address[](1);
        uint96[] memory amounts = new uint96[](1);
        (accounts[0], amounts[0]) = (founder, 100_000_000e18);
        bytes memory arguments = abi.encode(manager, token, GENESIS, accounts, amounts);
        try this.deployNamed(arguments) {
            vm.assertTrue(false, "accepted without funds");
        } catch {}
        fund(vm.computeCreateAddress(address(this), vm.getNonce(address(this))), 100_000_000e18);
        vm.assertEq(IFounderVesting(this.deployNamed(arguments)).grantOf(0).amount, 100_000_000e18);
    }

    function deployNamed(bytes calldata arguments) external returns (address) {
        return deploy("FounderVesting", arguments);
    }
}
