// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title The curve of emission. Twin: packages/market/src/emission.ts.
library EmissionMath {
    /// @dev floor(10^27·k), k = 1 − 2^(−1/730): two years of daily epochs halve what is left.
    uint256 internal constant DECAY = 949_066_037_374_331_607_728_409;
    uint256 internal constant RAY = 1e27;
    uint256 internal constant WAD = 1e18;
    uint256 internal constant BPS = 1e4;
    /// @dev Emission without any use, and the use from which it is whole, in basis points.
    uint256 internal constant FLOOR_BPS = 2_500;
    uint256 internal constant TARGET_BPS = 7_000;

    /// @dev floor(10^18·g(U)), g(U) = min(1, floor + (1 − floor)·U/target), U = used/capacity; without capacity U is 0. Both below
    /// 2^128.
    function demandDown(uint256 used, uint256 capacity) internal pure returns (uint256) {
        if (capacity == 0) return WAD * FLOOR_BPS / BPS;
        // U above the target is as good as the target.
        if (used * BPS >= capacity * TARGET_BPS) return WAD;
        return WAD * FLOOR_BPS / BPS + WAD * (BPS - FLOOR_BPS) * used / (capacity * TARGET_BPS);
    }

    /// @dev floor(remaining·k·g·factor); remaining below 2^89, g at most 10^18, factor at most 10^4: the product stays below 2^244.
    function emissionDown(uint256 remaining, uint256 demandWad, uint256 factorBps) internal pure returns (uint256) {
        return remaining * DECAY * demandWad * factorBps / (RAY * WAD * BPS);
    }
}
