// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

/// @title Shares of a pot and their worth. Twin: packages/market/src/share-math.ts.
/// @notice One virtual share and one virtual wei stand beside every pot, so that an empty pot has a price and a tiny one
/// can't be inflated. A pot's assets never exceed its shares: they start equal and only a slash parts them. So the last
/// shares are worth all that is left.
library ShareMath {
    /// @dev Shares for assets that come in: floor(a·(S + 1)/(A + 1)).
    function toSharesDown(uint256 assets, uint256 totalAssets, uint256 totalShares) internal pure returns (uint256) {
        return Math.mulDiv(assets, totalShares + 1, totalAssets + 1);
    }

    /// @dev Shares that assets which go out cost: ceil(a·(S + 1)/(A + 1)).
    function toSharesUp(uint256 assets, uint256 totalAssets, uint256 totalShares) internal pure returns (uint256) {
        return Math.mulDiv(assets, totalShares + 1, totalAssets + 1, Math.Rounding.Ceil);
    }

    /// @dev Worth of shares: floor(s·(A + 1)/(S + 1)).
    function toAssetsDown(uint256 shares, uint256 totalAssets, uint256 totalShares) internal pure returns (uint256) {
        return Math.mulDiv(shares, totalAssets + 1, totalShares + 1);
    }
}
