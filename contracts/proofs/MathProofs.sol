// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {EmissionMath} from "../src/libraries/EmissionMath.sol";
import {MedianMath} from "../src/libraries/MedianMath.sol";
import {PriceMath} from "../src/libraries/PriceMath.sol";

/// @title What holds for all numbers in the documented ranges; proven by the compiler's SMTChecker with z3, not run.
/// @dev Beside the assertions, every operation in the libraries that these call is proven not to overflow or divide by zero. Not
/// here, because the checker can't see through OpenZeppelin's assembly or z3 finds no end: `feeUp`, `quantityDown`,
/// `bpsDown`, and all that goes through `mulDiv`; fuzz tests and shared vectors stand for those.
contract MathProofs {
    /// @dev A part of a price never exceeds it.
    function part(uint256 price, uint256 done, uint256 todo) external pure {
        require(price < 2 ** 128 && done <= todo && todo > 0 && todo < 2 ** 24);
        assert(PriceMath.partDown(price, done, todo) <= price);
    }

    /// @dev Demand never lifts emission above the whole curve.
    function demand(uint256 used, uint256 capacity) external pure {
        require(used < 2 ** 128 && capacity < 2 ** 128);
        assert(EmissionMath.demandDown(used, capacity) <= 1e18);
    }

    /// @dev No epoch emits more than what remains, so the sum of all never exceeds the 400 M.
    function emission(uint256 remaining, uint256 decayRay, uint256 demandWad, uint256 factorBps) external pure {
        require(remaining <= 400_000_000e18 && demandWad <= 1e18 && factorBps <= 10_000);
        // That of 7 days, the longest epoch.
        require(decayRay <= 6_624_576_899_738_810_705_806_150);
        assert(EmissionMath.emissionDown(remaining, decayRay, demandWad, factorBps) <= remaining);
    }

    /// @dev A price at the centre is within any band.
    function within(uint256 center, uint256 bps) external pure {
        require(center < 2 ** 240 && bps <= 10_000);
        assert(MedianMath.isWithin(center, center, bps));
    }
}
