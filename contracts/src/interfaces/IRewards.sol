// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.24;

/// @title Rewards of providers: R_m = f(Q, C, R) + b, an epoch at a time.
/// @notice Three steps. During epoch n, settled work and beats add up elsewhere (`Providers`, `Capacity`). During n + 1 anybody tallies the
/// providers of n: f = Q·c(C)·r(R). From n + 2 on anybody claims: E_n·(1 − β)·f/Σf, and E_n·β·f/Σf over those without fault and
/// with availability of 99.5 %. Nothing loops over providers or epochs but over the lists that a caller hands in.
/// Q = min(paid work + availability × proven capacity × its rate, stake at the epoch's start × its limit), in micro-ENC;
/// c by the level that counted at the epoch's start and still holds; r = R². Work is worth what was paid for it, so feigned work
/// costs its fee; stake bounds the score, so honest work on the same stake never earns less.
/// @dev A later tally of the same provider counts only if it is higher, so nobody can spoil another's. Each payment rounds down.
interface IRewards {
    /// @notice What the role PARAMETERS may set; counts from the next epoch.
    /// @param capacityRate wei for a unit of proven capacity that was available: what idle capacity scores
    /// @param referenceRate wei a unit at which paid work is taken for units when utilisation U is measured
    /// @param stakeCapBps most score of an epoch in basis points of stake
    /// @param levelBps1 c of level 1 in basis points; level 0 has 10,000
    /// @param levelBps2 c of level 2, not below level 1
    /// @param levelBps3 c of level 3, not below level 2
    struct Parameters {
        uint80 capacityRate;
        uint80 referenceRate;
        uint32 stakeCapBps;
        uint16 levelBps1;
        uint16 levelBps2;
        uint16 levelBps3;
    }

    /// @notice One provider's score in one epoch.
    /// @param score f
    /// @param qualified takes part in the bonus
    /// @param claimed the reward was paid
    struct Score {
        uint128 score;
        bool qualified;
        bool claimed;
    }

    /// @notice One epoch.
    /// @param scores Σf
    /// @param qualified Σf of those that take part in the bonus
    /// @param share wei for all; 0 until closed
    /// @param bonus wei for the qualified; 0 until closed
    /// @param closed the amounts are final
    struct Epoch {
        uint128 scores;
        uint128 qualified;
        uint128 share;
        uint120 bonus;
        bool closed;
    }

    /// @notice A provider's score in an epoch, or a higher one, is on record. `work` in wei.
    event Tallied(uint256 indexed epoch, address indexed provider, uint256 work, uint256 score, bool qualified);
    /// @notice An epoch's amounts are final.
    event Closed(uint256 indexed epoch, uint256 share, uint256 bonus, uint256 used, uint256 capacity);
    /// @notice A provider was paid.
    event Claimed(uint256 indexed epoch, address indexed provider, uint256 share, uint256 bonus);
    /// @notice Parameters of the epochs from `fromEpoch` on changed.
    event ParametersSet(Parameters parameters, uint256 fromEpoch);

    /// @notice The first epoch has not ended.
    error RewardsTooEarly();
    /// @notice The epoch can't be claimed yet.
    error RewardsNotOpen(uint256 epoch);
    /// @notice The provider has nothing to claim for the epoch.
    error RewardsNothingDue(uint256 epoch, address provider);
    /// @notice A parameter is outside its bounds.
    error RewardsBadParameter();
    /// @notice Parameters changed in the epoch before: wait for the next one.
    error RewardsTooSoon();

    /// @notice β, the part of emission that is bonus, in basis points: 1,000.
    function BONUS_BPS() external view returns (uint256);

    /// @notice Availability that the bonus demands, in basis points: 9,950.
    function BONUS_AVAILABILITY_BPS() external view returns (uint256);

    /// @notice Scores providers for the epoch before the running one. Anybody may call, also again: only a higher score replaces one.
    function tally(address[] calldata providers) external;

    /// @notice Pays a provider its reward for an epoch that is at least two back. Anybody may call.
    /// @return amount wei
    function claim(uint256 epoch, address provider) external returns (uint256 amount);

    /// @notice `claim` for several epochs; those with nothing due are passed over.
    function claimMany(uint256[] calldata epochs, address provider) external returns (uint256 amount);

    /// @notice Sets the parameters of the next epoch and later ones, within constant bounds. Role PARAMETERS.
    function setParameters(Parameters calldata parameters_) external;

    /// @notice What `tally` would record for the provider in the epoch before the running one. `work` in wei.
    function preview(address provider) external view returns (uint256 work, uint256 score, bool qualified);

    /// @notice A provider's score.
    function scoreOf(uint256 epoch, address provider) external view returns (Score memory);

    /// @notice Sums and amounts of an epoch.
    function epochOf(uint256 epoch) external view returns (Epoch memory);

    /// @notice Wei that `claim` would pay now; 0 where it would revert.
    function due(uint256 epoch, address provider) external view returns (uint256);

    /// @notice The parameters set last, which may count from the next epoch only.
    function parameters() external view returns (Parameters memory);

    /// @notice The parameters of the running epoch, the one before, or the next.
    function parametersAt(uint256 epoch) external view returns (Parameters memory);

    /// @notice Least and most of each parameter.
    function parameterBounds() external pure returns (Parameters memory least, Parameters memory most);
}
