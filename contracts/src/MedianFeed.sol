// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

// Reports live seconds to days; the seconds by which a validator can shift a block do no harm to them.
// forge-lint: disable-start(block-timestamp)

import {Governed} from "./Governed.sol";
import {IAggregatorV3} from "./interfaces/IAggregatorV3.sol";
import {IMedianFeed} from "./interfaces/IMedianFeed.sol";
import {MedianMath} from "./libraries/MedianMath.sol";

/// @title The median of several reporters. See `IMedianFeed`.
contract MedianFeed is IMedianFeed, Governed {
    /// @inheritdoc IMedianFeed
    uint256 public constant MAX_REPORTERS = 9;
    /// @inheritdoc IAggregatorV3
    uint8 public immutable decimals;
    /// @inheritdoc IAggregatorV3
    uint256 public constant version = 1;

    struct Round {
        uint128 answer;
        uint64 startedAt;
        uint64 updatedAt;
    }

    /// @inheritdoc IAggregatorV3
    string public description;
    Terms private _terms;
    address[] private _reporters;
    mapping(address reporter => Report) private _standing;
    mapping(uint256 roundId => Round) private _rounds;
    uint80 private _lastRound;

    /// @param authority_ the `AccessManager`
    /// @param description_ what is priced, for example "ENC / USD"
    /// @param decimals_ of the answers; at most 18
    constructor(
        address authority_,
        string memory description_,
        uint8 decimals_,
        Terms memory terms_,
        address[] memory reporters_
    ) Governed(authority_) {
        if (decimals_ > 18) revert MedianFeedBadTerms(7);
        description = description_;
        decimals = decimals_;
        _set(terms_, reporters_);
    }

    /// @inheritdoc IMedianFeed
    function report(uint256 answer, uint256 observedAt) external {
        if (!_isReporter(msg.sender)) revert MedianFeedNotReporter(msg.sender);
        Terms memory rules = _terms;
        if (answer < rules.minAnswer || answer > rules.maxAnswer) {
            revert MedianFeedOutOfBounds(answer, rules.minAnswer, rules.maxAnswer);
        }
        bool isTimely = observedAt <= block.timestamp && block.timestamp - observedAt <= rules.maxAgeSec
            && observedAt > _standing[msg.sender].observedAt;
        if (!isTimely) revert MedianFeedBadTime(observedAt);
        // Fits: bounded by a uint96 and by the clock.
        // forge-lint: disable-next-line(unsafe-typecast)
        _standing[msg.sender] = Report(uint128(answer), uint64(observedAt));
        emit Reported(msg.sender, answer, observedAt);
        _count(rules);
    }

    /// @inheritdoc IMedianFeed
    function setFeed(Terms calldata terms_, address[] calldata reporters_) external restricted {
        for (uint256 i = 0; i < _reporters.length; ++i) {
            delete _standing[_reporters[i]];
        }
        _set(terms_, reporters_);
    }

    /// @inheritdoc IMedianFeed
    function terms() external view returns (Terms memory) {
        return _terms;
    }

    /// @inheritdoc IMedianFeed
    function reports() external view returns (address[] memory reporters, Report[] memory standing) {
        reporters = _reporters;
        standing = new Report[](reporters.length);
        for (uint256 i = 0; i < reporters.length; ++i) {
            standing[i] = _standing[reporters[i]];
        }
    }

    /// @inheritdoc IAggregatorV3
    function latestRoundData() external view returns (uint80, int256, uint256, uint256, uint80) {
        return getRoundData(_lastRound);
    }

    /// @inheritdoc IAggregatorV3
    function getRoundData(uint80 roundId)
        public
        view
        returns (uint80 id, int256 answer, uint256 startedAt, uint256 updatedAt, uint80 answeredInRound)
    {
        Round memory round = _rounds[roundId];
        if (round.updatedAt == 0) revert MedianFeedNoData(roundId);
        // A uint128 is always positive as an int256.
        // forge-lint: disable-next-line(unsafe-typecast)
        return (roundId, int256(uint256(round.answer)), round.startedAt, round.updatedAt, roundId);
    }

    function _count(Terms memory rules) private {
        uint256[] memory young = new uint256[](_reporters.length);
        uint256 count = 0;
        uint256 oldest = block.timestamp;
        for (uint256 i = 0; i < young.length; ++i) {
            Report memory standing = _standing[_reporters[i]];
            if (standing.observedAt == 0 || block.timestamp - standing.observedAt > rules.maxAgeSec) continue;
            young[count++] = standing.answer;
            if (standing.observedAt < oldest) oldest = standing.observedAt;
        }
        uint256 answer = MedianMath.median(young, count);
        bool agree = MedianMath.isWithin(young[0], answer, rules.spreadBps)
            && MedianMath.isWithin(young[count - 1], answer, rules.spreadBps);
        if (count < rules.quorum || !agree) {
            emit RoundHeld(count, young[0], young[count - 1]);
            return;
        }
        uint80 roundId = ++_lastRound;
        // Fits: the answer is bounded by a uint96, times are the clock's.
        // forge-lint: disable-next-line(unsafe-typecast)
        _rounds[roundId] = Round(uint128(answer), uint64(block.timestamp), uint64(oldest));
        // forge-lint: disable-next-line(unsafe-typecast)
        emit AnswerUpdated(int256(answer), roundId, oldest);
    }

    function _set(Terms memory rules, address[] memory reporters_) private {
        if (rules.minAnswer == 0 || rules.maxAnswer < rules.minAnswer) revert MedianFeedBadTerms(1);
        if (rules.spreadBps < 10 || rules.spreadBps > 2_000) revert MedianFeedBadTerms(2);
        if (rules.maxAgeSec < 1 minutes || rules.maxAgeSec > 2 days) revert MedianFeedBadTerms(3);
        if (rules.quorum < 2 || rules.quorum > reporters_.length) revert MedianFeedBadTerms(4);
        if (reporters_.length > MAX_REPORTERS) revert MedianFeedBadTerms(5);
        for (uint256 i = 0; i < reporters_.length; ++i) {
            if (reporters_[i] == address(0)) revert MedianFeedBadTerms(6);
            for (uint256 j = 0; j < i; ++j) {
                if (reporters_[j] == reporters_[i]) revert MedianFeedBadTerms(6);
            }
        }
        _terms = rules;
        _reporters = reporters_;
        emit FeedSet(rules, reporters_);
    }

    function _isReporter(address account) private view returns (bool) {
        for (uint256 i = 0; i < _reporters.length; ++i) {
            if (_reporters[i] == account) return true;
        }
        return false;
    }
}
// forge-lint: disable-end(block-timestamp)
