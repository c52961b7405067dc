// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {EpochClock} from "./EpochClock.sol";
import {Governed} from "./Governed.sol";
import {IAttestations} from "./interfaces/IAttestations.sol";
import {ICapacity} from "./interfaces/ICapacity.sol";
import {IEmissions} from "./interfaces/IEmissions.sol";
import {IProviders} from "./interfaces/IProviders.sol";
import {IRewards} from "./interfaces/IRewards.sol";
import {IStaking} from "./interfaces/IStaking.sol";
import {RewardMath} from "./libraries/RewardMath.sol";
import {RewardParameters} from "./libraries/RewardParameters.sol";

/// @title Rewards of providers. See `IRewards`.
/// @dev An epoch is tallied only while the next one runs, so at most one tallied epoch is not closed yet: the first tally of a later
/// epoch, or the first claim, closes it. Epochs that nobody tallied need nothing, because they emit nothing.
contract Rewards is IRewards, Governed, EpochClock {
    using SafeCast for uint256;

    /// @dev What paid work used and what there was, in wei at the reference rate of the epoch.
    struct Use {
        uint128 used;
        uint128 capacity;
    }

    uint256 private constant BPS = 1e4;
    /// @inheritdoc IRewards
    uint256 public constant BONUS_BPS = 1_000;
    /// @inheritdoc IRewards
    uint256 public constant BONUS_AVAILABILITY_BPS = 9_950;

    IStaking private immutable _STAKING;
    IProviders private immutable _PROVIDERS;
    IAttestations private immutable _ATTESTATIONS;
    ICapacity private immutable _CAPACITY;
    IEmissions private immutable _EMISSIONS;

    mapping(uint256 epoch => Epoch) private _epochs;
    mapping(uint256 epoch => Use) private _uses;
    mapping(uint256 epoch => mapping(address provider => Score)) private _scores;
    /// @dev One more than the epoch tallied last; 0 = none.
    uint256 private _tallied;

    /// @dev `_next` holds from `_nextFrom` on, `_current` before.
    Parameters private _current;
    Parameters private _next;
    uint256 private _nextFrom;

    /// @param authority_ the `AccessManager`
    /// @param staking stakes and epochs
    /// @param providers paid work, faults and reputation
    /// @param attestations security levels
    /// @param capacity proven capacity and availability
    /// @param emissions this contract needs the role REWARDS for it
    /// @param initial first parameters
    constructor(
        address authority_,
        address staking,
        address providers,
        address attestations,
        address capacity,
        address emissions,
        Parameters memory initial
    ) Governed(authority_) EpochClock(IStaking(staking)) {
        if (!RewardParameters.isWithinBounds(initial)) revert RewardsBadParameter();
        _STAKING = IStaking(staking);
        _PROVIDERS = IProviders(providers);
        _ATTESTATIONS = IAttestations(attestations);
        _CAPACITY = ICapacity(capacity);
        _EMISSIONS = IEmissions(emissions);
        _next = initial;
        emit ParametersSet(initial, 0);
    }

    /// @inheritdoc IRewards
    function tally(address[] calldata providers) external {
        uint256 epoch = _talliedNow();
        uint256 scores;
        uint256 qualified;
        uint256 used;
        for (uint256 i = 0; i < providers.length; ++i) {
            (uint256 more, uint256 moreQualified, uint256 work) = _record(epoch, providers[i]);
            scores += more;
            qualified += moreQualified;
            used += work;
        }
        if (scores + qualified == 0) return;
        if (_tallied != epoch + 1) {
            if (_tallied != 0) _close(_tallied - 1);
            _tallied = epoch + 1;
            uint256 capacity = _CAPACITY.unitsAt(epoch) * parametersAt(epoch).referenceRate / RewardMath.MICRO;
            _uses[epoch].capacity = Math.min(capacity, type(uint128).max).toUint128();
        }
        Epoch storage entry = _epochs[epoch];
        // Sums of scores stay below 2^113: a score is bounded by stake, and all stake by the supply.
        // forge-lint: disable-start(unsafe-typecast)
        entry.scores += uint128(scores);
        entry.qualified += uint128(qualified);
        // forge-lint: disable-end(unsafe-typecast)
        if (used > 0) _uses[epoch].used += used.toUint128();
    }

    /// @inheritdoc IRewards
    function claim(uint256 epoch, address provider) external returns (uint256 amount) {
        _requireOpen(epoch);
        amount = _claim(epoch, provider);
        if (amount == 0) revert RewardsNothingDue(epoch, provider);
        _EMISSIONS.mint(provider, amount);
    }

    /// @inheritdoc IRewards
    function claimMany(uint256[] calldata epochs, address provider) external returns (uint256 amount) {
        for (uint256 i = 0; i < epochs.length; ++i) {
            _requireOpen(epochs[i]);
            amount += _claim(epochs[i], provider);
        }
        if (amount > 0) _EMISSIONS.mint(provider, amount);
    }

    /// @inheritdoc IRewards
    function setParameters(Parameters calldata parameters_) external restricted {
        if (!RewardParameters.isWithinBounds(parameters_)) revert RewardsBadParameter();
        uint256 running = _epoch();
        // The epoch before the running one may still be tallied, by the parameters before `_next`.
        if (_nextFrom == running && running != 0) revert RewardsTooSoon();
        if (_nextFrom <= running) _current = _next;
        _next = parameters_;
        _nextFrom = running + 1;
        emit ParametersSet(parameters_, _nextFrom);
    }

    /// @inheritdoc IRewards
    function preview(address provider) external view returns (uint256 work, uint256 score, bool qualified) {
        return _scoreOf(_talliedNow(), provider);
    }

    /// @inheritdoc IRewards
    function scoreOf(uint256 epoch, address provider) external view returns (Score memory) {
        return _scores[epoch][provider];
    }

    /// @inheritdoc IRewards
    function epochOf(uint256 epoch) external view returns (Epoch memory) {
        return _epochs[epoch];
    }

    /// @inheritdoc IRewards
    function due(uint256 epoch, address provider) external view returns (uint256) {
        if (epoch + 1 >= _epoch()) return 0;
        Epoch memory entry = _epochs[epoch];
        if (!entry.closed && entry.scores > 0) {
            uint256 portion = _portion(entry);
            Use memory total = _uses[epoch];
            uint256 emission = _EMISSIONS.emissionOf(epoch, total.used, total.capacity);
            _split(entry, emission * portion / BPS);
        }
        Score memory score = _scores[epoch][provider];
        if (score.claimed || score.score == 0) return 0;
        (uint256 share, uint256 bonus) = _parts(entry, score);
        return share + bonus;
    }

    /// @inheritdoc IRewards
    function parametersAt(uint256 epoch) public view returns (Parameters memory) {
        return epoch < _nextFrom ? _current : _next;
    }

    /// @inheritdoc IRewards
    function parameters() external view returns (Parameters memory) {
        return _next;
    }

    /// @inheritdoc IRewards
    function parameterBounds() external pure returns (Parameters memory least, Parameters memory most) {
        return RewardParameters.bounds();
    }

    // ---------------------------------------------------------------- tally

    /// @dev Keeps the higher score; returns by how much the epoch's sums grow.
    function _record(uint256 epoch, address provider)
        private
        returns (uint256 more, uint256 moreQualified, uint256 used)
    {
        (uint256 work, uint256 score, bool qualified) = _scoreOf(epoch, provider);
        if (score == 0) return (0, 0, 0);
        Score memory entry = _scores[epoch][provider];
        uint256 before = entry.score;
        uint256 beforeQualified = entry.qualified ? before : 0;
        // Its paid work counts once for the network's use.
        if (before == 0) used = work;
        score = Math.max(score, before);
        qualified = qualified || entry.qualified;
        more = score - before;
        moreQualified = (qualified ? score : 0) - beforeQualified;
        if (more + moreQualified == 0) return (0, 0, 0);
        // Below 2^113.
        // forge-lint: disable-next-line(unsafe-typecast)
        _scores[epoch][provider] = Score(uint128(score), qualified, false);
        emit Tallied(epoch, provider, work, score, qualified);
    }

    function _scoreOf(uint256 epoch, address provider)
        private
        view
        returns (uint256 work, uint256 score, bool qualified)
    {
        Parameters memory p = parametersAt(epoch);
        (uint256 speed, uint8 level) = _CAPACITY.capacityAt(provider, epoch);
        (uint256 availability,) = _CAPACITY.availabilityBps(provider, epoch);
        (work, qualified) = _PROVIDERS.workOf(provider, epoch);
        // `workOf` says whether there was a fault.
        qualified = !qualified && availability >= BONUS_AVAILABILITY_BPS;
        uint256 idle = RewardMath.capacityDown(speed * _EPOCH_LENGTH, p.capacityRate, availability);
        score = RewardMath.score(
            _quantity(epoch, provider, work + idle, p.stakeCapBps),
            RewardParameters.levelBps(p, _levelNow(provider, level)),
            _PROVIDERS.reputationBps(provider)
        );
        qualified = qualified && score > 0;
    }

    /// @dev Q: what was earned, as far as stake covers it.
    function _quantity(uint256 epoch, address provider, uint256 earned, uint256 stakeCapBps)
        private
        view
        returns (uint256)
    {
        uint256 stake = _STAKING.stakeAt(IStaking.Pool.Provide, provider, epoch);
        return RewardMath.quantityDown(earned, stake, stakeCapBps);
    }

    /// @dev The level at the epoch's start, unless it does not hold any more.
    function _levelNow(address provider, uint8 level) private view returns (uint8) {
        if (level == 0) return 0;
        uint8 now_ = _ATTESTATIONS.levelOf(provider);
        return now_ < level ? now_ : level;
    }

    /// @dev The epoch that can be tallied: the one before the running one.
    function _talliedNow() private view returns (uint256) {
        uint256 running = _epoch();
        if (running == 0) revert RewardsTooEarly();
        return running - 1;
    }

    // ---------------------------------------------------------------- close and claim

    /// @dev Takes the epoch's emission, as far as it has receivers. Nobody can tally it any more.
    function _close(uint256 epoch) private {
        Epoch memory entry = _epochs[epoch];
        if (entry.closed) return;
        Use memory total = _uses[epoch];
        _split(entry, _EMISSIONS.allot(epoch, total.used, total.capacity, _portion(entry)));
        entry.closed = true;
        _epochs[epoch] = entry;
        emit Closed(epoch, entry.share, entry.bonus, total.used, total.capacity);
    }

    function _claim(uint256 epoch, address provider) private returns (uint256) {
        if (_tallied == epoch + 1) _close(epoch);
        Score memory score = _scores[epoch][provider];
        if (score.score == 0 || score.claimed) return 0;
        (uint256 share, uint256 bonus) = _parts(_epochs[epoch], score);
        _scores[epoch][provider].claimed = true;
        emit Claimed(epoch, provider, share, bonus);
        return share + bonus;
    }

    function _requireOpen(uint256 epoch) private view {
        if (epoch + 1 >= _epoch()) revert RewardsNotOpen(epoch);
    }

    /// @dev The part of an emission that has receivers, in basis points.
    function _portion(Epoch memory entry) private pure returns (uint256) {
        return entry.qualified > 0 ? BPS : BPS - BONUS_BPS;
    }

    /// @dev Writes what is for all and what for the qualified.
    function _split(Epoch memory entry, uint256 amount) private pure {
        uint256 bonus = entry.qualified > 0 ? amount * BONUS_BPS / BPS : 0;
        // Amounts are below 2^89.
        // forge-lint: disable-next-line(unsafe-typecast)
        (entry.share, entry.bonus) = (uint128(amount - bonus), uint120(bonus));
    }

    function _parts(Epoch memory entry, Score memory score) private pure returns (uint256 share, uint256 bonus) {
        share = RewardMath.partDown(entry.share, score.score, entry.scores);
        if (score.qualified) bonus = RewardMath.partDown(entry.bonus, score.score, entry.qualified);
    }
}
