// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IVouchers} from "../../src/interfaces/IVouchers.sol";
import {Roles} from "../../src/libraries/Roles.sol";
import {System} from "./System.sol";

/// @title Channels on top of the system: fee 5 %, dispute window a day.
abstract contract VoucherSystem is System {
    uint32 internal constant DISPUTE_WINDOW = 1 days;
    bytes32 private constant DOMAIN_TYPEHASH =
        keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)");

    IVouchers internal vouchers;

    function deployVouchers(address token_) internal returns (IVouchers deployed) {
        deployed = IVouchers(
            deploy("Vouchers", abi.encode(manager, token_, treasury, IVouchers.Parameters(DISPUTE_WINDOW, 500)))
        );
        map(address(deployed), IVouchers.setParameters.selector, Roles.PARAMETERS);
        map(address(deployed), IVouchers.pause.selector, Roles.GUARDIAN);
        map(address(deployed), IVouchers.unpause.selector, Roles.TEAM);
    }

    /// @dev The payer's signature, worked out here and not by the contract.
    function signVoucher(uint256 key, bytes32 channelId, uint128 total) internal view returns (bytes memory) {
        bytes32 domain = keccak256(
            abi.encode(DOMAIN_TYPEHASH, keccak256("Encryptech"), keccak256("1"), block.chainid, address(vouchers))
        );
        bytes32 structHash =
            keccak256(abi.encode(keccak256("Voucher(bytes32 channelId,uint128 total)"), channelId, total));
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(key, keccak256(abi.encodePacked("\x19\x01", domain, structHash)));
        return abi.encodePacked(r, s, v);
    }
}
