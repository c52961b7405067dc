// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IVouchers} from "../../src/interfaces/IVouchers.sol";
import {BombWallet, HungryWallet, OwnedWallet} from "../base/Wallets.sol";
import {HookToken} from "../base/HookToken.sol";
import {VouchersTest} from "./VouchersTest.sol";

/// @title Withdraws again from inside a withdrawal.
contract ReentrantPayee {
    IVouchers private _vouchers;
    uint256 public tries;

    function begin(IVouchers vouchers, uint256 amount) external {
        _vouchers = vouchers;
        vouchers.withdraw(amount);
    }

    function tokensReceived() external {
        ++tries;
        try _vouchers.withdraw(1) {} catch {}
    }
}

/// @title Bugs of other payment channels that could happen here.
contract VoucherAttacksTest is VouchersTest {
    uint256 private constant GROUP_ORDER = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141;

    /// @dev Under-paid winning ticket (Livepeer #663): a voucher above the deposit pays nothing and is not used up.
    function test_under_paid_winning_ticket() public {
        bytes32 id = openChannel();
        bytes memory signature = signVoucher(payerKey, id, 101e18);
        refuse(id, 101e18, signature, abi.encodeWithSelector(IVouchers.VouchersAboveDeposit.selector, 101e18, 100e18));
        vm.startPrank(payer);
        vouchers.topUp(id, 1e18, vouchers.channel(id).expiresAt);
        vm.stopPrank();
        redeem(id, 101e18);
        expectMoney(0, 95.95e18, 5.05e18, 0);
    }

    /// @dev Replay: a voucher counts once, a lower one not at all.
    function test_replay_of_a_voucher() public {
        bytes32 id = openChannel();
        bytes memory signature = signVoucher(payerKey, id, 40e18);
        redeem(id, 40e18);
        refuse(id, 40e18, signature, abi.encodeWithSelector(IVouchers.VouchersNotHigher.selector, 40e18, 40e18));
        refuse(
            id,
            39e18,
            signVoucher(payerKey, id, 39e18),
            abi.encodeWithSelector(IVouchers.VouchersNotHigher.selector, 39e18, 40e18)
        );
        refuse(
            id, 0, signVoucher(payerKey, id, 0), abi.encodeWithSelector(IVouchers.VouchersNotHigher.selector, 0, 40e18)
        );
    }

    /// @dev Replay in a later channel of the same two: its id is another.
    function test_replay_in_the_next_channel() public {
        bytes32 id = openChannel();
        bytes memory signature = signVoucher(payerKey, id, 40e18);
        close(id, 40e18);
        bytes32 second = openChannel();
        refuse(second, 40e18, signature, abi.encodeWithSelector(IVouchers.VouchersBadSignature.selector, payer));
        refuse(
            id,
            50e18,
            signVoucher(payerKey, id, 50e18),
            abi.encodeWithSelector(IVouchers.VouchersUnknownChannel.selector, id)
        );
    }

    /// @dev Cross-chain replay, and replay in another deployment.
    function test_replay_on_another_chain() public {
        bytes32 id = openChannel();
        bytes memory signature = signVoucher(payerKey, id, 40e18);
        uint256 chain = block.chainid;
        vm.chainId(chain + 1);
        refuse(id, 40e18, signature, abi.encodeWithSelector(IVouchers.VouchersBadSignature.selector, payer));
        vm.chainId(chain);
        IVouchers other = deployVouchers(address(token));
        vm.startPrank(payer);
        token.approve(address(other), DEPOSIT);
        vm.assertEq(other.open(payee, DEPOSIT, in30Days()), id);
        vm.stopPrank();
        vm.expectRevert(abi.encodeWithSelector(IVouchers.VouchersBadSignature.selector, payer));
        other.redeem(IVouchers.Voucher(id, 40e18), signature);
        redeem(id, 40e18);
    }

    /// @dev Malleability: the mirrored signature is no signature; nor are 64 bytes, nor nothing.
    function test_malleability() public {
        bytes32 id = openChannel();
        bytes memory refusal = abi.encodeWithSelector(IVouchers.VouchersBadSignature.selector, payer);
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(payerKey, vouchers.hashVoucher(IVouchers.Voucher(id, 1e18)));
        bytes32 mirrored = bytes32(GROUP_ORDER - uint256(s));
        refuse(id, 1e18, abi.encodePacked(r, mirrored, v == 27 ? uint8(28) : uint8(27)), refusal);
        refuse(id, 1e18, abi.encodePacked(r, s), refusal);
        refuse(id, 1e18, "", refusal);
        refuse(id, 1e18, signVoucher(0xbad, id, 1e18), refusal);
        vouchers.redeem(IVouchers.Voucher(id, 1e18), abi.encodePacked(r, s, v));
    }

    /// @dev A wallet contract pays: its vouchers hold by ERC-1271.
    function test_wallet_contracts_pay() public {
        OwnedWallet wallet = new OwnedWallet(payer);
        bytes32 id = openFrom(address(wallet));
        redeem(id, 40e18);
        vm.assertEq(vouchers.balanceOf(payee), 38e18);
        refuse(
            id,
            50e18,
            signVoucher(0xbad, id, 50e18),
            abi.encodeWithSelector(IVouchers.VouchersBadSignature.selector, address(wallet))
        );
    }

    /// @dev Return-data bomb and gas grief: a hostile wallet's voucher is refused with bounded gas, and its channel still ends.
    function test_hostile_wallets() public {
        HungryWallet hungry = new HungryWallet();
        bytes32 id = openFrom(address(hungry));
        refuse(id, 1, "", abi.encodeWithSelector(IVouchers.VouchersBadSignature.selector, address(hungry)));
        BombWallet bomb = new BombWallet();
        bytes32 second = openFrom(address(bomb));
        refuse(second, 1, "", abi.encodeWithSelector(IVouchers.VouchersBadSignature.selector, address(bomb)));
        vm.startPrank(payee);
        vouchers.closeWithout(id);
        vouchers.closeWithout(second);
        vm.stopPrank();
        vm.assertEq(vouchers.balanceOf(address(hungry)), DEPOSIT);
    }

    /// @dev On-behalf griefing and zero-value top-up (Livepeer): nobody but the payer touches a channel's times, and not even the
    /// payer once it asked to close.
    function test_nobody_moves_anothers_timers() public {
        bytes32 id = openChannel();
        uint40 end = vouchers.channel(id).expiresAt;
        address mallory = address(0xbad);
        fund(mallory, 1e18);
        vm.startPrank(mallory);
        token.approve(address(vouchers), 1e18);
        bytes memory refusal = abi.encodeWithSelector(IVouchers.VouchersNotAllowed.selector, mallory);
        vm.expectRevert(refusal);
        vouchers.topUp(id, 1, end);
        vm.expectRevert(refusal);
        vouchers.topUp(id, 0, end + 1);
        vm.expectRevert(refusal);
        vouchers.requestClose(id);
        vm.expectRevert(refusal);
        vouchers.closeWithout(id);
        vm.stopPrank();
        vm.startPrank(payer);
        vouchers.requestClose(id);
        uint256 closesAt = vouchers.channel(id).closesAt;
        vm.expectRevert(abi.encodeWithSelector(IVouchers.VouchersClosing.selector, closesAt));
        vouchers.topUp(id, 1, end + 1);
        vm.stopPrank();
    }

    /// @dev A channel opened and settled in one block (akash #414): zero elapsed time is nothing special.
    function test_settlement_in_the_creation_block() public {
        bytes32 id = openChannel();
        vm.prank(payer);
        vouchers.requestClose(id);
        close(id, 1);
        expectMoney(100e18 - 1, 0, 1, 0);
    }

    /// @dev Dust: a voucher of one wei is all fee; redeeming wei by wei costs no more than at once.
    function test_dust() public {
        bytes32 id = openChannel();
        for (uint128 total = 1; total <= 21; ++total) {
            redeem(id, total);
        }
        expectMoney(0, 19, 2, 100e18 - 21);
    }

    /// @dev Maximum amounts: the whole supply in one channel; a total beyond it is refused without a wrap.
    function test_maximum_amounts() public {
        uint256 all = token.balanceOf(address(ecosystem));
        fund(payer, all);
        vm.prank(payer);
        bytes32 id = vouchers.open(payee, all, in30Days());
        refuse(
            id,
            type(uint128).max,
            signVoucher(payerKey, id, type(uint128).max),
            abi.encodeWithSelector(IVouchers.VouchersAboveDeposit.selector, type(uint128).max, all)
        );
        // Fits: the supply of ENC does.
        // forge-lint: disable-next-line(unsafe-typecast)
        redeem(id, uint128(all));
        expectMoney(0, all - all / 20, all / 20, 0);
    }

    /// @dev Reentrancy through token hooks: the balance is gone before the tokens move.
    function test_reentrancy_through_hooks() public {
        HookToken hooked = new HookToken();
        vouchers = deployVouchers(address(hooked));
        ReentrantPayee thief = new ReentrantPayee();
        hooked.mint(payer, DEPOSIT);
        vm.startPrank(payer);
        hooked.approve(address(vouchers), DEPOSIT);
        bytes32 id = vouchers.open(address(thief), DEPOSIT, in30Days());
        vm.stopPrank();
        redeem(id, 40e18);
        thief.begin(vouchers, 38e18);
        vm.assertEq(thief.tries(), 1);
        vm.assertEq(hooked.balanceOf(address(thief)), 38e18);
        vm.assertEq(hooked.balanceOf(address(vouchers)), 62e18);
    }

    /// @dev A donation, as what a token with fees on transfer would leave behind, enters no sum.
    function test_donation() public {
        fund(address(vouchers), 7e18);
        close(openChannel(), 40e18);
        vm.assertEq(vouchers.inChannels(), 0);
        vm.assertEq(token.balanceOf(address(vouchers)), 107e18);
        vm.expectRevert(abi.encodeWithSelector(IVouchers.VouchersInsufficientBalance.selector, 38e18 + 1, 38e18));
        vm.prank(payee);
        vouchers.withdraw(38e18 + 1);
    }

    /// @dev Any sequence of vouchers, top-ups and an end: the sums hold to the wei, and the fee is that of the total.
    function testFuzz_conservation(uint96[5] memory totals, uint96 extra, uint8 end) public {
        bytes32 id = openChannel();
        uint256 added = clamp(extra, 0, 500e18);
        vm.startPrank(payer);
        if (added > 0) vouchers.topUp(id, added, vouchers.channel(id).expiresAt);
        vm.stopPrank();
        uint256 highest;
        for (uint256 i = 0; i < 5; ++i) {
            uint128 total = uint128(clamp(totals[i], 1, DEPOSIT + added));
            if (total <= highest) continue;
            redeem(id, total);
            highest = total;
        }
        uint256 fee = (highest * 500 + 9_999) / 10_000;
        expectMoney(0, highest - fee, fee, DEPOSIT + added - highest);
        if (end % 2 == 0) {
            vm.prank(payee);
            vouchers.closeWithout(id);
        } else {
            vm.warp(block.timestamp + 31 days);
            vouchers.finish(id);
        }
        expectMoney(DEPOSIT + added - highest, highest - fee, fee, 0);
    }

    function openFrom(address wallet) private returns (bytes32 id) {
        fund(wallet, DEPOSIT);
        vm.startPrank(wallet);
        token.approve(address(vouchers), DEPOSIT);
        id = vouchers.open(payee, DEPOSIT, in30Days());
        vm.stopPrank();
    }
}
