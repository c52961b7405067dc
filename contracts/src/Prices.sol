// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

// Prices live minutes to days; the seconds by which a validator can shift a block do no harm to them.
// forge-lint: disable-start(block-timestamp)

import {Governed} from "./Governed.sol";
import {IPrices} from "./interfaces/IPrices.sol";
import {FeedReading} from "./libraries/FeedReading.sol";
import {MedianMath} from "./libraries/MedianMath.sol";

/// @title Prices, or reasons. See `IPrices`.
contract Prices is IPrices, Governed {
    /// @inheritdoc IPrices
    uint256 public constant MAX_SOURCES = 9;

    struct Asset {
        Terms terms;
        uint96 referenceE8;
        uint40 referenceAt;
        Source[] sources;
    }

    mapping(address asset => Asset) private _assets;
    address private _sequencer;
    uint32 private _graceSec;

    /// @param authority_ the `AccessManager`
    constructor(address authority_) Governed(authority_) {}

    /// @inheritdoc IPrices
    function setAsset(address asset, Terms calldata terms_, Source[] calldata sources) external restricted {
        _checkTerms(terms_, sources.length);
        Asset storage entry = _assets[asset];
        delete entry.sources;
        for (uint256 i = 0; i < sources.length; ++i) {
            _checkSource(sources, i);
            entry.sources.push(sources[i]);
        }
        entry.terms = terms_;
        entry.referenceE8 = 0;
        entry.referenceAt = 0;
        emit AssetSet(asset, terms_, sources);
    }

    /// @inheritdoc IPrices
    function removeAsset(address asset) external restricted {
        if (_assets[asset].sources.length == 0) revert PricesUnknownAsset(asset);
        delete _assets[asset];
        emit AssetRemoved(asset);
    }

    /// @inheritdoc IPrices
    function setSequencer(address feed, uint32 graceSec) external restricted {
        bool isFit = feed == address(0) ? graceSec == 0 : graceSec >= 5 minutes && graceSec <= 1 days;
        if (!isFit) revert PricesBadTerms(10);
        (_sequencer, _graceSec) = (feed, graceSec);
        emit SequencerSet(feed, graceSec);
    }

    /// @inheritdoc IPrices
    function takePrice(address asset) external returns (uint256 priceE8) {
        (priceE8,) = _median(asset);
        _checkMove(asset, priceE8, _moveReference(asset, priceE8));
    }

    /// @inheritdoc IPrices
    function refresh(address asset) external {
        (uint256 priceE8,) = _median(asset);
        _moveReference(asset, priceE8);
    }

    /// @inheritdoc IPrices
    function priceOf(address asset) external view returns (uint256 priceE8, uint256 updatedAt) {
        (priceE8, updatedAt) = _median(asset);
        (uint256 moved,) = _movedReference(asset, priceE8);
        _checkMove(asset, priceE8, moved);
    }

    /// @inheritdoc IPrices
    function terms(address asset) external view returns (Terms memory) {
        return _assets[asset].terms;
    }

    /// @inheritdoc IPrices
    function inspect(address asset)
        external
        view
        returns (Source[] memory sources, uint256[] memory pricesE8, Fault[] memory faults)
    {
        sources = _assets[asset].sources;
        pricesE8 = new uint256[](sources.length);
        faults = new Fault[](sources.length);
        Terms memory rules = _assets[asset].terms;
        for (uint256 i = 0; i < sources.length; ++i) {
            FeedReading.Reading memory reading = FeedReading.read(sources[i], rules);
            faults[i] = reading.fault;
            if (reading.fault == Fault.None) pricesE8[i] = reading.priceE8;
        }
    }

    /// @inheritdoc IPrices
    function referenceOf(address asset) external view returns (uint256 priceE8, uint256 setAt) {
        return (_assets[asset].referenceE8, _assets[asset].referenceAt);
    }

    /// @inheritdoc IPrices
    function sequencer() external view returns (address feed, uint32 graceSec) {
        return (_sequencer, _graceSec);
    }

    function _moveReference(address asset, uint256 priceE8) private returns (uint256 moved) {
        bool isDue;
        (moved, isDue) = _movedReference(asset, priceE8);
        if (!isDue) return moved;
        // Fits: between the old reference and a price that is at most maxE8, both uint96.
        // forge-lint: disable-next-line(unsafe-typecast)
        _assets[asset].referenceE8 = uint96(moved);
        _assets[asset].referenceAt = uint40(block.timestamp);
        emit ReferenceMoved(asset, moved);
    }

    /// @dev The sequencer first: while it is down, feeds look fresher than they are.
    function _median(address asset) private view returns (uint256 priceE8, uint256 updatedAt) {
        _checkSequencer();
        Asset storage entry = _assets[asset];
        Terms memory rules = entry.terms;
        uint256 length = entry.sources.length;
        if (length == 0) revert PricesUnknownAsset(asset);
        uint256[] memory good = new uint256[](length);
        uint256 count = 0;
        address faulty;
        FeedReading.Reading memory fault;
        updatedAt = type(uint256).max;
        for (uint256 i = 0; i < length; ++i) {
            Source memory source = entry.sources[i];
            FeedReading.Reading memory reading = FeedReading.read(source, rules);
            if (reading.fault == Fault.None) {
                good[count++] = reading.priceE8;
                if (reading.updatedAt < updatedAt) updatedAt = reading.updatedAt;
            } else if (faulty == address(0)) {
                (faulty, fault) = (source.feed, reading);
                if (reading.fault == Fault.Stale) fault.priceE8 = source.maxAgeSec;
            }
        }
        if (count < rules.quorum) _raise(faulty, fault, rules);
        priceE8 = MedianMath.median(good, count);
        bool agree = MedianMath.isWithin(good[0], priceE8, rules.spreadBps)
            && MedianMath.isWithin(good[count - 1], priceE8, rules.spreadBps);
        if (!agree) revert PricesDisagree(asset, good[0], good[count - 1]);
    }

    function _checkSequencer() private view {
        if (_sequencer == address(0)) return;
        (bool ok, uint256[5] memory words) = FeedReading.latestRound(_sequencer);
        uint256 upSince = words[2];
        // Chainlink: 0 = up; `startedAt` is when that began, 0 = not known yet.
        if (!ok || words[1] != 0 || upSince == 0 || upSince > block.timestamp) revert PricesSequencerDown();
        if (block.timestamp - upSince < _graceSec) revert PricesSequencerStarting(upSince, _graceSec);
    }

    /// @dev The reference as far as time lets it follow the price, and whether time lets it move at all. Rounds towards the old one.
    function _movedReference(address asset, uint256 priceE8) private view returns (uint256 moved, bool isDue) {
        Asset storage entry = _assets[asset];
        if (entry.referenceAt == 0) return (priceE8, true);
        moved = entry.referenceE8;
        uint256 bps = (block.timestamp - entry.referenceAt) / entry.terms.moveWindowSec * entry.terms.moveBps;
        if (bps == 0) return (moved, false);
        uint256 step = moved * (bps < 10_000 ? bps : 10_000) / 10_000;
        if (priceE8 > moved + step) moved += step;
        else if (priceE8 < moved - step) moved -= step;
        else moved = priceE8;
        isDue = true;
    }

    function _checkMove(address asset, uint256 priceE8, uint256 referenceE8) private view {
        if (!MedianMath.isWithin(priceE8, referenceE8, _assets[asset].terms.moveBps)) {
            revert PricesMovedTooFast(asset, priceE8, referenceE8);
        }
    }

    function _raise(address feed, FeedReading.Reading memory reading, Terms memory rules) private pure {
        Fault fault = reading.fault;
        if (fault == Fault.WrongDecimals) revert PricesWrongDecimals(feed);
        if (fault == Fault.Incomplete) revert PricesIncomplete(feed);
        if (fault == Fault.NotPositive) revert PricesNotPositive(feed, reading.answer);
        if (fault == Fault.FromTheFuture) revert PricesFromTheFuture(feed, reading.updatedAt);
        if (fault == Fault.Stale) revert PricesStale(feed, reading.updatedAt, reading.priceE8);
        if (fault == Fault.OutOfBounds) revert PricesOutOfBounds(feed, reading.answer, rules.minE8, rules.maxE8);
        revert PricesUnreadable(feed);
    }

    function _checkTerms(Terms calldata rules, uint256 sources) private pure {
        if (rules.minE8 == 0 || rules.maxE8 < rules.minE8 || rules.maxE8 / rules.minE8 > 1e6) revert PricesBadTerms(1);
        if (rules.spreadBps < 10 || rules.spreadBps > 2_000) revert PricesBadTerms(2);
        if (rules.moveBps < 100 || rules.moveBps > 5_000) revert PricesBadTerms(3);
        if (rules.moveWindowSec < 5 minutes || rules.moveWindowSec > 1 days) revert PricesBadTerms(4);
        if (rules.quorum < 2 || rules.quorum > sources) revert PricesBadTerms(5);
        if (sources > MAX_SOURCES) revert PricesBadTerms(6);
    }

    function _checkSource(Source[] calldata sources, uint256 index) private pure {
        Source calldata source = sources[index];
        if (source.decimals > 18) revert PricesBadTerms(7);
        if (source.maxAgeSec < 1 minutes || source.maxAgeSec > 2 days) revert PricesBadTerms(8);
        if (source.feed == address(0)) revert PricesBadTerms(9);
        for (uint256 i = 0; i < index; ++i) {
            if (sources[i].feed == source.feed) revert PricesBadTerms(9);
        }
    }
}
// forge-lint: disable-end(block-timestamp)
