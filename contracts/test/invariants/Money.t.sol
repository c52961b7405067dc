// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {IFiatGateway} from "../../src/interfaces/IFiatGateway.sol";
import {ITreasury} from "../../src/interfaces/ITreasury.sol";
import {Test} from "../base/Test.sol";
import {Vm} from "../base/Vm.sol";
import {MoneyHandler} from "./MoneyHandler.sol";

/// @title What always holds of the money that comes in, whatever anybody does.
contract MoneyInvariantsTest is Test {
    MoneyHandler private _handler;
    IERC20 private _token;
    ITreasury private _treasury;
    address private _desk;
    IFiatGateway private _gateway;
    IERC20 private _coin;
    uint256 private _supply;

    function setUp() public {
        _handler = new MoneyHandler();
        (address token, address treasury, address desk, address gateway, address coin) = _handler.system();
        (_token, _treasury, _desk) = (IERC20(token), ITreasury(treasury), desk);
        (_gateway, _coin) = (IFiatGateway(gateway), IERC20(coin));
        _supply = _token.totalSupply();
    }

    /// @dev Forge reads from here what to call.
    function targetContracts() public view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(_handler);
    }

    function targetSelectors() public view returns (Vm.FuzzSelector[] memory targets) {
        bytes4[11] memory picks = [
            MoneyHandler.buy.selector,
            MoneyHandler.buy.selector,
            MoneyHandler.buy.selector,
            MoneyHandler.credit.selector,
            MoneyHandler.credit.selector,
            MoneyHandler.spend.selector,
            MoneyHandler.donate.selector,
            MoneyHandler.movePrice.selector,
            MoneyHandler.breakFeed.selector,
            MoneyHandler.pauseOrResume.selector,
            MoneyHandler.wait.selector
        ];
        bytes4[] memory selectors = new bytes4[](picks.length);
        for (uint256 i = 0; i < picks.length; ++i) {
            selectors[i] = picks[i];
        }
        targets = new Vm.FuzzSelector[](1);
        targets[0] = Vm.FuzzSelector(address(_handler), selectors);
    }

    /// forge-config: default.invariant.runs = 30
    /// forge-config: default.invariant.depth = 100
    function invariant_money_in() public view {
        vm.assertEq(_token.balanceOf(_desk) + _token.balanceOf(address(_gateway)), 0, "desks hold nothing");
        vm.assertEq(_coin.balanceOf(_desk), 0, "the desk holds no coins");
        vm.assertEq(_coin.balanceOf(address(_treasury)), _handler.coinsIn(), "coins");
        uint256 held = 300_000_000e18 - _handler.bought() - _handler.credited() - _handler.spent() + _handler.donated();
        vm.assertEq(_token.balanceOf(address(_treasury)), held, "treasury");
        uint256 atBuyers;
        for (uint256 i = 0; i < 3; ++i) {
            atBuyers += _token.balanceOf(_handler.buyerAt(i));
        }
        vm.assertEq(atBuyers, _handler.bought() + _handler.credited() - _handler.donated(), "buyers");
        vm.assertLe(_handler.left(), _handler.lay() / 4, "a quarter a period");
        vm.assertLe(_handler.creditedToday(), 10_000e6, "a day of fiat");
        vm.assertFalse(_handler.soldTooCheap(), "sold too cheap");
        vm.assertEq(_token.totalSupply(), _supply, "supply");
    }

    /// @dev The handler's actions do what their names say.
    function test_actions_do_something() public {
        _handler.buy(0, 100_000_001, 0);
        vm.assertGt(_handler.bought(), 0);
        _handler.credit(1, 1, 100e6);
        vm.assertEq(_handler.credited(), 396e18);
        _handler.spend(5e18);
        vm.assertEq(_handler.spent(), 5e18);
        _handler.donate(0, type(uint256).max, true);
        vm.assertGt(_handler.donated(), 0);
        _handler.wait(3 days);
        _handler.movePrice(500, true);
        _handler.buy(2, 1e6 + 1, 0);
        invariant_money_in();
    }
}
