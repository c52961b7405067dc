// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Checkpoint, ComputeOffer, DatasetGrant, JobOrder, KeyRelease, Receipt} from "../../src/interfaces/JobTypes.sol";
import {OrderHash} from "../../src/libraries/OrderHash.sol";
import {Test} from "../base/Test.sol";

/// @title Struct hashes against viem's `hashStruct`; field number i holds the value i.
contract OrderHashTest is Test {
    function test_hash_as_viem_does() public view {
        address one = address(1);
        vm.assertEq(
            this.order(JobOrder(one, n(2), n(3), n(4), n(5), 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18)),
            0xa065a1b565493b860b805c0b519e757e4bdcc063dc3352202396887627b6f163
        );
        vm.assertEq(
            this.offer(ComputeOffer(one, 2, 3, 4, 5, 6)),
            0xd15e9145c62697159dd2ee9c04197f745e0a26c85673a545aa05e2bca7b79940
        );
        vm.assertEq(
            this.grant(DatasetGrant(n(1), address(2), 3, 4, n(5), 6, 7)),
            0x8309e25ebd086131660c80115018e35c23c41ae0dc5524358d4f79069210b819
        );
        vm.assertEq(
            this.release(KeyRelease(n(1), 2, address(3), n(4), n(5), n(6))),
            0xb3df10822a56cf01dcfff374d8e1d77d89c270b8d01271df19fc59417a9d28be
        );
        vm.assertEq(
            OrderHash.hash(Checkpoint(n(1), 2, 3, n(4))),
            0xb07f9a9604dc58eb4d4e4e3147ab3df4ac38000cc2bce94cb2eb5ad7f693d0bc
        );
        vm.assertEq(
            this.receipt(Receipt(n(1), 2, 3, n(4), n(5), 6, 7)),
            0xb1cd26e2a353714e1659897b783dbfce2622bdbfa40eb30caa723981f5c8ca03
        );
    }

    /// @dev The short way through call data gives what the long way through `abi.encode` gives.
    function testFuzz_hash_is_encodeData(JobOrder calldata order_, Receipt calldata receipt_) public pure {
        vm.assertEq(OrderHash.hash(order_), keccak256(abi.encode(OrderHash.ORDER_TYPEHASH, order_)));
        vm.assertEq(OrderHash.hash(receipt_), keccak256(abi.encode(OrderHash.RECEIPT_TYPEHASH, receipt_)));
    }

    function order(JobOrder calldata document) external pure returns (bytes32) {
        return OrderHash.hash(document);
    }

    function offer(ComputeOffer calldata document) external pure returns (bytes32) {
        return OrderHash.hash(document);
    }

    function grant(DatasetGrant calldata document) external pure returns (bytes32) {
        return OrderHash.hash(document);
    }

    function release(KeyRelease calldata document) external pure returns (bytes32) {
        return OrderHash.hash(document);
    }

    function receipt(Receipt calldata document) external pure returns (bytes32) {
        return OrderHash.hash(document);
    }

    function n(uint256 value) private pure returns (bytes32) {
        return bytes32(value);
    }
}
