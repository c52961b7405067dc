// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.24;

/// @title A price feed as Chainlink's proxies offer it (AggregatorV3Interface).
interface IAggregatorV3 {
    /// @notice Decimal places of the answers.
    function decimals() external view returns (uint8);

    /// @notice What is priced, for example "ENC / USD".
    function description() external view returns (string memory);

    /// @notice Version of the feed's program.
    function version() external view returns (uint256);

    /// @notice A past round. Reverts when the feed does not have it.
    function getRoundData(uint80 roundId)
        external
        view
        returns (uint80 id, int256 answer, uint256 startedAt, uint256 updatedAt, uint80 answeredInRound);

    /// @notice The newest round. `updatedAt` is the second that the answer stands for; 0 = the round is not complete.
    function latestRoundData()
        external
        view
        returns (uint80 id, int256 answer, uint256 startedAt, uint256 updatedAt, uint80 answeredInRound);
}
