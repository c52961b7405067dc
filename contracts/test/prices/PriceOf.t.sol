// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IPrices} from "../../src/interfaces/IPrices.sol";
import {BrokenFeed} from "../base/Feeds.sol";
import {PricesTest} from "./PricesTest.sol";

/// @title Every check of a source and what it says when it fails.
contract PriceOfTest is PricesTest {
    function test_median_of_two_is_their_mean_rounded_down() public {
        a.set(0.25e8, NOW - 30);
        b.set(0.25000001e18, NOW - 10);
        (uint256 priceE8, uint256 updatedAt) = prices.priceOf(ASSET);
        vm.assertEq(priceE8, 25_000_000);
        // As old as the oldest answer that counts.
        vm.assertEq(updatedAt, NOW - 30);
    }

    function test_median_of_three_ignores_how_far_the_others_lean() public {
        list(3);
        a.set(0.244e8, NOW);
        b.set(0.25e18, NOW);
        c.set(0.257e6, NOW);
        vm.assertEq(price(), 25_000_000);
    }

    function test_decimals_are_scaled_both_ways() public {
        list(3);
        // 0.254321 dollars in 8, 18 and 6 decimals.
        a.set(25_432_100, NOW);
        b.set(254_321_000_000_000_000, NOW);
        c.set(254_321, NOW);
        vm.assertEq(price(), 25_432_100);
    }

    function test_unknown_asset() public {
        vm.expectRevert(abi.encodeWithSelector(IPrices.PricesUnknownAsset.selector, address(1)));
        prices.priceOf(address(1));
    }

    function test_stale() public {
        a.set(0.25e8, NOW - MAX_AGE);
        vm.assertEq(price(), 25_000_000);
        a.set(0.25e8, NOW - MAX_AGE - 1);
        expect(abi.encodeWithSelector(IPrices.PricesStale.selector, address(a), NOW - MAX_AGE - 1, 3600));
        price();
    }

    function test_zero_answer() public {
        a.set(0, NOW);
        expect(abi.encodeWithSelector(IPrices.PricesNotPositive.selector, address(a), 0));
        price();
    }

    function test_negative_answer() public {
        b.set(-0.25e18, NOW);
        expect(abi.encodeWithSelector(IPrices.PricesNotPositive.selector, address(b), -0.25e18));
        price();
    }

    function test_wrong_decimals() public {
        b.setDecimals(8);
        expect(abi.encodeWithSelector(IPrices.PricesWrongDecimals.selector, address(b)));
        price();
    }

    function test_incomplete_round() public {
        a.set(0.25e8, 0);
        expect(abi.encodeWithSelector(IPrices.PricesIncomplete.selector, address(a)));
        price();
    }

    function test_answer_of_an_older_round() public {
        a.setRound(7, 6);
        expect(abi.encodeWithSelector(IPrices.PricesIncomplete.selector, address(a)));
        price();
        a.setRound(7, 7);
        vm.assertEq(price(), 25_000_000);
    }

    function test_from_the_future() public {
        a.set(0.25e8, NOW + 1);
        expect(abi.encodeWithSelector(IPrices.PricesFromTheFuture.selector, address(a), NOW + 1));
        price();
    }

    function test_out_of_bounds() public {
        a.set(0.00099999e8, NOW);
        expect(abi.encodeWithSelector(IPrices.PricesOutOfBounds.selector, address(a), 99_999, 0.001e8, 10e8));
        price();
        a.set(10e8 + 1, NOW);
        expect(abi.encodeWithSelector(IPrices.PricesOutOfBounds.selector, address(a), 10e8 + 1, 0.001e8, 10e8));
        price();
        a.set(type(int256).max, NOW);
        expect(abi.encodeWithSelector(IPrices.PricesOutOfBounds.selector, address(a), type(int256).max, 0.001e8, 10e8));
        price();
    }

    function test_sources_disagree() public {
        // 3 % around the median: 0.25 * (1 ± 0.03) still agree.
        a.set(0.2425e8, NOW);
        b.set(0.2575e18, NOW);
        vm.assertEq(price(), 25_000_000);
        b.set(0.2576e18, NOW);
        expect(abi.encodeWithSelector(IPrices.PricesDisagree.selector, ASSET, 24_250_000, 25_760_000));
        price();
    }

    function test_one_bad_source_of_three_is_left_out() public {
        list(3);
        a.set(0.25e8, NOW - MAX_AGE - 1);
        vm.assertEq(price(), 25_000_000);
        // The first one that fails is named.
        c.set(0, NOW);
        expect(abi.encodeWithSelector(IPrices.PricesStale.selector, address(a), NOW - MAX_AGE - 1, 3600));
        price();
    }

    function test_one_source_is_never_enough() public {
        a.set(0, NOW);
        vm.expectRevert();
        price();
    }

    function test_a_feed_that_breaks_is_unreadable_and_costs_little() public {
        for (uint256 way = 0; way < 5; ++way) {
            address broken = address(new BrokenFeed(BrokenFeed.Way(way)));
            IPrices.Source[] memory sources = new IPrices.Source[](2);
            sources[0] = IPrices.Source(broken, 8, MAX_AGE);
            sources[1] = IPrices.Source(address(a), 8, MAX_AGE);
            prices.setAsset(ASSET, newTerms(), sources);
            uint256 before = gasleft();
            try prices.priceOf(ASSET) {} catch {}
            vm.assertLt(before - gasleft(), 500_000);
            if (way == uint256(BrokenFeed.Way.ReturnsABomb)) {
                // 20,000 zero bytes: five words of them are read, and no decimals.
                expect(abi.encodeWithSelector(IPrices.PricesWrongDecimals.selector, broken));
            } else {
                expect(abi.encodeWithSelector(IPrices.PricesUnreadable.selector, broken));
            }
            price();
        }
    }

    function test_a_feed_without_code_is_unreadable() public {
        IPrices.Source[] memory sources = new IPrices.Source[](2);
        sources[0] = IPrices.Source(address(0xfeed), 8, MAX_AGE);
        sources[1] = IPrices.Source(address(a), 8, MAX_AGE);
        prices.setAsset(ASSET, newTerms(), sources);
        expect(abi.encodeWithSelector(IPrices.PricesUnreadable.selector, address(0xfeed)));
        price();
    }

    /// @dev Whoever sends too little gas gets a refusal, not a price without the source that ran out of it.
    function test_too_little_gas_silences_no_source() public {
        list(3);
        a.set(0.244e8, NOW);
        b.set(0.25e18, NOW);
        c.set(0.256e6, NOW);
        prices.refresh(ASSET);
        for (uint256 gas_ = 60_000; gas_ < 700_000; gas_ += 20_000) {
            try prices.priceOf{gas: gas_}(ASSET) returns (uint256 priceE8, uint256) {
                vm.assertEq(priceE8, 25_000_000);
            } catch {}
        }
        // Nobody needs more than this to be heard.
        (uint256 enough,) = prices.priceOf{gas: 700_000}(ASSET);
        vm.assertEq(enough, 25_000_000);
    }

    function test_inspect_says_what_is_wrong_with_each() public {
        list(3);
        a.set(0.25e8, NOW - MAX_AGE - 1);
        c.set(0, NOW);
        (IPrices.Source[] memory sources, uint256[] memory pricesE8, IPrices.Fault[] memory faults) =
            prices.inspect(ASSET);
        vm.assertEq(sources[1].feed, address(b));
        vm.assertEq(pricesE8[0], 0);
        vm.assertEq(pricesE8[1], 25_000_000);
        vm.assertEq(uint256(faults[0]), uint256(IPrices.Fault.Stale));
        vm.assertEq(uint256(faults[1]), uint256(IPrices.Fault.None));
        vm.assertEq(uint256(faults[2]), uint256(IPrices.Fault.NotPositive));
    }

    /// @dev Whatever two feeds say: a price comes out only when both are positive, fresh, within bounds and agree.
    /// forge-config: default.fuzz.runs = 2000
    function testFuzz_chaos(int128 answerA, int128 answerB, uint32 timeA, uint32 timeB, uint8 decimals) public {
        int256 scaledA = int256(answerA) % 2e9;
        int256 scaledB = (int256(answerB) % 2e9) * 1e10;
        uint256 atA = NOW + 100 - timeA % 5000;
        uint256 atB = NOW + 100 - timeB % 5000;
        a.set(scaledA, atA);
        b.set(scaledB, atB);
        if (decimals < 20) b.setDecimals(decimals);
        bool fresh = atA <= NOW && atB <= NOW && NOW - atA <= MAX_AGE && NOW - atB <= MAX_AGE;
        bool isRight = b.decimals() == 18;
        try prices.priceOf(ASSET) returns (uint256 priceE8, uint256 updatedAt) {
            vm.assertTrue(fresh && isRight);
            vm.assertGe(priceE8, 0.001e8);
            vm.assertLe(priceE8, 10e8);
            int256 high = scaledA > scaledB / 1e10 ? scaledA : scaledB / 1e10;
            int256 low = scaledA > scaledB / 1e10 ? scaledB / 1e10 : scaledA;
            vm.assertTrue(low > 0);
            vm.assertLe(uint256(high - low) * 10_000, priceE8 * 600 + 20_000);
            vm.assertEq(updatedAt, atA < atB ? atA : atB);
        } catch (bytes memory reason) {
            vm.assertTrue(isKnown(bytes4(reason)));
        }
    }

    function isKnown(bytes4 selector) private pure returns (bool) {
        return selector == IPrices.PricesStale.selector || selector == IPrices.PricesNotPositive.selector
            || selector == IPrices.PricesFromTheFuture.selector || selector == IPrices.PricesOutOfBounds.selector
            || selector == IPrices.PricesDisagree.selector || selector == IPrices.PricesWrongDecimals.selector;
    }

    function expect(bytes memory reason) private {
        vm.expectRevert(reason);
    }
}
