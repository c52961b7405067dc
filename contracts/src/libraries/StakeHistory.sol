// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title A value by epoch: what was set last for an epoch up to the one asked for.
/// @dev Entries ascend by epoch; setting an epoch again overwrites it. Look-ups take O(log n) reads, mostly one.
library StakeHistory {
    struct Entry {
        uint48 fromEpoch;
        uint208 value;
    }

    struct History {
        Entry[] entries;
    }

    /// @notice Entries are only added at the end.
    error StakeHistoryOutOfOrder();

    /// @dev Sets the value from an epoch on, which must not be older than the last one set.
    /// @return before the last value set until now; 0 if none
    function set(History storage self, uint48 fromEpoch, uint208 value) internal returns (uint208 before) {
        uint256 count = self.entries.length;
        if (count > 0) {
            Entry storage last = self.entries[count - 1];
            before = last.value;
            if (last.fromEpoch > fromEpoch) revert StakeHistoryOutOfOrder();
            if (last.fromEpoch == fromEpoch) {
                last.value = value;
                return before;
            }
        }
        self.entries.push(Entry(fromEpoch, value));
    }

    /// @dev The last value set for any epoch; 0 if none.
    function latest(History storage self) internal view returns (uint208) {
        uint256 count = self.entries.length;
        return count == 0 ? 0 : self.entries[count - 1].value;
    }

    /// @dev The value that holds in an epoch; 0 before the first.
    function valueAt(History storage self, uint256 epoch) internal view returns (uint208) {
        uint256 high = self.entries.length;
        if (high == 0) return 0;
        // Questions are mostly about the newest entries.
        if (self.entries[high - 1].fromEpoch <= epoch) return self.entries[high - 1].value;
        uint256 low = 0;
        while (low < high) {
            uint256 middle = (low + high) / 2;
            if (self.entries[middle].fromEpoch <= epoch) low = middle + 1;
            else high = middle;
        }
        return low == 0 ? 0 : self.entries[low - 1].value;
    }
}
