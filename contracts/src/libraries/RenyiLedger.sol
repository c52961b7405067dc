// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IDatasets} from "../interfaces/IDatasets.sol";

/// @title Rényi privacy ledger of a dataset. Twin: packages/privacy/src/ledger; vectors: vectors/renyi-ledger.json.
/// @notice Orders α = 1.5, 2, 2.5, 3, 4, 5, 6, 7, 8, 10, 12, 16, 20, 32, 64, 128. A word holds eight lanes of 32 bits in micro-RDP.
/// @dev (α, ρ)-RDP gives (ε, δ)-DP with ε = ρ + ln((α−1)/α) − (ln δ + ln α)/(α−1) (Canonne, Kamath, Steinke 2020, Prop. 12).
/// Solved for ρ at δ = 10^-k: cap = max(0, ε + A − k·B), A = floor(10^6·(ln(α/(α−1)) + ln α/(α−1))), B = ceil(10^6·ln 10/(α−1)).
/// A charge counts at most cap + 1 in a lane: that lane is lost anyway, and this keeps lanes from overflowing.
library RenyiLedger {
    uint256 internal constant LANES = 8;
    uint256 private constant LANE_MASK = type(uint32).max;

    uint256 internal constant A_LOW = 1909542 | 1386294 << 32 | 1121686 << 64 | 954771 << 96 | 749780 << 128 | 625503
        << 160 | 540673 << 192 | 478469 << 224;
    uint256 internal constant A_HIGH = 430594 | 361203 << 32 | 312911 << 64 | 249377 << 96 | 208963 << 128 | 143546
        << 160 | 81762 << 192 | 46048 << 224;
    uint256 internal constant B_LOW = 4605171 | 2302586 << 32 | 1535057 << 64 | 1151293 << 96 | 767529 << 128 | 575647
        << 160 | 460518 << 192 | 383765 << 224;
    uint256 internal constant B_HIGH = 328941 | 255843 << 32 | 209326 << 64 | 153506 << 96 | 121189 << 128 | 74277
        << 160 | 36549 << 192 | 18131 << 224;

    /// @dev The caps of the 16 orders in two words. For ε <= 4000 each fits its lane with one to spare.
    function caps(uint256 epsilonMicro, uint256 deltaExponent) internal pure returns (uint256 low, uint256 high) {
        low = _caps(A_LOW, B_LOW, epsilonMicro, deltaExponent);
        high = _caps(A_HIGH, B_HIGH, epsilonMicro, deltaExponent);
    }

    /// @dev Adds a charge to what is reserved, or reverts when no order has room for it or a lane overflows.
    /// @return ok whether some order keeps spent + reserved + charge within its cap
    function reserve(
        IDatasets.Ledger memory state,
        uint256 epsilonMicro,
        uint256 deltaExponent,
        uint256 chargeLow,
        uint256 chargeHigh
    ) internal pure returns (bool ok) {
        (uint256 capLow, uint256 capHigh) = caps(epsilonMicro, deltaExponent);
        bool okHigh;
        (state.reservedLow, ok) = _add(state.spentLow, state.reservedLow, chargeLow, capLow, 0);
        (state.reservedHigh, okHigh) = _add(state.spentHigh, state.reservedHigh, chargeHigh, capHigh, LANES);
        ok = ok || okHigh;
    }

    /// @dev Ends a reservation and spends the actual loss, which may not exceed it in any lane.
    function commit(
        IDatasets.Ledger memory state,
        uint256 epsilonMicro,
        uint256 deltaExponent,
        uint256 reservedLow,
        uint256 reservedHigh,
        uint256 actualLow,
        uint256 actualHigh
    ) internal pure {
        (uint256 capLow, uint256 capHigh) = caps(epsilonMicro, deltaExponent);
        requireWithin(actualLow, reservedLow, 0);
        requireWithin(actualHigh, reservedHigh, LANES);
        state.reservedLow = _subtract(state.reservedLow, reservedLow, capLow, 0);
        state.reservedHigh = _subtract(state.reservedHigh, reservedHigh, capHigh, LANES);
        state.spentLow = _spend(state.spentLow, actualLow, capLow);
        state.spentHigh = _spend(state.spentHigh, actualHigh, capHigh);
    }

    /// @dev Ends a reservation without a loss.
    function release(
        IDatasets.Ledger memory state,
        uint256 epsilonMicro,
        uint256 deltaExponent,
        uint256 reservedLow,
        uint256 reservedHigh
    ) internal pure {
        (uint256 capLow, uint256 capHigh) = caps(epsilonMicro, deltaExponent);
        state.reservedLow = _subtract(state.reservedLow, reservedLow, capLow, 0);
        state.reservedHigh = _subtract(state.reservedHigh, reservedHigh, capHigh, LANES);
    }

    /// @dev Reverts unless every lane of `actual` is at most the same lane of `limit`.
    function requireWithin(uint256 actual, uint256 limit, uint256 firstLane) internal pure {
        for (uint256 i = 0; i < LANES; ++i) {
            if (lane(actual, i) > lane(limit, i)) revert IDatasets.DatasetsLossAboveReservation(firstLane + i);
        }
    }

    function _caps(uint256 a, uint256 b, uint256 epsilonMicro, uint256 deltaExponent)
        private
        pure
        returns (uint256 word)
    {
        // Can't wrap: epsilonMicro is below 2^32, lanes below 2^23, deltaExponent below 2^8.
        unchecked {
            for (uint256 i = 0; i < LANES; ++i) {
                uint256 most = epsilonMicro + lane(a, i);
                uint256 cost = deltaExponent * lane(b, i);
                if (most > cost) word |= (most - cost) << (32 * i);
            }
        }
    }

    function _add(uint256 spent, uint256 reserved, uint256 charge, uint256 cap, uint256 firstLane)
        private
        pure
        returns (uint256 word, bool ok)
    {
        // Can't wrap: sums of three 32-bit lanes.
        unchecked {
            for (uint256 i = 0; i < LANES; ++i) {
                uint256 laneCap = lane(cap, i);
                uint256 sum = lane(reserved, i) + _effective(lane(charge, i), laneCap);
                if (sum > LANE_MASK) revert IDatasets.DatasetsLaneOverflow(firstLane + i);
                if (lane(spent, i) + sum <= laneCap) ok = true;
                word |= sum << (32 * i);
            }
        }
    }

    function _subtract(uint256 reserved, uint256 charge, uint256 cap, uint256 firstLane)
        private
        pure
        returns (uint256 word)
    {
        // Can't wrap: checked before the subtraction.
        unchecked {
            for (uint256 i = 0; i < LANES; ++i) {
                uint256 held = lane(reserved, i);
                uint256 taken = _effective(lane(charge, i), lane(cap, i));
                if (taken > held) revert IDatasets.DatasetsLaneUnderflow(firstLane + i);
                word |= (held - taken) << (32 * i);
            }
        }
    }

    function _spend(uint256 spent, uint256 actual, uint256 cap) private pure returns (uint256 word) {
        // Can't wrap: two 32-bit lanes, then at most cap + 1, which fits a lane.
        unchecked {
            for (uint256 i = 0; i < LANES; ++i) {
                uint256 laneCap = lane(cap, i);
                uint256 sum = lane(spent, i) + _effective(lane(actual, i), laneCap);
                word |= _effective(sum, laneCap) << (32 * i);
            }
        }
    }

    function _effective(uint256 charge, uint256 cap) private pure returns (uint256) {
        return charge > cap ? cap + 1 : charge;
    }

    /// @dev Lane i of a word.
    function lane(uint256 word, uint256 i) internal pure returns (uint256) {
        return (word >> (32 * i)) & LANE_MASK;
    }
}
