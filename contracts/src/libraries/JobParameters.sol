// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IJobs} from "../interfaces/IJobs.sol";

/// @title Bounds of what the role PARAMETERS may set for new jobs. The bounds are code: nobody can move them.
library JobParameters {
    uint256 internal constant MIN_WINDOW = 5 seconds;
    uint256 internal constant MAX_START_WINDOW = 1 days;
    uint256 internal constant MAX_CONTEST_WINDOW = 14 days;
    uint256 internal constant MAX_FEE_BPS = 1_000;
    uint256 internal constant MIN_STAKE_RATIO_BPS = 100;
    uint256 internal constant MAX_STAKE_RATIO_BPS = 50_000;

    /// @dev True when every parameter lies within its bounds and a higher level never waits longer.
    function isWithinBounds(IJobs.Parameters memory p) internal pure returns (bool) {
        return p.startWindow >= MIN_WINDOW && p.startWindow <= MAX_START_WINDOW
            && p.contestWindow0 <= MAX_CONTEST_WINDOW && p.contestWindow1 <= p.contestWindow0
            && p.contestWindow2 <= p.contestWindow1 && p.contestWindow3 <= p.contestWindow2
            && p.contestWindow3 >= MIN_WINDOW && p.feeBps <= MAX_FEE_BPS && p.stakeRatioBps >= MIN_STAKE_RATIO_BPS
            && p.stakeRatioBps <= MAX_STAKE_RATIO_BPS;
    }

    /// @dev Contest window of a job that demands this level (0 to 3; above 3 as 3).
    function contestWindow(IJobs.Parameters memory p, uint8 level) internal pure returns (uint32) {
        if (level == 0) return p.contestWindow0;
        if (level == 1) return p.contestWindow1;
        return level == 2 ? p.contestWindow2 : p.contestWindow3;
    }

    /// @dev Start window and longest contest window: what unbonding must outlast even for the shortest job.
    function longestWindow(IJobs.Parameters memory p) internal pure returns (uint256) {
        return uint256(p.startWindow) + p.contestWindow0;
    }
}
