// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IAccessManaged} from "@openzeppelin/contracts/access/manager/IAccessManaged.sol";
import {Pausable} from "@openzeppelin/contracts/utils/Pausable.sol";
import {IVouchers} from "../../src/interfaces/IVouchers.sol";
import {VouchersTest} from "./VouchersTest.sol";

/// @title The life of a channel.
contract ChannelTest is VouchersTest {
    function test_open() public {
        bytes32 expected = keccak256(abi.encode(payer, payee, uint256(0)));
        vm.expectEmit(address(vouchers));
        emit IVouchers.ChannelOpened(expected, payer, payee, DEPOSIT, in30Days(), 1 days, 500);
        bytes32 id = openChannel();
        vm.assertEq(id, expected);
        IVouchers.Channel memory channel = vouchers.channel(id);
        vm.assertEq(channel.payer, payer);
        vm.assertEq(channel.payee, payee);
        vm.assertEq(channel.deposit, 100e18);
        vm.assertEq(channel.paid, 0);
        vm.assertEq(vouchers.openedBy(payer), 1);
        expectMoney(0, 0, 0, 100e18);
        vm.assertTrue(openChannel() != id);
    }

    function test_open_rejects() public {
        vm.startPrank(payer);
        vm.expectRevert(IVouchers.VouchersZeroAmount.selector);
        vouchers.open(payee, 0, in30Days());
        vm.expectRevert(abi.encodeWithSelector(IVouchers.VouchersBadPayee.selector, address(0)));
        vouchers.open(address(0), 1, in30Days());
        vm.expectRevert(abi.encodeWithSelector(IVouchers.VouchersBadPayee.selector, payer));
        vouchers.open(payer, 1, in30Days());
        uint40 soon = uint40(block.timestamp + 1 days);
        vm.expectRevert(abi.encodeWithSelector(IVouchers.VouchersBadExpiry.selector, soon));
        vouchers.open(payee, 1, soon);
        uint40 far = uint40(block.timestamp + 365 days + 1);
        vm.expectRevert(abi.encodeWithSelector(IVouchers.VouchersBadExpiry.selector, far));
        vouchers.open(payee, 1, far);
        vouchers.open(payee, 1, soon + 1);
        vouchers.open(payee, 1, far - 1);
        vm.expectRevert();
        vouchers.open(payee, WEALTH, in30Days());
    }

    function test_open_with_permit() public {
        vm.prank(payer);
        token.approve(address(vouchers), 0);
        (uint8 v, bytes32 r, bytes32 s) = signPermit(payerKey, payer, address(vouchers), DEPOSIT, block.timestamp);
        vm.prank(payer);
        vouchers.openWithPermit(payee, DEPOSIT, in30Days(), block.timestamp, v, r, s);
        expectMoney(0, 0, 0, 100e18);
    }

    /// @dev Permit griefing: somebody uses the permit first; the channel opens with the allowance it left.
    function test_permit_griefing() public {
        vm.prank(payer);
        token.approve(address(vouchers), 0);
        (uint8 v, bytes32 r, bytes32 s) = signPermit(payerKey, payer, address(vouchers), DEPOSIT, block.timestamp);
        token.permit(payer, address(vouchers), DEPOSIT, block.timestamp, v, r, s);
        vm.prank(payer);
        vouchers.openWithPermit(payee, DEPOSIT, in30Days(), block.timestamp, v, r, s);
        expectMoney(0, 0, 0, 100e18);
    }

    /// @dev 40 ENC for the payee: 2 to the treasury, 38 to it, 60 back.
    function test_close_by_the_payee() public {
        bytes32 id = openChannel();
        vm.expectEmit(address(vouchers));
        emit IVouchers.Redeemed(id, 40e18, 38e18, 2e18);
        vm.expectEmit(address(vouchers));
        emit IVouchers.ChannelClosed(id, 40e18, 60e18);
        close(id, 40e18);
        expectMoney(60e18, 38e18, 2e18, 0);
        vm.assertEq(vouchers.channel(id).payer, address(0));
        vm.prank(payee);
        vouchers.withdraw(38e18);
        vm.prank(payer);
        vouchers.withdraw(60e18);
        uint256 before = token.balanceOf(address(treasury));
        vouchers.collectFees();
        vm.assertEq(token.balanceOf(address(treasury)) - before, 2e18);
        vm.assertEq(token.balanceOf(payee), 38e18);
        expectMoney(0, 0, 0, 0);
    }

    function test_close_for_everything() public {
        close(openChannel(), 100e18);
        expectMoney(0, 95e18, 5e18, 0);
    }

    function test_close_rejects_others() public {
        bytes32 id = openChannel();
        bytes memory signature = signVoucher(payerKey, id, 1);
        vm.expectRevert(abi.encodeWithSelector(IVouchers.VouchersNotAllowed.selector, payer));
        vm.prank(payer);
        vouchers.close(IVouchers.Voucher(id, 1), signature);
        vm.expectRevert(abi.encodeWithSelector(IVouchers.VouchersNotAllowed.selector, payer));
        vm.prank(payer);
        vouchers.closeWithout(id);
        vm.expectRevert(abi.encodeWithSelector(IVouchers.VouchersNotAllowed.selector, payee));
        vm.prank(payee);
        vouchers.requestClose(id);
    }

    /// @dev The payee redeems while the channel goes on, then ends it without another voucher.
    function test_redeem_and_close_without() public {
        bytes32 id = openChannel();
        redeem(id, 10e18);
        expectMoney(0, 9.5e18, 0.5e18, 90e18);
        redeem(id, 30e18);
        expectMoney(0, 28.5e18, 1.5e18, 70e18);
        vm.prank(payee);
        vouchers.closeWithout(id);
        expectMoney(70e18, 28.5e18, 1.5e18, 0);
    }

    /// @dev The payer asks; the payee brings its highest voucher on the last second; the rest goes back.
    function test_request_and_dispute() public {
        bytes32 id = openChannel();
        redeem(id, 10e18);
        uint256 end = block.timestamp + 1 days;
        vm.expectEmit(address(vouchers));
        emit IVouchers.CloseRequested(id, end);
        vm.prank(payer);
        vouchers.requestClose(id);
        vm.expectRevert(abi.encodeWithSelector(IVouchers.VouchersClosing.selector, end));
        vm.prank(payer);
        vouchers.requestClose(id);
        vm.warp(end);
        vm.expectRevert(abi.encodeWithSelector(IVouchers.VouchersTooEarly.selector, end));
        vouchers.finish(id);
        redeem(id, 80e18);
        vm.warp(end + 1);
        refuse(
            id, 90e18, signVoucher(payerKey, id, 90e18), abi.encodeWithSelector(IVouchers.VouchersTooLate.selector, end)
        );
        vouchers.finish(id);
        expectMoney(20e18, 76e18, 4e18, 0);
    }

    function test_expiry() public {
        bytes32 id = openChannel();
        uint40 end = vouchers.channel(id).expiresAt;
        vm.warp(end);
        redeem(id, 1e18);
        vm.warp(end + 1);
        refuse(
            id, 2e18, signVoucher(payerKey, id, 2e18), abi.encodeWithSelector(IVouchers.VouchersTooLate.selector, end)
        );
        vm.expectRevert(abi.encodeWithSelector(IVouchers.VouchersTooLate.selector, end));
        vm.prank(payer);
        vouchers.topUp(id, 1, end + 30 days);
        vouchers.finish(id);
        expectMoney(99e18, 0.95e18, 0.05e18, 0);
    }

    /// @dev A request made less than a window before the expiry does not lengthen the channel.
    function test_request_near_the_expiry() public {
        bytes32 id = openChannel();
        uint256 end = vouchers.channel(id).expiresAt;
        vm.warp(end - 1 hours);
        vm.prank(payer);
        vouchers.requestClose(id);
        vm.warp(end + 1);
        vouchers.finish(id);
        expectMoney(100e18, 0, 0, 0);
    }

    function test_top_up() public {
        bytes32 id = openChannel();
        uint40 end = vouchers.channel(id).expiresAt;
        vm.startPrank(payer);
        vm.expectRevert(IVouchers.VouchersZeroAmount.selector);
        vouchers.topUp(id, 0, end);
        vm.expectRevert(abi.encodeWithSelector(IVouchers.VouchersBadExpiry.selector, end - 1));
        vouchers.topUp(id, 1, end - 1);
        vm.expectEmit(address(vouchers));
        emit IVouchers.ChannelToppedUp(id, 50e18, 150e18, end);
        vouchers.topUp(id, 50e18, end);
        vouchers.topUp(id, 0, end + 1 days);
        vm.stopPrank();
        redeem(id, 150e18);
        expectMoney(0, 142.5e18, 7.5e18, 0);
    }

    /// @dev Money comes to the last second; only a new end must leave time for a dispute.
    function test_top_up_near_the_end() public {
        bytes32 id = openChannel();
        uint40 end = vouchers.channel(id).expiresAt;
        vm.warp(end);
        vm.startPrank(payer);
        vouchers.topUp(id, 5e18, end);
        vm.expectRevert(abi.encodeWithSelector(IVouchers.VouchersBadExpiry.selector, end + 1));
        vouchers.topUp(id, 0, end + 1);
        vm.stopPrank();
        expectMoney(0, 0, 0, 105e18);
    }

    function test_top_up_with_permit() public {
        bytes32 id = openChannel();
        uint40 end = vouchers.channel(id).expiresAt;
        vm.prank(payer);
        token.approve(address(vouchers), 0);
        (uint8 v, bytes32 r, bytes32 s) = signPermit(payerKey, payer, address(vouchers), 5e18, block.timestamp);
        vm.prank(payer);
        vouchers.topUpWithPermit(id, 5e18, end, block.timestamp, v, r, s);
        expectMoney(0, 0, 0, 105e18);
    }

    // ---------------------------------------------------------------- administration

    /// @dev While paused nothing begins and everything ends.
    function test_pause_leaves_exits_open() public {
        bytes32 id = openChannel();
        bytes32 second = openChannel();
        vm.prank(guardian);
        vouchers.pause();
        vm.startPrank(payer);
        vm.expectRevert(Pausable.EnforcedPause.selector);
        vouchers.open(payee, 1, in30Days());
        vm.expectRevert(Pausable.EnforcedPause.selector);
        vouchers.topUp(id, 1, in30Days());
        vouchers.requestClose(second);
        vm.stopPrank();
        redeem(id, 1e18);
        close(id, 2e18);
        vm.warp(block.timestamp + 1 days + 1);
        vouchers.finish(second);
        vm.prank(payer);
        vouchers.withdraw(198e18);
        vouchers.collectFees();
        vm.prank(team);
        vouchers.unpause();
        openChannel();
    }

    /// @dev Admin retroactive change: an open channel keeps its fee and its window.
    function test_parameters_touch_no_open_channel() public {
        bytes32 id = openChannel();
        vm.prank(team);
        vouchers.setParameters(IVouchers.Parameters(5, 1_000));
        vm.prank(payer);
        vouchers.requestClose(id);
        vm.assertEq(vouchers.channel(id).closesAt, block.timestamp + 1 days);
        close(id, 40e18);
        expectMoney(60e18, 38e18, 2e18, 0);
    }

    function test_only_the_guardian_pauses_and_only_the_team_resumes() public {
        bytes memory refusal = abi.encodeWithSelector(IAccessManaged.AccessManagedUnauthorized.selector, payer);
        vm.expectRevert(refusal);
        vm.prank(payer);
        vouchers.pause();
        vm.prank(guardian);
        vouchers.pause();
        vm.expectRevert(refusal);
        vm.prank(payer);
        vouchers.unpause();
    }

    function test_nothing_is_not_withdrawn() public {
        vm.expectRevert(IVouchers.VouchersZeroAmount.selector);
        vouchers.withdraw(0);
    }

    function test_parameters_have_bounds_and_a_role() public {
        vm.startPrank(team);
        vm.expectRevert(IVouchers.VouchersBadParameter.selector);
        vouchers.setParameters(IVouchers.Parameters(4, 0));
        vm.expectRevert(IVouchers.VouchersBadParameter.selector);
        vouchers.setParameters(IVouchers.Parameters(14 days + 1, 0));
        vm.expectRevert(IVouchers.VouchersBadParameter.selector);
        vouchers.setParameters(IVouchers.Parameters(5, 1_001));
        vouchers.setParameters(IVouchers.Parameters(14 days, 1_000));
        vm.stopPrank();
        vm.expectRevert(abi.encodeWithSelector(IAccessManaged.AccessManagedUnauthorized.selector, payer));
        vm.prank(payer);
        vouchers.setParameters(IVouchers.Parameters(5, 0));
    }
}
