// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.24;

/// @title Stakes of ENC in two pools: Reserve (to secure compute) and Provide (providers, at risk).
/// @notice Each account has one pot a pool. Active stake and unbonding requests are shares of that pot, so one slash
/// scales all of them at once. New stake counts from the next epoch on. Only the account itself moves its stake: there
/// is no staking or unbonding on behalf of another. Every division rounds against the account that asks.
interface IStaking {
    /// @notice Reserve = 0: data owners and developers. Provide = 1: providers; only this pool can be locked and slashed.
    enum Pool {
        Reserve,
        Provide
    }

    /// @notice One account's pot in one pool.
    /// @param assets wei in the pot: active and unbonding
    /// @param shares all shares of the pot
    /// @param generation counts full slashes; requests of an earlier generation are worth nothing
    /// @param activeShares shares that are not unbonding
    /// @param locked wei of active stake that running jobs hold (Provide only)
    /// @param changedEpoch epoch in which the active stake changed last
    struct Pot {
        uint96 assets;
        uint128 shares;
        uint32 generation;
        uint128 activeShares;
        uint96 locked;
        uint32 changedEpoch;
    }

    /// @notice Stake on its way out.
    /// @param shares shares of the pot; 0 once withdrawn
    /// @param availableAt second from which it can be withdrawn
    /// @param generation generation of the pot that the shares belong to
    struct Unbonding {
        uint128 shares;
        uint40 availableAt;
        uint32 generation;
    }

    /// @notice Stake came in; it counts from epoch `fromEpoch`.
    event Staked(Pool indexed pool, address indexed account, uint256 assets, uint256 shares, uint256 fromEpoch);
    /// @notice Stake began to unbond.
    event UnbondRequested(
        Pool indexed pool,
        address indexed account,
        uint256 indexed id,
        uint256 assets,
        uint256 shares,
        uint256 availableAt
    );
    /// @notice Unbonded stake left. `assets` is what a slash left of it.
    event Withdrawn(Pool indexed pool, address indexed account, uint256 indexed id, uint256 assets);
    /// @notice Active stake of a provider was locked for a job.
    event Locked(address indexed account, uint256 amount, uint256 locked);
    /// @notice A lock ended.
    event Unlocked(address indexed account, uint256 amount, uint256 locked);
    /// @notice A pot was slashed.
    event Slashed(address indexed account, uint256 amount, address indexed receiver, bytes32 indexed reason);

    /// @notice Zero wei can't be staked or unbonded.
    error StakingZeroAmount();
    /// @notice The account has less active stake that is not locked.
    error StakingInsufficient(uint256 wanted, uint256 free);
    /// @notice More would be unlocked or slashed than the account has locked.
    error StakingLockTooSmall(uint256 wanted, uint256 locked);
    /// @notice There is no such request, or it was withdrawn.
    error StakingUnknownRequest(uint256 id);
    /// @notice The request can't be withdrawn yet.
    error StakingStillUnbonding(uint256 availableAt);
    /// @notice The amount gives no share or does not fit: after a near-total slash, first withdraw what is left.
    error StakingShareRange();
    /// @notice The epoch length or unbonding period is outside its bounds.
    error StakingBadParameter();
    /// @notice That epoch has not begun.
    error StakingFutureEpoch(uint256 epoch);

    /// @notice Seconds in an epoch.
    function EPOCH_LENGTH() external view returns (uint256);

    /// @notice Seconds that unbonding takes; stays slashable that long.
    function UNBONDING_PERIOD() external view returns (uint256);

    /// @notice Number of the running epoch; 0 is the one in which the contract was deployed.
    function epoch() external view returns (uint256);

    /// @notice Adds stake to the caller's pot. It counts from the next epoch.
    function stake(Pool pool, uint256 amount) external;

    /// @notice `stake` after an EIP-2612 permit; a permit that was used already does no harm.
    function stakeWithPermit(Pool pool, uint256 amount, uint256 deadline, uint8 v, bytes32 r, bytes32 s) external;

    /// @notice Starts to unbond active stake that is not locked. It stops counting at once.
    /// @return id number of the request, counted for each account and pool from 0
    function requestUnbond(Pool pool, uint256 amount) external returns (uint256 id);

    /// @notice Pays out a request of the caller whose period is over. Works while anything else is paused.
    /// @return assets wei paid
    function withdraw(Pool pool, uint256 id) external returns (uint256 assets);

    /// @notice Locks active stake of a provider for a job. Role JOBS. Only stake that counts now can be locked.
    function lock(address account, uint256 amount) external;

    /// @notice Ends a lock. Role JOBS.
    function unlock(address account, uint256 amount) external;

    /// @notice Ends a lock and takes a penalty of at most that lock from the pot. Role JOBS.
    /// @param account provider
    /// @param lockedAmount the job's lock: the stake at risk
    /// @param penalty wei, at most `lockedAmount`
    /// @param receiver who gets it
    /// @param reason code of the fault
    function slash(address account, uint256 lockedAmount, uint256 penalty, address receiver, bytes32 reason) external;

    /// @notice The pot as stored.
    function potOf(Pool pool, address account) external view returns (Pot memory);

    /// @notice Worth of the account's active stake, counted or not, in wei; rounded down.
    function activeStake(Pool pool, address account) external view returns (uint256);

    /// @notice Worth of all that is unbonding, in wei; rounded down.
    function unbondingStake(Pool pool, address account) external view returns (uint256);

    /// @notice Stake of a provider that counts now and is not locked, in wei.
    function freeStake(address account) external view returns (uint256);

    /// @notice Stake that a provider has locked, in wei.
    function lockedStake(address account) external view returns (uint256);

    /// @notice The account's stake as snapshotted for an epoch that has begun, in wei.
    function stakeAt(Pool pool, address account, uint256 epoch_) external view returns (uint256);

    /// @notice Sum of all accounts' `stakeAt`, in wei.
    function totalStakeAt(Pool pool, uint256 epoch_) external view returns (uint256);

    /// @notice A request.
    function unbondingOf(Pool pool, address account, uint256 id) external view returns (Unbonding memory);

    /// @notice How many requests the account ever made in the pool.
    function unbondingCount(Pool pool, address account) external view returns (uint256);
}
