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

    function work(uint256 value) private {
        vm.prank(jobsRole);
        providers.recordWork(alice, value);
    }

    /// @dev 8 ENC of work are 4 after 30 epochs and 2 after 60, whether somebody looked in between or not.
    function test_reputation_fades_by_half_in_30_epochs() public {
        register();
        work(8e18);
        vm.prank(jobsRole);
        providers.recordFault(alice, 8e18);
        vm.warp(GENESIS + 30 * EPOCH);
        vm.assertEq(providers.provider(alice).alphaGwei, 4e9);
        vm.assertEq(providers.provider(alice).betaGwei, 4e9);
        // (1 + 4)/(3 + 8).
        vm.assertEq(providers.reputationBps(alice), 4545);
        work(1e18);
        vm.assertEq(providers.provider(alice).alphaGwei, 5e9);
        vm.warp(GENESIS + 60 * EPOCH);
        vm.assertEq(providers.provider(alice).alphaGwei, 2.5e9);
        vm.assertEq(providers.provider(alice).betaGwei, 2e9);
        // In the end only the prior is left; what was bad never quite goes.
        vm.warp(GENESIS + 10_000 * EPOCH);
        vm.assertEq(providers.provider(alice).alphaGwei, 0);
        vm.assertEq(providers.provider(alice).betaGwei, 1);
    }

    /// @dev Reputation reset: leaving, coming back and changing terms keep both counters.
    function test_to_leave_and_come_back_changes_nothing() public {
        register();
        vm.prank(jobsRole);
        providers.recordFault(alice, 8e18);
        vm.startPrank(alice);
        providers.setActive(false);
        providers.update("https://c.example", 9);
        providers.setActive(true);
        vm.stopPrank();
        vm.assertEq(providers.provider(alice).betaGwei, 8e9);
    }

    function test_work_of_the_epoch_and_the_one_before() public {
        register();
        work(1.5e12);
        work(3e18);
        (uint256 value, bool faulted) = providers.workOf(alice, 0);
        vm.assertEq(value, 3e18 + 1e12);
        vm.assertFalse(faulted);
        vm.warp(GENESIS + EPOCH);
        vm.prank(jobsRole);
        providers.recordFault(alice, 1);
        work(7e18);
        (value, faulted) = providers.workOf(alice, 0);
        vm.assertEq(value, 3e18 + 1e12);
        vm.assertFalse(faulted);
        (value, faulted) = providers.workOf(alice, 1);
        vm.assertEq(value, 7e18);
        vm.assertTrue(faulted);
        vm.warp(GENESIS + 2 * EPOCH);
        (value, faulted) = providers.workOf(alice, 1);
        vm.assertEq(value, 7e18);
        vm.assertTrue(faulted);
        (value, faulted) = providers.workOf(alice, 2);
        vm.assertEq(value, 0);
        vm.assertFalse(faulted);
        vm.expectRevert(abi.encodeWithSelector(IProviders.ProvidersEpochGone.selector, 0));
        providers.workOf(alice, 0);
        vm.expectRevert(abi.encodeWithSelector(IProviders.ProvidersEpochGone.selector, 3));
        providers.workOf(alice, 3);
        vm.warp(GENESIS + 9 * EPOCH);
        (value, faulted) = providers.workOf(alice, 8);
        vm.assertEq(value, 0);
        vm.assertFalse(faulted);
    }

    function test_work_of_an_epoch_saturates() public {
        register();
        work(281_474_976e18);
        work(281_474_976e18);
        (uint256 value,) = providers.workOf(alice, 0);
        vm.assertEq(value, 281_474_976_710_655e12);
    }

    function test_the_ask_moves_by_a_quarter_an_epoch() public {
        vm.expectRevert(abi.encodeWithSelector(IProviders.ProvidersUnknown.selector, alice));
        vm.prank(alice);
        providers.setAsk(1);
        register();
        vm.startPrank(alice);
        vm.expectRevert(abi.encodeWithSelector(IProviders.ProvidersAskOutOfRange.selector, 0, 1, 1));
        providers.setAsk(0);
        vm.expectEmit(address(providers));
        emit IProviders.AskSet(alice, 400);
        providers.setAsk(400);
        providers.setAsk(500);
        providers.setAsk(300);
        vm.expectRevert(abi.encodeWithSelector(IProviders.ProvidersAskOutOfRange.selector, 501, 300, 500));
        providers.setAsk(501);
        vm.expectRevert(abi.encodeWithSelector(IProviders.ProvidersAskOutOfRange.selector, 299, 300, 500));
        providers.setAsk(299);
        vm.warp(GENESIS + EPOCH);
        (uint256 least, uint256 most) = providers.askRange(alice);
        vm.assertEq(least, 225);
        vm.assertEq(most, 375);
        providers.setAsk(225);
        vm.assertEq(providers.provider(alice).ask, 225);
        vm.stopPrank();
    }

    /// @dev However often an ask changes within an epoch, it ends within a quarter of where the epoch found it, and never at zero.
    function testFuzz_the_ask_stays_within_its_range(uint96 first, uint96[8] memory asks) public {
        register();
        uint256 base = clamp(first, 1, type(uint96).max);
        vm.startPrank(alice);
        // Fits: clamped.
        // forge-lint: disable-next-line(unsafe-typecast)
        providers.setAsk(uint96(base));
        vm.warp(GENESIS + EPOCH);
        for (uint256 i = 0; i < 8; ++i) {
            try providers.setAsk(asks[i]) {} catch {}
            uint256 ask = providers.provider(alice).ask;
            vm.assertGt(ask, 0);
            vm.assertLe(ask, base + (base / 4 > 0 ? base / 4 : 1));
            vm.assertGe(ask + (base / 4 > 0 ? base / 4 : 1), base);
        }
        vm.stopPrank();
    }
}
