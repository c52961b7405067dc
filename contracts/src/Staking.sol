// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

// Deadlines and windows are seconds to days; the seconds by which a validator can shift a block do no harm to them.
// forge-lint: disable-start(block-timestamp)

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {IERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Permit.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {Governed} from "./Governed.sol";
import {IStaking} from "./interfaces/IStaking.sol";
import {ShareMath} from "./libraries/ShareMath.sol";
import {StakeHistory} from "./libraries/StakeHistory.sol";
import {Roles} from "./libraries/Roles.sol";

/// @title Stakes. See `IStaking`.
/// @dev Internal accounting only: ENC sent here by mistake changes nothing. No loop over users or requests. Nobody can pause it.
/// A pot's assets fit 96 bits because the supply of ENC does.
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

    mapping(Pool pool => mapping(address account => Pot)) private _pots;
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
        Pot memory pot = _pots[pool][msg.sender];
        uint256 free = _above(_active(pot), pot.locked);
        if (amount > free) revert StakingInsufficient(amount, free);
        uint256 shares = ShareMath.toSharesUp(amount, pot.assets, pot.shares);
        pot.activeShares = (pot.activeShares - shares).toUint128();
        // Shares are rounded up, which may reach one wei into locked stake after a slash.
        if (_active(pot) < pot.locked) revert StakingInsufficient(amount, free - 1);

        uint40 availableAt = (block.timestamp + UNBONDING_PERIOD).toUint40();
        id = _unbondings[pool][msg.sender].length;
        _unbondings[pool][msg.sender].push(Unbonding(shares.toUint128(), availableAt, pot.generation));
        _store(pool, msg.sender, pot);
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

        Pot storage pot = _pots[pool][msg.sender];
        if (request.generation == pot.generation) {
            assets = ShareMath.toAssetsDown(shares, pot.assets, pot.shares);
            pot.assets -= assets.toUint96();
            pot.shares -= shares;
        }
        emit Withdrawn(pool, msg.sender, id, assets);
        if (assets > 0) _TOKEN.safeTransfer(msg.sender, assets);
    }

    /// @inheritdoc IStaking
    function lock(address account, uint256 amount) external onlyRole(Roles.JOBS) {
        Pot storage pot = _pots[Pool.Provide][account];
        uint256 free = _above(_counted(Pool.Provide, account, pot), pot.locked);
        if (amount > free) revert StakingInsufficient(amount, free);
        uint96 locked = (pot.locked + amount).toUint96();
        pot.locked = locked;
        emit Locked(account, amount, locked);
    }

    /// @inheritdoc IStaking
    function unlock(address account, uint256 amount) external onlyRole(Roles.JOBS) {
        Pot storage pot = _pots[Pool.Provide][account];
        emit Unlocked(account, amount, _unlock(pot, amount));
    }

    /// @inheritdoc IStaking
    function slash(address account, uint256 lockedAmount, uint256 penalty, address receiver, bytes32 reason)
        external
        onlyRole(Roles.JOBS)
    {
        if (penalty > lockedAmount) revert StakingLockTooSmall(penalty, lockedAmount);
        Pot memory pot = _pots[Pool.Provide][account];
        if (lockedAmount > pot.locked) revert StakingLockTooSmall(lockedAmount, pot.locked);
        pot.locked = (pot.locked - lockedAmount).toUint96();
        uint256 taken = penalty < pot.assets ? penalty : pot.assets;
        pot.assets = (pot.assets - taken).toUint96();
        if (pot.assets == 0) {
            // Nothing is left behind any share: void them all, so that new stake starts at par.
            pot.shares = 0;
            pot.activeShares = 0;
            ++pot.generation;
        }
        _store(Pool.Provide, account, pot);
        emit Unlocked(account, lockedAmount, pot.locked);
        emit Slashed(account, taken, receiver, reason);
        if (taken > 0) _TOKEN.safeTransfer(receiver, taken);
    }

    /// @inheritdoc IStaking
    function potOf(Pool pool, address account) external view returns (Pot memory) {
        return _pots[pool][account];
    }

    /// @inheritdoc IStaking
    function activeStake(Pool pool, address account) external view returns (uint256) {
        return _active(_pots[pool][account]);
    }

    /// @inheritdoc IStaking
    function unbondingStake(Pool pool, address account) external view returns (uint256) {
        Pot memory pot = _pots[pool][account];
        return ShareMath.toAssetsDown(pot.shares - pot.activeShares, pot.assets, pot.shares);
    }

    /// @inheritdoc IStaking
    function freeStake(address account) external view returns (uint256) {
        Pot storage pot = _pots[Pool.Provide][account];
        return _above(_counted(Pool.Provide, account, pot), pot.locked);
    }

    /// @inheritdoc IStaking
    function lockedStake(address account) external view returns (uint256) {
        return _pots[Pool.Provide][account].locked;
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
    function epoch() public view returns (uint256) {
        return (block.timestamp - _GENESIS) / EPOCH_LENGTH;
    }

    function _stake(Pool pool, uint256 amount) private {
        if (amount == 0) revert StakingZeroAmount();
        Pot memory pot = _pots[pool][msg.sender];
        uint256 shares = ShareMath.toSharesDown(amount, pot.assets, pot.shares);
        if (shares == 0 || pot.shares + shares > type(uint128).max) revert StakingShareRange();
        pot.assets = (pot.assets + amount).toUint96();
        pot.shares = (pot.shares + shares).toUint128();
        pot.activeShares = (pot.activeShares + shares).toUint128();
        _store(pool, msg.sender, pot);
        emit Staked(pool, msg.sender, amount, shares, epoch() + 1);
        _TOKEN.safeTransferFrom(msg.sender, address(this), amount);
    }

    /// @dev Writes a pot whose active stake changed, and the stake that counts from the next epoch on.
    function _store(Pool pool, address account, Pot memory pot) private {
        uint256 current = epoch();
        pot.changedEpoch = current.toUint32();
        _pots[pool][account] = pot;
        uint48 next = (current + 1).toUint48();
        uint208 active = _active(pot).toUint208();
        uint208 before = _history[pool][account].set(next, active);
        _totals[pool].set(next, _totals[pool].latest() + active - before);
    }

    function _unlock(Pot storage pot, uint256 amount) private returns (uint96 locked) {
        if (amount > pot.locked) revert StakingLockTooSmall(amount, pot.locked);
        locked = (pot.locked - amount).toUint96();
        pot.locked = locked;
    }

    /// @dev Active stake that counts in this epoch: what was there when it began and still is.
    function _counted(Pool pool, address account, Pot memory pot) private view returns (uint256) {
        uint256 active = _active(pot);
        uint256 current = epoch();
        if (pot.changedEpoch < current) return active;
        uint256 atStart = _history[pool][account].valueAt(current);
        return active < atStart ? active : atStart;
    }

    function _active(Pot memory pot) private pure returns (uint256) {
        return ShareMath.toAssetsDown(pot.activeShares, pot.assets, pot.shares);
    }

    /// @dev a − b, or 0.
    function _above(uint256 a, uint256 b) private pure returns (uint256) {
        return a > b ? a - b : 0;
    }
}
// forge-lint: disable-end(block-timestamp)
