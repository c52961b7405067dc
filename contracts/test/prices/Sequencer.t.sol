// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IPrices} from "../../src/interfaces/IPrices.sol";
import {ScriptedFeed} from "../base/Feeds.sol";
import {PricesTest} from "./PricesTest.sol";

contract SequencerTest is PricesTest {
    ScriptedFeed private uptime;

    function setUp() public override {
        super.setUp();
        // Answer 0 = up, since a day.
        uptime = new ScriptedFeed(0, 0);
        uptime.setStartedAt(NOW - 1 days);
        prices.setSequencer(address(uptime), 1 hours);
    }

    function test_up() public view {
        vm.assertEq(price(), 25_000_000);
        (address feed, uint32 graceSec) = prices.sequencer();
        vm.assertEq(feed, address(uptime));
        vm.assertEq(graceSec, 3600);
    }

    function test_down() public {
        uptime.set(1, NOW - 1 days);
        vm.expectRevert(IPrices.PricesSequencerDown.selector);
        price();
    }

    function test_unknown_start() public {
        uptime.setStartedAt(0);
        vm.expectRevert(IPrices.PricesSequencerDown.selector);
        price();
        uptime.setStartedAt(NOW + 1);
        vm.expectRevert(IPrices.PricesSequencerDown.selector);
        price();
    }

    function test_feed_gone() public {
        prices.setSequencer(address(0xdead), 1 hours);
        vm.expectRevert(IPrices.PricesSequencerDown.selector);
        price();
    }

    function test_grace_period_after_a_restart() public {
        uptime.setStartedAt(NOW - 1 hours + 1);
        vm.expectRevert(abi.encodeWithSelector(IPrices.PricesSequencerStarting.selector, NOW - 1 hours + 1, 1 hours));
        price();
        uptime.setStartedAt(NOW - 1 hours);
        vm.assertEq(price(), 25_000_000);
    }

    function test_bounds() public {
        bytes memory refusal = abi.encodeWithSelector(IPrices.PricesBadTerms.selector, 10);
        vm.expectRevert(refusal);
        prices.setSequencer(address(uptime), 5 minutes - 1);
        vm.expectRevert(refusal);
        prices.setSequencer(address(uptime), 1 days + 1);
        vm.expectRevert(refusal);
        prices.setSequencer(address(0), 1);
        prices.setSequencer(address(uptime), 5 minutes);
        prices.setSequencer(address(uptime), 1 days);
        prices.setSequencer(address(0), 0);
        uptime.set(1, NOW);
        vm.assertEq(price(), 25_000_000);
    }
}
