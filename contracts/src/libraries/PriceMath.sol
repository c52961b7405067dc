// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

/// @title The money of a job. Twins: packages/market/src/{price,escrow,part-price,fee-split,stake-lock}.ts.
/// @dev Inputs as in orders: units are micro-units below 2^64, rates below 2^128, steps below 2^32, so no product exceeds
/// 2^224. Each function names its rounding.
library PriceMath {
    uint256 internal constant MICRO = 1e6;
    uint256 internal constant BPS = 1e4;

    /// @dev Price of the steps from `fromStep` on: floor(units·rate·(steps − fromStep)/(10^6·steps)).
    function priceDown(uint256 units, uint256 rate, uint256 fromStep, uint256 steps) internal pure returns (uint256) {
        return units * rate * (steps - fromStep) / (MICRO * steps);
    }

    /// @dev What the developer must have for them at most: the same, rounded up.
    function escrowUp(uint256 units, uint256 maxRate, uint256 fromStep, uint256 steps) internal pure returns (uint256) {
        return Math.ceilDiv(units * maxRate * (steps - fromStep), MICRO * steps);
    }

    /// @dev Part of an attempt's price for `done` of its `todo` steps: floor(price·done/todo).
    function partDown(uint256 price, uint256 done, uint256 todo) internal pure returns (uint256) {
        return price * done / todo;
    }

    /// @dev Treasury's part of a price: ceil(price·feeBps/10^4). Never above the price for feeBps <= 10^4.
    function feeUp(uint256 price, uint256 feeBps) internal pure returns (uint256) {
        return Math.ceilDiv(price * feeBps, BPS);
    }

    /// @dev Stake that a price locks: ceil(price·ratioBps/10^4).
    function lockUp(uint256 price, uint256 ratioBps) internal pure returns (uint256) {
        return Math.ceilDiv(price * ratioBps, BPS);
    }
}
