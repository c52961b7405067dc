// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.24;

/// @title What `Faults` asks about heartbeats.
interface IHeartbeats {
    /// @notice How much of an epoch a provider answered its heartbeats.
    /// @param provider provider
    /// @param epoch an epoch of `Staking`
    /// @return bps answered part of the heartbeats that were due
    /// @return decided false while the epoch runs, while beats can still come in, and for a provider that owed none
    function availabilityBps(address provider, uint256 epoch) external view returns (uint16 bps, bool decided);
}
