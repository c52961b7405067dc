// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IAccessManaged} from "@openzeppelin/contracts/access/manager/IAccessManaged.sol";
import {IStablecoinDesk} from "../../src/interfaces/IStablecoinDesk.sol";
import {Coin} from "../base/Coins.sol";
import {MoneySystem} from "../base/MoneySystem.sol";
import {IPausable} from "../base/System.sol";

contract DeskParametersTest is MoneySystem {
    function setUp() public {
        deploySystem();
        deployMoney();
    }

    function test_bounds() public {
        IStablecoinDesk.Parameters memory p = deskParameters();
        p.dailyEncLimit = 10_000_000e18 + 1;
        refuse(p, 1);
        p.dailyEncLimit = 10_000_000e18;
        p.minEncOut = 1e15 - 1;
        refuse(p, 2);
        p.minEncOut = 100e18 + 1;
        refuse(p, 2);
        p.minEncOut = 100e18;
        p.feeBps = 201;
        refuse(p, 3);
        p.feeBps = 200;
        vm.expectEmit(address(desk));
        emit IStablecoinDesk.ParametersSet(p);
        vm.prank(team);
        desk.setParameters(p);
        vm.assertEq(desk.parameters().feeBps, 200);
        (IStablecoinDesk.Parameters memory least, IStablecoinDesk.Parameters memory most) = desk.parameterBounds();
        vm.assertEq(least.minEncOut, 1e15);
        vm.assertEq(most.dailyEncLimit, 10_000_000e18);
    }

    function test_coins_have_bounds() public {
        refuseCoin(address(coin), 9, 4);
        refuseCoin(address(coin), 501, 4);
        refuseCoin(address(token), 100, 6);
        refuseCoin(address(new Coin(19)), 100, 5);
        vm.startPrank(team);
        desk.setCoin(address(coin), 1, 10);
        desk.setCoin(address(coin), 1, 500);
        vm.assertEq(desk.coin(address(coin)).decimals, 6);
        vm.assertEq(desk.coin(address(coin)).bandBps, 500);
    }

    function test_restricted() public {
        bytes memory refusal = abi.encodeWithSelector(IAccessManaged.AccessManagedUnauthorized.selector, guardian);
        vm.startPrank(guardian);
        vm.expectRevert(refusal);
        desk.setParameters(deskParameters());
        vm.expectRevert(refusal);
        desk.setCoin(address(coin), 1, 100);
        IPausable(address(desk)).pause();
        vm.expectRevert(refusal);
        IPausable(address(desk)).unpause();
        vm.startPrank(team);
        vm.expectRevert(abi.encodeWithSelector(IAccessManaged.AccessManagedUnauthorized.selector, team));
        IPausable(address(desk)).pause();
    }

    function test_paused() public {
        vm.prank(guardian);
        desk.pause();
        vm.expectRevert(abi.encodeWithSignature("EnforcedPause()"));
        desk.buy(address(coin), 1e6, 0, address(1), block.timestamp);
        // Strays go to the treasury even so.
        coin.mint(address(desk), 1e6);
        desk.sweep(address(coin));
        vm.assertEq(coin.balanceOf(address(treasury)), 1e6);
        vm.prank(team);
        desk.unpause();
        coin.mint(address(this), 1e6);
        coin.approve(address(desk), 1e6);
        vm.assertEq(desk.buy(address(coin), 1e6, 0, address(1), block.timestamp), 3.98e18);
    }

    function refuse(IStablecoinDesk.Parameters memory p, uint8 which) private {
        vm.expectRevert(abi.encodeWithSelector(IStablecoinDesk.DeskBadParameters.selector, which));
        vm.prank(team);
        desk.setParameters(p);
    }

    function refuseCoin(address coin_, uint16 bandBps, uint8 which) private {
        vm.expectRevert(abi.encodeWithSelector(IStablecoinDesk.DeskBadParameters.selector, which));
        vm.prank(team);
        desk.setCoin(coin_, 1, bandBps);
    }
}
