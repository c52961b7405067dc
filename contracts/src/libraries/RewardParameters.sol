// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IRewards} from "../interfaces/IRewards.sol";

/// @title Bounds of what the role PARAMETERS may set for rewards. The bounds are code: nobody can move them.
library RewardParameters {
    uint16 private constant LEVEL_0_BPS = 10_000;

    /// @dev Least and most of each parameter.
    function bounds() internal pure returns (IRewards.Parameters memory least, IRewards.Parameters memory most) {
        least = IRewards.Parameters(0, 1e9, 100, LEVEL_0_BPS, LEVEL_0_BPS, LEVEL_0_BPS);
        most = IRewards.Parameters(1e21, 1e24, 1_000_000, 30_000, 30_000, 30_000);
    }

    /// @dev True when every parameter lies within its bounds and a higher level never counts less.
    function isWithinBounds(IRewards.Parameters memory p) internal pure returns (bool) {
        (IRewards.Parameters memory least, IRewards.Parameters memory most) = bounds();
        return p.capacityRate <= most.capacityRate && p.referenceRate >= least.referenceRate
            && p.referenceRate <= most.referenceRate && p.stakeCapBps >= least.stakeCapBps
            && p.stakeCapBps <= most.stakeCapBps && p.levelBps1 >= LEVEL_0_BPS && p.levelBps2 >= p.levelBps1
            && p.levelBps3 >= p.levelBps2 && p.levelBps3 <= most.levelBps3;
    }

    /// @dev c of a level in basis points (above 3 as 3).
    function levelBps(IRewards.Parameters memory p, uint8 level) internal pure returns (uint256) {
        if (level == 0) return LEVEL_0_BPS;
        if (level == 1) return p.levelBps1;
        return level == 2 ? p.levelBps2 : p.levelBps3;
    }
}
