// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title The curve of emission. Twin: packages/market/src/emission.ts.
library EmissionMath {
    /// @dev In this time at full demand what is left halves, whatever the length of an epoch.
    uint256 internal constant HALVING = 730 days;
    /// @dev floor(2^128·ln 2).
    uint256 internal constant LN2_Q128 = 0xb17217f7d1cf79abc9e3b39803f2f6af;
    uint256 internal constant RAY = 1e27;
    uint256 internal constant WAD = 1e18;
    uint256 internal constant BPS = 1e4;
    /// @dev Emission without any use, and the use from which it is whole, in basis points.
    uint256 internal constant FLOOR_BPS = 2_500;
    uint256 internal constant TARGET_BPS = 7_000;

    /// @dev floor(10^27·k), k = 1 − 2^(−epochLength/HALVING) = x − x²/2! + x³/3! − …, x = ln 2·epochLength/HALVING. Exact for every
    /// length that `Staking` allows, 5 seconds to 7 days: there x < 2^−7, the 14 terms' roundings stay below 2^−123, and no 10^27·k is
    /// nearer than 10^−6 to a whole number. Nothing overflows while epochLength is at most HALVING.
    function decayDown(uint256 epochLength) internal pure returns (uint256) {
        uint256 x = LN2_Q128 * epochLength / HALVING;
        uint256 sum;
        uint256 term = x;
        for (uint256 n = 1; term != 0; ++n) {
            sum = n % 2 == 1 ? sum + term : sum - term;
            term = (term * x >> 128) / (n + 1);
        }
        return sum * RAY >> 128;
    }

    /// @dev floor(10^18·g(U)), g(U) = min(1, floor + (1 − floor)·U/target), U = used/capacity; without capacity U is 0. Both below
    /// 2^128.
    function demandDown(uint256 used, uint256 capacity) internal pure returns (uint256) {
        if (capacity == 0) return WAD * FLOOR_BPS / BPS;
        // U above the target is as good as the target.
        if (used * BPS >= capacity * TARGET_BPS) return WAD;
        return WAD * FLOOR_BPS / BPS + WAD * (BPS - FLOOR_BPS) * used / (capacity * TARGET_BPS);
    }

    /// @dev floor(remaining·k·g·factor), `decayRay` being 10^27·k; remaining at most 400 M ENC, k that of 7 days at most, g at most 10^18,
    /// factor at most 10^4: the product stays below 2^244.
    function emissionDown(uint256 remaining, uint256 decayRay, uint256 demandWad, uint256 factorBps)
        internal
        pure
        returns (uint256)
    {
        return remaining * decayRay * demandWad * factorBps / (RAY * WAD * BPS);
    }
}
