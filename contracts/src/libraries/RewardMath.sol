// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

/// @title What a provider's epoch is worth. Twin: packages/market/src/reward.ts.
library RewardMath {
    uint256 internal constant MICRO = 1e6;
    uint256 internal constant MICRO_ENC = 1e12;
    uint256 internal constant BPS = 1e4;

    /// @dev Wei for proven capacity that was available: floor(units·rate·availability/(10^6·10^4)); units in micro-units below 2^96,
    /// rate below 2^80, availability at most 10^4.
    function capacityDown(uint256 units, uint256 rate, uint256 availabilityBps) internal pure returns (uint256) {
        return units * rate * availabilityBps / (MICRO * BPS);
    }

    /// @dev Q in micro-ENC: floor(min(earned, floor(stake·cap/10^4))/10^12); earned and stake in wei.
    function quantityDown(uint256 earned, uint256 stake, uint256 stakeCapBps) internal pure returns (uint256) {
        return Math.min(earned, stake * stakeCapBps / BPS) / MICRO_ENC;
    }

    /// @dev f = Q·c·R² with c and R in basis points: nothing is divided, so nothing is lost. Below 2^133 even for all ENC there is.
    function score(uint256 quantity, uint256 levelBps, uint256 reputationBps) internal pure returns (uint256) {
        return quantity * levelBps * reputationBps * reputationBps;
    }

    /// @dev A part of an amount by score: floor(amount·score/total).
    function partDown(uint256 amount, uint256 score_, uint256 total) internal pure returns (uint256) {
        return Math.mulDiv(amount, score_, total);
    }
}
