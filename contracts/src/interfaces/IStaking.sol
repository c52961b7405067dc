// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.24;

/// @title Stakes of ENC in two pools: Reserve (to secure compute) and Provide (providers, at risk).
/// @notice New stake counts from the next epoch on. What a job locks stays active until the job ends. Unbonding stake counts for
/// nothing but stays slashable; requests are shares of the account's unbonding pot, so one slash scales all of them at once.
/// Only the account itself moves its stake: there is no staking or unbonding on behalf of another. Every division rounds
/// against the account that asks.
interface IStaking {
    /// @notice Reserve = 0: data owners and developers. Provide = 1: providers; only this pool can be locked and slashed.
    enum Pool {
        Reserve,
        Provide
    }

    /// @notice One account's stake in one pool. Active stake is never below what is locked.
    /// @param active wei of active stake, counted or not
    /// @param locked wei of it that running jobs hold (Provide only)
    /// @param changedEpoch epoch in which the active stake changed last
    /// @param unbonding wei on the way out
    /// @param unbondingShares shares of these wei that requests hold
    /// @param generation counts how often all unbonding stake was slashed away; older requests are worth nothing
    struct Stake {
        uint96 active;
        uint96 locked;
        uint32 changedEpoch;
        uint96 unbonding;
        uint128 unbondingShares;
        uint32 generation;
    }

    /// @notice Stake on its way out.
    /// @param shares shares of the account's unbonding stake; 0 once withdrawn
    /// @param availableAt second from which it can be withdrawn
    /// @param generation generation that the shares belong to
    struct Unbonding {
        uint128 shares;
        uint40 availableAt;
        uint32 generation;
    }

    /// @notice Stake came in; it counts from epoch `fromEpoch`.
    event Staked(Pool indexed pool, address indexed account, uint256 assets, uint256 fromEpoch);
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
    /// @notice Active stake of a provider was locked for a job; `locked` is all that jobs hold of it now.
    event Locked(address indexed account, uint256 locked);
    /// @notice A lock ended; `locked` is what other jobs still hold.
    event Unlocked(address indexed account, uint256 locked);
    /// @notice Stake was slashed. `amount` is what was taken, `fromUnbonding` the part of it that was unbonding.
    event Slashed(
        address indexed account, uint256 amount, uint256 fromUnbonding, address indexed receiver, bytes32 indexed reason
    );

    /// @notice Zero wei can't be staked or unbonded.
    error StakingZeroAmount();
    /// @notice The account has less active stake that is not locked.
    error StakingInsufficient(uint256 wanted, uint256 free);
    /// @notice More would be unlocked than the account has locked.
    error StakingLockTooSmall(uint256 wanted, uint256 locked);
    /// @notice There is no such request, or it was withdrawn.
    error StakingUnknownRequest(uint256 id);
    /// @notice The request can't be withdrawn yet.
    error StakingStillUnbonding(uint256 availableAt);
    /// @notice A slash left so little in the unbonding stake that its shares are too dear: withdraw that request first.
    error StakingShareRange();
    /// @notice The request was made before the fault, or named out of order.
    error StakingRequestOutOfReach(uint256 id);
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

    /// @notice First second of an epoch.
    function epochStart(uint256 epoch_) external view returns (uint256);

    /// @notice Adds to the caller's stake. It counts from the next epoch.
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

    /// @notice Takes a penalty. Role FAULTS. First from active stake that no job locks, then from the named unbonding requests,
    /// in their order. A request made before second `since` is refused: it backed nothing that happened later.
    /// @param account provider
    /// @param penalty wei
    /// @param since second from which requests can be taken from: the end of what the penalty is for
    /// @param requests numbers of requests in pool Provide, ascending
    /// @param receiver who gets it
    /// @param reason number of the fault
    /// @return taken wei that there were to take, at most `penalty`
    function slash(
        address account,
        uint256 penalty,
        uint256 since,
        uint256[] calldata requests,
        address receiver,
        bytes32 reason
    ) external returns (uint256 taken);

    /// @notice The stake as stored.
    function stakeOf(Pool pool, address account) external view returns (Stake memory);

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
