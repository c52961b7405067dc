// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IVouchers} from "../../src/interfaces/IVouchers.sol";
import {VouchersTest} from "../vouchers/VouchersTest.sol";

/// @title Gas of channels, snapshot on release bytecode.
/// forge-config: default.isolate = true
contract VoucherGasTest is VouchersTest {
    /// @dev The first close of two accounts writes both balances: the dearest there is, and the figure that has a limit.
    function test_gas_close() public {
        bytes32 id = openChannel();
        snap("open");
        bytes memory signature = signVoucher(payerKey, id, 40e18);
        vm.prank(payee);
        vouchers.close(IVouchers.Voucher(id, 40e18), signature);
        snap("close: first of both accounts");
        if (measuring()) vm.assertLe(vm.lastCallGas().gasTotalUsed, 90_000);

        id = openChannel();
        signature = signVoucher(payerKey, id, 40e18);
        vm.prank(payee);
        vouchers.close(IVouchers.Voucher(id, 40e18), signature);
        snap("close: later");
        if (measuring()) vm.assertLe(vm.lastCallGas().gasTotalUsed, 90_000);
    }

    function test_gas_others() public {
        bytes32 id = openChannel();
        bytes memory signature = signVoucher(payerKey, id, 40e18);
        vouchers.redeem(IVouchers.Voucher(id, 40e18), signature);
        snap("redeem");
        vm.prank(payer);
        vouchers.requestClose(id);
        snap("requestClose");
        vm.warp(block.timestamp + 1 days + 1);
        vouchers.finish(id);
        snap("finish");
    }

    function snap(string memory name) private {
        if (measuring()) vm.snapshotGasLastCall("Vouchers", name);
    }

    function measuring() private view returns (bool) {
        return keccak256(bytes(vm.envOr("CONTRACTS_OUT", ""))) == keccak256("contracts/out-release");
    }
}
