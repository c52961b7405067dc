// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {EpochClock} from "./EpochClock.sol";
import {Governed} from "./Governed.sol";
import {ICapacity} from "./interfaces/ICapacity.sol";
import {IEntitlements} from "./interfaces/IEntitlements.sol";
import {IStaking} from "./interfaces/IStaking.sol";
import {EntitlementMath} from "./libraries/EntitlementMath.sol";
import {Roles} from "./libraries/Roles.sol";

/// @title Reserved computing. See `IEntitlements`.
contract Entitlements is IEntitlements, Governed, EpochClock {
    /// @dev What was used in an epoch; nothing in any later one.
    struct Use {
        uint48 epoch;
        uint208 units;
    }

    IStaking private immutable _STAKING;
    ICapacity private immutable _CAPACITY;

    mapping(address account => Use) private _uses;

    /// @param authority_ the `AccessManager`
    /// @param staking stakes of the pool Reserve
    /// @param capacity P_total
    constructor(address authority_, address staking, address capacity)
        Governed(authority_)
        EpochClock(IStaking(staking))
    {
        _STAKING = IStaking(staking);
        _CAPACITY = ICapacity(capacity);
    }

    /// @inheritdoc IEntitlements
    function use(address account, uint256 units) external onlyRole(Roles.JOBS) {
        uint256 current = _epoch();
        uint256 used = usedOf(account);
        uint256 left = Math.saturatingSub(entitlementAt(account, current), used);
        if (units > left) revert EntitlementExceeded(account, units, left);
        used += units;
        // At most the entitlement, which is below 2^160.
        // forge-lint: disable-next-line(unsafe-typecast)
        _uses[account] = Use(uint48(current), uint208(used));
        emit EntitlementUsed(account, current, units, used);
    }

    /// @inheritdoc IEntitlements
    function leftOf(address account) external view returns (uint256) {
        return Math.saturatingSub(entitlementAt(account, _epoch()), usedOf(account));
    }

    /// @inheritdoc IEntitlements
    function entitlementAt(address account, uint256 epoch) public view returns (uint256) {
        return EntitlementMath.entitlementDown(
            _STAKING.stakeAt(IStaking.Pool.Reserve, account, epoch),
            _STAKING.totalStakeAt(IStaking.Pool.Reserve, epoch),
            _CAPACITY.unitsAt(epoch)
        );
    }

    /// @inheritdoc IEntitlements
    function usedOf(address account) public view returns (uint256) {
        Use memory entry = _uses[account];
        return entry.epoch == _epoch() ? entry.units : 0;
    }
}
