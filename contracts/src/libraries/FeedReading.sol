// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

// Rounds live minutes to days; the seconds by which a validator can shift a block do no harm to them.
// forge-lint: disable-start(block-timestamp)

import {IAggregatorV3} from "../interfaces/IAggregatorV3.sol";
import {IPrices} from "../interfaces/IPrices.sol";

/// @title Reads a feed that may do anything: revert, burn its gas, return a bomb, lie about its decimals.
library FeedReading {
    /// @dev A proxy of Chainlink needs about 30,000; the rest is room.
    uint256 private constant CALL_GAS = 150_000;
    /// @dev Above this an answer is no price in any scale; below it no scaling overflows.
    uint256 private constant MAX_ANSWER = type(uint128).max;

    /// @notice What a feed said.
    /// @param fault what is wrong with it; `None` = `priceE8` counts
    /// @param priceE8 10^-8 dollars, rounded down
    /// @param answer as the feed gave it
    /// @param updatedAt as the feed gave it
    struct Reading {
        IPrices.Fault fault;
        uint256 priceE8;
        int256 answer;
        uint256 updatedAt;
    }

    /// @notice The five words of the newest round; `ok` is false when there are none.
    function latestRound(address feed) internal view returns (bool ok, uint256[5] memory words) {
        return _read(feed, abi.encodeCall(IAggregatorV3.latestRoundData, ()), 160);
    }

    /// @notice Reads a source and says the first thing that is wrong with it.
    function read(IPrices.Source memory source, IPrices.Terms memory terms)
        internal
        view
        returns (Reading memory reading)
    {
        (bool ok, uint256[5] memory words) = latestRound(source.feed);
        (bool hasDecimals, uint256[5] memory decimals) =
            _read(source.feed, abi.encodeCall(IAggregatorV3.decimals, ()), 32);
        // Two's complement, as the ABI has it.
        // forge-lint: disable-next-line(unsafe-typecast)
        reading.answer = int256(words[1]);
        reading.updatedAt = words[3];
        if (!ok || !hasDecimals) reading.fault = IPrices.Fault.Unreadable;
        else if (decimals[0] != source.decimals) reading.fault = IPrices.Fault.WrongDecimals;
        else if (reading.updatedAt == 0 || words[4] < words[0]) reading.fault = IPrices.Fault.Incomplete;
        else if (reading.answer <= 0) reading.fault = IPrices.Fault.NotPositive;
        else if (reading.updatedAt > block.timestamp) reading.fault = IPrices.Fault.FromTheFuture;
        else if (block.timestamp - reading.updatedAt > source.maxAgeSec) reading.fault = IPrices.Fault.Stale;
        else _bound(reading, source.decimals, terms);
    }

    function _bound(Reading memory reading, uint8 decimals, IPrices.Terms memory terms) private pure {
        // Positive: checked by the caller.
        // forge-lint: disable-next-line(unsafe-typecast)
        uint256 answer = uint256(reading.answer);
        if (answer > MAX_ANSWER) {
            reading.fault = IPrices.Fault.OutOfBounds;
            return;
        }
        reading.priceE8 = decimals > 8 ? answer / 10 ** (decimals - 8) : answer * 10 ** (8 - decimals);
        if (reading.priceE8 < terms.minE8 || reading.priceE8 > terms.maxE8) reading.fault = IPrices.Fault.OutOfBounds;
    }

    /// @dev Copies five words at most, whatever comes back. The gas that the call may use is there, or the whole transaction reverts:
    /// nobody can silence one source by sending too little.
    function _read(address feed, bytes memory request, uint256 size)
        private
        view
        returns (bool ok, uint256[5] memory words)
    {
        if (gasleft() < CALL_GAS * 64 / 63 + 10_000) revert IPrices.PricesOutOfGas();
        // Writes into `words` only, which is 160 bytes long.
        assembly ("memory-safe") {
            ok := staticcall(CALL_GAS, feed, add(request, 32), mload(request), words, size)
            ok := and(ok, iszero(lt(returndatasize(), size)))
        }
    }
}
// forge-lint: disable-end(block-timestamp)
