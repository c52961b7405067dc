// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

// Cliff, years and delay are days to years; the seconds by which a validator can shift a block do no harm to them.
// forge-lint: disable-start(block-timestamp)

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {Governed} from "./Governed.sol";
import {IFounderVesting} from "./interfaces/IFounderVesting.sol";
import {Roles} from "./libraries/Roles.sol";

/// @title The founders' ENC. See `IFounderVesting`.
contract FounderVesting is IFounderVesting, Governed {
    using SafeERC20 for IERC20;

    /// @inheritdoc IFounderVesting
    uint256 public constant CLIFF = 365 days;
    /// @inheritdoc IFounderVesting
    uint256 public constant DURATION = 1_460 days;
    /// @inheritdoc IFounderVesting
    uint256 public constant RECOVERY_DELAY = 90 days;

    IERC20 private immutable _TOKEN;
    /// @inheritdoc IFounderVesting
    uint256 public immutable START;

    Grant[] private _grants;
    mapping(uint256 grant => Recovery) private _recoveries;
    mapping(address account => bool) private _isBeneficiary;

    /// @param authority_ the `AccessManager`
    /// @param token ENC; must have given this contract exactly the sum of the amounts
    /// @param start first second of the four years
    /// @param accounts beneficiaries
    /// @param amounts wei, beside each account
    constructor(address authority_, address token, uint256 start, address[] memory accounts, uint96[] memory amounts)
        Governed(authority_)
    {
        if (accounts.length == 0 || accounts.length != amounts.length) revert VestingBadGrants();
        _TOKEN = IERC20(token);
        START = start;
        uint256 sum;
        for (uint256 i = 0; i < accounts.length; ++i) {
            if (accounts[i] == address(0) || amounts[i] == 0 || _isBeneficiary[accounts[i]]) revert VestingBadGrants();
            _isBeneficiary[accounts[i]] = true;
            _grants.push(Grant(accounts[i], amounts[i], 0));
            sum += amounts[i];
        }
        // Nobody can hold ENC before it exists, and it exists since the transaction before: what lies here is the genesis.
        if (_TOKEN.balanceOf(address(this)) != sum) revert VestingBadGrants();
    }

    /// @inheritdoc IFounderVesting
    function release(uint256 grant) external returns (uint256 amount) {
        amount = releasable(grant);
        if (amount == 0) revert VestingNothingDue(grant);
        Grant storage entry = _grants[grant];
        // Released never exceeds the amount, a uint96.
        // forge-lint: disable-next-line(unsafe-typecast)
        entry.released += uint96(amount);
        emit Released(grant, entry.account, amount);
        _TOKEN.safeTransfer(entry.account, amount);
    }

    /// @inheritdoc IFounderVesting
    function proposeRecovery(uint256 grant, address account) external restricted {
        _requireKnown(grant);
        if (account == address(0) || _isBeneficiary[account]) revert VestingBadAccount(account);
        uint256 effectiveAt = block.timestamp + RECOVERY_DELAY;
        // Seconds fit 64 bits for 10^11 years.
        // forge-lint: disable-next-line(unsafe-typecast)
        _recoveries[grant] = Recovery(account, uint64(effectiveAt));
        emit RecoveryProposed(grant, _grants[grant].account, account, effectiveAt);
    }

    /// @inheritdoc IFounderVesting
    function cancelRecovery(uint256 grant) external {
        _requireRecovery(grant);
        if (msg.sender != _grants[grant].account && !_holdsRole(Roles.TEAM, msg.sender)) {
            revert VestingNotAllowed(msg.sender);
        }
        delete _recoveries[grant];
        emit RecoveryCancelled(grant);
    }

    /// @inheritdoc IFounderVesting
    function completeRecovery(uint256 grant) external {
        _requireRecovery(grant);
        Recovery memory recovery = _recoveries[grant];
        if (block.timestamp < recovery.effectiveAt) revert VestingTooEarly(recovery.effectiveAt);
        // It may have become a beneficiary by another recovery meanwhile.
        if (_isBeneficiary[recovery.account]) revert VestingBadAccount(recovery.account);
        address from = _grants[grant].account;
        delete _recoveries[grant];
        _isBeneficiary[from] = false;
        _isBeneficiary[recovery.account] = true;
        _grants[grant].account = recovery.account;
        emit Recovered(grant, from, recovery.account);
    }

    /// @inheritdoc IFounderVesting
    function grantCount() external view returns (uint256) {
        return _grants.length;
    }

    /// @inheritdoc IFounderVesting
    function grantOf(uint256 grant) external view returns (Grant memory) {
        _requireKnown(grant);
        return _grants[grant];
    }

    /// @inheritdoc IFounderVesting
    function recoveryOf(uint256 grant) external view returns (Recovery memory) {
        return _recoveries[grant];
    }

    /// @inheritdoc IFounderVesting
    function vestedAt(uint256 grant, uint256 time) public view returns (uint256) {
        _requireKnown(grant);
        if (time < START + CLIFF) return 0;
        uint256 amount = _grants[grant].amount;
        if (time >= START + DURATION) return amount;
        return amount * (time - START) / DURATION;
    }

    /// @inheritdoc IFounderVesting
    function releasable(uint256 grant) public view returns (uint256) {
        return vestedAt(grant, block.timestamp) - _grants[grant].released;
    }

    function _requireKnown(uint256 grant) private view {
        if (grant >= _grants.length) revert VestingUnknownGrant(grant);
    }

    function _requireRecovery(uint256 grant) private view {
        if (_recoveries[grant].account == address(0)) revert VestingNoRecovery(grant);
    }
}
// forge-lint: disable-end(block-timestamp)
