// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title The median of a few values, and how far they lie apart.
library MedianMath {
    /// @notice The median of the first `count` values, which come out sorted, smallest first. `count` is at least 1. The mean of the two in
    /// the middle, when there are two, rounds down.
    /// @dev Insertion sort: callers have 9 values at most, each below 2^255.
    function median(uint256[] memory values, uint256 count) internal pure returns (uint256) {
        for (uint256 i = 1; i < count; ++i) {
            uint256 value = values[i];
            uint256 j = i;
            for (; j > 0 && values[j - 1] > value; --j) {
                values[j] = values[j - 1];
            }
            values[j] = value;
        }
        uint256 middle = count / 2;
        return count % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
    }

    /// @notice True when the value lies within `bps` of the centre, the edge included.
    /// @dev Both values are below 2^240.
    function isWithin(uint256 value, uint256 center, uint256 bps) internal pure returns (bool) {
        uint256 distance = value > center ? value - center : center - value;
        return distance * 10_000 <= center * bps;
    }
}
