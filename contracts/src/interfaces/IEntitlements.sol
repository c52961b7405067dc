// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.24;

/// @title Who may use how much reserved computing: P_u = s_u/Σs × P_total.
/// @notice s_u is the user's stake in the pool Reserve and P_total the verified capacity, both as snapshotted at the epoch's start. An
/// order of class reserved uses its units once, in the epoch of its first match; later attempts go on with that. What
/// nobody uses falls to the market, and nothing is carried over.
/// @dev Rounded down, so the entitlements of an epoch never add up to more than P_total.
interface IEntitlements {
    /// @notice Units of an account's entitlement were used. `used` is the sum in this epoch.
    event EntitlementUsed(address indexed account, uint256 indexed epoch, uint256 units, uint256 used);

    /// @notice The account has less left in this epoch. Micro-units.
    error EntitlementExceeded(address account, uint256 wanted, uint256 left);

    /// @notice Uses micro-units of the account's entitlement of the running epoch. Role JOBS.
    function use(address account, uint256 units) external;

    /// @notice P_u in an epoch that has begun, in micro-units.
    function entitlementAt(address account, uint256 epoch) external view returns (uint256);

    /// @notice Micro-units that the account has used in the running epoch.
    function usedOf(address account) external view returns (uint256);

    /// @notice Micro-units that the account can still use in the running epoch.
    function leftOf(address account) external view returns (uint256);
}
