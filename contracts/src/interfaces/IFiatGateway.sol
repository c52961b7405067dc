// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.24;

/// @title Credits ENC for payments that a payment processor confirmed off chain.
/// @notice A receipt is credited once, at the price of `IPrices`, from the treasury's reserve, within a limit a payment and a day:
/// whoever steals the processor's key gets no more than that. Nothing is held here.
interface IFiatGateway {
    /// @notice A credited payment.
    /// @param account got the ENC
    /// @param creditedAt second; 0 = never credited
    /// @param currency ISO 4217 number, 840 = US dollar
    /// @param amountE6 millionths of the currency's unit
    /// @param encOut wei
    struct Receipt {
        address account;
        uint40 creditedAt;
        uint16 currency;
        uint96 amountE6;
        uint128 encOut;
    }

    /// @notice Limits.
    /// @param dailyUsdE6 the most that is credited in a day, in millionths of a dollar; at most 10^12 (1 M dollars)
    /// @param paymentUsdE6 the most that is credited at once; 10^6 to `dailyUsdE6`
    /// @param maxAgeSec how old a payment may be when it is credited; 1 minute to 30 days
    /// @param feeBps kept by the treasury; at most 500
    struct Parameters {
        uint64 dailyUsdE6;
        uint64 paymentUsdE6;
        uint32 maxAgeSec;
        uint16 feeBps;
    }

    /// @notice A payment was credited.
    event Credited(
        bytes32 indexed receiptId,
        address indexed account,
        uint16 indexed currency,
        uint256 amountE6,
        uint256 usdE6,
        uint256 encOut
    );
    /// @notice The parameters changed.
    event ParametersSet(Parameters parameters);

    /// @notice The receipt was credited before.
    error GatewayReceiptUsed(bytes32 receiptId);
    /// @notice The receipt id is zero, the amount is zero, or the account is the zero address or a contract of the system.
    error GatewayBadReceipt();
    /// @notice The payment is too old or lies in the future.
    error GatewayBadTime(uint256 paidAt);
    /// @notice More than may be credited at once, in millionths of a dollar.
    error GatewayPaymentLimit(uint256 usdE6, uint256 limit);
    /// @notice More than may be credited in a day, in millionths of a dollar.
    error GatewayDailyLimit(uint256 usdE6, uint256 left);
    /// @notice The price moved: less than `minOut` would come out.
    error GatewaySlippage(uint256 encOut, uint256 minOut);
    /// @notice Parameters outside their bounds: 1 dailyUsdE6, 2 paymentUsdE6, 3 maxAgeSec, 4 feeBps.
    error GatewayBadParameters(uint8 which);

    /// @notice Credits a payment. Role PROCESSOR. Refused while paused.
    /// @param receiptId names the payment for ever: keccak256 of the processor's name, a colon and its payment id
    /// @param account gets the ENC
    /// @param currency ISO 4217 number; other than 840 needs a price of `address(currency)`
    /// @param amountE6 millionths of the currency's unit
    /// @param paidAt second at which the processor took the money
    /// @param minOut least ENC that the customer was promised, in wei
    /// @return encOut wei
    function credit(
        bytes32 receiptId,
        address account,
        uint16 currency,
        uint96 amountE6,
        uint256 paidAt,
        uint256 minOut
    ) external returns (uint256 encOut);

    /// @notice Sets the limits. Role PARAMETERS.
    function setParameters(Parameters calldata parameters) external;

    /// @notice Stops credits. Role GUARDIAN.
    function pause() external;

    /// @notice Ends a pause. Role TEAM.
    function unpause() external;

    /// @notice ENC that an amount would give now, in wei, and its worth in millionths of a dollar.
    function quote(uint16 currency, uint96 amountE6) external view returns (uint256 encOut, uint256 usdE6);

    /// @notice A credited payment; zeros for others.
    function receipt(bytes32 receiptId) external view returns (Receipt memory);

    /// @notice The limits.
    function parameters() external view returns (Parameters memory);

    /// @notice The least and the most that each parameter may be.
    function parameterBounds() external pure returns (Parameters memory least, Parameters memory most);

    /// @notice Millionths of a dollar that may still be credited today (days of UTC).
    function leftToday() external view returns (uint256 usdE6);
}
