// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {Governed} from "./Governed.sol";
import {ITreasury} from "./interfaces/ITreasury.sol";

/// @title A budgeted purse. See `ITreasury`.
contract Treasury is ITreasury, Governed {
    using SafeERC20 for IERC20;

    /// @inheritdoc ITreasury
    uint256 public constant PERIOD = 30 days;

    mapping(address token => Budget) private _budgets;

    /// @param authority_ the `AccessManager`
    constructor(address authority_) Governed(authority_) {}

    /// @inheritdoc ITreasury
    function spend(address token, address to, uint256 amount, bytes32 purpose) external restricted {
        if (to == address(0)) revert TreasuryZeroReceiver();
        Budget memory current = budget(token);
        uint256 left = _left(current);
        if (amount > left) revert TreasuryBudgetExceeded(amount, left);
        // Fits: amount <= left <= limit, which is a uint112.
        // forge-lint: disable-next-line(unsafe-typecast)
        current.spent += uint112(amount);
        _budgets[token] = current;
        emit Spent(token, to, amount, purpose);
        IERC20(token).safeTransfer(to, amount);
    }

    /// @inheritdoc ITreasury
    function setBudget(address token, uint112 limit) external restricted {
        Budget memory current = budget(token);
        current.limit = limit;
        _budgets[token] = current;
        emit BudgetSet(token, limit);
    }

    /// @inheritdoc ITreasury
    function available(address token) external view returns (uint256) {
        return _left(budget(token));
    }

    /// @inheritdoc ITreasury
    function budget(address token) public view returns (Budget memory current) {
        current = _budgets[token];
        // Fits for 10^10 years.
        // forge-lint: disable-next-line(unsafe-typecast)
        uint32 period = uint32(block.timestamp / PERIOD);
        if (current.period != period) {
            current.period = period;
            current.spent = 0;
        }
    }

    function _left(Budget memory current) private pure returns (uint256) {
        return current.spent >= current.limit ? 0 : current.limit - current.spent;
    }
}
