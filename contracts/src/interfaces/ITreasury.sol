// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.24;

/// @title Holds ENC (and any other ERC-20) for the team and lets it out within limits a period.
/// @notice Deployed twice: as the treasury, which also receives the fees of `Jobs`, and as the ecosystem fund. There are two ways
/// out, each with a limit a token and period: what people `spend` and what the desks `draw` against money that came in.
/// Above both stands a limit that nobody can raise: a quarter of what lay here when the period began.
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

    /// @notice What the desks may draw of one token in one period, and what they drew.
    /// @param limit wei that may be drawn in a period
    /// @param drawn wei that were drawn in `period`
    /// @param period number of the period that `drawn` counts
    /// @param floor wei that no draw may go below
    struct Reserve {
        uint112 limit;
        uint112 drawn;
        uint32 period;
        uint128 floor;
    }

    /// @notice Tokens left the treasury.
    /// @param token the ERC-20
    /// @param to receiver
    /// @param amount wei
    /// @param purpose free label, for example the digest of a published decision
    event Spent(address indexed token, address indexed to, uint256 amount, bytes32 purpose);

    /// @notice The budget of a token changed; what was spent in the running period still counts.
    event BudgetSet(address indexed token, uint256 limit);

    /// @notice A desk drew tokens for a customer.
    event Drawn(address indexed token, address indexed desk, address indexed to, uint256 amount, bytes32 purpose);

    /// @notice Limit and floor of the desks' draws changed; what was drawn in the running period still counts.
    event ReserveSet(address indexed token, uint256 limit, uint256 floor);

    /// @notice The payment would take more than what is left of the period's budget.
    /// @param wanted wei asked for
    /// @param left wei that may still leave in this period
    error TreasuryBudgetExceeded(uint256 wanted, uint256 left);
    /// @notice The draw would take more than what is left of the period's limit, or go below the floor.
    error TreasuryReserveExceeded(uint256 wanted, uint256 left);
    /// @notice More would leave in this period than a quarter of what lay here when it began.
    error TreasuryOutflowExceeded(uint256 wanted, uint256 left);
    /// @notice Nothing can be paid to the zero address.
    error TreasuryZeroReceiver();

    /// @notice Seconds in a budget period: 30 days, counted from the Unix epoch.
    function PERIOD() external view returns (uint256);

    /// @notice The most that may leave of a token in one period, in basis points of what lay here when it began: 2,500.
    function MAX_OUTFLOW_BPS() external view returns (uint256);

    /// @notice Pays tokens out. Role TREASURER.
    function spend(address token, address to, uint256 amount, bytes32 purpose) external;

    /// @notice Sets how much of a token may leave in each period. Role TEAM. Zero stops all spending of it.
    function setBudget(address token, uint112 limit) external;

    /// @notice Pays tokens to a desk's customer. Role RESERVE, held by contracts without a delay.
    function draw(address token, address to, uint256 amount, bytes32 purpose) external;

    /// @notice Sets how much of a token the desks may draw in each period, and what must stay. Role TEAM. A limit of 0 stops them.
    function setReserve(address token, uint112 limit, uint128 floor) external;

    /// @notice The reserve as it stands in the current period.
    function reserve(address token) external view returns (Reserve memory);

    /// @notice Wei of the token that the desks may still draw in the current period.
    function drawable(address token) external view returns (uint256);

    /// @notice Wei of the token that may still leave in the current period by any way.
    function outflowLeft(address token) external view returns (uint256);

    /// @notice The budget as it stands in the current period.
    function budget(address token) external view returns (Budget memory);

    /// @notice Wei of the token that may still be spent in the current period.
    function available(address token) external view returns (uint256);
}
