// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {PriceMath} from "../../src/libraries/PriceMath.sol";
import {Vectors} from "./Vectors.sol";

contract PriceMathTest is Vectors {
    function test_priceDown_vectors() public view {
        string memory json = read("money.json");
        uint256[] memory units = column(json, "priceDown", "units");
        uint256[] memory rate = column(json, "priceDown", "rate");
        uint256[] memory from = column(json, "priceDown", "fromStep");
        uint256[] memory steps = column(json, "priceDown", "steps");
        uint256[] memory wei_ = column(json, "priceDown", "wei");
        vm.assertEq(wei_.length, 44);
        for (uint256 i = 0; i < wei_.length; ++i) {
            vm.assertEq(PriceMath.priceDown(units[i], rate[i], from[i], steps[i]), wei_[i]);
        }
    }

    function test_escrowUp_vectors() public view {
        string memory json = read("money.json");
        uint256[] memory units = column(json, "escrowUp", "units");
        uint256[] memory rate = column(json, "escrowUp", "maxRate");
        uint256[] memory from = column(json, "escrowUp", "fromStep");
        uint256[] memory steps = column(json, "escrowUp", "steps");
        uint256[] memory wei_ = column(json, "escrowUp", "wei");
        vm.assertEq(wei_.length, 44);
        for (uint256 i = 0; i < wei_.length; ++i) {
            vm.assertEq(PriceMath.escrowUp(units[i], rate[i], from[i], steps[i]), wei_[i]);
        }
    }

    function test_partDown_vectors() public view {
        string memory json = read("money.json");
        uint256[] memory price = column(json, "partDown", "price");
        uint256[] memory done = column(json, "partDown", "done");
        uint256[] memory todo = column(json, "partDown", "todo");
        uint256[] memory wei_ = column(json, "partDown", "wei");
        vm.assertEq(wei_.length, 28);
        for (uint256 i = 0; i < wei_.length; ++i) {
            vm.assertEq(PriceMath.partDown(price[i], done[i], todo[i]), wei_[i]);
        }
    }

    function test_feeUp_and_lockUp_vectors() public view {
        string memory json = read("money.json");
        uint256[] memory price = column(json, "feeUp", "price");
        uint256[] memory bps = column(json, "feeUp", "feeBps");
        uint256[] memory wei_ = column(json, "feeUp", "wei");
        vm.assertEq(wei_.length, 30);
        for (uint256 i = 0; i < wei_.length; ++i) {
            vm.assertEq(PriceMath.feeUp(price[i], bps[i]), wei_[i]);
        }
        price = column(json, "lockUp", "price");
        bps = column(json, "lockUp", "ratioBps");
        wei_ = column(json, "lockUp", "wei");
        vm.assertEq(wei_.length, 26);
        for (uint256 i = 0; i < wei_.length; ++i) {
            vm.assertEq(PriceMath.lockUp(price[i], bps[i]), wei_[i]);
        }
    }

    /// @dev The escrow always covers the price, however the job is cut into attempts.
    function testFuzz_escrow_covers_price(uint64 units, uint128 rate, uint128 more, uint32 from, uint32 steps)
        public
        pure
    {
        uint256 all = clamp(steps, 1, type(uint32).max);
        uint256 start = clamp(from, 0, all);
        uint256 limit = uint256(rate) + more;
        if (limit > type(uint128).max) limit = type(uint128).max;
        vm.assertLe(
            PriceMath.priceDown(units, rate, start, all),
            PriceMath.escrowUp(units, limit, start, all),
            "escrow too small"
        );
    }

    /// @dev Attempts never add up to more than the whole, and lose less than a wei each.
    function testFuzz_attempts_add_up(uint64 units, uint128 rate, uint32 cut, uint32 steps) public pure {
        uint256 all = clamp(steps, 2, type(uint32).max);
        uint256 done = clamp(cut, 1, all - 1);
        uint256 whole = PriceMath.priceDown(units, rate, 0, all);
        uint256 first = PriceMath.partDown(whole, done, all);
        uint256 rest = PriceMath.priceDown(units, rate, done, all);
        vm.assertLe(first + rest, whole);
        vm.assertLe(whole, first + rest + 2);
    }

    function testFuzz_fee_and_rest_are_the_price(uint96 price, uint16 bps) public pure {
        uint256 feeBps = clamp(bps, 0, 10_000);
        uint256 fee = PriceMath.feeUp(price, feeBps);
        vm.assertLe(fee, price);
        vm.assertGe(fee * 10_000, uint256(price) * feeBps);
        vm.assertLt(fee * 10_000, uint256(price) * feeBps + 10_000);
    }
}
