// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IVouchers} from "../../src/interfaces/IVouchers.sol";
import {VoucherSystem} from "../base/VoucherSystem.sol";

/// @title A payer with 1,000 ENC, a payee, and a channel of 100 ENC for 30 days; fee 5 %, dispute window a day.
abstract contract VouchersTest is VoucherSystem {
    uint256 internal constant DEPOSIT = 100e18;
    uint256 internal constant WEALTH = 1_000e18;
    uint256 internal payerKey = 0xbeef;
    address internal payer = vm.addr(0xbeef);
    address internal payee = address(0x9a1ee);

    function setUp() public virtual {
        deploySystem();
        vouchers = deployVouchers(address(token));
        fund(payer, WEALTH);
        vm.prank(payer);
        token.approve(address(vouchers), type(uint256).max);
    }

    function openChannel() internal returns (bytes32) {
        vm.prank(payer);
        return vouchers.open(payee, DEPOSIT, in30Days());
    }

    function in30Days() internal view returns (uint40) {
        return uint40(block.timestamp + 30 days);
    }

    function redeem(bytes32 channelId, uint128 total) internal {
        vouchers.redeem(IVouchers.Voucher(channelId, total), signVoucher(payerKey, channelId, total));
    }

    function close(bytes32 channelId, uint128 total) internal {
        bytes memory signature = signVoucher(payerKey, channelId, total);
        vm.prank(payee);
        vouchers.close(IVouchers.Voucher(channelId, total), signature);
    }

    function refuse(bytes32 channelId, uint128 total, bytes memory signature, bytes memory reason) internal {
        vm.expectRevert(reason);
        vouchers.redeem(IVouchers.Voucher(channelId, total), signature);
    }

    /// @dev Balances here, and that together with fees and channels they are all the ENC there is.
    function expectMoney(uint256 payer_, uint256 payee_, uint256 fees, uint256 open_) internal view {
        vm.assertEq(vouchers.balanceOf(payer), payer_, "payer");
        vm.assertEq(vouchers.balanceOf(payee), payee_, "payee");
        vm.assertEq(vouchers.uncollectedFees(), fees, "fees");
        vm.assertEq(vouchers.inChannels(), open_, "channels");
        vm.assertEq(token.balanceOf(address(vouchers)), payer_ + payee_ + fees + open_, "held");
    }
}
