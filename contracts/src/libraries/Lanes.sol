// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title Arithmetic on four 32-bit numbers at once, each in the low half of a 64-bit field of a word.
/// @dev Fields never reach 2^40, so no sum carries into the next one; bit 40 of a field serves as the borrow of a
/// comparison. A word of eight packed 32-bit lanes is two such words: its even lanes and its odd lanes.
library Lanes {
    /// @dev One in every field.
    uint256 internal constant ONES = 0x0000000000000001000000000000000100000000000000010000000000000001;
    /// @dev The low 32 bits of every field.
    uint256 internal constant LOW = 0x00000000ffffffff00000000ffffffff00000000ffffffff00000000ffffffff;
    /// @dev Bit 40 of every field.
    uint256 private constant GUARD = ONES << 40;

    /// @dev Lanes 0, 2, 4 and 6 of a packed word.
    function even(uint256 word) internal pure returns (uint256) {
        return word & LOW;
    }

    /// @dev Lanes 1, 3, 5 and 7 of a packed word.
    function odd(uint256 word) internal pure returns (uint256) {
        return (word >> 32) & LOW;
    }

    /// @dev The packed word of both.
    function join(uint256 evenLanes, uint256 oddLanes) internal pure returns (uint256) {
        return evenLanes | oddLanes << 32;
    }

    /// @dev All 32 low bits set in each field where a <= b, none elsewhere.
    function atMost(uint256 a, uint256 b) internal pure returns (uint256) {
        // Can't wrap: the guard lends each field more than a's field holds.
        unchecked {
            return ((((b | GUARD) - a) >> 40) & ONES) * type(uint32).max;
        }
    }

    /// @dev The lane (0 to 7) of the first field that is not zero. `parity` is 0 for even lanes, 1 for odd ones.
    function firstLane(uint256 fields, uint256 parity) internal pure returns (uint256 lane) {
        for (lane = parity; lane < 8; lane += 2) {
            if (fields & type(uint64).max != 0) return lane;
            fields >>= 64;
        }
    }
}
