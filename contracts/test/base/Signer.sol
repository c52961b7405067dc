// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Checkpoint, ComputeOffer, DatasetGrant, JobOrder, KeyRelease, Receipt} from "../../src/interfaces/JobTypes.sol";
import {OrderHash} from "../../src/libraries/OrderHash.sol";
import {Test} from "./Test.sol";

/// @title Signs documents for one `Jobs` contract, by any key.
contract Signer is Test {
    bytes32 private constant DOMAIN_TYPEHASH =
        keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)");
    address private immutable _JOBS;

    constructor(address jobs) {
        _JOBS = jobs;
    }

    function order(uint256 key, JobOrder calldata document) external view returns (bytes memory) {
        return _sign(key, OrderHash.hash(document));
    }

    function offer(uint256 key, ComputeOffer calldata document) external view returns (bytes memory) {
        return _sign(key, OrderHash.hash(document));
    }

    function grant(uint256 key, DatasetGrant calldata document) external view returns (bytes memory) {
        return _sign(key, OrderHash.hash(document));
    }

    function release(uint256 key, KeyRelease calldata document) external view returns (bytes memory) {
        return _sign(key, OrderHash.hash(document));
    }

    function progress(uint256 key, Checkpoint calldata document) external view returns (bytes memory) {
        return _sign(key, OrderHash.hash(document));
    }

    function receipt(uint256 key, Receipt calldata document) external view returns (bytes memory) {
        return _sign(key, OrderHash.hash(document));
    }

    function _sign(uint256 key, bytes32 structHash) private view returns (bytes memory) {
        bytes32 domain =
            keccak256(abi.encode(DOMAIN_TYPEHASH, keccak256("Encryptech"), keccak256("1"), block.chainid, _JOBS));
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(key, keccak256(abi.encodePacked("\x19\x01", domain, structHash)));
        return abi.encodePacked(r, s, v);
    }
}
