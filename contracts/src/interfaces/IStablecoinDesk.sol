// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.24;

/// @title Stablecoins in, ENC out, at the price of `IPrices`, from the treasury's reserve.
/// @notice The coins go to the treasury, the ENC to the receiver, in one transaction: the desk holds nothing between calls, so a
/// pause or a dead oracle can lock nothing up. ENC out = coins × min(coin's price, 1 dollar) × (1 − fee) / price of ENC, rounded down.
/// @dev Only listed coins; what arrives at the treasury must be exactly what was paid.
interface IStablecoinDesk {
    /// @notice A listed coin.
    /// @param dailyLimit the most of it that is taken in a day, in its own units; 0 = not listed
    /// @param bandBps how far its price may stand from one dollar; 10 to 500
    /// @param decimals at most 18; read from the coin when it is listed
    struct Coin {
        uint128 dailyLimit;
        uint16 bandBps;
        uint8 decimals;
    }

    /// @notice What concerns all coins.
    /// @param dailyEncLimit the most ENC that leaves in a day, in wei; at most 10^25 (10 M)
    /// @param minEncOut smallest purchase, in wei; 10^15 to 10^20
    /// @param feeBps kept by the treasury; at most 200
    struct Parameters {
        uint128 dailyEncLimit;
        uint96 minEncOut;
        uint16 feeBps;
    }

    /// @notice Coins were changed into ENC.
    event Bought(address indexed payer, address indexed receiver, address indexed coin, uint256 coinIn, uint256 encOut);
    /// @notice A coin was listed, changed, or taken off the list (`dailyLimit` 0).
    event CoinSet(address indexed coin, Coin terms);
    /// @notice The parameters changed.
    event ParametersSet(Parameters parameters);
    /// @notice Tokens that lay at the desk by mistake went to the treasury.
    event Swept(address indexed token, uint256 amount);

    /// @notice The coin is not listed.
    error DeskUnknownCoin(address coin);
    /// @notice The deadline has passed.
    error DeskExpired(uint256 deadline);
    /// @notice The receiver is the zero address or a contract of the system.
    error DeskBadReceiver(address receiver);
    /// @notice The price moved: less than `minOut` would come out.
    error DeskSlippage(uint256 encOut, uint256 minOut);
    /// @notice Less than the smallest purchase would come out.
    error DeskDust(uint256 encOut, uint256 minEncOut);
    /// @notice The coin stands too far from one dollar.
    error DeskDepegged(address coin, uint256 priceE8, uint256 bandBps);
    /// @notice More of the coin than is taken in a day.
    error DeskCoinLimit(address coin, uint256 wanted, uint256 left);
    /// @notice More ENC than leaves in a day.
    error DeskEncLimit(uint256 wanted, uint256 left);
    /// @notice The treasury got another amount than was paid: a fee on transfer, a rebase or worse.
    error DeskWrongReceipt(address coin, uint256 expected, uint256 got);
    /// @notice The EIP-3009 nonce is not that of these terms.
    error DeskNonceMismatch(bytes32 expected);
    /// @notice Parameters outside their bounds: 1 dailyEncLimit, 2 minEncOut, 3 feeBps, 4 bandBps, 5 decimals, 6 coin is ENC.
    error DeskBadParameters(uint8 which);

    /// @notice Buys ENC for coins that the caller approved to the desk. Refused while paused.
    /// @param coin a listed stablecoin
    /// @param coinIn in the coin's units
    /// @param minOut least ENC that the caller accepts, in wei
    /// @param receiver gets the ENC
    /// @param deadline last second at which it may be done
    /// @return encOut wei of ENC
    function buy(address coin, uint256 coinIn, uint256 minOut, address receiver, uint256 deadline)
        external
        returns (uint256 encOut);

    /// @notice The same with an ERC-2612 permit of the caller. A permit that somebody else used already does no harm.
    function buyWithPermit(
        address coin,
        uint256 coinIn,
        uint256 minOut,
        address receiver,
        uint256 deadline,
        uint8 v,
        bytes32 r,
        bytes32 s
    ) external returns (uint256 encOut);

    /// @notice What a payer bound with its EIP-3009 signature, whoever sends it.
    /// @param coin a listed stablecoin with `receiveWithAuthorization`
    /// @param payer who signed
    /// @param coinIn in the coin's units
    /// @param minOut least ENC
    /// @param receiver gets the ENC
    /// @param validAfter seconds; from the authorisation
    /// @param validBefore seconds; from the authorisation
    /// @param salt makes the nonce unique
    struct Authorization {
        address coin;
        address payer;
        uint256 coinIn;
        uint256 minOut;
        address receiver;
        uint256 validAfter;
        uint256 validBefore;
        bytes32 salt;
    }

    /// @notice Buys with an EIP-3009 authorisation of `coinIn` from the payer to the desk. Anybody may send it: the payer signed its
    /// terms too, since the authorisation's nonce must be `authorizationNonce(…)` of them.
    function buyWithAuthorization(Authorization calldata authorization, uint8 v, bytes32 r, bytes32 s)
        external
        returns (uint256 encOut);

    /// @notice The nonce that a payer must sign into its EIP-3009 authorisation: it binds receiver and least ENC.
    function authorizationNonce(Authorization calldata authorization) external view returns (bytes32);

    /// @notice Lists or changes a coin; a `dailyLimit` of 0 takes it off the list. Role PARAMETERS.
    function setCoin(address coin, uint128 dailyLimit, uint16 bandBps) external;

    /// @notice Sets the parameters. Role PARAMETERS.
    function setParameters(Parameters calldata parameters) external;

    /// @notice Sends tokens that lie at the desk by mistake to the treasury. Anybody.
    function sweep(address token) external;

    /// @notice Stops purchases. Role GUARDIAN.
    function pause() external;

    /// @notice Ends a pause. Role TEAM.
    function unpause() external;

    /// @notice ENC that coins would give now, in wei, before limits. Reverts as `buy` does when there is no price.
    function quote(address coin, uint256 coinIn) external view returns (uint256 encOut);

    /// @notice The terms of a coin.
    function coin(address coin) external view returns (Coin memory);

    /// @notice The parameters.
    function parameters() external view returns (Parameters memory);

    /// @notice The least and the most that each parameter may be.
    function parameterBounds() external pure returns (Parameters memory least, Parameters memory most);

    /// @notice What may still be taken of a coin and be given of ENC today (days of UTC).
    function leftToday(address coin) external view returns (uint256 coinLeft, uint256 encLeft);
}
