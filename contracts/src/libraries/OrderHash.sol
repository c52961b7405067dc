// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Checkpoint, ComputeOffer, DatasetGrant, JobOrder, KeyRelease, Receipt} from "../interfaces/JobTypes.sol";

/// @title EIP-712 struct hashes of what parties sign. Field order is binding; packages/protocol has the same types.
/// @dev Every member is an atomic type, so typehash and the struct's words are EIP-712's encodeData. Words are hashed as they
/// came: bits beyond a member's type change the digest, so that no signature fits, and reading the member reverts.
library OrderHash {
    bytes32 internal constant ORDER_TYPEHASH = keccak256(
        "JobOrder(address developer,bytes32 datasetId,bytes32 graphDigest,bytes32 specDigest,bytes32 resultKey,uint64 units,uint32 steps,uint32 durationSec,uint128 maxRate,uint128 maxDatasetFee,uint8 minLevel,uint8 kind,uint16 minReputationBps,uint64 minSpeed,uint256 rdpLow,uint256 rdpHigh,uint64 nonce,uint64 expiresAt)"
    );
    bytes32 internal constant OFFER_TYPEHASH = keccak256(
        "ComputeOffer(address provider,uint128 ask,uint64 maxUnits,uint32 maxDurationSec,uint64 nonce,uint64 expiresAt)"
    );
    bytes32 internal constant GRANT_TYPEHASH = keccak256(
        "DatasetGrant(bytes32 datasetId,address developer,uint128 fee,uint8 minLevel,bytes32 policyDigest,uint64 nonce,uint64 expiresAt)"
    );
    bytes32 internal constant RELEASE_TYPEHASH = keccak256(
        "KeyRelease(bytes32 jobId,uint32 attempt,address enclaveKey,bytes32 evidenceId,bytes32 policyDigest,bytes32 logHead)"
    );
    bytes32 internal constant CHECKPOINT_TYPEHASH =
        keccak256("Checkpoint(bytes32 jobId,uint32 attempt,uint32 step,bytes32 digest)");
    bytes32 internal constant RECEIPT_TYPEHASH = keccak256(
        "Receipt(bytes32 jobId,uint32 attempt,uint32 steps,bytes32 resultDigest,bytes32 certificateDigest,uint256 rdpLow,uint256 rdpHigh)"
    );

    function hash(JobOrder calldata order) internal pure returns (bytes32) {
        uint256 place;
        assembly {
            place := order
        }
        return _hash(ORDER_TYPEHASH, place, 18 * 32);
    }

    function hash(ComputeOffer calldata offer) internal pure returns (bytes32) {
        uint256 place;
        assembly {
            place := offer
        }
        return _hash(OFFER_TYPEHASH, place, 6 * 32);
    }

    function hash(DatasetGrant calldata grant) internal pure returns (bytes32) {
        uint256 place;
        assembly {
            place := grant
        }
        return _hash(GRANT_TYPEHASH, place, 7 * 32);
    }

    function hash(KeyRelease calldata release) internal pure returns (bytes32) {
        uint256 place;
        assembly {
            place := release
        }
        return _hash(RELEASE_TYPEHASH, place, 6 * 32);
    }

    function hash(Receipt calldata receipt) internal pure returns (bytes32) {
        uint256 place;
        assembly {
            place := receipt
        }
        return _hash(RECEIPT_TYPEHASH, place, 7 * 32);
    }

    function hash(Checkpoint memory progress) internal pure returns (bytes32) {
        return keccak256(abi.encode(CHECKPOINT_TYPEHASH, progress));
    }

    /// @dev keccak256(typehash ‖ words), straight from call data: the words of a struct are its ABI encoding.
    function _hash(bytes32 typehash, uint256 place, uint256 size) private pure returns (bytes32 digest) {
        assembly ("memory-safe") {
            let free := mload(0x40)
            mstore(free, typehash)
            calldatacopy(add(free, 0x20), place, size)
            digest := keccak256(free, add(size, 0x20))
        }
    }
}
