// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

// The clock of tests is ours.
// forge-lint: disable-start(block-timestamp)

import {IVouchers} from "../../src/interfaces/IVouchers.sol";
import {FaultsHandler} from "./FaultsHandler.sol";

/// @title Two payers and two payees who open channels, raise totals, cheat with old vouchers, close, leave and come back.
abstract contract ChannelsHandler is FaultsHandler {
    bytes32[] private _open;
    uint256 public redeemed;
    uint256 public closedChannels;

    function openChannel(uint256 who, uint256 amount, uint256 time) external checked {
        address payer = _developers[who % 2].account;
        address payee = _providers[(who >> 8) % 2].account;
        uint256 most = token.balanceOf(payer);
        if (most == 0) return;
        amount = clamp(amount, 1, most / 4 + 1);
        uint40 expiresAt = uint40(block.timestamp + clamp(time, 2 days + 1, 90 days));
        vm.prank(payer);
        try vouchers.open(payee, amount, expiresAt) returns (bytes32 id) {
            vm.assertFalse(vouchersPaused(), "opened while paused");
            _open.push(id);
        } catch {
            vm.assertTrue(vouchersPaused() || vouchers.parameters().disputeWindow > 2 days, "refused a good channel");
        }
    }

    function topUpChannel(uint256 which, uint256 amount, uint256 time) external checked {
        (bool found, bytes32 id, IVouchers.Channel memory entry) = _channel(which);
        if (!found) return;
        amount = clamp(amount, 0, token.balanceOf(entry.payer) / 4);
        vm.prank(entry.payer);
        try vouchers.topUp(id, amount, uint40(entry.expiresAt + clamp(time, 0, 30 days))) {} catch {}
    }

    /// @dev Also with a total that is too low or too high, and by anybody's signature.
    function redeem(uint256 which, uint256 total, uint256 dice) external checked {
        (bool found, bytes32 id, IVouchers.Channel memory entry) = _channel(which);
        if (!found) return;
        uint128 sum = uint128(clamp(total, 0, uint256(entry.deposit) + (dice % 4 == 0 ? 1 : 0)));
        uint256 key = dice % 7 == 1 ? 0xbad : _payerKey(entry.payer);
        uint256 before = vouchers.balanceOf(entry.payee) + vouchers.uncollectedFees();
        bool good = sum > entry.paid && sum <= entry.deposit && dice % 7 != 1 && block.timestamp <= _end(entry);
        try vouchers.redeem(IVouchers.Voucher(id, sum), signVoucher(key, id, sum)) {
            vm.assertTrue(good, "paid a bad voucher");
            vm.assertEq(vouchers.balanceOf(entry.payee) + vouchers.uncollectedFees() - before, sum - entry.paid, "pay");
            ++redeemed;
        } catch {
            vm.assertFalse(good, "refused a good voucher");
        }
    }

    function closeChannel(uint256 which, uint256 total, bool without) external checked {
        (bool found, bytes32 id, IVouchers.Channel memory entry) = _channel(which);
        if (!found) return;
        uint128 sum = uint128(clamp(total, entry.paid, entry.deposit));
        bytes memory signature = signVoucher(_payerKey(entry.payer), id, sum);
        uint256 before = vouchers.balanceOf(entry.payer);
        uint256 paid = entry.paid;
        vm.startPrank(entry.payee);
        if (without || sum == entry.paid) {
            vouchers.closeWithout(id);
        } else {
            try vouchers.close(IVouchers.Voucher(id, sum), signature) {
                paid = sum;
            } catch {
                vm.assertGt(block.timestamp, _end(entry));
                vouchers.closeWithout(id);
            }
        }
        vm.stopPrank();
        vm.assertEq(vouchers.balanceOf(entry.payer) - before, entry.deposit - paid, "refund");
        _forget(id);
    }

    function requestClose(uint256 which) external checked {
        (bool found, bytes32 id, IVouchers.Channel memory entry) = _channel(which);
        if (!found || entry.closesAt != 0 || block.timestamp > entry.expiresAt) return;
        vm.prank(entry.payer);
        vouchers.requestClose(id);
    }

    /// @dev After the dispute window or the expiry, by anybody, paused or not.
    function finishChannel(uint256 which, bool patient) external checked {
        (bool found, bytes32 id, IVouchers.Channel memory entry) = _channel(which);
        if (!found) return;
        uint256 end = _end(entry);
        if (patient && block.timestamp <= end && end < block.timestamp + 3 days) vm.warp(end + 1);
        if (block.timestamp <= end) return;
        vouchers.finish(id);
        _forget(id);
    }

    function withdrawFromVouchers(uint256 who, uint256 amount, bool fees) external checked {
        if (fees) return vouchers.collectFees();
        address account = _anybody(who);
        uint256 most = vouchers.balanceOf(account);
        if (most == 0) return;
        vm.prank(account);
        vouchers.withdraw(clamp(amount, 1, most));
    }

    function setVoucherParameters(uint32 window, uint16 fee) external checked {
        vm.prank(team);
        vouchers.setParameters(IVouchers.Parameters(uint32(clamp(window, 1 hours, 2 days)), uint16(fee % 1_001)));
    }

    // ---------------------------------------------------------------- for the invariants

    /// @dev Balances and fees; what channels hold, counted channel by channel.
    function owedByVouchers() external view returns (uint256 sum, uint256 inChannels) {
        sum = vouchers.uncollectedFees();
        for (uint256 i = 0; i < 5; ++i) {
            sum += vouchers.balanceOf(_anybody(i));
        }
        for (uint256 i = 0; i < _open.length; ++i) {
            IVouchers.Channel memory entry = vouchers.channel(_open[i]);
            vm.assertLe(entry.paid, entry.deposit, "paid above the deposit");
            inChannels += entry.deposit - entry.paid;
        }
    }

    // ---------------------------------------------------------------- inner workings

    function vouchersPaused() private view returns (bool) {
        (, bytes memory word) = address(vouchers).staticcall(abi.encodeWithSignature("paused()"));
        return abi.decode(word, (bool));
    }

    function _channel(uint256 which) private view returns (bool, bytes32 id, IVouchers.Channel memory entry) {
        if (_open.length == 0) return (false, id, entry);
        id = _open[which % _open.length];
        return (true, id, vouchers.channel(id));
    }

    function _end(IVouchers.Channel memory entry) private pure returns (uint256) {
        return entry.closesAt != 0 && entry.closesAt < entry.expiresAt ? entry.closesAt : entry.expiresAt;
    }

    function _payerKey(address payer) private view returns (uint256) {
        return payer == _developers[0].account ? _developers[0].key : _developers[1].key;
    }

    function _forget(bytes32 id) private {
        ++closedChannels;
        for (uint256 i = 0; i < _open.length; ++i) {
            if (_open[i] != id) continue;
            _open[i] = _open[_open.length - 1];
            _open.pop();
            return;
        }
    }
}
// forge-lint: disable-end(block-timestamp)
