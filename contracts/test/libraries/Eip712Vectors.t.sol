// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {JobOrder} from "../../src/interfaces/JobTypes.sol";
import {OrderHash} from "../../src/libraries/OrderHash.sol";
import {SignatureCheck} from "../../src/libraries/SignatureCheck.sol";
import {Vectors} from "./Vectors.sol";

/// @title The documents of packages/protocol are those of the contract: type hashes, a digest, its signature.
contract Eip712VectorsTest is Vectors {
    function test_type_hashes() public view {
        string memory json = read("eip712.json");
        uint256 seen;
        for (uint256 i = 0; vm.keyExistsJson(json, item(i, "")); ++i) {
            bytes32 name = keccak256(bytes(vm.parseJsonString(json, item(i, ".type"))));
            bytes32 expected = typeHashOf(name);
            if (expected == 0) continue;
            vm.assertEq(vm.parseJsonBytes32(json, item(i, ".typeHash")), expected);
            ++seen;
        }
        vm.assertGe(seen, 6);
    }

    function test_the_digest_and_signature_of_an_order() public view {
        string memory json = read("eip712.json");
        vm.assertEq(vm.parseJsonString(json, ".cases[0].type"), "JobOrder");
        bytes32 digest = keccak256(abi.encodePacked("\x19\x01", domain(json), this.hash(order(json))));
        vm.assertEq(digest, vm.parseJsonBytes32(json, ".cases[0].digest"));
        bytes memory signature = vm.parseJsonBytes(json, ".cases[0].signature");
        vm.assertTrue(this.isSigned(vm.parseJsonAddress(json, ".cases[0].signer"), digest, signature));
    }

    function hash(JobOrder calldata document) external pure returns (bytes32) {
        return OrderHash.hash(document);
    }

    function isSigned(address signer, bytes32 digest, bytes calldata signature) external pure returns (bool) {
        return SignatureCheck.isKeySignature(signer, digest, signature);
    }

    function typeHashOf(bytes32 name) private pure returns (bytes32) {
        if (name == keccak256("JobOrder")) return OrderHash.ORDER_TYPEHASH;
        if (name == keccak256("ComputeOffer")) return OrderHash.OFFER_TYPEHASH;
        if (name == keccak256("DatasetGrant")) return OrderHash.GRANT_TYPEHASH;
        if (name == keccak256("KeyRelease")) return OrderHash.RELEASE_TYPEHASH;
        if (name == keccak256("Checkpoint")) return OrderHash.CHECKPOINT_TYPEHASH;
        return name == keccak256("Receipt") ? OrderHash.RECEIPT_TYPEHASH : bytes32(0);
    }

    function domain(string memory json) private pure returns (bytes32) {
        return keccak256(
            abi.encode(
                keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"),
                keccak256("Encryptech"),
                keccak256("1"),
                vm.parseJsonUint(json, ".domain.chainId"),
                vm.parseJsonAddress(json, ".domain.verifyingContract")
            )
        );
    }

    function order(string memory json) private pure returns (JobOrder memory document) {
        string memory value = ".cases[0].value.";
        document.developer = vm.parseJsonAddress(json, string.concat(value, "developer"));
        document.datasetId = vm.parseJsonBytes32(json, string.concat(value, "datasetId"));
        document.graphDigest = vm.parseJsonBytes32(json, string.concat(value, "graphDigest"));
        document.specDigest = vm.parseJsonBytes32(json, string.concat(value, "specDigest"));
        document.resultKey = vm.parseJsonBytes32(json, string.concat(value, "resultKey"));
        // Every number of the vector fits the member it is of.
        // forge-lint: disable-start(unsafe-typecast)
        document.units = uint64(number(json, "units"));
        document.steps = uint32(number(json, "steps"));
        document.durationSec = uint32(number(json, "durationSec"));
        document.maxRate = uint128(number(json, "maxRate"));
        document.maxDatasetFee = uint128(number(json, "maxDatasetFee"));
        document.minLevel = uint8(number(json, "minLevel"));
        document.kind = uint8(number(json, "kind"));
        document.minReputationBps = uint16(number(json, "minReputationBps"));
        document.minSpeed = uint64(number(json, "minSpeed"));
        document.rdpLow = number(json, "rdpLow");
        document.rdpHigh = number(json, "rdpHigh");
        document.nonce = uint64(number(json, "nonce"));
        document.expiresAt = uint64(number(json, "expiresAt"));
        // forge-lint: disable-end(unsafe-typecast)
    }

    function number(string memory json, string memory name) private pure returns (uint256) {
        return vm.parseJsonUint(json, string.concat(".cases[0].value.", name));
    }

    function item(uint256 i, string memory name) private pure returns (string memory) {
        return string.concat(".cases[", vm.toString(i), "]", name);
    }
}
