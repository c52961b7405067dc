// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {Governed} from "./Governed.sol";
import {ITreasury} from "./interfaces/ITreasury.sol";
import {Roles} from "./libraries/Roles.sol";

/// @title A purse with limits. See `ITreasury`.
contract Treasury is ITreasury, Governed {
    using SafeERC20 for IERC20;

    /// @inheritdoc ITreasury
    uint256 public constant PERIOD = 30 days;
    /// @inheritdoc ITreasury
    uint256 public constant MAX_OUTFLOW_BPS = 2_500;

    mapping(address token => Budget) private _budgets;
    mapping(address token => Reserve) private _reserves;

    /// @param authority_ the `AccessManager`
    constructor(address authority_) Governed(authority_) {}

    /// @inheritdoc ITreasury
    function spend(address token, address to, uint256 amount, bytes32 purpose) external restricted {
        Budget memory current = budget(token);
        uint256 left = _left(current.limit, current.spent);
        if (amount > left) revert TreasuryBudgetExceeded(amount, left);
        _checkOut(token, to, amount);
        // Fits: amount <= left <= limit, which is a uint112.
        // forge-lint: disable-next-line(unsafe-typecast)
        current.spent += uint112(amount);
        _budgets[token] = current;
        emit Spent(token, to, amount, purpose);
        IERC20(token).safeTransfer(to, amount);
    }

    /// @inheritdoc ITreasury
    function draw(address token, address to, uint256 amount, bytes32 purpose) external onlyRole(Roles.RESERVE) {
        uint256 left = drawable(token);
        if (amount > left) revert TreasuryReserveExceeded(amount, left);
        _checkOut(token, to, amount);
        Reserve memory current = reserve(token);
        // Fits: amount <= left <= limit, which is a uint112.
        // forge-lint: disable-next-line(unsafe-typecast)
        current.drawn += uint112(amount);
        _reserves[token] = current;
        emit Drawn(token, msg.sender, to, amount, purpose);
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
    function setReserve(address token, uint112 limit, uint128 floor) external restricted {
        Reserve memory current = reserve(token);
        current.limit = limit;
        current.floor = floor;
        _reserves[token] = current;
        emit ReserveSet(token, limit, floor);
    }

    /// @inheritdoc ITreasury
    function available(address token) external view returns (uint256) {
        Budget memory current = budget(token);
        return _left(current.limit, current.spent);
    }

    /// @inheritdoc ITreasury
    function budget(address token) public view returns (Budget memory current) {
        current = _budgets[token];
        uint32 period = _period();
        if (current.period != period) {
            current.period = period;
            current.spent = 0;
        }
    }

    /// @inheritdoc ITreasury
    function reserve(address token) public view returns (Reserve memory current) {
        current = _reserves[token];
        uint32 period = _period();
        if (current.period != period) {
            current.period = period;
            current.drawn = 0;
        }
    }

    /// @inheritdoc ITreasury
    function drawable(address token) public view returns (uint256) {
        Reserve memory current = reserve(token);
        uint256 byLimit = _left(current.limit, current.drawn);
        uint256 byFloor = _left(IERC20(token).balanceOf(address(this)), current.floor);
        return byLimit < byFloor ? byLimit : byFloor;
    }

    /// @inheritdoc ITreasury
    /// @dev What came in since the period began counts as if it had lain here then: it can only be let out by a quarter too.
    function outflowLeft(address token) public view returns (uint256) {
        uint256 out = uint256(budget(token).spent) + reserve(token).drawn;
        uint256 atBeginning = IERC20(token).balanceOf(address(this)) + out;
        // Rounds down: never more than a quarter leaves.
        return _left(atBeginning * MAX_OUTFLOW_BPS / 10_000, out);
    }

    function _checkOut(address token, address to, uint256 amount) private view {
        if (to == address(0)) revert TreasuryZeroReceiver();
        uint256 left = outflowLeft(token);
        if (amount > left) revert TreasuryOutflowExceeded(amount, left);
    }

    function _period() private view returns (uint32) {
        // Fits for 10^10 years.
        // forge-lint: disable-next-line(unsafe-typecast)
        return uint32(block.timestamp / PERIOD);
    }

    function _left(uint256 limit, uint256 used) private pure returns (uint256) {
        return used >= limit ? 0 : limit - used;
    }
}
