// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IAccessManaged} from "@openzeppelin/contracts/access/manager/IAccessManaged.sol";
import {ITreasury} from "../../src/interfaces/ITreasury.sol";
import {System} from "../base/System.sol";

contract TreasuryTest is System {
    address private to = address(0x70);

    function setUp() public {
        deploySystem();
        vm.prank(team);
        treasury.setBudget(address(token), 1_000e18);
    }

    function spend(uint256 amount) private {
        vm.prank(team);
        treasury.spend(address(token), to, amount, "grant");
    }

    function test_spend_pays_within_the_budget() public {
        vm.expectEmit(address(treasury));
        emit ITreasury.Spent(address(token), to, 400e18, "grant");
        spend(400e18);
        vm.assertEq(token.balanceOf(to), 400e18);
        vm.assertEq(treasury.available(address(token)), 600e18);
        spend(600e18);
        vm.assertEq(treasury.available(address(token)), 0);
    }

    function test_spend_rejects_what_is_left_exceeded() public {
        spend(400e18);
        vm.expectRevert(abi.encodeWithSelector(ITreasury.TreasuryBudgetExceeded.selector, 601e18, 600e18));
        spend(601e18);
    }

    function test_budget_renews_with_the_period() public {
        spend(1_000e18);
        // Periods count from the Unix epoch: the next one begins at a multiple of 30 days.
        uint256 next = (GENESIS / 30 days + 1) * 30 days;
        vm.warp(next - 1);
        vm.assertEq(treasury.available(address(token)), 0);
        vm.warp(next);
        vm.assertEq(treasury.available(address(token)), 1_000e18);
        spend(1_000e18);
    }

    function test_setBudget_keeps_what_was_spent() public {
        spend(400e18);
        vm.prank(team);
        treasury.setBudget(address(token), 300e18);
        vm.assertEq(treasury.available(address(token)), 0);
        vm.prank(team);
        treasury.setBudget(address(token), 500e18);
        vm.assertEq(treasury.available(address(token)), 100e18);
        ITreasury.Budget memory budget = treasury.budget(address(token));
        vm.assertEq(budget.spent, 400e18);
        vm.assertEq(budget.limit, 500e18);
    }

    function test_no_budget_no_spending() public {
        vm.expectRevert(abi.encodeWithSelector(ITreasury.TreasuryBudgetExceeded.selector, 1, 0));
        vm.prank(team);
        ecosystem.spend(address(token), to, 1, "");
    }

    function test_spend_rejects_the_zero_receiver() public {
        vm.expectRevert(ITreasury.TreasuryZeroReceiver.selector);
        vm.prank(team);
        treasury.spend(address(token), address(0), 1, "");
    }

    function test_restricted() public {
        bytes memory refusal =
            abi.encodeWithSelector(IAccessManaged.AccessManagedUnauthorized.selector, address(guardian));
        vm.startPrank(guardian);
        vm.expectRevert(refusal);
        treasury.spend(address(token), to, 1, "");
        vm.expectRevert(refusal);
        treasury.setBudget(address(token), 1);
        vm.stopPrank();
    }

    /// @dev However the spending is cut, a period never pays more than its limit.
    /// forge-config: default.fuzz.runs = 200
    function testFuzz_a_period_never_pays_more_than_its_limit(uint96[8] memory amounts) public {
        for (uint256 i = 0; i < 8; ++i) {
            vm.prank(team);
            try treasury.spend(address(token), to, clamp(amounts[i], 0, 500e18), "") {} catch {}
        }
        vm.assertLe(token.balanceOf(to), 1_000e18);
    }
}
