// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IFiatGateway} from "../../src/interfaces/IFiatGateway.sol";
import {IPrices} from "../../src/interfaces/IPrices.sol";
import {IStablecoinDesk} from "../../src/interfaces/IStablecoinDesk.sol";
import {ITreasury} from "../../src/interfaces/ITreasury.sol";
import {IVersions} from "../../src/interfaces/IVersions.sol";
import {MoneySystem} from "../base/MoneySystem.sol";
import {IPausable} from "../base/System.sol";

/// @title The role table of what brings money in, read back from the chain.
contract MoneyRolesTest is MoneySystem {
    function setUp() public {
        deploySystem();
        deployMoney();
    }

    function test_every_restricted_function_has_its_role() public view {
        expectRole(address(prices), IPrices.setAsset.selector, 2);
        expectRole(address(prices), IPrices.removeAsset.selector, 2);
        expectRole(address(prices), IPrices.setSequencer.selector, 2);
        expectRole(address(desk), IStablecoinDesk.setCoin.selector, 2);
        expectRole(address(desk), IStablecoinDesk.setParameters.selector, 2);
        expectRole(address(desk), IPausable.pause.selector, 4);
        expectRole(address(desk), IPausable.unpause.selector, 1);
        expectRole(address(gateway), IFiatGateway.setParameters.selector, 2);
        expectRole(address(gateway), IPausable.pause.selector, 4);
        expectRole(address(gateway), IPausable.unpause.selector, 1);
        expectRole(address(treasury), ITreasury.setReserve.selector, 1);
        expectRole(address(ecosystem), ITreasury.setReserve.selector, 1);
        expectRole(address(versions), IVersions.announce.selector, 1);
        expectRole(address(versions), IVersions.withdraw.selector, 4);
    }

    function test_only_the_desks_draw_and_only_the_processor_credits() public view {
        address[6] memory accounts = [team, guardian, matcher, processor, address(desk), address(gateway)];
        for (uint256 i = 0; i < 6; ++i) {
            (bool draws,) = manager.hasRole(11, accounts[i]);
            vm.assertEq(draws, i >= 4);
            (bool credits,) = manager.hasRole(7, accounts[i]);
            vm.assertEq(credits, accounts[i] == processor);
        }
    }

    function test_role_left_with_deployer() public {
        manager.grantRole(0, team, 0);
        manager.renounceRole(0, address(this));
        for (uint64 role = 0; role < 16; ++role) {
            (bool member,) = manager.hasRole(role, address(this));
            vm.assertFalse(member);
        }
        vm.expectRevert();
        prices.removeAsset(address(token));
        vm.expectRevert();
        desk.setCoin(address(coin), 1, 100);
        vm.expectRevert();
        gateway.setParameters(gatewayParameters());
        vm.expectRevert();
        treasury.setReserve(address(token), 1, 1);
        vm.expectRevert();
        treasury.draw(address(token), address(this), 1, "");
        vm.expectRevert();
        versions.announce("Jobs", address(jobs), "");
    }

    function expectRole(address target, bytes4 selector, uint64 role) private view {
        vm.assertEq(manager.getTargetFunctionRole(target, selector), role);
    }
}
