// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title How many bits of a word are set.
library BitCount {
    /// @dev Adds neighbouring fields of 1, 2 and 4 bits, then all bytes at once (Warren, Hacker's Delight, section 5-1).
    function ones(uint256 word) internal pure returns (uint256) {
        // No field overflows into its neighbour, and the last product drops on purpose what is above 256 bits. A word of ones
        // only would need a ninth bit in the top byte.
        if (word == type(uint256).max) return 256;
        unchecked {
            word -= (word >> 1) & (type(uint256).max / 3);
            word = (word & (type(uint256).max / 5)) + ((word >> 2) & (type(uint256).max / 5));
            word = (word + (word >> 4)) & (type(uint256).max / 17);
            return (word * (type(uint256).max / 255)) >> 248;
        }
    }
}
