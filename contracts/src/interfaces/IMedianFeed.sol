// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.24;

import {IAggregatorV3} from "./IAggregatorV3.sol";

/// @title A feed of our own with Chainlink's face: the median of what several reporters saw.
/// @notice Each reporter has one standing report. Whenever one comes in, the standing reports that are young enough are counted;
/// with `quorum` of them, all within `spreadBps` of their median, a round begins whose answer is that median and whose
/// `updatedAt` is the oldest of them. Else the last round stays and grows old, which its readers see.
interface IMedianFeed is IAggregatorV3 {
    /// @notice Rules of the feed.
    /// @param minAnswer least answer a reporter can give; at least 1
    /// @param maxAnswer highest; at least `minAnswer`
    /// @param spreadBps how far a counted report may stand from the median; 10 to 2,000
    /// @param maxAgeSec seconds that a report counts; 1 minute to 2 days
    /// @param quorum reports that a round needs; at least 2 and at most as many as there are reporters
    struct Terms {
        uint96 minAnswer;
        uint96 maxAnswer;
        uint16 spreadBps;
        uint32 maxAgeSec;
        uint8 quorum;
    }

    /// @notice A reporter's standing report.
    struct Report {
        uint128 answer;
        uint64 observedAt;
    }

    /// @notice A round began. Chainlink's event.
    event AnswerUpdated(int256 indexed current, uint256 indexed roundId, uint256 updatedAt);
    /// @notice A reporter said what it saw.
    event Reported(address indexed reporter, uint256 answer, uint256 observedAt);
    /// @notice Too few young reports agree: no round began. `agreeing` = 0 when the spread is too wide.
    event RoundHeld(uint256 youngReports, uint256 lowest, uint256 highest);
    /// @notice Reporters and rules changed; standing reports of others are gone.
    event FeedSet(Terms terms, address[] reporters);

    /// @notice The caller is not a reporter.
    error MedianFeedNotReporter(address caller);
    /// @notice The answer is outside the bounds.
    error MedianFeedOutOfBounds(uint256 answer, uint256 minAnswer, uint256 maxAnswer);
    /// @notice The report lies in the future, is too old, or is not newer than the reporter's standing one.
    error MedianFeedBadTime(uint256 observedAt);
    /// @notice The feed has no such round.
    error MedianFeedNoData(uint80 roundId);
    /// @notice Rules outside their bounds: 1 answers, 2 spread, 3 age, 4 quorum, 5 number of reporters, 6 reporter twice or zero,
    /// 7 decimals
    error MedianFeedBadTerms(uint8 which);

    /// @notice The most reporters a feed can have: 9.
    function MAX_REPORTERS() external view returns (uint256);

    /// @notice Replaces the caller's standing report.
    /// @param answer in units of 10^-decimals
    /// @param observedAt second at which the reporter saw it
    function report(uint256 answer, uint256 observedAt) external;

    /// @notice Sets rules and 2 to 9 reporters. Role PARAMETERS.
    function setFeed(Terms calldata terms, address[] calldata reporters) external;

    /// @notice The rules.
    function terms() external view returns (Terms memory);

    /// @notice The reporters and their standing reports.
    function reports() external view returns (address[] memory reporters, Report[] memory standing);
}
