// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IAccessManaged} from "@openzeppelin/contracts/access/manager/IAccessManaged.sol";
import {IPrices} from "../../src/interfaces/IPrices.sol";
import {PricesTest} from "./PricesTest.sol";

contract SetAssetTest is PricesTest {
    function test_listed() public view {
        IPrices.Terms memory terms = prices.terms(ASSET);
        vm.assertEq(terms.minE8, 100_000);
        vm.assertEq(terms.maxE8, 1_000_000_000);
        vm.assertEq(terms.spreadBps, 300);
        vm.assertEq(terms.moveBps, 1_000);
        vm.assertEq(terms.moveWindowSec, 3_600);
        vm.assertEq(terms.quorum, 2);
    }

    function test_setting_anew_forgets_the_reference() public {
        prices.takePrice(ASSET);
        list(2);
        (uint256 priceE8, uint256 setAt) = prices.referenceOf(ASSET);
        vm.assertEq(priceE8, 0);
        vm.assertEq(setAt, 0);
        setAll(1e8);
        vm.assertEq(prices.takePrice(ASSET), 1e8);
    }

    function test_removeAsset() public {
        prices.removeAsset(ASSET);
        vm.expectRevert(abi.encodeWithSelector(IPrices.PricesUnknownAsset.selector, ASSET));
        price();
        vm.expectRevert(abi.encodeWithSelector(IPrices.PricesUnknownAsset.selector, ASSET));
        prices.removeAsset(ASSET);
    }

    function test_terms_have_bounds() public {
        IPrices.Terms memory terms = newTerms();
        terms.minE8 = 0;
        refuse(terms, 1);
        terms.minE8 = terms.maxE8 + 1;
        refuse(terms, 1);
        terms.minE8 = terms.maxE8;
        accept(terms);
        terms.minE8 = 1;
        terms.maxE8 = 1_000_001;
        refuse(terms, 1);
        terms.maxE8 = 1_000_000;
        accept(terms);
        terms.spreadBps = 9;
        refuse(terms, 2);
        terms.spreadBps = 2_001;
        refuse(terms, 2);
        terms.spreadBps = 10;
        accept(terms);
        terms.spreadBps = 2_000;
        accept(terms);
        terms.moveBps = 99;
        refuse(terms, 3);
        terms.moveBps = 5_001;
        refuse(terms, 3);
        terms.moveBps = 100;
        accept(terms);
        terms.moveBps = 5_000;
        accept(terms);
        terms.moveWindowSec = 299;
        refuse(terms, 4);
        terms.moveWindowSec = 86_401;
        refuse(terms, 4);
        terms.moveWindowSec = 300;
        accept(terms);
        terms.moveWindowSec = 86_400;
        accept(terms);
        terms.quorum = 1;
        refuse(terms, 5);
        terms.quorum = 3;
        refuse(terms, 5);
    }

    function test_sources_have_bounds() public {
        IPrices.Source[] memory sources = two();
        sources[1].decimals = 19;
        refuse(sources, 7);
        sources = two();
        sources[1].maxAgeSec = 59;
        refuse(sources, 8);
        sources[1].maxAgeSec = 172_801;
        refuse(sources, 8);
        sources[1].maxAgeSec = 172_800;
        prices.setAsset(ASSET, newTerms(), sources);
        sources[1].maxAgeSec = 60;
        prices.setAsset(ASSET, newTerms(), sources);
        sources[1].feed = address(0);
        refuse(sources, 9);
        sources[1].feed = sources[0].feed;
        refuse(sources, 9);
    }

    function test_at_most_nine_sources() public {
        refuse(many(10), 6);
        prices.setAsset(ASSET, newTerms(), many(9));
    }

    function test_restricted() public {
        vm.startPrank(address(0xbad));
        bytes memory refusal = abi.encodeWithSelector(IAccessManaged.AccessManagedUnauthorized.selector, address(0xbad));
        vm.expectRevert(refusal);
        prices.setAsset(ASSET, newTerms(), two());
        vm.expectRevert(refusal);
        prices.removeAsset(ASSET);
        vm.expectRevert(refusal);
        prices.setSequencer(address(0), 0);
    }

    function two() private view returns (IPrices.Source[] memory sources) {
        sources = new IPrices.Source[](2);
        sources[0] = IPrices.Source(address(a), 8, MAX_AGE);
        sources[1] = IPrices.Source(address(b), 18, MAX_AGE);
    }

    function many(uint160 count) private pure returns (IPrices.Source[] memory sources) {
        sources = new IPrices.Source[](count);
        for (uint160 i = 0; i < count; ++i) {
            sources[i] = IPrices.Source(address(i + 1), 8, MAX_AGE);
        }
    }

    function refuse(IPrices.Terms memory terms, uint8 which) private {
        IPrices.Source[] memory sources = two();
        vm.expectRevert(abi.encodeWithSelector(IPrices.PricesBadTerms.selector, which));
        prices.setAsset(ASSET, terms, sources);
    }

    function refuse(IPrices.Source[] memory sources, uint8 which) private {
        vm.expectRevert(abi.encodeWithSelector(IPrices.PricesBadTerms.selector, which));
        prices.setAsset(ASSET, newTerms(), sources);
    }

    function accept(IPrices.Terms memory terms) private {
        prices.setAsset(ASSET, terms, two());
    }
}
