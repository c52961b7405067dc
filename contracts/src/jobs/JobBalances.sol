// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {IERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Permit.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {IJobs} from "../interfaces/IJobs.sol";

/// @title The money of `Jobs`: one balance an account, pulled, never pushed.
/// @dev Internal accounting only: ENC sent here by mistake belongs to nobody. Balances change before tokens move.
abstract contract JobBalances is IJobs {
    using SafeERC20 for IERC20;

    IERC20 private immutable _TOKEN;
    address private immutable _TREASURY;

    mapping(address account => uint256) private _balances;
    /// @dev Fees of settled work, plus one: never zero, so that the first fee costs no more gas than the next.
    uint256 private _feesPlusOne = 1;

    constructor(address token, address treasury) {
        _TOKEN = IERC20(token);
        _TREASURY = treasury;
    }

    /// @inheritdoc IJobs
    function deposit(uint256 amount) external {
        _deposit(amount);
    }

    /// @inheritdoc IJobs
    function depositWithPermit(uint256 amount, uint256 deadline, uint8 v, bytes32 r, bytes32 s) external {
        // Somebody may have used the permit already: then the allowance is there, or the transfer says what is missing.
        try IERC20Permit(address(_TOKEN)).permit(msg.sender, address(this), amount, deadline, v, r, s) {} catch {}
        _deposit(amount);
    }

    /// @inheritdoc IJobs
    function withdraw(uint256 amount) external {
        if (amount == 0) revert JobsZeroAmount();
        _debit(msg.sender, amount);
        emit Withdrawn(msg.sender, amount);
        _TOKEN.safeTransfer(msg.sender, amount);
    }

    /// @inheritdoc IJobs
    function collectFees() external {
        uint256 amount = uncollectedFees();
        _feesPlusOne = 1;
        emit FeesCollected(amount);
        _TOKEN.safeTransfer(_TREASURY, amount);
    }

    /// @inheritdoc IJobs
    function balanceOf(address account) external view returns (uint256) {
        return _balances[account];
    }

    /// @inheritdoc IJobs
    function uncollectedFees() public view returns (uint256) {
        return _feesPlusOne - 1;
    }

    function _credit(address account, uint256 amount) internal {
        if (amount > 0) _balances[account] += amount;
    }

    function _debit(address account, uint256 amount) internal {
        uint256 balance = _balances[account];
        if (amount > balance) revert JobsInsufficientBalance(account, amount, balance);
        _balances[account] = balance - amount;
    }

    function _creditFee(uint256 amount) internal {
        _feesPlusOne += amount;
    }

    function _deposit(uint256 amount) private {
        if (amount == 0) revert JobsZeroAmount();
        _credit(msg.sender, amount);
        emit Deposited(msg.sender, amount);
        _TOKEN.safeTransferFrom(msg.sender, address(this), amount);
    }
}
