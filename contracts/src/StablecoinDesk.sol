// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

// Deadlines and limits last minutes to days; the seconds by which a validator can shift a block do no harm to them.
// forge-lint: disable-start(block-timestamp)

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {IERC20Metadata} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Metadata.sol";
import {IERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Permit.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {Pausable} from "@openzeppelin/contracts/utils/Pausable.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {Governed} from "./Governed.sol";
import {IERC3009} from "./interfaces/IERC3009.sol";
import {IPrices} from "./interfaces/IPrices.sol";
import {IStablecoinDesk} from "./interfaces/IStablecoinDesk.sol";
import {ITreasury} from "./interfaces/ITreasury.sol";
import {DayLimit} from "./libraries/DayLimit.sol";
import {MedianMath} from "./libraries/MedianMath.sol";

/// @title Stablecoins in, ENC out. See `IStablecoinDesk`.
contract StablecoinDesk is IStablecoinDesk, Governed, Pausable, ReentrancyGuardTransient {
    using SafeERC20 for IERC20;
    using DayLimit for DayLimit.Day;

    uint256 private constant DOLLAR = 1e8;
    bytes32 private constant PURPOSE = "desk";

    IERC20 private immutable _ENC;
    ITreasury private immutable _TREASURY;
    IPrices private immutable _PRICES;

    Parameters private _parameters;
    DayLimit.Day private _encToday;
    mapping(address coin => Coin) private _coins;
    mapping(address coin => DayLimit.Day) private _coinToday;

    /// @param authority_ the `AccessManager`
    /// @param enc the `EncToken`
    /// @param treasury gets the coins and gives the ENC
    /// @param prices of ENC and of each coin
    constructor(address authority_, IERC20 enc, ITreasury treasury, IPrices prices, Parameters memory parameters_)
        Governed(authority_)
    {
        (_ENC, _TREASURY, _PRICES) = (enc, treasury, prices);
        _setParameters(parameters_);
    }

    /// @inheritdoc IStablecoinDesk
    function buy(address coin_, uint256 coinIn, uint256 minOut, address receiver, uint256 deadline)
        external
        nonReentrant
        returns (uint256 encOut)
    {
        encOut = _agree(coin_, coinIn, minOut, receiver, deadline);
        _collect(coin_, msg.sender, coinIn);
        _pay(msg.sender, receiver, coin_, coinIn, encOut);
    }

    /// @inheritdoc IStablecoinDesk
    function buyWithPermit(
        address coin_,
        uint256 coinIn,
        uint256 minOut,
        address receiver,
        uint256 deadline,
        uint8 v,
        bytes32 r,
        bytes32 s
    ) external nonReentrant returns (uint256 encOut) {
        encOut = _agree(coin_, coinIn, minOut, receiver, deadline);
        // A permit that somebody else sent first has done its work: the allowance decides.
        try IERC20Permit(coin_).permit(msg.sender, address(this), coinIn, deadline, v, r, s) {} catch {}
        _collect(coin_, msg.sender, coinIn);
        _pay(msg.sender, receiver, coin_, coinIn, encOut);
    }

    /// @inheritdoc IStablecoinDesk
    function buyWithAuthorization(Authorization calldata authorization, uint8 v, bytes32 r, bytes32 s)
        external
        nonReentrant
        returns (uint256 encOut)
    {
        Authorization calldata a = authorization;
        encOut = _agree(a.coin, a.coinIn, a.minOut, a.receiver, a.validBefore);
        uint256 before = IERC20(a.coin).balanceOf(address(this));
        IERC3009(a.coin)
            .receiveWithAuthorization(
                a.payer, address(this), a.coinIn, a.validAfter, a.validBefore, authorizationNonce(a), v, r, s
            );
        uint256 got = IERC20(a.coin).balanceOf(address(this)) - before;
        if (got != a.coinIn) revert DeskWrongReceipt(a.coin, a.coinIn, got);
        _collect(a.coin, address(this), a.coinIn);
        _pay(a.payer, a.receiver, a.coin, a.coinIn, encOut);
    }

    /// @inheritdoc IStablecoinDesk
    function setCoin(address coin_, uint128 dailyLimit, uint16 bandBps) external restricted {
        if (coin_ == address(_ENC)) revert DeskBadParameters(6);
        if (dailyLimit == 0) {
            delete _coins[coin_];
        } else {
            if (bandBps < 10 || bandBps > 500) revert DeskBadParameters(4);
            uint8 decimals = IERC20Metadata(coin_).decimals();
            if (decimals > 18) revert DeskBadParameters(5);
            _coins[coin_] = Coin(dailyLimit, bandBps, decimals);
        }
        emit CoinSet(coin_, _coins[coin_]);
    }

    /// @inheritdoc IStablecoinDesk
    function setParameters(Parameters calldata parameters_) external restricted {
        _setParameters(parameters_);
    }

    /// @inheritdoc IStablecoinDesk
    function sweep(address token) external nonReentrant {
        uint256 amount = IERC20(token).balanceOf(address(this));
        emit Swept(token, amount);
        IERC20(token).safeTransfer(address(_TREASURY), amount);
    }

    /// @inheritdoc IStablecoinDesk
    function pause() external restricted {
        _pause();
    }

    /// @inheritdoc IStablecoinDesk
    function unpause() external restricted {
        _unpause();
    }

    /// @inheritdoc IStablecoinDesk
    function quote(address coin_, uint256 coinIn) external view returns (uint256) {
        Coin memory terms = _listed(coin_);
        (uint256 coinPriceE8,) = _PRICES.priceOf(coin_);
        (uint256 encPriceE8,) = _PRICES.priceOf(address(_ENC));
        return _encDown(coin_, coinIn, terms, coinPriceE8, encPriceE8);
    }

    /// @inheritdoc IStablecoinDesk
    function coin(address coin_) external view returns (Coin memory) {
        return _coins[coin_];
    }

    /// @inheritdoc IStablecoinDesk
    function parameters() external view returns (Parameters memory) {
        return _parameters;
    }

    /// @inheritdoc IStablecoinDesk
    function leftToday(address coin_) external view returns (uint256 coinLeft, uint256 encLeft) {
        return (_coinToday[coin_].left(_coins[coin_].dailyLimit), _encToday.left(_parameters.dailyEncLimit));
    }

    /// @inheritdoc IStablecoinDesk
    function parameterBounds() public pure returns (Parameters memory least, Parameters memory most) {
        least = Parameters({dailyEncLimit: 0, minEncOut: 1e15, feeBps: 0});
        most = Parameters({dailyEncLimit: 10_000_000e18, minEncOut: 100e18, feeBps: 200});
    }

    /// @inheritdoc IStablecoinDesk
    function authorizationNonce(Authorization calldata authorization) public view returns (bytes32) {
        return keccak256(abi.encode(block.chainid, address(this), authorization));
    }

    /// @dev Everything but the coins' way: price, slippage, limits. Counts the limits.
    function _agree(address coin_, uint256 coinIn, uint256 minOut, address receiver, uint256 deadline)
        private
        whenNotPaused
        returns (uint256 encOut)
    {
        if (block.timestamp > deadline) revert DeskExpired(deadline);
        if (
            receiver == address(0) || receiver == address(this) || receiver == address(_ENC)
                || receiver == address(_TREASURY)
        ) revert DeskBadReceiver(receiver);
        Coin memory terms = _listed(coin_);
        uint256 coinLeft = _coinToday[coin_].left(terms.dailyLimit);
        if (coinIn > coinLeft) revert DeskCoinLimit(coin_, coinIn, coinLeft);
        encOut = _encDown(coin_, coinIn, terms, _PRICES.takePrice(coin_), _PRICES.takePrice(address(_ENC)));
        if (encOut < minOut) revert DeskSlippage(encOut, minOut);
        if (encOut < _parameters.minEncOut) revert DeskDust(encOut, _parameters.minEncOut);
        uint256 encLeft = _encToday.left(_parameters.dailyEncLimit);
        if (encOut > encLeft) revert DeskEncLimit(encOut, encLeft);
        _coinToday[coin_].add(coinIn);
        _encToday.add(encOut);
    }

    function _collect(address coin_, address from, uint256 amount) private {
        uint256 before = IERC20(coin_).balanceOf(address(_TREASURY));
        if (from == address(this)) IERC20(coin_).safeTransfer(address(_TREASURY), amount);
        // The payer is the caller: nobody can spend what another approved to the desk.
        else IERC20(coin_).safeTransferFrom(from, address(_TREASURY), amount);
        uint256 balance = IERC20(coin_).balanceOf(address(_TREASURY));
        uint256 got = balance > before ? balance - before : 0;
        if (got != amount) revert DeskWrongReceipt(coin_, amount, got);
    }

    function _pay(address payer, address receiver, address coin_, uint256 coinIn, uint256 encOut) private {
        emit Bought(payer, receiver, coin_, coinIn, encOut);
        _TREASURY.draw(address(_ENC), receiver, encOut, PURPOSE);
    }

    function _setParameters(Parameters memory next) private {
        (Parameters memory least, Parameters memory most) = parameterBounds();
        if (next.dailyEncLimit > most.dailyEncLimit) revert DeskBadParameters(1);
        if (next.minEncOut < least.minEncOut || next.minEncOut > most.minEncOut) revert DeskBadParameters(2);
        if (next.feeBps > most.feeBps) revert DeskBadParameters(3);
        _parameters = next;
        emit ParametersSet(next);
    }

    function _listed(address coin_) private view returns (Coin memory terms) {
        terms = _coins[coin_];
        if (terms.dailyLimit == 0) revert DeskUnknownCoin(coin_);
    }

    /// @dev Rounds down: the treasury never gives more than the coins are worth. A coin above a dollar counts as a dollar.
    function _encDown(address coin_, uint256 coinIn, Coin memory terms, uint256 coinPriceE8, uint256 encPriceE8)
        private
        view
        returns (uint256)
    {
        if (!MedianMath.isWithin(coinPriceE8, DOLLAR, terms.bandBps)) {
            revert DeskDepegged(coin_, coinPriceE8, terms.bandBps);
        }
        uint256 worth = coinIn * 10 ** (18 - terms.decimals) * (coinPriceE8 < DOLLAR ? coinPriceE8 : DOLLAR);
        return worth * (10_000 - _parameters.feeBps) / (encPriceE8 * 10_000);
    }
}
// forge-lint: disable-end(block-timestamp)
