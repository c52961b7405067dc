// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.24;

/// @title Prices in US dollars, from several Chainlink-compatible feeds each, or a reason why there is none.
/// @notice An asset is the address of its token; a currency is the address made of its ISO 4217 number (euro: `address(978)`), as
/// in Chainlink's feed registry. A price is the median of the sources that pass every check. It is given only while at least
/// `quorum` of them pass, all of those agree within `spreadBps`, and the median stands within `moveBps` of a slow reference:
/// the breaker. The reference follows the median by at most `moveBps` a `moveWindowSec`, so a flash move stops the price and a
/// real one brings it back by itself. There is no fallback and no last good price: who needs a price and gets none stops.
interface IPrices {
    /// @notice What is wrong with a source. `None` = it counts.
    enum Fault {
        None,
        Unreadable,
        WrongDecimals,
        Incomplete,
        NotPositive,
        FromTheFuture,
        Stale,
        OutOfBounds
    }

    /// @notice A source of an asset.
    /// @param feed an `IAggregatorV3`
    /// @param decimals what the feed must say of itself, at most 18
    /// @param maxAgeSec seconds after which an answer is stale: the feed's heartbeat and a margin; 1 minute to 2 days
    struct Source {
        address feed;
        uint8 decimals;
        uint32 maxAgeSec;
    }

    /// @notice The rules of an asset.
    /// @param minE8 least believable price, in 10^-8 dollars; at least 1
    /// @param maxE8 highest believable price; at most 10^6 times `minE8`
    /// @param spreadBps how far any source may stand from the median; 10 to 2,000
    /// @param moveBps how far the median may stand from the reference, and how far that moves in a window; 100 to 5,000
    /// @param moveWindowSec 5 minutes to 1 day
    /// @param quorum sources that must pass; at least 2 and at most as many as there are
    struct Terms {
        uint96 minE8;
        uint96 maxE8;
        uint16 spreadBps;
        uint16 moveBps;
        uint32 moveWindowSec;
        uint8 quorum;
    }

    /// @notice An asset has new rules and sources; its reference begins anew with the next price.
    event AssetSet(address indexed asset, Terms terms, Source[] sources);
    /// @notice An asset has no price any more.
    event AssetRemoved(address indexed asset);
    /// @notice The reference of the breaker moved.
    event ReferenceMoved(address indexed asset, uint256 priceE8);
    /// @notice The feed that says whether the L2's sequencer runs changed; zero = none is asked.
    event SequencerSet(address feed, uint32 graceSec);

    /// @notice The asset has no sources.
    error PricesUnknownAsset(address asset);
    /// @notice Rules or sources are outside their bounds, or a feed is named twice. 1 bounds, 2 spread, 3 move, 4 window, 5 quorum,
    /// 6 number of sources, 7 decimals, 8 age, 9 feed twice or zero, 10 grace period
    error PricesBadTerms(uint8 which);
    /// @notice The feed reverts, runs out of gas, is no contract or answers with fewer than five words.
    error PricesUnreadable(address feed);
    /// @notice The feed's decimals are not those it was listed with.
    error PricesWrongDecimals(address feed);
    /// @notice The newest round is not complete, or carries the answer of an older one.
    error PricesIncomplete(address feed);
    /// @notice The answer is zero or negative.
    error PricesNotPositive(address feed, int256 answer);
    /// @notice The answer's time lies ahead of the block's.
    error PricesFromTheFuture(address feed, uint256 updatedAt);
    /// @notice The answer is older than the source allows.
    error PricesStale(address feed, uint256 updatedAt, uint256 maxAgeSec);
    /// @notice The answer, in the feed's own units, lies outside the believable range.
    error PricesOutOfBounds(address feed, int256 answer, uint256 minE8, uint256 maxE8);
    /// @notice Too little gas to hear every source out: send more.
    error PricesOutOfGas();
    /// @notice Sources that pass every check of their own disagree.
    error PricesDisagree(address asset, uint256 lowestE8, uint256 highestE8);
    /// @notice The breaker: the median stands too far from the reference.
    error PricesMovedTooFast(address asset, uint256 priceE8, uint256 referenceE8);
    /// @notice The L2's sequencer is down, or its feed can't be read.
    error PricesSequencerDown();
    /// @notice The sequencer came back less than the grace period ago.
    error PricesSequencerStarting(uint256 upSince, uint256 graceSec);

    /// @notice The most sources an asset can have: 9.
    function MAX_SOURCES() external view returns (uint256);

    /// @notice Sets rules and 2 to 9 sources of an asset. Role PARAMETERS.
    function setAsset(address asset, Terms calldata terms, Source[] calldata sources) external;

    /// @notice Takes an asset off the list. Role PARAMETERS.
    function removeAsset(address asset) external;

    /// @notice Sets the sequencer's uptime feed of an L2. Role PARAMETERS.
    /// @param feed Chainlink's uptime feed; zero on a chain without a sequencer
    /// @param graceSec seconds after a restart without prices: 5 minutes to 1 day; 0 without a feed
    function setSequencer(address feed, uint32 graceSec) external;

    /// @notice The price, after moving the reference as far as time allows. For contracts that convert; anybody may call it.
    /// Reverts with the first fault of a source when fewer than `quorum` pass.
    /// @return priceE8 10^-8 dollars for one whole unit; an even median rounds down
    function takePrice(address asset) external returns (uint256 priceE8);

    /// @notice Moves the reference as far as time allows, even while the breaker holds the price back. Anybody.
    function refresh(address asset) external;

    /// @notice What `takePrice` would return.
    /// @return priceE8 10^-8 dollars for one whole unit
    /// @return updatedAt time of the oldest answer that counts
    function priceOf(address asset) external view returns (uint256 priceE8, uint256 updatedAt);

    /// @notice The rules of an asset; zeros for an unknown one.
    function terms(address asset) external view returns (Terms memory);

    /// @notice The sources of an asset, what each says (10^-8 dollars, 0 when it does not count) and what is wrong with it.
    function inspect(address asset)
        external
        view
        returns (Source[] memory sources, uint256[] memory pricesE8, Fault[] memory faults);

    /// @notice The breaker's reference and when it was set; zeros before the first price.
    function referenceOf(address asset) external view returns (uint256 priceE8, uint256 setAt);

    /// @notice The uptime feed and its grace period.
    function sequencer() external view returns (address feed, uint32 graceSec);
}
