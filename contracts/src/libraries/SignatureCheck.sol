// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IERC1271} from "@openzeppelin/contracts/interfaces/IERC1271.sol";
import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";

/// @title Who signed a digest: a key, or a contract wallet by ERC-1271.
/// @dev Keys come first, so that an account with delegated code (EIP-7702) still signs as itself. A wallet gets little gas and
/// may return 32 bytes: it can't burn the gas or blow up the memory of a batch that others are in. With too little gas
/// left for that the check runs out of gas itself, so that a good signature is never called bad.
library SignatureCheck {
    uint256 internal constant WALLET_GAS = 100_000;

    /// @dev True when the signer's key signed: 65 bytes, low s, v of 27 or 28.
    function isKeySignature(address signer, bytes32 digest, bytes calldata signature) internal pure returns (bool) {
        (address recovered, ECDSA.RecoverError problem,) = ECDSA.tryRecoverCalldata(digest, signature);
        return problem == ECDSA.RecoverError.NoError && recovered == signer;
    }

    /// @dev True when the signer's key signed, or the signer is a contract that accepts the signature.
    function isSignature(address signer, bytes32 digest, bytes calldata signature) internal view returns (bool) {
        if (isKeySignature(signer, digest, signature)) return true;
        if (signer.code.length == 0) return false;
        bytes memory question = abi.encodeCall(IERC1271.isValidSignature, (digest, signature));
        uint256 gasLimit = WALLET_GAS;
        // A call passes on at most 63/64 of what is left (EIP-150).
        bool tooLittle = gasleft() - gasleft() / 64 <= gasLimit;
        bool success;
        bytes32 answer;
        assembly ("memory-safe") {
            if tooLittle { revert(0x00, 0x00) }
            mstore(0x00, 0)
            success := staticcall(gasLimit, signer, add(question, 0x20), mload(question), 0x00, 0x20)
            success := and(success, gt(returndatasize(), 0x1f))
            answer := mload(0x00)
        }
        return success && answer == bytes32(IERC1271.isValidSignature.selector);
    }
}
