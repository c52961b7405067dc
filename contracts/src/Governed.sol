// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import {IAccessManager} from "@openzeppelin/contracts/access/manager/IAccessManager.sol";
import {Roles} from "./libraries/Roles.sol";

/// @title A contract under one `AccessManager`, for ever the same.
/// @notice What people configure is `restricted`: the manager maps each function to a role, with its delay. What contracts call
/// of one another is `onlyJobs`: it asks for the role alone, so that closing a target in the manager can stop new
/// business and parameter changes but never an exit.
abstract contract Governed is AccessManaged {
    IAccessManager private immutable _MANAGER;

    /// @notice The authority was chosen at deployment; a new version of a contract comes with a new address.
    error GovernedAuthorityIsFixed();
    /// @notice The caller does not hold the role JOBS.
    error GovernedNotJobs(address caller);

    /// @param authority_ the `AccessManager`
    constructor(address authority_) AccessManaged(authority_) {
        _MANAGER = IAccessManager(authority_);
    }

    modifier onlyJobs() {
        _requireJobs();
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

    function _requireJobs() private view {
        if (!_holdsRole(Roles.JOBS, msg.sender)) revert GovernedNotJobs(msg.sender);
    }
}
