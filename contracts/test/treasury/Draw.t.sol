// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Governed} from "../../src/Governed.sol";
import {ITreasury} from "../../src/interfaces/ITreasury.sol";
import {IAccessManaged} from "@openzeppelin/contracts/access/manager/IAccessManaged.sol";
import {Roles} from "../../src/libraries/Roles.sol";
import {MoneySystem} from "../base/MoneySystem.sol";

/// @title What desks draw, and the limit above all limits.
contract DrawTest is MoneySystem {
    address private constant TO = address(0x70);
    address private drawer = address(0xd4a);

    function setUp() public {
        deploySystem();
        deployMoney();
        manager.grantRole(Roles.RESERVE, drawer, 0);
        vm.prank(team);
        treasury.setReserve(address(token), 1_000e18, 0);
    }

    function draw(uint256 amount) private {
        vm.prank(drawer);
        treasury.draw(address(token), TO, amount, "why");
    }

    function spend(uint256 amount) private {
        vm.prank(team);
        treasury.spend(address(token), TO, amount, "why");
    }

    function nextPeriod() private {
        vm.warp((block.timestamp / 30 days + 1) * 30 days);
    }

    function test_draws_within_the_limit() public {
        vm.expectEmit(address(treasury));
        emit ITreasury.Drawn(address(token), drawer, TO, 400e18, "why");
        draw(400e18);
        vm.assertEq(token.balanceOf(TO), 400e18);
        vm.assertEq(treasury.drawable(address(token)), 600e18);
        vm.expectRevert(abi.encodeWithSelector(ITreasury.TreasuryReserveExceeded.selector, 601e18, 600e18));
        draw(601e18);
        draw(600e18);
        nextPeriod();
        draw(1_000e18);
        vm.assertEq(treasury.reserve(address(token)).drawn, 1_000e18);
    }

    function test_what_was_drawn_counts_when_the_limit_changes() public {
        draw(400e18);
        vm.expectEmit(address(treasury));
        emit ITreasury.ReserveSet(address(token), 500e18, 7);
        vm.prank(team);
        treasury.setReserve(address(token), 500e18, 7);
        vm.assertEq(treasury.drawable(address(token)), 100e18);
        vm.assertEq(treasury.reserve(address(token)).floor, 7);
        vm.prank(team);
        treasury.setReserve(address(token), 0, 0);
        vm.assertEq(treasury.drawable(address(token)), 0);
    }

    function test_never_below_the_floor() public {
        vm.prank(team);
        treasury.setReserve(address(token), 1_000e18, 300_000_000e18 - 10e18);
        vm.assertEq(treasury.drawable(address(token)), 10e18);
        vm.expectRevert(abi.encodeWithSelector(ITreasury.TreasuryReserveExceeded.selector, 10e18 + 1, 10e18));
        draw(10e18 + 1);
        draw(10e18);
        vm.assertEq(treasury.drawable(address(token)), 0);
        vm.prank(team);
        treasury.setReserve(address(token), 1_000e18, type(uint128).max);
        vm.assertEq(treasury.drawable(address(token)), 0);
    }

    function test_the_role_decides() public {
        vm.expectRevert(abi.encodeWithSelector(Governed.GovernedMissingRole.selector, team, Roles.RESERVE));
        vm.prank(team);
        treasury.draw(address(token), TO, 1, "");
        // A delay on the role shuts a desk out: draws are a program's, at once or not at all.
        manager.grantRole(Roles.RESERVE, address(0x510), 1 days);
        vm.expectRevert(abi.encodeWithSelector(Governed.GovernedMissingRole.selector, address(0x510), Roles.RESERVE));
        vm.prank(address(0x510));
        treasury.draw(address(token), TO, 1, "");
        vm.expectRevert(abi.encodeWithSelector(IAccessManaged.AccessManagedUnauthorized.selector, guardian));
        vm.prank(guardian);
        treasury.setReserve(address(token), 1, 0);
    }

    function test_zero_receiver() public {
        vm.expectRevert(ITreasury.TreasuryZeroReceiver.selector);
        vm.prank(drawer);
        treasury.draw(address(token), address(0), 1, "");
    }

    /// @dev 300 M lie here: 75 M may leave in a period, whatever budget and reserve say, by both ways together.
    function test_no_limit_reaches_beyond_a_quarter() public {
        vm.startPrank(team);
        treasury.setBudget(address(token), type(uint112).max);
        treasury.setReserve(address(token), type(uint112).max, 0);
        vm.stopPrank();
        vm.assertEq(treasury.MAX_OUTFLOW_BPS(), 2_500);
        vm.assertEq(treasury.outflowLeft(address(token)), 75_000_000e18);
        spend(50_000_000e18);
        vm.assertEq(treasury.outflowLeft(address(token)), 25_000_000e18);
        vm.expectRevert(
            abi.encodeWithSelector(ITreasury.TreasuryOutflowExceeded.selector, 25_000_000e18 + 1, 25_000_000e18)
        );
        draw(25_000_000e18 + 1);
        draw(20_000_000e18);
        vm.expectRevert(
            abi.encodeWithSelector(ITreasury.TreasuryOutflowExceeded.selector, 5_000_000e18 + 1, 5_000_000e18)
        );
        spend(5_000_000e18 + 1);
        spend(5_000_000e18);
        vm.assertEq(treasury.outflowLeft(address(token)), 0);
        nextPeriod();
        // A quarter of the 225 M that are left.
        vm.assertEq(treasury.outflowLeft(address(token)), 56_250_000e18);
    }

    /// @dev Spending and drawing do not eat each other's limits.
    function test_budget_and_reserve_are_counted_apart() public {
        vm.prank(team);
        treasury.setBudget(address(token), 500e18);
        spend(500e18);
        draw(1_000e18);
        vm.assertEq(treasury.available(address(token)), 0);
        vm.assertEq(treasury.drawable(address(token)), 0);
        vm.assertEq(treasury.budget(address(token)).spent, 500e18);
    }

    /// @dev However spends, draws, donations and periods follow each other: a period never lets out more than a quarter of all
    /// that lay or came in there.
    /// forge-config: default.fuzz.runs = 300
    function testFuzz_a_period_lets_out_a_quarter_at_most(uint256[10] memory amounts, uint8[10] memory kinds) public {
        vm.startPrank(team);
        treasury.setBudget(address(token), type(uint112).max);
        treasury.setReserve(address(token), type(uint112).max, 0);
        vm.stopPrank();
        uint256 lay = token.balanceOf(address(treasury));
        uint256 left = 0;
        for (uint256 i = 0; i < 10; ++i) {
            uint256 amount = clamp(amounts[i], 0, 40_000_000e18);
            uint256 kind = kinds[i] % 8;
            uint256 before = token.balanceOf(address(treasury));
            if (kind == 0) {
                nextPeriod();
                (lay, left) = (before, 0);
            } else if (kind == 1) {
                amount /= 4;
                fund(address(treasury), amount);
                lay += amount;
            } else if (kind < 5) {
                vm.prank(team);
                try treasury.spend(address(token), TO, amount, "") {} catch {}
            } else {
                vm.prank(drawer);
                try treasury.draw(address(token), TO, amount, "") {} catch {}
            }
            uint256 balance = token.balanceOf(address(treasury));
            if (balance < before) left += before - balance;
            vm.assertLe(left, lay / 4);
        }
    }
}
