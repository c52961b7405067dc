// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.24;

/// @title The founders' 100 M ENC: linear over four years, nothing in the first.
/// @notice Accounts and amounts are fixed at deployment. A beneficiary can't pass its entitlement on, so tokens that have not
/// vested can't be sold. A lost key is replaced by the team, `RECOVERY_DELAY` after it says so, unless the account objects.
/// @dev Internal accounting only: ENC sent here by mistake vests for nobody. Money in = sum of `Grant.amount` (constructor), money
/// out = sum of `Grant.released` (event `Released`).
interface IFounderVesting {
    /// @notice One beneficiary.
    /// @param account who is paid
    /// @param amount wei in all
    /// @param released wei paid so far
    struct Grant {
        address account;
        uint96 amount;
        uint96 released;
    }

    /// @notice A replacement of a lost key that waits.
    /// @param account the new account; zero = none
    /// @param effectiveAt second from which anybody can complete it
    struct Recovery {
        address account;
        uint64 effectiveAt;
    }

    /// @notice Vested ENC was paid.
    event Released(uint256 indexed grant, address indexed account, uint256 amount);
    /// @notice The team says that a beneficiary lost its key.
    event RecoveryProposed(uint256 indexed grant, address indexed from, address indexed to, uint256 effectiveAt);
    /// @notice The beneficiary, or the team, took that back.
    event RecoveryCancelled(uint256 indexed grant);
    /// @notice The beneficiary has a new account.
    event Recovered(uint256 indexed grant, address indexed from, address indexed to);

    /// @notice Accounts and amounts differ in number, one is zero or named twice, or they don't add up to what lies here.
    error VestingBadGrants();
    /// @notice There is no such grant.
    error VestingUnknownGrant(uint256 grant);
    /// @notice Nothing has vested that was not released.
    error VestingNothingDue(uint256 grant);
    /// @notice The new account is zero, or a beneficiary already.
    error VestingBadAccount(address account);
    /// @notice No recovery waits for this grant.
    error VestingNoRecovery(uint256 grant);
    /// @notice The recovery's time has not come.
    error VestingTooEarly(uint256 effectiveAt);
    /// @notice Only the beneficiary or the team may object.
    error VestingNotAllowed(address caller);

    /// @notice First second of the four years.
    function START() external view returns (uint256);

    /// @notice Seconds before which nothing vests: 365 days.
    function CLIFF() external view returns (uint256);

    /// @notice Seconds after which all has vested: 1,460 days.
    function DURATION() external view returns (uint256);

    /// @notice Seconds between the proposal of a recovery and its effect: 90 days.
    function RECOVERY_DELAY() external view returns (uint256);

    /// @notice Pays what has vested to the beneficiary. Anybody may call.
    /// @return amount wei
    function release(uint256 grant) external returns (uint256 amount);

    /// @notice Announces a new account for a beneficiary that lost its key. Role TEAM. Replaces an announcement that waits, and
    /// starts its delay anew.
    function proposeRecovery(uint256 grant, address account) external;

    /// @notice Takes a recovery back. The beneficiary's present account, or a holder of the role TEAM without delay.
    function cancelRecovery(uint256 grant) external;

    /// @notice Completes a recovery whose delay has passed. Anybody may call.
    function completeRecovery(uint256 grant) external;

    /// @notice How many grants there are, numbered from 0.
    function grantCount() external view returns (uint256);

    /// @notice A grant.
    function grantOf(uint256 grant) external view returns (Grant memory);

    /// @notice The recovery that waits for a grant.
    function recoveryOf(uint256 grant) external view returns (Recovery memory);

    /// @notice Wei of a grant that have vested at a second: floor(amount·(t − START)/DURATION) between cliff and end.
    function vestedAt(uint256 grant, uint256 time) external view returns (uint256);

    /// @notice Wei of a grant that `release` would pay now.
    function releasable(uint256 grant) external view returns (uint256);
}
