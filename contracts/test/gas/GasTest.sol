// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {JobSystem} from "../base/JobSystem.sol";

/// @title Snapshots of gas, taken on release bytecode only: there they are what a user pays.
/// @dev Isolated: each call is a transaction of its own, with its base cost, cold storage and refunds.
abstract contract GasTest is JobSystem {
    bool private _measuring;

    function setUp() public {
        string memory out = vm.envOr("CONTRACTS_OUT", "");
        _measuring = keccak256(bytes(out)) == keccak256("contracts/out-release");
        deployJobSystem();
    }

    /// @dev Gas of the last call, written to contracts/snapshots/GROUP.json; 0 on development bytecode.
    function snap(string memory group, string memory name) internal returns (uint256) {
        return _measuring ? vm.snapshotGasLastCall(group, name) : 0;
    }

    /// @dev Writes a figure made of several.
    function note(string memory group, string memory name, uint256 value) internal {
        if (_measuring) vm.snapshotValue(group, name, value);
    }
}
