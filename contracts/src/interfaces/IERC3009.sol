// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.24;

/// @title The part of EIP-3009 that a receiver of payments needs.
interface IERC3009 {
    /// @notice Moves what the payer signed. Only the receiver may call it.
    function receiveWithAuthorization(
        address from,
        address to,
        uint256 value,
        uint256 validAfter,
        uint256 validBefore,
        bytes32 nonce,
        uint8 v,
        bytes32 r,
        bytes32 s
    ) external;
}
