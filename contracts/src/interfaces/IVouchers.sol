// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.24;

/// @title Payment channels of ENC for inference: a request costs a signature and no gas.
/// @notice A payer locks ENC for one payee and signs vouchers, each over the total that the payee may have had since the
/// channel opened. The highest voucher counts; lower ones add nothing. The payee takes money at any time and closes
/// at once with the highest voucher. The payer asks for the rest back: then the payee has the dispute window to bring its
/// highest voucher. After the channel's expiry anybody gives the rest back to the payer.
/// @dev A channel's terms are those of its opening or last top-up: parameters set later do not touch it. Only the payer
/// opens, tops up and asks; nobody else moves its times. Money is pulled: one balance an account. Only ENC comes here,
/// which takes no fee of transfers; donations change nothing. A voucher of a wallet contract (ERC-1271) is worth what
/// the wallet says when it is redeemed: a payee that trusts none redeems often.
interface IVouchers {
    /// @notice What a payer signs. EIP-712 type `Voucher(bytes32 channelId,uint128 total)` in the domain ("Encryptech",
    /// "1", chain, this contract).
    /// @param channelId channel
    /// @param total wei for the payee since the channel opened, treasury's fee included
    struct Voucher {
        bytes32 channelId;
        uint128 total;
    }

    /// @notice A channel; zeros once it is closed.
    /// @param payer who pays and signs
    /// @param deposit wei put in since it opened
    /// @param payee who is paid
    /// @param paid wei of the highest voucher redeemed
    /// @param expiresAt last second at which vouchers can be redeemed
    /// @param closesAt last second of the dispute window; 0 = nobody asked to close
    /// @param disputeWindow seconds between the payer's request and the end
    /// @param feeBps treasury's part of what is paid
    struct Channel {
        address payer;
        uint96 deposit;
        address payee;
        uint96 paid;
        uint40 expiresAt;
        uint40 closesAt;
        uint32 disputeWindow;
        uint16 feeBps;
    }

    /// @notice Terms of channels opened from now on.
    /// @param disputeWindow seconds between a payer's request and the end
    /// @param feeBps treasury's part of what is paid, in basis points
    struct Parameters {
        uint32 disputeWindow;
        uint16 feeBps;
    }

    /// @notice A channel was opened.
    event ChannelOpened(
        bytes32 indexed channelId,
        address indexed payer,
        address indexed payee,
        uint256 deposit,
        uint256 expiresAt,
        uint256 disputeWindow,
        uint256 feeBps
    );
    /// @notice The payer added to a channel, or lengthened its time.
    event ChannelToppedUp(bytes32 indexed channelId, uint256 amount, uint256 deposit, uint256 expiresAt);
    /// @notice The payer wants the rest back.
    event CloseRequested(bytes32 indexed channelId, uint256 closesAt);
    /// @notice A higher voucher was redeemed: `total` since the opening, `payeePaid` and `fee` by this one.
    event Redeemed(bytes32 indexed channelId, uint256 total, uint256 payeePaid, uint256 fee);
    /// @notice A channel ended.
    event ChannelClosed(bytes32 indexed channelId, uint256 paid, uint256 refund);
    /// @notice Money left an account's balance.
    event Withdrawn(address indexed account, uint256 amount);
    /// @notice Fees went to the treasury.
    event FeesCollected(uint256 amount);
    /// @notice Parameters of new channels changed.
    event ParametersSet(Parameters parameters);

    /// @notice Zero wei can't be put in or taken out.
    error VouchersZeroAmount();
    /// @notice The payee is zero or the payer itself.
    error VouchersBadPayee(address payee);
    /// @notice A channel must last longer than its dispute window and at most `MAX_LIFETIME`, and only gets longer.
    error VouchersBadExpiry(uint256 expiresAt);
    /// @notice There is no such open channel.
    error VouchersUnknownChannel(bytes32 channelId);
    /// @notice The caller is not the party who may do this.
    error VouchersNotAllowed(address caller);
    /// @notice The voucher is not signed by the channel's payer for this chain and contract.
    error VouchersBadSignature(address payer);
    /// @notice The voucher is not higher than the last one redeemed.
    error VouchersNotHigher(uint256 total, uint256 paid);
    /// @notice The voucher exceeds the deposit: nothing is paid, nothing is used up.
    error VouchersAboveDeposit(uint256 total, uint256 deposit);
    /// @notice The channel's time, or its dispute window, is over.
    error VouchersTooLate(uint256 end);
    /// @notice The channel's time, or its dispute window, still runs.
    error VouchersTooEarly(uint256 end);
    /// @notice The payer asked to close already.
    error VouchersClosing(uint256 closesAt);
    /// @notice The account's balance is smaller.
    error VouchersInsufficientBalance(uint256 wanted, uint256 balance);
    /// @notice A parameter is outside its bounds.
    error VouchersBadParameter();

