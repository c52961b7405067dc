// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title Counts what was used up in the running day of UTC.
library DayLimit {
    /// @param used in the day
    /// @param day number since the Unix epoch
    struct Day {
        uint224 used;
        uint32 day;
    }

    /// @notice What is left of a limit today.
    function left(Day storage self, uint256 limit) internal view returns (uint256) {
        uint256 used = self.day == _today() ? self.used : 0;
        return used >= limit ? 0 : limit - used;
    }

    /// @notice Counts an amount that the caller compared with `left` already.
    function add(Day storage self, uint256 amount) internal {
        uint32 today = _today();
        uint256 used = (self.day == today ? self.used : 0) + amount;
        // Fits: callers' limits are uint128.
        // forge-lint: disable-next-line(unsafe-typecast)
        (self.used, self.day) = (uint224(used), today);
    }

    function _today() private view returns (uint32) {
        // Fits for ten million years.
        // forge-lint: disable-next-line(unsafe-typecast)
        return uint32(block.timestamp / 1 days);
    }
}
