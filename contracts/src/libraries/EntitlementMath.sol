// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

/// @title A user's part of verified capacity. Twin: packages/market/src/entitlement.ts.
library EntitlementMath {
    /// @dev floor(s·P/Σs) micro-units; 0 where nobody has staked. All of an epoch add up to P at most, since each is rounded down.
    function entitlementDown(uint256 stake, uint256 totalStake, uint256 units) internal pure returns (uint256) {
        return totalStake == 0 ? 0 : Math.mulDiv(units, stake, totalStake);
    }
}
