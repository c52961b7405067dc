// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IPrices} from "../../src/interfaces/IPrices.sol";
import {PricesTest} from "./PricesTest.sol";

/// @title The breaker: 10 % around a reference that follows by 10 % an hour.
contract BreakerTest is PricesTest {
    function test_the_first_price_is_the_reference() public {
        vm.expectEmit(address(prices));
        emit IPrices.ReferenceMoved(ASSET, 25_000_000);
        vm.assertEq(prices.takePrice(ASSET), 25_000_000);
        (uint256 priceE8, uint256 setAt) = prices.referenceOf(ASSET);
        vm.assertEq(priceE8, 25_000_000);
        vm.assertEq(setAt, NOW);
    }

    function test_a_flash_move_stops_the_price() public {
        prices.takePrice(ASSET);
        setAll(0.275e8);
        vm.assertEq(prices.takePrice(ASSET), 27_500_000);
        setAll(0.275001e8);
        vm.expectRevert(abi.encodeWithSelector(IPrices.PricesMovedTooFast.selector, ASSET, 27_500_100, 25_000_000));
        prices.takePrice(ASSET);
        setAll(0.2249e8);
        vm.expectRevert(abi.encodeWithSelector(IPrices.PricesMovedTooFast.selector, ASSET, 22_490_000, 25_000_000));
        prices.takePrice(ASSET);
        // It goes as it came.
        setAll(0.25e8);
        vm.assertEq(prices.takePrice(ASSET), 25_000_000);
    }

    /// @dev Many small pushes within one window move the reference no further than none.
    function test_pushes_within_a_window_do_not_add_up() public {
        prices.takePrice(ASSET);
        setAll(0.275e8);
        prices.takePrice(ASSET);
        vm.warp(NOW + 1 hours - 1);
        setAll(0.3e8);
        prices.refresh(ASSET);
        (uint256 priceE8,) = prices.referenceOf(ASSET);
        vm.assertEq(priceE8, 25_000_000);
    }

    /// @dev A true fall of 40 % brings the price back by itself, hour by hour.
    function test_a_real_move_comes_back_by_itself() public {
        prices.takePrice(ASSET);
        uint256 hour = 0;
        for (; hour < 10; ++hour) {
            vm.warp(NOW + (hour + 1) * 1 hours);
            setAll(0.15e8);
            prices.refresh(ASSET);
            try prices.takePrice(ASSET) returns (uint256 priceE8) {
                vm.assertEq(priceE8, 15_000_000);
                break;
            } catch {}
        }
        // 0.225, 0.2025, 0.18225, 0.164025: at the fourth refresh 0.15 is within 10 %.
        vm.assertEq(hour, 3);
    }

    function test_after_a_long_silence_it_follows_at_once() public {
        prices.takePrice(ASSET);
        vm.warp(NOW + 4 hours);
        setAll(0.15e8);
        vm.assertEq(prices.takePrice(ASSET), 15_000_000);
        (uint256 priceE8,) = prices.referenceOf(ASSET);
        vm.assertEq(priceE8, 15_000_000);
    }

    function test_the_view_says_what_the_call_will_do() public {
        prices.takePrice(ASSET);
        vm.warp(NOW + 1 hours);
        setAll(0.3e8);
        // The reference may come to 0.275; 0.3 is within 10 % of that.
        vm.assertEq(price(), 30_000_000);
        vm.assertEq(prices.takePrice(ASSET), 30_000_000);
        setAll(0.31e8);
        vm.expectRevert(abi.encodeWithSelector(IPrices.PricesMovedTooFast.selector, ASSET, 31_000_000, 27_500_000));
        price();
    }

    /// @dev Whatever happens in a window: what comes out stays within (1 ± 10 %)² of the reference before.
    function testFuzz_a_window_moves_a_price_by_little(uint256[6] memory moves) public {
        prices.takePrice(ASSET);
        vm.warp(NOW + 1 hours);
        for (uint256 i = 0; i < 6; ++i) {
            setAll(clamp(moves[i], 0.002e8, 9e8) / 100 * 100);
            try prices.takePrice(ASSET) returns (uint256 priceE8) {
                vm.assertLe(priceE8, 30_250_000);
                vm.assertGe(priceE8, 20_250_000);
            } catch {}
        }
    }
}
