// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

// Receipts and limits last minutes to days; the seconds by which a validator can shift a block do no harm to them.
// forge-lint: disable-start(block-timestamp)

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {Pausable} from "@openzeppelin/contracts/utils/Pausable.sol";
import {Governed} from "./Governed.sol";
import {IFiatGateway} from "./interfaces/IFiatGateway.sol";
import {IPrices} from "./interfaces/IPrices.sol";
import {ITreasury} from "./interfaces/ITreasury.sol";
import {DayLimit} from "./libraries/DayLimit.sol";
import {Roles} from "./libraries/Roles.sol";

/// @title ENC for confirmed payments. See `IFiatGateway`.
contract FiatGateway is IFiatGateway, Governed, Pausable {
    using DayLimit for DayLimit.Day;

    uint16 private constant DOLLAR = 840;

    IERC20 private immutable _ENC;
    ITreasury private immutable _TREASURY;
    IPrices private immutable _PRICES;

    Parameters private _parameters;
    DayLimit.Day private _today;
    mapping(bytes32 receiptId => Receipt) private _receipts;

    /// @param authority_ the `AccessManager`
    /// @param enc the `EncToken`
    /// @param treasury gives the ENC
    /// @param prices of ENC and of currencies other than the dollar
    constructor(address authority_, IERC20 enc, ITreasury treasury, IPrices prices, Parameters memory parameters_)
        Governed(authority_)
    {
        (_ENC, _TREASURY, _PRICES) = (enc, treasury, prices);
        _setParameters(parameters_);
    }

    /// @inheritdoc IFiatGateway
    function credit(
        bytes32 receiptId,
        address account,
        uint16 currency,
        uint96 amountE6,
        uint256 paidAt,
        uint256 minOut
    ) external onlyRole(Roles.PROCESSOR) whenNotPaused returns (uint256 encOut) {
        _checkReceipt(receiptId, account, amountE6, paidAt);
        uint256 usdE6 = amountE6;
        if (currency != DOLLAR) usdE6 = usdE6 * _PRICES.takePrice(address(uint160(currency))) / 1e8;
        if (usdE6 > _parameters.paymentUsdE6) revert GatewayPaymentLimit(usdE6, _parameters.paymentUsdE6);
        uint256 left = _today.left(_parameters.dailyUsdE6);
        if (usdE6 > left) revert GatewayDailyLimit(usdE6, left);
        encOut = _encDown(usdE6, _PRICES.takePrice(address(_ENC)));
        if (encOut < minOut || encOut == 0) revert GatewaySlippage(encOut, minOut);
        _today.add(usdE6);
        // Fits: a payment is at most 10^12 millionths, so ENC at most 10^32 wei.
        // forge-lint: disable-next-line(unsafe-typecast)
        _receipts[receiptId] = Receipt(account, uint40(block.timestamp), currency, amountE6, uint128(encOut));
        emit Credited(receiptId, account, currency, amountE6, usdE6, encOut);
        _TREASURY.draw(address(_ENC), account, encOut, receiptId);
    }

    /// @inheritdoc IFiatGateway
    function setParameters(Parameters calldata parameters_) external restricted {
        _setParameters(parameters_);
    }

    /// @inheritdoc IFiatGateway
    function pause() external restricted {
        _pause();
    }

    /// @inheritdoc IFiatGateway
    function unpause() external restricted {
        _unpause();
    }

    /// @inheritdoc IFiatGateway
    function quote(uint16 currency, uint96 amountE6) external view returns (uint256 encOut, uint256 usdE6) {
        usdE6 = amountE6;
        if (currency != DOLLAR) {
            (uint256 currencyE8,) = _PRICES.priceOf(address(uint160(currency)));
            usdE6 = usdE6 * currencyE8 / 1e8;
        }
        (uint256 encE8,) = _PRICES.priceOf(address(_ENC));
        encOut = _encDown(usdE6, encE8);
    }

    /// @inheritdoc IFiatGateway
    function receipt(bytes32 receiptId) external view returns (Receipt memory) {
        return _receipts[receiptId];
    }

    /// @inheritdoc IFiatGateway
    function parameters() external view returns (Parameters memory) {
        return _parameters;
    }

    /// @inheritdoc IFiatGateway
    function leftToday() external view returns (uint256) {
        return _today.left(_parameters.dailyUsdE6);
    }

    /// @inheritdoc IFiatGateway
    function parameterBounds() public pure returns (Parameters memory least, Parameters memory most) {
        least = Parameters({dailyUsdE6: 1e6, paymentUsdE6: 1e6, maxAgeSec: 1 minutes, feeBps: 0});
        most = Parameters({dailyUsdE6: 1e12, paymentUsdE6: 1e12, maxAgeSec: 30 days, feeBps: 500});
    }

    function _checkReceipt(bytes32 receiptId, address account, uint96 amountE6, uint256 paidAt) private view {
        bool isFit = receiptId != 0 && amountE6 != 0 && account != address(0) && account != address(this)
            && account != address(_ENC) && account != address(_TREASURY);
        if (!isFit) revert GatewayBadReceipt();
        if (_receipts[receiptId].creditedAt != 0) revert GatewayReceiptUsed(receiptId);
        bool isTimely = paidAt <= block.timestamp && block.timestamp - paidAt <= _parameters.maxAgeSec;
        if (!isTimely) revert GatewayBadTime(paidAt);
    }

    function _setParameters(Parameters memory next) private {
        (Parameters memory least, Parameters memory most) = parameterBounds();
        if (next.dailyUsdE6 > most.dailyUsdE6) revert GatewayBadParameters(1);
        if (next.paymentUsdE6 < least.paymentUsdE6 || next.paymentUsdE6 > next.dailyUsdE6) {
            revert GatewayBadParameters(2);
        }
        if (next.maxAgeSec < least.maxAgeSec || next.maxAgeSec > most.maxAgeSec) revert GatewayBadParameters(3);
        if (next.feeBps > most.feeBps) revert GatewayBadParameters(4);
        _parameters = next;
        emit ParametersSet(next);
    }

    /// @dev Rounds down: never more ENC than was paid for.
    function _encDown(uint256 usdE6, uint256 encPriceE8) private view returns (uint256) {
        return usdE6 * 1e20 * (10_000 - _parameters.feeBps) / (encPriceE8 * 10_000);
    }
}
// forge-lint: disable-end(block-timestamp)
