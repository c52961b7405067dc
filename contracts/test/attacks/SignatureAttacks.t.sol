// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IJobs} from "../../src/interfaces/IJobs.sol";
import {JobOrder, KeyRelease, Match, Receipt} from "../../src/interfaces/JobTypes.sol";
import {JobsTest} from "../jobs/JobsTest.sol";

/// @title Signatures used where they were not meant.
contract SignatureAttacksTest is JobsTest {
    uint256 private constant GROUP_ORDER = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141;

    /// @dev Cross-chain replay: after a fork with another chain id, old signatures are worth nothing there, and back here all.
    function test_replay_on_another_chain() public {
        Match memory proposed = newMatch();
        bytes32 here = jobs.hashOrder(proposed.order);
        uint256 chain = block.chainid;
        vm.chainId(chain + 1);
        vm.assertTrue(jobs.hashOrder(proposed.order) != here);
        refuse(proposed, abi.encodeWithSelector(IJobs.JobsBadSignature.selector, developer));
        vm.chainId(chain);
        expectState(matchNow(proposed), IJobs.JobState.Matched);
    }

    /// @dev Replay in another deployment of the same contract on the same chain.
    function test_replay_in_another_contract() public {
        IJobs other = IJobs(deployJobs(address(token)));
        Match memory proposed = newMatch();
        vm.expectRevert(abi.encodeWithSelector(IJobs.JobsBadSignature.selector, developer));
        vm.prank(address(other));
        other.matchOne(proposed);
    }

    /// @dev Replay of an order: one job, whatever happened to it.
    function test_replay_of_a_used_order() public {
        bytes32 jobId = delivered();
        refuse(newMatch(), wrongState(jobId, IJobs.JobState.Delivered));
        vm.warp(block.timestamp + CONTEST_WINDOW);
        jobs.settle(jobId);
        refuse(newMatch(), wrongState(jobId, IJobs.JobState.Settled));
    }

    /// @dev Malleability: the mirrored signature is no signature.
    function test_malleability() public {
        Match memory proposed = newMatch();
        proposed.orderSig = mirrored(proposed.orderSig);
        refuse(proposed, abi.encodeWithSelector(IJobs.JobsBadSignature.selector, developer));
    }

    /// @dev Replay of a receipt: of an earlier attempt, or of another job by the same enclave key.
    function test_replay_of_a_receipt() public {
        bytes32 jobId = expiredAtStep100();
        matchNow(newMatch());
        startNow(jobId);
        Receipt memory old = newReceipt(jobId, 1);
        KeyRelease memory release = newRelease(jobId, 2);
        bytes memory enclaveSig = signer.receipt(enclaveKey, old);
        bytes memory ownerSig = signer.release(ownerKey, release);
        JobOrder memory order = newOrder();
        vm.expectRevert(IJobs.JobsDocumentMismatch.selector);
        jobs.deliver(order, old, enclaveSig, release, ownerSig);
        Receipt memory relabelled = newReceipt(jobId, 2);
        vm.expectRevert(abi.encodeWithSelector(IJobs.JobsBadSignature.selector, enclave));
        jobs.deliver(order, relabelled, enclaveSig, release, ownerSig);
    }

    /// @dev Replay of a release: the owner gave attempt 1 the key, attempt 2's enclave can't claim so.
    function test_replay_of_a_key_release() public {
        bytes32 jobId = expiredAtStep100();
        matchNow(newMatch());
        startNow(jobId);
        Receipt memory receipt = newReceipt(jobId, 2);
        KeyRelease memory old = newRelease(jobId, 1);
        bytes memory enclaveSig = signer.receipt(enclaveKey, receipt);
        bytes memory ownerSig = signer.release(ownerKey, old);
        JobOrder memory order = newOrder();
        vm.expectRevert(IJobs.JobsDocumentMismatch.selector);
        jobs.deliver(order, receipt, enclaveSig, old, ownerSig);
    }

    /// @dev One document can't pass for another: a provider's signature on a receipt is not one on an offer.
    function test_types_do_not_mix() public {
        Match memory proposed = newMatch();
        proposed.offerSig = signer.grant(providerKey, proposed.grant);
        refuse(proposed, abi.encodeWithSelector(IJobs.JobsBadSignature.selector, provider));
    }

    /// @dev Bits beyond a member's type: the digest changes, so nothing signed fits, and reading the member fails.
    function test_dirty_call_data() public {
        Match memory proposed = newMatch();
        bytes memory data = abi.encodeCall(IJobs.matchOne, (proposed));
        // The tuple starts after the selector and one offset; `minLevel` is the order's eleventh word.
        uint256 place = 4 + 32 + 10 * 32;
        data[place] = 0x01;
        vm.prank(address(jobs));
        (bool success,) = address(jobs).call(data);
        vm.assertFalse(success);
    }

    function mirrored(bytes memory signature) private pure returns (bytes memory) {
        (bytes32 r, bytes32 s, uint8 v) = (0, 0, 0);
        assembly ("memory-safe") {
            r := mload(add(signature, 0x20))
            s := mload(add(signature, 0x40))
            v := byte(0, mload(add(signature, 0x60)))
        }
        return abi.encodePacked(r, bytes32(GROUP_ORDER - uint256(s)), v == 27 ? uint8(28) : uint8(27));
    }
}
