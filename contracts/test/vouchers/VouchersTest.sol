// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IVouchers} from "../../src/interfaces/IVouchers.sol";
import {Roles} from "../../src/libraries/Roles.sol";
import {System} from "../base/System.sol";

/// @title A payer with 1,000 ENC, a payee, and a channel of 100 ENC for 30 days; fee 5 %, dispute window a day.
abstract contract VouchersTest is System {
    uint256 internal constant DEPOSIT = 100e18;
    uint256 internal constant WEALTH = 1_000e18;
    uint32 internal constant DISPUTE_WINDOW = 1 days;
    bytes32 private constant DOMAIN_TYPEHASH =
        keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)");

    uint256 internal payerKey = 0xbeef;
    address internal payer = vm.addr(0xbeef);
    address internal payee = address(0x9a1ee);
    IVouchers internal vouchers;

    function setUp() public virtual {
        deploySystem();
        vouchers = deployVouchers(address(token));
        fund(payer, WEALTH);
        vm.prank(payer);
        token.approve(address(vouchers), type(uint256).max);
    }

    function deployVouchers(address token_) internal returns (IVouchers deployed) {
        deployed = IVouchers(
            deploy("Vouchers", abi.encode(manager, token_, treasury, IVouchers.Parameters(DISPUTE_WINDOW, 500)))
        );
        map(address(deployed), IVouchers.setParameters.selector, Roles.PARAMETERS);
        map(address(deployed), IVouchers.pause.selector, Roles.GUARDIAN);
        map(address(deployed), IVouchers.unpause.selector, Roles.TEAM);
    }

    function openChannel() internal returns (bytes32) {
        vm.prank(payer);
        return vouchers.open(payee, DEPOSIT, in30Days());
    }

    function in30Days() internal view returns (uint40) {
        return uint40(block.timestamp + 30 days);
    }

    /// @dev The payer's signature, worked out here and not by the contract.
    function sign(uint256 key, bytes32 channelId, uint128 total) internal view returns (bytes memory) {
        bytes32 domain = keccak256(
            abi.encode(DOMAIN_TYPEHASH, keccak256("Encryptech"), keccak256("1"), block.chainid, address(vouchers))
        );
        bytes32 structHash =
            keccak256(abi.encode(keccak256("Voucher(bytes32 channelId,uint128 total)"), channelId, total));
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(key, keccak256(abi.encodePacked("\x19\x01", domain, structHash)));
        return abi.encodePacked(r, s, v);
    }

    function redeem(bytes32 channelId, uint128 total) internal {
        vouchers.redeem(IVouchers.Voucher(channelId, total), sign(payerKey, channelId, total));
    }

    function close(bytes32 channelId, uint128 total) internal {
        bytes memory signature = sign(payerKey, channelId, total);
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
