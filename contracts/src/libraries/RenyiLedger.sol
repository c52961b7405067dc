// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IDatasets} from "../interfaces/IDatasets.sol";
import {Lanes} from "./Lanes.sol";

/// @title Rényi privacy ledger of a dataset. Twin: packages/privacy/src/ledger; vectors: vectors/renyi-ledger.json.
/// @notice Orders α = 1.5, 2, 2.5, 3, 4, 5, 6, 7, 8, 10, 12, 16, 20, 32, 64, 128. A word holds eight lanes of 32 bits in
/// micro-RDP: order i at bits 32·(i mod 8) of the low word (i < 8) or the high word.
/// @dev (α, ρ)-RDP gives (ε, δ)-DP with ε = ρ + ln((α−1)/α) − (ln δ + ln α)/(α−1) (Canonne, Kamath, Steinke 2020, Prop. 12).
/// Solved for ρ at δ = 10^-k: cap = max(0, ε + A − k·B), A = floor(10^6·(ln(α/(α−1)) + ln α/(α−1))), B = ceil(10^6·ln 10/(α−1)).
/// A charge counts at most cap + 1 in a lane: that lane is lost anyway, and this keeps lanes from overflowing.
/// The state is what was spent and what is held = spent + reserved: a job that spends what it reserved changes one of them.
library RenyiLedger {
    using Lanes for uint256;

    /// @dev Spent and held loss in packed words.
    struct State {
        uint256 spentLow;
        uint256 spentHigh;
        uint256 heldLow;
        uint256 heldHigh;
    }

    /// @dev ε below which caps fit their lanes with one to spare, in millionths.
    uint256 internal constant MAX_EPSILON_MICRO = 4_000_000_000;

    uint256 internal constant A_LOW = 1909542 | 1386294 << 32 | 1121686 << 64 | 954771 << 96 | 749780 << 128 | 625503
        << 160 | 540673 << 192 | 478469 << 224;
    uint256 internal constant A_HIGH = 430594 | 361203 << 32 | 312911 << 64 | 249377 << 96 | 208963 << 128 | 143546
        << 160 | 81762 << 192 | 46048 << 224;
    uint256 internal constant B_LOW = 4605171 | 2302586 << 32 | 1535057 << 64 | 1151293 << 96 | 767529 << 128 | 575647
        << 160 | 460518 << 192 | 383765 << 224;
    uint256 internal constant B_HIGH = 328941 | 255843 << 32 | 209326 << 64 | 153506 << 96 | 121189 << 128 | 74277
        << 160 | 36549 << 192 | 18131 << 224;

    /// @dev The caps of the 16 orders in two packed words.
    function caps(uint256 epsilonMicro, uint256 deltaExponent) internal pure returns (uint256 low, uint256 high) {
        low = _caps(A_LOW, B_LOW, epsilonMicro, deltaExponent);
        high = _caps(A_HIGH, B_HIGH, epsilonMicro, deltaExponent);
    }

    /// @dev Holds a charge. Reverts when a lane overflows.
    /// @return ok whether some order keeps spent + reserved + charge within its cap
    function reserve(
        State memory state,
        uint256 epsilonMicro,
        uint256 deltaExponent,
        uint256 chargeLow,
        uint256 chargeHigh
    ) internal pure returns (bool ok) {
        (uint256 capLow, uint256 capHigh) = caps(epsilonMicro, deltaExponent);
        chargeLow = _effective(chargeLow, capLow);
        chargeHigh = _effective(chargeHigh, capHigh);
        state.heldLow = _add(state.heldLow, chargeLow, 0);
        state.heldHigh = _add(state.heldHigh, chargeHigh, 8);
        ok = _anyWithin(state.heldLow, capLow) || _anyWithin(state.heldHigh, capHigh);
    }

    /// @dev Ends a reservation and spends the actual loss, which may not exceed it in any lane.
    function commit(
        State memory state,
        uint256 epsilonMicro,
        uint256 deltaExponent,
        uint256 reservedLow,
        uint256 reservedHigh,
        uint256 actualLow,
        uint256 actualHigh
    ) internal pure {
        requireWithin(actualLow, reservedLow, 0);
        requireWithin(actualHigh, reservedHigh, 8);
        (uint256 capLow, uint256 capHigh) = caps(epsilonMicro, deltaExponent);
        _release(state, capLow, capHigh, reservedLow, reservedHigh);
        (state.spentLow, state.heldLow) = _spend(state.spentLow, state.heldLow, actualLow, capLow);
        (state.spentHigh, state.heldHigh) = _spend(state.spentHigh, state.heldHigh, actualHigh, capHigh);
    }

    /// @dev Ends a reservation without a loss. Reverts when less is reserved.
    function release(
        State memory state,
        uint256 epsilonMicro,
        uint256 deltaExponent,
        uint256 reservedLow,
        uint256 reservedHigh
    ) internal pure {
        (uint256 capLow, uint256 capHigh) = caps(epsilonMicro, deltaExponent);
        _release(state, capLow, capHigh, reservedLow, reservedHigh);
    }

    /// @dev Reverts unless every lane of `actual` is at most the same lane of `limit`.
    function requireWithin(uint256 actual, uint256 limit, uint256 firstLane) internal pure {
        uint256 badEven = Lanes.LOW ^ actual.even().atMost(limit.even());
        uint256 badOdd = Lanes.LOW ^ actual.odd().atMost(limit.odd());
        if (badEven | badOdd != 0) revert IDatasets.DatasetsLossAboveReservation(firstLane + _which(badEven, badOdd));
    }

    /// @dev What is held beyond what is spent, lane by lane. Held lanes are never below spent lanes.
    function reservedOf(uint256 held, uint256 spent) internal pure returns (uint256) {
        return held - spent;
    }

    function _release(State memory state, uint256 capLow, uint256 capHigh, uint256 low, uint256 high) private pure {
        state.heldLow = _subtract(state.heldLow, _effective(low, capLow), state.spentLow, 0);
        state.heldHigh = _subtract(state.heldHigh, _effective(high, capHigh), state.spentHigh, 8);
    }

    function _caps(uint256 a, uint256 b, uint256 epsilonMicro, uint256 deltaExponent) private pure returns (uint256) {
        return Lanes.join(
            _capsOf(a.even(), b.even(), epsilonMicro, deltaExponent),
            _capsOf(a.odd(), b.odd(), epsilonMicro, deltaExponent)
        );
    }

    function _capsOf(uint256 a, uint256 b, uint256 epsilonMicro, uint256 deltaExponent) private pure returns (uint256) {
        // Can't wrap: fields stay below 2^32 for ε <= 4,000 and exponents below 2^8.
        unchecked {
            uint256 most = a + epsilonMicro * Lanes.ONES;
            uint256 cost = b * deltaExponent;
            uint256 positive = cost.atMost(most);
            return (most & positive) - (cost & positive);
        }
    }

    /// @dev min(charge, cap + 1) in each lane.
    function _effective(uint256 charge, uint256 cap) private pure returns (uint256) {
        return Lanes.join(_smaller(charge.even(), cap.even()), _smaller(charge.odd(), cap.odd()));
    }

    function _smaller(uint256 charge, uint256 cap) private pure returns (uint256) {
        uint256 within = charge.atMost(cap);
        // Can't wrap: caps are below 2^32 − 1.
        unchecked {
            return (charge & within) | ((cap + Lanes.ONES) & (Lanes.LOW ^ within));
        }
    }

    function _add(uint256 held, uint256 charge, uint256 firstLane) private pure returns (uint256) {
        // Can't wrap: two 32-bit numbers in a 64-bit field.
        unchecked {
            uint256 evenSum = held.even() + charge.even();
            uint256 oddSum = held.odd() + charge.odd();
            uint256 evenOver = evenSum & ~Lanes.LOW;
            uint256 oddOver = oddSum & ~Lanes.LOW;
            if (evenOver | oddOver != 0) revert IDatasets.DatasetsLaneOverflow(firstLane + _which(evenOver, oddOver));
            return Lanes.join(evenSum, oddSum);
        }
    }

    /// @dev Takes a charge off what is held, down to what is spent at most.
    function _subtract(uint256 held, uint256 charge, uint256 spent, uint256 firstLane) private pure returns (uint256) {
        uint256 reserved = reservedOf(held, spent);
        uint256 badEven = Lanes.LOW ^ charge.even().atMost(reserved.even());
        uint256 badOdd = Lanes.LOW ^ charge.odd().atMost(reserved.odd());
        if (badEven | badOdd != 0) revert IDatasets.DatasetsLaneUnderflow(firstLane + _which(badEven, badOdd));
        // No lane borrows: each is at least the charge.
        return held - charge;
    }

    /// @dev spent' = min(spent + effective(actual), cap + 1); what that adds is held as well.
    function _spend(uint256 spent, uint256 held, uint256 actual, uint256 cap) private pure returns (uint256, uint256) {
        uint256 effective = _effective(actual, cap);
        // Can't wrap: fields below 2^33, then at most cap + 1.
        unchecked {
            uint256 evenSpent = _smaller(spent.even() + effective.even(), cap.even());
            uint256 oddSpent = _smaller(spent.odd() + effective.odd(), cap.odd());
            uint256 after_ = Lanes.join(evenSpent, oddSpent);
            // Lane by lane spent never falls, and grows by at most what was just released.
            return (after_, held + (after_ - spent));
        }
    }

    function _anyWithin(uint256 held, uint256 cap) private pure returns (bool) {
        return held.even().atMost(cap.even()) | held.odd().atMost(cap.odd()) != 0;
    }

    /// @dev The first lane with a fault.
    function _which(uint256 evenFaults, uint256 oddFaults) private pure returns (uint256) {
        uint256 evenLane = Lanes.firstLane(evenFaults, 0);
        uint256 oddLane = Lanes.firstLane(oddFaults, 1);
        return evenLane < oddLane ? evenLane : oddLane;
    }
}