    /// @notice Longest time of a channel in seconds, from its opening or last top-up.
    function MAX_LIFETIME() external view returns (uint256);

    /// @notice Opens a channel from the caller, who must have approved `amount`. Refused while paused.
    /// @return channelId `channelIdOf(caller, payee, number of channels the caller opened before)`
    function open(address payee, uint256 amount, uint40 expiresAt) external returns (bytes32 channelId);

    /// @notice `open` after an EIP-2612 permit; a permit that was used already does no harm.
    function openWithPermit(
        address payee,
        uint256 amount,
        uint40 expiresAt,
        uint256 deadline,
        uint8 v,
        bytes32 r,
        bytes32 s
    ) external returns (bytes32 channelId);

    /// @notice Adds to a channel of the caller, or lengthens it (`amount` may then be 0). Refused while paused, and once
    /// its closing was asked for.
    /// @param expiresAt the new expiry, not before the old one
    function topUp(bytes32 channelId, uint256 amount, uint40 expiresAt) external;

    /// @notice `topUp` after an EIP-2612 permit; a permit that was used already does no harm.
    function topUpWithPermit(
        bytes32 channelId,
        uint256 amount,
        uint40 expiresAt,
        uint256 deadline,
        uint8 v,
        bytes32 r,
        bytes32 s
    ) external;

    /// @notice Credits the payee with what the voucher adds to the last one; the channel stays open. Anybody may call: also the
    /// dispute of a close that the payer asked for.
    function redeem(Voucher calldata voucher, bytes calldata signature) external;

    /// @notice Credits the payee with what the voucher adds, the payer with the rest, and ends the channel. The payee calls.
    function close(Voucher calldata voucher, bytes calldata signature) external;

    /// @notice Ends a channel without another voucher. The payee calls.
    function closeWithout(bytes32 channelId) external;

    /// @notice Starts the dispute window. The payer calls, once.
    function requestClose(bytes32 channelId) external;

    /// @notice Credits the payer with the rest once the dispute window or the channel's time is over. Anybody may call.
    function finish(bytes32 channelId) external;

    /// @notice Pays out from the caller's balance. Works while paused.
    function withdraw(uint256 amount) external;

    /// @notice Sends the treasury's part to the treasury. Anybody may call.
    function collectFees() external;

    /// @notice Sets the terms of new channels, each within constant bounds. Role PARAMETERS.
    function setParameters(Parameters calldata parameters_) external;

    /// @notice Stops new channels and top-ups. Role GUARDIAN. Everything else goes on.
    function pause() external;

    /// @notice Ends a pause. Role TEAM.
    function unpause() external;

    /// @notice A channel; zeros for one that is not open.
    function channel(bytes32 channelId) external view returns (Channel memory);

    /// @notice The id of the channel that `payer` opened to `payee` as its `number`-th, counted from 0.
    function channelIdOf(address payer, address payee, uint256 number) external view returns (bytes32);

    /// @notice How many channels the payer ever opened.
    function openedBy(address payer) external view returns (uint256);

    /// @notice The EIP-712 digest that a payer signs.
    function hashVoucher(Voucher calldata voucher) external view returns (bytes32);

    /// @notice Wei that the account can withdraw.
    function balanceOf(address account) external view returns (uint256);

    /// @notice Fees that `collectFees` would send, in wei.
    function uncollectedFees() external view returns (uint256);

    /// @notice Wei in open channels: with all balances and fees, what this contract owes.
    function inChannels() external view returns (uint256);

    /// @notice Terms of new channels.
    function parameters() external view returns (Parameters memory);

    /// @notice The bounds of each parameter.
    function parameterBounds() external pure returns (Parameters memory least, Parameters memory most);
}
