// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

// Deadlines and windows are seconds to days; the seconds by which a validator can shift a block do no harm to them.
// forge-lint: disable-start(block-timestamp)

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {IERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Permit.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {Governed} from "./Governed.sol";
import {IStaking} from "./interfaces/IStaking.sol";
import {ShareMath} from "./libraries/ShareMath.sol";
import {StakeHistory} from "./libraries/StakeHistory.sol";
import {Roles} from "./libraries/Roles.sol";

/// @title Stakes. See `IStaking`.
/// @dev Internal accounting only: ENC sent here by mistake changes nothing. No loop over users or requests. Nobody can pause it.
/// Amounts fit 96 bits because the supply of ENC does.
contract Staking is IStaking, Governed {
    using SafeERC20 for IERC20;
    using SafeCast for uint256;
    using StakeHistory for StakeHistory.History;

    uint256 private constant MIN_EPOCH = 5 seconds;
    uint256 private constant MAX_EPOCH = 7 days;
    uint256 private constant MIN_UNBONDING = 1 minutes;
    uint256 private constant MAX_UNBONDING = 90 days;

    IERC20 private immutable _TOKEN;
    uint256 private immutable _GENESIS;
    /// @inheritdoc IStaking
    uint256 public immutable EPOCH_LENGTH;
    /// @inheritdoc IStaking
    uint256 public immutable UNBONDING_PERIOD;

    mapping(Pool pool => mapping(address account => Stake)) private _stakes;
    mapping(Pool pool => mapping(address account => Unbonding[])) private _unbondings;
    mapping(Pool pool => mapping(address account => StakeHistory.History)) private _history;
    mapping(Pool pool => StakeHistory.History) private _totals;

    /// @param authority_ the `AccessManager`
    /// @param token ENC
    /// @param epochLength seconds in an epoch, 5 seconds to 7 days
    /// @param unbondingPeriod seconds of unbonding, 1 minute to 90 days, at least an epoch
    constructor(address authority_, address token, uint256 epochLength, uint256 unbondingPeriod) Governed(authority_) {
        if (epochLength < MIN_EPOCH || epochLength > MAX_EPOCH) revert StakingBadParameter();
        if (unbondingPeriod < MIN_UNBONDING || unbondingPeriod > MAX_UNBONDING || unbondingPeriod < epochLength) {
            revert StakingBadParameter();
        }
        _TOKEN = IERC20(token);
        _GENESIS = block.timestamp;
        EPOCH_LENGTH = epochLength;
        UNBONDING_PERIOD = unbondingPeriod;
    }

    /// @inheritdoc IStaking
    function stake(Pool pool, uint256 amount) external {
        _stake(pool, amount);
    }

    /// @inheritdoc IStaking
    function stakeWithPermit(Pool pool, uint256 amount, uint256 deadline, uint8 v, bytes32 r, bytes32 s) external {
        // Somebody may have used the permit already: then the allowance is there, or the transfer says what is missing.
        try IERC20Permit(address(_TOKEN)).permit(msg.sender, address(this), amount, deadline, v, r, s) {} catch {}
        _stake(pool, amount);
    }

    /// @inheritdoc IStaking
    function requestUnbond(Pool pool, uint256 amount) external returns (uint256 id) {
        if (amount == 0) revert StakingZeroAmount();
        Stake memory entry = _stakes[pool][msg.sender];
        uint256 free = entry.active - entry.locked;
        if (amount > free) revert StakingInsufficient(amount, free);
        uint256 shares = ShareMath.toSharesDown(amount, entry.unbonding, entry.unbondingShares);
        if (entry.unbondingShares + shares > type(uint128).max) revert StakingShareRange();
        entry.unbonding = (entry.unbonding + amount).toUint96();
        entry.unbondingShares = (entry.unbondingShares + shares).toUint128();

        uint40 availableAt = (block.timestamp + UNBONDING_PERIOD).toUint40();
        id = _unbondings[pool][msg.sender].length;
        _unbondings[pool][msg.sender].push(Unbonding(shares.toUint128(), availableAt, entry.generation));
        _store(pool, msg.sender, entry, entry.active - amount);
        emit UnbondRequested(pool, msg.sender, id, amount, shares, availableAt);
    }

    /// @inheritdoc IStaking
    function withdraw(Pool pool, uint256 id) external returns (uint256 assets) {
        if (id >= _unbondings[pool][msg.sender].length) revert StakingUnknownRequest(id);
        Unbonding storage request = _unbondings[pool][msg.sender][id];
        uint128 shares = request.shares;
        if (shares == 0) revert StakingUnknownRequest(id);
        if (block.timestamp < request.availableAt) revert StakingStillUnbonding(request.availableAt);
        request.shares = 0;

        Stake memory entry = _stakes[pool][msg.sender];
        if (request.generation == entry.generation) {
            assets = ShareMath.toAssetsDown(shares, entry.unbonding, entry.unbondingShares);
            entry.unbondingShares -= shares;
            _setUnbonding(entry, entry.unbonding - assets);
            _stakes[pool][msg.sender] = entry;
        }
        emit Withdrawn(pool, msg.sender, id, assets);
        if (assets > 0) _TOKEN.safeTransfer(msg.sender, assets);
    }

    /// @inheritdoc IStaking
    function lock(address account, uint256 amount) external onlyRole(Roles.JOBS) {
        uint256 free = freeStake(account);
        if (amount > free) revert StakingInsufficient(amount, free);
        Stake storage entry = _stakes[Pool.Provide][account];
        uint96 locked = (entry.locked + amount).toUint96();
        entry.locked = locked;
        emit Locked(account, locked);
    }

    /// @inheritdoc IStaking
    function unlock(address account, uint256 amount) external onlyRole(Roles.JOBS) {
        Stake storage entry = _stakes[Pool.Provide][account];
        uint96 locked = _unlocked(entry.locked, amount);
        entry.locked = locked;
        emit Unlocked(account, locked);
    }

    /// @inheritdoc IStaking
    function slash(
        address account,
        uint256 penalty,
        uint256 since,
        uint256[] calldata requests,
        address receiver,
        bytes32 reason
    ) external onlyRole(Roles.FAULTS) returns (uint256 taken) {
        Stake memory entry = _stakes[Pool.Provide][account];
        uint256 fromActive = Math.min(penalty, entry.active - entry.locked);
        uint256 fromUnbonding = _slashRequests(account, entry, penalty - fromActive, since, requests);
        taken = fromActive + fromUnbonding;
        _store(Pool.Provide, account, entry, entry.active - fromActive);
        emit Slashed(account, taken, fromUnbonding, receiver, reason);
        if (taken > 0) _TOKEN.safeTransfer(receiver, taken);
    }

    /// @inheritdoc IStaking
    function lockedStake(address account) external view returns (uint256) {
        return _stakes[Pool.Provide][account].locked;
    }

    /// @inheritdoc IStaking
    function stakeOf(Pool pool, address account) external view returns (Stake memory) {
        return _stakes[pool][account];
    }

    /// @inheritdoc IStaking
    function stakeAt(Pool pool, address account, uint256 epoch_) external view returns (uint256) {
        if (epoch_ > epoch()) revert StakingFutureEpoch(epoch_);
        return _history[pool][account].valueAt(epoch_);
    }

    /// @inheritdoc IStaking
    function totalStakeAt(Pool pool, uint256 epoch_) external view returns (uint256) {
        if (epoch_ > epoch()) revert StakingFutureEpoch(epoch_);
        return _totals[pool].valueAt(epoch_);
    }

    /// @inheritdoc IStaking
    function unbondingOf(Pool pool, address account, uint256 id) external view returns (Unbonding memory) {
        if (id >= _unbondings[pool][account].length) revert StakingUnknownRequest(id);
        return _unbondings[pool][account][id];
    }

    /// @inheritdoc IStaking
    function unbondingCount(Pool pool, address account) external view returns (uint256) {
        return _unbondings[pool][account].length;
    }

    /// @inheritdoc IStaking
    function epochStart(uint256 epoch_) external view returns (uint256) {
        return _GENESIS + epoch_ * EPOCH_LENGTH;
    }

    /// @inheritdoc IStaking
    function epoch() public view returns (uint256) {
        return (block.timestamp - _GENESIS) / EPOCH_LENGTH;
    }

    /// @inheritdoc IStaking
    function freeStake(address account) public view returns (uint256) {
        Stake storage entry = _stakes[Pool.Provide][account];
        uint256 counted = entry.active;
        uint256 current = epoch();
        // What came in this epoch does not count yet, what left does not count any more.
        if (entry.changedEpoch == current) {
            counted = Math.min(counted, _history[Pool.Provide][account].valueAt(current));
        }
        return Math.saturatingSub(counted, entry.locked);
    }

    function _stake(Pool pool, uint256 amount) private {
        if (amount == 0) revert StakingZeroAmount();
        Stake memory entry = _stakes[pool][msg.sender];
        _store(pool, msg.sender, entry, entry.active + amount);
        emit Staked(pool, msg.sender, amount, epoch() + 1);
        _TOKEN.safeTransferFrom(msg.sender, address(this), amount);
    }

    /// @dev Writes a stake with its new active part, which counts in the snapshots from the next epoch on.
    function _store(Pool pool, address account, Stake memory entry, uint256 active) private {
        uint256 current = epoch();
        entry.active = active.toUint96();
        entry.changedEpoch = current.toUint32();
        _stakes[pool][account] = entry;
        uint48 next = (current + 1).toUint48();
        uint208 before = _history[pool][account].set(next, active.toUint208());
        _totals[pool].set(next, (_totals[pool].latest() + active - before).toUint208());
    }

    /// @dev When nothing is left behind shares they are void, so that new requests start at par.
    function _setUnbonding(Stake memory entry, uint256 unbonding) private pure {
        entry.unbonding = unbonding.toUint96();
        if (unbonding == 0 && entry.unbondingShares > 0) {
            entry.unbondingShares = 0;
            ++entry.generation;
        }
    }

    /// @dev Takes up to `wanted` from the named requests. The caller chose how many.
    function _slashRequests(
        address account,
        Stake memory entry,
        uint256 wanted,
        uint256 since,
        uint256[] calldata requests
    ) private returns (uint256 taken) {
        Unbonding[] storage all = _unbondings[Pool.Provide][account];
        uint256 following;
        for (uint256 i = 0; i < requests.length && taken < wanted; ++i) {
            uint256 id = requests[i];
            if (id >= all.length) revert StakingUnknownRequest(id);
            if (id < following || all[id].availableAt < since + UNBONDING_PERIOD) revert StakingRequestOutOfReach(id);
            following = id + 1;
            taken += _slashRequest(entry, all[id], wanted - taken);
        }
    }

    /// @dev Takes up to `wanted` from one request. Its shares end, so that all others keep their worth.
    function _slashRequest(Stake memory entry, Unbonding storage request, uint256 wanted)
        private
        returns (uint256 assets)
    {
        uint256 shares = request.shares;
        if (request.generation != entry.generation || shares == 0) return 0;
        assets = ShareMath.toAssetsDown(shares, entry.unbonding, entry.unbondingShares);
        if (assets > wanted) {
            assets = wanted;
            shares = Math.min(shares, ShareMath.toSharesUp(wanted, entry.unbonding, entry.unbondingShares));
        }
        // Both fit: at most the request's own shares.
        // forge-lint: disable-start(unsafe-typecast)
        request.shares -= uint128(shares);
        entry.unbondingShares -= uint128(shares);
        // forge-lint: disable-end(unsafe-typecast)
        _setUnbonding(entry, entry.unbonding - assets);
    }

    function _unlocked(uint96 locked, uint256 amount) private pure returns (uint96) {
        if (amount > locked) revert StakingLockTooSmall(amount, locked);
        return (locked - amount).toUint96();
    }
}
// forge-lint: disable-end(block-timestamp)
