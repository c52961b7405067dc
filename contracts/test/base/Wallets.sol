// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IERC1271} from "@openzeppelin/contracts/interfaces/IERC1271.sol";
import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";

/// @title A wallet contract with one owner key.
contract OwnedWallet is IERC1271 {
    address private immutable _OWNER;

    constructor(address owner) {
        _OWNER = owner;
    }

    function isValidSignature(bytes32 digest, bytes calldata signature) external view returns (bytes4) {
        return ECDSA.recover(digest, signature) == _OWNER ? IERC1271.isValidSignature.selector : bytes4(0);
    }

    /// @dev Lets the wallet act, for tests.
    function act(address target, bytes calldata data) external returns (bytes memory answer) {
        bool success;
        (success, answer) = target.call(data);
        if (!success) {
            assembly ("memory-safe") {
                revert(add(answer, 0x20), mload(answer))
            }
        }
    }
}

/// @title A wallet that uses all the gas it is given.
contract HungryWallet is IERC1271 {
    function isValidSignature(bytes32 digest, bytes calldata) external pure returns (bytes4) {
        while (digest != 0) digest = keccak256(abi.encode(digest));
        return IERC1271.isValidSignature.selector;
    }
}

/// @title A wallet that answers with as much data as its gas buys, none of it the right word.
contract BombWallet is IERC1271 {
    function isValidSignature(bytes32, bytes calldata) external pure returns (bytes4) {
        assembly {
            return(0, 20000)
        }
    }
}

/// @title A wallet that answers with the right four bytes and no more: not the ABI's answer.
contract ShortWallet is IERC1271 {
    function isValidSignature(bytes32, bytes calldata) external pure returns (bytes4) {
        bytes32 answer = bytes32(IERC1271.isValidSignature.selector);
        assembly ("memory-safe") {
            mstore(0x00, answer)
            return(0x00, 0x04)
        }
    }
}

/// @title A wallet that accepts everything, but takes most of the gas it may use to do so.
contract SlowWallet is IERC1271 {
    function isValidSignature(bytes32 digest, bytes calldata) external view returns (bytes4) {
        uint256 until = gasleft() > 80_000 ? gasleft() - 80_000 : 0;
        while (gasleft() > until) digest = keccak256(abi.encode(digest));
        return IERC1271.isValidSignature.selector;
    }
}
