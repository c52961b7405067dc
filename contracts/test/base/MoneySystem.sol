// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IAggregatorV3} from "../../src/interfaces/IAggregatorV3.sol";
import {IFiatGateway} from "../../src/interfaces/IFiatGateway.sol";
import {IMedianFeed} from "../../src/interfaces/IMedianFeed.sol";
import {IPrices} from "../../src/interfaces/IPrices.sol";
import {IStablecoinDesk} from "../../src/interfaces/IStablecoinDesk.sol";
import {ITreasury} from "../../src/interfaces/ITreasury.sol";
import {IVersions} from "../../src/interfaces/IVersions.sol";
import {Roles} from "../../src/libraries/Roles.sol";
import {Coin} from "./Coins.sol";
import {ScriptedFeed} from "./Feeds.sol";
import {JobSystem} from "./JobSystem.sol";
import {IPausable} from "./System.sol";

/// @title The system with everything that brings money in, its roles and delays, on top of jobs.
/// @dev ENC stands at 0.25 dollars, the coin (6 decimals) at 1, each by two feeds.
abstract contract MoneySystem is JobSystem {
    uint32 internal constant MAX_AGE = 1 hours;

    address internal processor = address(0x9a1d);
    IPrices internal prices;
    IStablecoinDesk internal desk;
    IFiatGateway internal gateway;
    IVersions internal versions;
    Coin internal coin;
    ScriptedFeed internal encFeedA;
    ScriptedFeed internal encFeedB;
    ScriptedFeed internal coinFeedA;
    ScriptedFeed internal coinFeedB;

    function deployMoney() internal {
        prices = IPrices(deploy("Prices", abi.encode(manager)));
        desk = IStablecoinDesk(deploy("StablecoinDesk", abi.encode(manager, token, treasury, prices, deskParameters())));
        gateway = IFiatGateway(deploy("FiatGateway", abi.encode(manager, token, treasury, prices, gatewayParameters())));
        versions = IVersions(deploy("Versions", abi.encode(manager, staking, UNBONDING)));
        manager.grantRole(Roles.RESERVE, address(desk), 0);
        manager.grantRole(Roles.RESERVE, address(gateway), 0);
        manager.grantRole(Roles.PROCESSOR, processor, 0);
        map(address(prices), IPrices.setAsset.selector, Roles.PARAMETERS);
        map(address(prices), IPrices.removeAsset.selector, Roles.PARAMETERS);
        map(address(prices), IPrices.setSequencer.selector, Roles.PARAMETERS);
        map(address(desk), IStablecoinDesk.setCoin.selector, Roles.PARAMETERS);
        map(address(desk), IStablecoinDesk.setParameters.selector, Roles.PARAMETERS);
        map(address(desk), IPausable.pause.selector, Roles.GUARDIAN);
        map(address(desk), IPausable.unpause.selector, Roles.TEAM);
        map(address(gateway), IFiatGateway.setParameters.selector, Roles.PARAMETERS);
        map(address(gateway), IPausable.pause.selector, Roles.GUARDIAN);
        map(address(gateway), IPausable.unpause.selector, Roles.TEAM);
        map(address(treasury), ITreasury.setReserve.selector, Roles.TEAM);
        map(address(ecosystem), ITreasury.setReserve.selector, Roles.TEAM);
        map(address(versions), IVersions.announce.selector, Roles.TEAM);
        map(address(versions), IVersions.withdraw.selector, Roles.GUARDIAN);
        listPrices();
    }

    function listPrices() private {
        coin = new Coin(6);
        encFeedA = new ScriptedFeed(8, 0.25e8);
        encFeedB = new ScriptedFeed(18, 0.25e18);
        coinFeedA = new ScriptedFeed(8, 1e8);
        coinFeedB = new ScriptedFeed(8, 1e8);
        vm.startPrank(team);
        prices.setAsset(address(token), encTerms(), sources(encFeedA, encFeedB));
        prices.setAsset(address(coin), coinTerms(), sources(coinFeedA, coinFeedB));
        desk.setCoin(address(coin), 1_000_000e6, 200);
        treasury.setReserve(address(token), 1_000_000e18, 100_000_000e18);
        vm.stopPrank();
        vm.label(address(prices), "Prices");
        vm.label(address(desk), "StablecoinDesk");
        vm.label(address(gateway), "FiatGateway");
        vm.label(address(versions), "Versions");
    }

    function encTerms() internal pure returns (IPrices.Terms memory) {
        return
            IPrices.Terms({
                minE8: 0.001e8, maxE8: 10e8, spreadBps: 300, moveBps: 1_000, moveWindowSec: 1 hours, quorum: 2
            });
    }

    function coinTerms() internal pure returns (IPrices.Terms memory) {
        return
            IPrices.Terms({
                minE8: 0.5e8, maxE8: 1.5e8, spreadBps: 100, moveBps: 1_000, moveWindowSec: 1 hours, quorum: 2
            });
    }

    function sources(IAggregatorV3 a, IAggregatorV3 b) internal view returns (IPrices.Source[] memory list) {
        list = new IPrices.Source[](2);
        list[0] = IPrices.Source(address(a), a.decimals(), MAX_AGE);
        list[1] = IPrices.Source(address(b), b.decimals(), MAX_AGE);
    }

    /// @dev Both feeds of ENC say this, now.
    function setEnc(uint256 priceE8) internal {
        encFeedA.set(int256(priceE8), block.timestamp);
        encFeedB.set(int256(priceE8 * 1e10), block.timestamp);
    }

    /// @dev Both feeds of the coin say this, now.
    function setCoinPrice(uint256 priceE8) internal {
        coinFeedA.set(int256(priceE8), block.timestamp);
        coinFeedB.set(int256(priceE8), block.timestamp);
    }

    function deskParameters() internal pure returns (IStablecoinDesk.Parameters memory) {
        return IStablecoinDesk.Parameters({dailyEncLimit: 500_000e18, minEncOut: 1e15, feeBps: 50});
    }

    function gatewayParameters() internal pure returns (IFiatGateway.Parameters memory) {
        return IFiatGateway.Parameters({dailyUsdE6: 10_000e6, paymentUsdE6: 1_000e6, maxAgeSec: 7 days, feeBps: 100});
    }

    function feedTerms() internal pure returns (IMedianFeed.Terms memory) {
        return IMedianFeed.Terms({minAnswer: 1, maxAnswer: 1e12, spreadBps: 200, maxAgeSec: 1 hours, quorum: 2});
    }
}
