// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title The roles of the one `AccessManager`. Role 0 is its ADMIN and belongs to nobody but the team's multisig.
library Roles {
    /// @dev Multisig: ends pauses, sets budgets. Delayed.
    uint64 internal constant TEAM = 1;
    /// @dev Sets the bounded parameters of new jobs. Delayed.
    uint64 internal constant PARAMETERS = 2;
    /// @dev Spends from treasuries, within their budgets. Delayed.
    uint64 internal constant TREASURER = 3;
    /// @dev Stops new business, at once.
    uint64 internal constant GUARDIAN = 4;
    /// @dev Signs attestation results.
    uint64 internal constant VERIFIER = 5;
    /// @dev Proposes matches: the coordinator.
    uint64 internal constant MATCHER = 6;
    /// @dev Credits paid fiat.
    uint64 internal constant PROCESSOR = 7;
    /// @dev The `Jobs` contract towards `Staking`, `Providers` and `Datasets`.
    uint64 internal constant JOBS = 8;
    /// @dev Creates ENC: the emission contract.
    uint64 internal constant MINTER = 9;
    /// @dev Slashes stake and marks jobs as faulted: the `Faults` contract.
    uint64 internal constant FAULTS = 10;
    /// @dev Draws ENC from the treasury's reserve against stablecoins and fiat, within its limits: the desks.
    uint64 internal constant RESERVE = 11;
    /// @dev Re-executes results of level 0 and signs what it found.
    uint64 internal constant AUDITOR = 12;
    /// @dev Takes emission and pays it out: the `Rewards` contract.
    uint64 internal constant REWARDS = 13;
}
