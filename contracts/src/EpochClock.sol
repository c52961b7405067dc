// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

// Epochs are minutes to days; the seconds by which a validator can shift a block do no harm to them.
// forge-lint: disable-start(block-timestamp)

import {IStaking} from "./interfaces/IStaking.sol";

/// @title The epochs of `Staking`, kept: derived from time, so nobody has to push them on.
abstract contract EpochClock {
    uint256 private immutable _GENESIS;
    uint256 internal immutable _EPOCH_LENGTH;

    /// @param staking whose epochs count
    constructor(IStaking staking) {
        _GENESIS = staking.epochStart(0);
        _EPOCH_LENGTH = staking.EPOCH_LENGTH();
    }

    /// @dev Number of the running epoch.
    function _epoch() internal view returns (uint256) {
        return (block.timestamp - _GENESIS) / _EPOCH_LENGTH;
    }

    /// @dev Seconds of the running epoch that have passed.
    function _elapsed() internal view returns (uint256) {
        return (block.timestamp - _GENESIS) % _EPOCH_LENGTH;
    }
}
// forge-lint: disable-end(block-timestamp)
