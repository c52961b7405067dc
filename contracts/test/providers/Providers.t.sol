// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Pausable} from "@openzeppelin/contracts/utils/Pausable.sol";
import {Governed} from "../../src/Governed.sol";
import {IProviders} from "../../src/interfaces/IProviders.sol";
import {Roles} from "../../src/libraries/Roles.sol";
import {IPausable, System} from "../base/System.sol";

contract ProvidersTest is System {
    address private alice = address(0xa11ce);
    address private jobsRole = address(0x10b5);

    function setUp() public {
        deploySystem();
        manager.grantRole(Roles.JOBS, jobsRole, 0);
    }

    function register() private {
        vm.prank(alice);
        providers.register("https://a.example", 5e6);
    }

    function test_register() public {
        vm.expectEmit(address(providers));
        emit IProviders.ProviderSet(alice, "https://a.example", 5e6);
        vm.expectEmit(address(providers));
        emit IProviders.ProviderActive(alice, true);
        register();
        IProviders.Provider memory facts = providers.provider(alice);
        vm.assertEq(facts.speed, 5e6);
        vm.assertTrue(facts.active);
        vm.assertEq(facts.registeredAt, GENESIS);
        vm.assertEq(providers.urlOf(alice), "https://a.example");
        vm.assertEq(providers.reputationBps(alice), 3333);
    }

    function test_register_rejects_twice() public {
        register();
        vm.expectRevert(abi.encodeWithSelector(IProviders.ProvidersAlreadyRegistered.selector, alice));
        register();
    }

    function test_register_rejects_bad_terms() public {
        vm.expectRevert(IProviders.ProvidersBadTerms.selector);
        providers.register("", 1);
        vm.expectRevert(IProviders.ProvidersBadTerms.selector);
        providers.register("https://a.example", 0);
        vm.expectRevert(IProviders.ProvidersBadTerms.selector);
        providers.register(string(new bytes(257)), 1);
        providers.register(string(new bytes(256)), 1);
    }

    function test_update() public {
        vm.expectRevert(abi.encodeWithSelector(IProviders.ProvidersUnknown.selector, alice));
        vm.prank(alice);
        providers.update("https://b.example", 1);
        register();
        vm.prank(alice);
        providers.update("https://b.example", 7e6);
        vm.assertEq(providers.provider(alice).speed, 7e6);
        vm.assertEq(providers.urlOf(alice), "https://b.example");
        vm.expectRevert(IProviders.ProvidersBadTerms.selector);
        vm.prank(alice);
        providers.update("https://b.example", 0);
    }

    function test_setActive() public {
        vm.expectRevert(abi.encodeWithSelector(IProviders.ProvidersUnknown.selector, alice));
        vm.prank(alice);
        providers.setActive(true);
        register();
        vm.prank(alice);
        providers.setActive(false);
        vm.assertFalse(providers.provider(alice).active);
        vm.prank(alice);
        providers.setActive(true);
        vm.assertTrue(providers.provider(alice).active);
    }

    function test_reputation_weighs_by_value() public {
        register();
        vm.startPrank(jobsRole);
        providers.recordWork(alice, 3e18);
        vm.assertEq(providers.reputationBps(alice), 6666);
        providers.recordFault(alice, 4e18);
        vm.assertEq(providers.reputationBps(alice), 4000);
        vm.stopPrank();
        vm.assertEq(providers.provider(alice).alphaGwei, 3e9);
        vm.assertEq(providers.provider(alice).betaGwei, 4e9);
    }

    function test_reputation_rounds_against_the_provider() public {
        vm.startPrank(jobsRole);
        providers.recordWork(alice, 1e9 - 1);
        providers.recordFault(alice, 1);
        vm.stopPrank();
        vm.assertEq(providers.provider(alice).alphaGwei, 0);
        vm.assertEq(providers.provider(alice).betaGwei, 1);
    }

    function test_reputation_saturates() public {
        vm.startPrank(jobsRole);
        providers.recordWork(alice, type(uint256).max);
        providers.recordFault(alice, type(uint256).max);
        providers.recordWork(alice, 1e18);
        providers.recordFault(alice, 1e18);
        vm.stopPrank();
        vm.assertEq(providers.provider(alice).alphaGwei, type(uint64).max);
        vm.assertEq(providers.provider(alice).betaGwei, type(uint64).max);
    }

    function test_only_jobs_records() public {
        bytes memory refusal = abi.encodeWithSelector(Governed.GovernedMissingRole.selector, address(this), Roles.JOBS);
        vm.expectRevert(refusal);
        providers.recordWork(alice, 1);
        vm.expectRevert(abi.encodeWithSelector(Governed.GovernedMissingRole.selector, address(this), Roles.FAULTS));
        providers.recordFault(alice, 1);
    }

    function test_pause_stops_newcomers_only() public {
        register();
        vm.prank(guardian);
        IPausable(address(providers)).pause();
        vm.expectRevert(Pausable.EnforcedPause.selector);
        providers.register("https://b.example", 1);
        vm.startPrank(alice);
        providers.update("https://c.example", 1);
        providers.setActive(false);
        vm.expectRevert(Pausable.EnforcedPause.selector);
        providers.setActive(true);
        vm.stopPrank();
        vm.prank(jobsRole);
        providers.recordWork(alice, 1e18);
        vm.prank(team);
        IPausable(address(providers)).unpause();
        providers.register("https://b.example", 1);
    }
}
