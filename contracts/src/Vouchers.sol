// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

// Channels and windows last seconds to years; the seconds by which a validator can shift a block do no harm to them.
// forge-lint: disable-start(block-timestamp)

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {IERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Permit.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {Pausable} from "@openzeppelin/contracts/utils/Pausable.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {Governed} from "./Governed.sol";
import {IVouchers} from "./interfaces/IVouchers.sol";
import {PriceMath} from "./libraries/PriceMath.sol";
import {SignatureCheck} from "./libraries/SignatureCheck.sol";

/// @title Payment channels. See `IVouchers`.
/// @dev Internal accounting only. State is written before ENC moves; ENC calls nobody. Amounts fit 96 bits because the
/// supply of ENC does.
contract Vouchers is IVouchers, Governed, Pausable, EIP712 {
    using SafeERC20 for IERC20;
    using SafeCast for uint256;

    /// @inheritdoc IVouchers
    uint256 public constant MAX_LIFETIME = 365 days;
    uint32 private constant MIN_DISPUTE_WINDOW = 5 seconds;
    uint32 private constant MAX_DISPUTE_WINDOW = 14 days;
    uint16 private constant MAX_FEE_BPS = 1_000;
    bytes32 private constant VOUCHER_TYPEHASH = keccak256("Voucher(bytes32 channelId,uint128 total)");

    IERC20 private immutable _TOKEN;
    address private immutable _TREASURY;

    Parameters private _parameters;
    mapping(bytes32 channelId => Channel) private _channels;
    mapping(address payer => uint256) private _opened;
    mapping(address account => uint256) private _balances;
    /// @dev Fees, plus one: never zero, so that the first fee costs no more gas than the next.
    uint128 private _feesPlusOne = 1;
    uint128 private _inChannels;

    /// @param authority_ the `AccessManager`
    /// @param token ENC
    /// @param treasury receiver of fees
    /// @param initial first parameters
    constructor(address authority_, address token, address treasury, Parameters memory initial)
        Governed(authority_)
        EIP712("Encryptech", "1")
    {
        _TOKEN = IERC20(token);
        _TREASURY = treasury;
        _setParameters(initial);
    }

    // ---------------------------------------------------------------- the payer

    /// @inheritdoc IVouchers
    function open(address payee, uint256 amount, uint40 expiresAt) external returns (bytes32 channelId) {
        return _open(payee, amount, expiresAt);
    }

    /// @inheritdoc IVouchers
    function openWithPermit(
        address payee,
        uint256 amount,
        uint40 expiresAt,
        uint256 deadline,
        uint8 v,
        bytes32 r,
        bytes32 s
    ) external returns (bytes32 channelId) {
        _permit(amount, deadline, v, r, s);
        return _open(payee, amount, expiresAt);
    }

    /// @inheritdoc IVouchers
    function topUp(bytes32 channelId, uint256 amount, uint40 expiresAt) external {
        _topUp(channelId, amount, expiresAt);
    }

    /// @inheritdoc IVouchers
    function topUpWithPermit(
        bytes32 channelId,
        uint256 amount,
        uint40 expiresAt,
        uint256 deadline,
        uint8 v,
        bytes32 r,
        bytes32 s
    ) external {
        _permit(amount, deadline, v, r, s);
        _topUp(channelId, amount, expiresAt);
    }

    /// @inheritdoc IVouchers
    function requestClose(bytes32 channelId) external {
        Channel storage entry = _requireOpen(channelId);
        if (msg.sender != entry.payer) revert VouchersNotAllowed(msg.sender);
        if (entry.closesAt != 0) revert VouchersClosing(entry.closesAt);
        uint40 closesAt = uint40(block.timestamp) + entry.disputeWindow;
        entry.closesAt = closesAt;
        emit CloseRequested(channelId, closesAt);
    }

    // ---------------------------------------------------------------- the payee, and anybody

    /// @inheritdoc IVouchers
    function redeem(Voucher calldata voucher, bytes calldata signature) external {
        Channel storage entry = _requireOpen(voucher.channelId);
        uint256 added = _take(entry, voucher, signature);
        // Fits: at most the deposit.
        // forge-lint: disable-next-line(unsafe-typecast)
        entry.paid = uint96(voucher.total);
        // forge-lint: disable-next-line(unsafe-typecast)
        _inChannels -= uint128(added);
    }

    /// @inheritdoc IVouchers
    function close(Voucher calldata voucher, bytes calldata signature) external {
        Channel storage entry = _requireOpen(voucher.channelId);
        if (msg.sender != entry.payee) revert VouchersNotAllowed(msg.sender);
        uint256 open_ = entry.deposit - entry.paid;
        _take(entry, voucher, signature);
        _end(voucher.channelId, entry, voucher.total, open_);
    }

    /// @inheritdoc IVouchers
    function closeWithout(bytes32 channelId) external {
        Channel storage entry = _requireOpen(channelId);
        if (msg.sender != entry.payee) revert VouchersNotAllowed(msg.sender);
        _end(channelId, entry, entry.paid, entry.deposit - entry.paid);
    }

    /// @inheritdoc IVouchers
    function finish(bytes32 channelId) external {
        Channel storage entry = _requireOpen(channelId);
        uint256 end = _endOf(entry);
        if (block.timestamp <= end) revert VouchersTooEarly(end);
        _end(channelId, entry, entry.paid, entry.deposit - entry.paid);
    }

    // ---------------------------------------------------------------- money out

    /// @inheritdoc IVouchers
    function withdraw(uint256 amount) external {
        if (amount == 0) revert VouchersZeroAmount();
        uint256 balance = _balances[msg.sender];
        if (amount > balance) revert VouchersInsufficientBalance(amount, balance);
        _balances[msg.sender] = balance - amount;
        emit Withdrawn(msg.sender, amount);
        _TOKEN.safeTransfer(msg.sender, amount);
    }

    /// @inheritdoc IVouchers
    function collectFees() external {
        uint256 amount = uncollectedFees();
        _feesPlusOne = 1;
        emit FeesCollected(amount);
        _TOKEN.safeTransfer(_TREASURY, amount);
    }

    // ---------------------------------------------------------------- administration

    /// @inheritdoc IVouchers
    function setParameters(Parameters calldata parameters_) external restricted {
        _setParameters(parameters_);
    }

    /// @inheritdoc IVouchers
    function pause() external restricted {
        _pause();
    }

    /// @inheritdoc IVouchers
    function unpause() external restricted {
        _unpause();
    }

    // ---------------------------------------------------------------- views

    /// @inheritdoc IVouchers
    function channel(bytes32 channelId) external view returns (Channel memory) {
        return _channels[channelId];
    }

    /// @inheritdoc IVouchers
    function openedBy(address payer) external view returns (uint256) {
        return _opened[payer];
    }

    /// @inheritdoc IVouchers
    function balanceOf(address account) external view returns (uint256) {
        return _balances[account];
    }

    /// @inheritdoc IVouchers
    function inChannels() external view returns (uint256) {
        return _inChannels;
    }

    /// @inheritdoc IVouchers
    function parameters() external view returns (Parameters memory) {
        return _parameters;
    }

    /// @inheritdoc IVouchers
    function parameterBounds() external pure returns (Parameters memory least, Parameters memory most) {
        return (Parameters(MIN_DISPUTE_WINDOW, 0), Parameters(MAX_DISPUTE_WINDOW, MAX_FEE_BPS));
    }

    /// @inheritdoc IVouchers
    function channelIdOf(address payer, address payee, uint256 number) public pure returns (bytes32) {
        return keccak256(abi.encode(payer, payee, number));
    }

    /// @inheritdoc IVouchers
    function hashVoucher(Voucher calldata voucher) public view returns (bytes32) {
        return _hashTypedDataV4(keccak256(abi.encode(VOUCHER_TYPEHASH, voucher)));
    }

    /// @inheritdoc IVouchers
    function uncollectedFees() public view returns (uint256) {
        return _feesPlusOne - 1;
    }

    // ---------------------------------------------------------------- inner workings

    /// @dev Somebody may have used the permit already: then the allowance is there, or the transfer says what is missing.
    function _permit(uint256 amount, uint256 deadline, uint8 v, bytes32 r, bytes32 s) private {
        try IERC20Permit(address(_TOKEN)).permit(msg.sender, address(this), amount, deadline, v, r, s) {} catch {}
    }

    function _open(address payee, uint256 amount, uint40 expiresAt) private whenNotPaused returns (bytes32 channelId) {
        if (amount == 0) revert VouchersZeroAmount();
        if (payee == address(0) || payee == msg.sender) revert VouchersBadPayee(payee);
        Parameters memory terms = _parameters;
        _checkExpiry(expiresAt, terms.disputeWindow);
        channelId = channelIdOf(msg.sender, payee, _opened[msg.sender]++);
        _channels[channelId] =
            Channel(msg.sender, amount.toUint96(), payee, 0, expiresAt, 0, terms.disputeWindow, terms.feeBps);
        emit ChannelOpened(channelId, msg.sender, payee, amount, expiresAt, terms.disputeWindow, terms.feeBps);
        _pull(amount);
    }

    function _topUp(bytes32 channelId, uint256 amount, uint40 expiresAt) private whenNotPaused {
        Channel storage entry = _requireOpen(channelId);
        if (msg.sender != entry.payer) revert VouchersNotAllowed(msg.sender);
        if (entry.closesAt != 0) revert VouchersClosing(entry.closesAt);
        uint40 before = entry.expiresAt;
        if (block.timestamp > before) revert VouchersTooLate(before);
        if (expiresAt < before) revert VouchersBadExpiry(expiresAt);
        if (expiresAt == before && amount == 0) revert VouchersZeroAmount();
        if (expiresAt > before) _checkExpiry(expiresAt, entry.disputeWindow);
        entry.expiresAt = expiresAt;
        uint96 deposit = (entry.deposit + amount).toUint96();
        entry.deposit = deposit;
        emit ChannelToppedUp(channelId, amount, deposit, expiresAt);
        if (amount > 0) _pull(amount);
    }

    function _pull(uint256 amount) private {
        _inChannels += amount.toUint128();
        _TOKEN.safeTransferFrom(msg.sender, address(this), amount);
    }

    /// @dev Pays the payee what a voucher adds, or reverts: no voucher is used up for less.
    /// @return added wei that left the channel
    function _take(Channel storage entry, Voucher calldata voucher, bytes calldata signature)
        private
        returns (uint256 added)
    {
        uint256 end = _endOf(entry);
        if (block.timestamp > end) revert VouchersTooLate(end);
        (uint256 paid, uint256 total) = (entry.paid, voucher.total);
        if (total <= paid) revert VouchersNotHigher(total, paid);
        if (total > entry.deposit) revert VouchersAboveDeposit(total, entry.deposit);
        if (!SignatureCheck.isSignature(entry.payer, hashVoucher(voucher), signature)) {
            revert VouchersBadSignature(entry.payer);
        }
        added = total - paid;
        // Rounded over the whole total: to redeem often costs the payee no more than once.
        uint256 fee = PriceMath.feeUp(total, entry.feeBps) - PriceMath.feeUp(paid, entry.feeBps);
        _balances[entry.payee] += added - fee;
        // Fits: the supply of ENC does.
        // forge-lint: disable-next-line(unsafe-typecast)
        _feesPlusOne += uint128(fee);
        emit Redeemed(voucher.channelId, total, added - fee, fee);
    }

    /// @dev Gives the payer what no voucher took. `open_` is what the channel held before this call.
    function _end(bytes32 channelId, Channel storage entry, uint256 paid, uint256 open_) private {
        uint256 refund = entry.deposit - paid;
        if (refund > 0) _balances[entry.payer] += refund;
        // Fits: a part of the deposit, which is a uint96.
        // forge-lint: disable-next-line(unsafe-typecast)
        _inChannels -= uint128(open_);
        delete _channels[channelId];
        emit ChannelClosed(channelId, paid, refund);
    }

    function _checkExpiry(uint256 expiresAt, uint256 disputeWindow) private view {
        if (expiresAt <= block.timestamp + disputeWindow || expiresAt > block.timestamp + MAX_LIFETIME) {
            revert VouchersBadExpiry(expiresAt);
        }
    }

    function _setParameters(Parameters memory parameters_) private {
        if (
            parameters_.disputeWindow < MIN_DISPUTE_WINDOW || parameters_.disputeWindow > MAX_DISPUTE_WINDOW
                || parameters_.feeBps > MAX_FEE_BPS
        ) revert VouchersBadParameter();
        _parameters = parameters_;
        emit ParametersSet(parameters_);
    }

    function _requireOpen(bytes32 channelId) private view returns (Channel storage entry) {
        entry = _channels[channelId];
        if (entry.payer == address(0)) revert VouchersUnknownChannel(channelId);
    }

    /// @dev Last second at which vouchers count. A request cut short by the expiry ends with it.
    function _endOf(Channel storage entry) private view returns (uint256) {
        uint256 closesAt = entry.closesAt;
        return closesAt != 0 && closesAt < entry.expiresAt ? closesAt : entry.expiresAt;
    }
}
// forge-lint: disable-end(block-timestamp)
