// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IAccessManaged} from "@openzeppelin/contracts/access/manager/IAccessManaged.sol";
import {IMedianFeed} from "../../src/interfaces/IMedianFeed.sol";
import {IPrices} from "../../src/interfaces/IPrices.sol";
import {Test} from "../base/Test.sol";

contract MedianFeedTest is Test {
    uint256 private constant NOW = 1_800_000_000;
    address private constant ANNA = address(0xa);
    address private constant BEN = address(0xb);
    address private constant CARA = address(0xc);
    IMedianFeed private feed;
    address private manager;

    function setUp() public {
        vm.warp(NOW);
        manager = deploy("AccessManager", abi.encode(address(this)));
        feed = newFeed(8, newTerms(), three());
    }

    function deploy(string memory name, bytes memory arguments) private returns (address) {
        string memory out = vm.envOr("CONTRACTS_OUT", "contracts/out");
        return vm.deployCode(string.concat(out, "/", name, ".sol/", name, ".json"), arguments);
    }

    function newFeed(uint8 decimals, IMedianFeed.Terms memory terms, address[] memory reporters)
        private
        returns (IMedianFeed)
    {
        return IMedianFeed(deploy("MedianFeed", abi.encode(manager, "ENC / USD", decimals, terms, reporters)));
    }

    function newTerms() private pure returns (IMedianFeed.Terms memory) {
        return IMedianFeed.Terms({minAnswer: 1e6, maxAnswer: 1e10, spreadBps: 200, maxAgeSec: 600, quorum: 2});
    }

    function three() private pure returns (address[] memory list) {
        list = new address[](3);
        (list[0], list[1], list[2]) = (ANNA, BEN, CARA);
    }

    function report(address who, uint256 answer) private {
        vm.prank(who);
        feed.report(answer, block.timestamp);
    }

    function expectRound(uint80 roundId, int256 answer, uint256 updatedAt) private view {
        (uint80 id, int256 got,, uint256 updated, uint80 answeredIn) = feed.latestRoundData();
        vm.assertEq(uint256(id), roundId);
        vm.assertEq(uint256(answeredIn), roundId);
        vm.assertEq(uint256(got), uint256(answer));
        vm.assertEq(updated, updatedAt);
    }

    function test_face_of_chainlink() public view {
        vm.assertEq(feed.decimals(), 8);
        vm.assertEq(feed.description(), "ENC / USD");
        vm.assertEq(feed.version(), 1);
    }

    function test_no_data_before_the_quorum() public {
        report(ANNA, 25_000_000);
        vm.expectRevert(abi.encodeWithSelector(IMedianFeed.MedianFeedNoData.selector, 0));
        feed.latestRoundData();
    }

    function test_a_round_is_the_median_and_as_old_as_its_oldest_report() public {
        report(ANNA, 25_000_000);
        vm.warp(NOW + 60);
        vm.expectEmit(address(feed));
        emit IMedianFeed.AnswerUpdated(25_100_000, 1, NOW);
        report(BEN, 25_200_000);
        expectRound(1, 25_100_000, NOW);
        vm.warp(NOW + 70);
        report(CARA, 25_050_000);
        expectRound(2, 25_050_000, NOW);
        (, int256 past, uint256 startedAt,,) = feed.getRoundData(1);
        vm.assertEq(uint256(past), 25_100_000);
        vm.assertEq(startedAt, NOW + 60);
        vm.expectRevert(abi.encodeWithSelector(IMedianFeed.MedianFeedNoData.selector, 3));
        feed.getRoundData(3);
    }

    function test_one_liar_of_three_holds_the_round() public {
        report(ANNA, 25_000_000);
        report(BEN, 25_000_000);
        vm.warp(NOW + 10);
        vm.expectEmit(address(feed));
        emit IMedianFeed.RoundHeld(3, 25_000_000, 2_500_000_000);
        report(CARA, 2_500_000_000);
        // The last good round stays, and grows old for all to see.
        expectRound(1, 25_000_000, NOW);
        // Once the lie is too old to count, the others go on.
        vm.warp(NOW + 611);
        report(ANNA, 26_000_000);
        report(BEN, 26_000_000);
        expectRound(2, 26_000_000, NOW + 611);
    }

    function test_old_reports_do_not_count() public {
        report(ANNA, 25_000_000);
        vm.warp(NOW + 601);
        report(BEN, 25_000_000);
        vm.expectRevert(abi.encodeWithSelector(IMedianFeed.MedianFeedNoData.selector, 0));
        feed.latestRoundData();
        vm.warp(NOW + 602);
        report(ANNA, 25_000_000);
        expectRound(1, 25_000_000, NOW + 601);
    }

    function test_report_refusals() public {
        vm.expectRevert(abi.encodeWithSelector(IMedianFeed.MedianFeedNotReporter.selector, address(0xbad)));
        report(address(0xbad), 25_000_000);
        vm.expectRevert(abi.encodeWithSelector(IMedianFeed.MedianFeedOutOfBounds.selector, 999_999, 1e6, 1e10));
        report(ANNA, 999_999);
        vm.expectRevert(abi.encodeWithSelector(IMedianFeed.MedianFeedOutOfBounds.selector, 1e10 + 1, 1e6, 1e10));
        report(ANNA, 1e10 + 1);
        refuseTime(NOW + 1);
        refuseTime(NOW - 601);
        vm.prank(ANNA);
        feed.report(25_000_000, NOW - 600);
        // Not newer than the standing one.
        refuseTime(NOW - 600);
        vm.prank(ANNA);
        feed.report(25_000_000, NOW - 599);
    }

    function test_reports_exactly_at_the_bounds_are_taken() public {
        report(ANNA, 1e6);
        report(BEN, 1e6);
        expectRound(1, 1e6, NOW);
        vm.warp(NOW + 1);
        report(ANNA, 1e10);
        report(BEN, 1e10);
        expectRound(2, 1e10, NOW + 1);
    }

    function refuseTime(uint256 observedAt) private {
        vm.expectRevert(abi.encodeWithSelector(IMedianFeed.MedianFeedBadTime.selector, observedAt));
        vm.prank(ANNA);
        feed.report(25_000_000, observedAt);
    }

    function test_setFeed_drops_standing_reports() public {
        report(ANNA, 25_000_000);
        feed.setFeed(newTerms(), three());
        (address[] memory reporters, IMedianFeed.Report[] memory standing) = feed.reports();
        vm.assertEq(reporters.length, 3);
        vm.assertEq(standing[0].observedAt, 0);
        report(BEN, 25_000_000);
        vm.expectRevert(abi.encodeWithSelector(IMedianFeed.MedianFeedNoData.selector, 0));
        feed.latestRoundData();
    }

    function test_bounds() public {
        IMedianFeed.Terms memory terms = newTerms();
        terms.minAnswer = 0;
        refuse(terms, three(), 1);
        terms.minAnswer = terms.maxAnswer + 1;
        refuse(terms, three(), 1);
        terms = newTerms();
        terms.spreadBps = 9;
        refuse(terms, three(), 2);
        terms.spreadBps = 2_001;
        refuse(terms, three(), 2);
        terms = newTerms();
        terms.maxAgeSec = 59;
        refuse(terms, three(), 3);
        terms.maxAgeSec = 172_801;
        refuse(terms, three(), 3);
        terms = newTerms();
        terms.quorum = 1;
        refuse(terms, three(), 4);
        terms.quorum = 4;
        refuse(terms, three(), 4);
        terms.quorum = 3;
        feed.setFeed(terms, three());
        refuse(terms, several(10), 5);
        terms = IMedianFeed.Terms(terms.minAnswer, terms.minAnswer, 2_000, 2 days, 9);
        feed.setFeed(terms, several(9));
        (terms.spreadBps, terms.maxAgeSec, terms.quorum) = (10, 1 minutes, 2);
        feed.setFeed(terms, several(2));
        address[] memory twice = three();
        twice[2] = ANNA;
        refuse(terms, twice, 6);
        twice[2] = address(0);
        refuse(terms, twice, 6);
        vm.expectRevert(abi.encodeWithSelector(IMedianFeed.MedianFeedBadTerms.selector, 7));
        newFeed(19, terms, three());
    }

    function several(uint160 count) private pure returns (address[] memory reporters) {
        reporters = new address[](count);
        for (uint160 i = 0; i < count; ++i) {
            reporters[i] = address(i + 1);
        }
    }

    function refuse(IMedianFeed.Terms memory terms, address[] memory reporters, uint8 which) private {
        vm.expectRevert(abi.encodeWithSelector(IMedianFeed.MedianFeedBadTerms.selector, which));
        feed.setFeed(terms, reporters);
    }

    function test_restricted() public {
        vm.expectRevert(abi.encodeWithSelector(IAccessManaged.AccessManagedUnauthorized.selector, ANNA));
        vm.prank(ANNA);
        feed.setFeed(newTerms(), three());
    }

    /// @dev Two feeds of our own are sources that `Prices` takes, and its staleness sees theirs.
    function test_prices_reads_it() public {
        IMedianFeed other = newFeed(8, newTerms(), three());
        IPrices prices = IPrices(deploy("Prices", abi.encode(manager)));
        IPrices.Source[] memory sources = new IPrices.Source[](2);
        sources[0] = IPrices.Source(address(feed), 8, 600);
        sources[1] = IPrices.Source(address(other), 8, 600);
        prices.setAsset(address(1), IPrices.Terms(1e6, 1e10, 100, 1_000, 1 hours, 2), sources);
        vm.expectRevert(abi.encodeWithSelector(IPrices.PricesUnreadable.selector, address(feed)));
        prices.priceOf(address(1));
        report(ANNA, 25_000_000);
        report(BEN, 25_000_000);
        vm.startPrank(ANNA);
        other.report(25_100_000, NOW);
        vm.startPrank(CARA);
        other.report(25_100_000, NOW);
        vm.stopPrank();
        (uint256 priceE8,) = prices.priceOf(address(1));
        vm.assertEq(priceE8, 25_050_000);
        vm.warp(NOW + 601);
        vm.expectRevert(abi.encodeWithSelector(IPrices.PricesStale.selector, address(feed), NOW, 600));
        prices.priceOf(address(1));
    }

    /// @dev The answer never leaves the range of the reports that honest reporters stand behind when one of three lies.
    function testFuzz_one_liar_never_moves_the_answer_out_of_the_honest_range(
        uint256 honestA,
        uint256 honestB,
        uint256 lie
    ) public {
        honestA = clamp(honestA, 1e6, 1e10);
        honestB = clamp(honestB, 1e6, 1e10);
        report(ANNA, honestA);
        report(CARA, clamp(lie, 1e6, 1e10));
        report(BEN, honestB);
        vm.warp(NOW + 1);
        vm.prank(ANNA);
        feed.report(honestA, NOW + 1);
        try feed.latestRoundData() returns (uint80, int256 answer, uint256 startedAt, uint256, uint80) {
            if (startedAt == NOW + 1) {
                (uint256 low, uint256 high) = honestA < honestB ? (honestA, honestB) : (honestB, honestA);
                vm.assertGe(uint256(answer), low);
                vm.assertLe(uint256(answer), high);
            }
        } catch {}
    }
}
