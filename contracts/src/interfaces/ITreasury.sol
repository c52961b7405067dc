// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.24;

/// @title Holds ENC (and any other ERC-20) for the team and spends it within a budget a period.
/// @notice Deployed twice: as the treasury, which also receives the fees of `Jobs`, and as the ecosystem fund.
interface ITreasury {
    /// @notice What may be spent of one token in one period, and what was.
    /// @param limit wei that may leave in a period
    /// @param spent wei that left in `period`
    /// @param period number of the period that `spent` counts
    struct Budget {
        uint112 limit;
        uint112 spent;
        uint32 period;
    }

    /// @notice Tokens left the treasury.
    /// @param token the ERC-20
    /// @param to receiver
    /// @param amount wei
    /// @param purpose free label, for example the digest of a published decision
    event Spent(address indexed token, address indexed to, uint256 amount, bytes32 purpose);

    /// @notice The budget of a token changed; what was spent in the running period still counts.
    event BudgetSet(address indexed token, uint256 limit);

    /// @notice The payment would take more than what is left of the period's budget.
    /// @param wanted wei asked for
    /// @param left wei that may still leave in this period
    error TreasuryBudgetExceeded(uint256 wanted, uint256 left);
    /// @notice Nothing can be paid to the zero address.
    error TreasuryZeroReceiver();

    /// @notice Seconds in a budget period: 30 days, counted from the Unix epoch.
    function PERIOD() external view returns (uint256);

    /// @notice Pays tokens out. Role TREASURER.
    function spend(address token, address to, uint256 amount, bytes32 purpose) external;

    /// @notice Sets how much of a token may leave in each period. Role TEAM. Zero stops all spending of it.
    function setBudget(address token, uint112 limit) external;

    /// @notice The budget as it stands in the current period.
    function budget(address token) external view returns (Budget memory);

    /// @notice Wei of the token that may still leave in the current period.
    function available(address token) external view returns (uint256);
}
