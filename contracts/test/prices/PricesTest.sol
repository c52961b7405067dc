// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IAggregatorV3} from "../../src/interfaces/IAggregatorV3.sol";
import {IPrices} from "../../src/interfaces/IPrices.sol";
import {ScriptedFeed} from "../base/Feeds.sol";
import {Test} from "../base/Test.sol";
import {IAccessManager} from "@openzeppelin/contracts/access/manager/IAccessManager.sol";

/// @title `Prices` with three scripted feeds of one asset, of which two must pass. ENC at 0.25 dollars.
abstract contract PricesTest is Test {
    uint256 internal constant NOW = 1_800_000_000;
    uint32 internal constant MAX_AGE = 1 hours;
    address internal constant ASSET = address(0xe4c);

    IPrices internal prices;
    ScriptedFeed internal a;
    ScriptedFeed internal b;
    ScriptedFeed internal c;

    function setUp() public virtual {
        vm.warp(NOW);
        IAccessManager manager = IAccessManager(deploy("AccessManager", abi.encode(address(this))));
        // The test is ADMIN, to whom every function without a role belongs.
        prices = IPrices(deploy("Prices", abi.encode(manager)));
        a = new ScriptedFeed(8, 0.25e8);
        b = new ScriptedFeed(18, 0.25e18);
        c = new ScriptedFeed(6, 0.25e6);
        list(2);
    }

    function deploy(string memory name, bytes memory arguments) internal returns (address) {
        string memory out = vm.envOr("CONTRACTS_OUT", "contracts/out");
        return vm.deployCode(string.concat(out, "/", name, ".sol/", name, ".json"), arguments);
    }

    /// @dev Lists the first `count` feeds.
    function list(uint256 count) internal {
        IAggregatorV3[3] memory feeds = [IAggregatorV3(a), b, c];
        IPrices.Source[] memory sources = new IPrices.Source[](count);
        for (uint256 i = 0; i < count; ++i) {
            sources[i] = IPrices.Source(address(feeds[i]), feeds[i].decimals(), MAX_AGE);
        }
        prices.setAsset(ASSET, newTerms(), sources);
    }

    function newTerms() internal pure returns (IPrices.Terms memory) {
        return
            IPrices.Terms({
                minE8: 0.001e8, maxE8: 10e8, spreadBps: 300, moveBps: 1_000, moveWindowSec: 1 hours, quorum: 2
            });
    }

    /// @dev All three feeds say this, now.
    function setAll(uint256 priceE8) internal {
        a.set(int256(priceE8), block.timestamp);
        b.set(int256(priceE8 * 1e10), block.timestamp);
        c.set(int256(priceE8 / 100), block.timestamp);
    }

    function price() internal view returns (uint256 priceE8) {
        (priceE8,) = prices.priceOf(ASSET);
    }
}
