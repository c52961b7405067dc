// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import {AccessManager} from "@openzeppelin/contracts/access/manager/AccessManager.sol";

/// @title A contract under one `AccessManager`, for ever the same.
/// @notice What people configure is `restricted`: the manager maps each function to a role, with its delay. What programs call of
/// one another is `onlyRole`: it asks the manager for the role alone, so that closing a target there can stop
/// administration but never an exit.
abstract contract Governed is AccessManaged {
    AccessManager private immutable _MANAGER;

    /// @notice The authority was chosen at deployment; a new version of a contract comes with a new address.
    error GovernedAuthorityIsFixed();
    /// @notice The caller does not hold the role.
    error GovernedMissingRole(address caller, uint64 role);

    /// @param authority_ the `AccessManager`
    constructor(address authority_) AccessManaged(authority_) {
        _MANAGER = AccessManager(authority_);
    }

    /// @dev For calls between programs: the role, held without a delay.
    modifier onlyRole(uint64 role) {
        if (!_holdsRole(role, msg.sender)) revert GovernedMissingRole(msg.sender, role);
        _;
    }

    /// @inheritdoc AccessManaged
    function authority() public view override returns (address) {
        return address(_MANAGER);
    }

    /// @notice Always reverts.
    function setAuthority(address) public pure override {
        revert GovernedAuthorityIsFixed();
    }

    /// @dev True when the account holds the role without a delay.
    function _holdsRole(uint64 role, address account) internal view returns (bool) {
        (bool member, uint32 delay) = _MANAGER.hasRole(role, account);
        return member && delay == 0;
    }
}
