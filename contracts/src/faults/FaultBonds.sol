// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {IFaults} from "../interfaces/IFaults.sol";

/// @title The money of `Faults`: bonds come in, everything goes out by `withdraw`.
/// @dev Internal accounting only: ENC sent here by mistake belongs to nobody. Balances change before tokens move.
abstract contract FaultBonds is IFaults {
    using SafeERC20 for IERC20;

    IERC20 private immutable _TOKEN;
    address private immutable _TREASURY;

    mapping(address account => uint256) private _balances;
    uint256 private _held;

    constructor(address token, address treasury) {
        _TOKEN = IERC20(token);
        _TREASURY = treasury;
    }

    /// @inheritdoc IFaults
    function withdraw(uint256 amount) external {
        if (amount == 0) revert FaultsZeroAmount();
        uint256 balance = _balances[msg.sender];
        if (amount > balance) revert FaultsInsufficientBalance(amount, balance);
        _balances[msg.sender] = balance - amount;
        _held -= amount;
        emit Withdrawn(msg.sender, amount);
        _TOKEN.safeTransfer(msg.sender, amount);
    }

    /// @inheritdoc IFaults
    function balanceOf(address account) external view returns (uint256) {
        return _balances[account];
    }

    /// @inheritdoc IFaults
    function held() external view returns (uint256) {
        return _held;
    }

    /// @dev Takes the caller's bond.
    function _pullBond(uint256 bond) internal {
        _held += bond;
        _TOKEN.safeTransferFrom(msg.sender, address(this), bond);
    }

    /// @dev Gives a bond that is held to an account.
    function _creditBond(address account, uint256 bond) internal {
        _balances[account] += bond;
    }

    /// @dev Credits an account with slashed stake that has arrived.
    function _creditShare(address account, uint256 amount) internal {
        if (amount == 0) return;
        _held += amount;
        _balances[account] += amount;
    }

    /// @dev The treasury can't refuse ENC, so its share is pushed.
    function _payTreasury(uint256 amount) internal {
        if (amount > 0) _TOKEN.safeTransfer(_TREASURY, amount);
    }
}
