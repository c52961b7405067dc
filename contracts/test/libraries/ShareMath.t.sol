// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ShareMath} from "../../src/libraries/ShareMath.sol";
import {Vectors} from "./Vectors.sol";

contract ShareMathTest is Vectors {
    function test_toShares_vectors() public view {
        string memory json = read("money.json");
        uint256[] memory assets = column(json, "toSharesDown", "assets");
        uint256[] memory totalAssets = column(json, "toSharesDown", "totalAssets");
        uint256[] memory totalShares = column(json, "toSharesDown", "totalShares");
        uint256[] memory down = column(json, "toSharesDown", "shares");
        uint256[] memory up = column(json, "toSharesUp", "shares");
        vm.assertEq(down.length, 33);
        for (uint256 i = 0; i < down.length; ++i) {
            vm.assertEq(ShareMath.toSharesDown(assets[i], totalAssets[i], totalShares[i]), down[i]);
            vm.assertEq(ShareMath.toSharesUp(assets[i], totalAssets[i], totalShares[i]), up[i]);
        }
    }

    function test_toAssets_vectors() public view {
        string memory json = read("money.json");
        uint256[] memory shares = column(json, "toAssetsDown", "shares");
        uint256[] memory totalAssets = column(json, "toAssetsDown", "totalAssets");
        uint256[] memory totalShares = column(json, "toAssetsDown", "totalShares");
        uint256[] memory assets = column(json, "toAssetsDown", "assets");
        vm.assertEq(assets.length, 33);
        for (uint256 i = 0; i < assets.length; ++i) {
            vm.assertEq(ShareMath.toAssetsDown(shares[i], totalAssets[i], totalShares[i]), assets[i]);
        }
    }

    /// @dev In and out again never gains a wei.
    function testFuzz_round_trip_rounds_against_the_staker(uint96 amount, uint96 inPot, uint96 lost) public pure {
        uint256 totalShares = inPot;
        uint256 totalAssets = clamp(lost, 0, totalShares);
        uint256 assets = clamp(amount, 1, type(uint96).max);
        uint256 shares = ShareMath.toSharesDown(assets, totalAssets, totalShares);
        vm.assertLe(ShareMath.toAssetsDown(shares, totalAssets + assets, totalShares + shares), assets);
        vm.assertGe(ShareMath.toSharesUp(assets, totalAssets, totalShares), shares);
    }
}
