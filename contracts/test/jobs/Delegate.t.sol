// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IJobs} from "../../src/interfaces/IJobs.sol";
import {Checkpoint, JobOrder, KeyRelease, Receipt} from "../../src/interfaces/JobTypes.sol";
import {JobsTest} from "./JobsTest.sol";

/// @title Releases that an owner's delegate signed: an enclave that the owner attested and named on chain.
contract DelegateTest is JobsTest {
    uint256 private constant DELEGATE_KEY = 0xde1e6a7e;
    address private delegate = vm.addr(DELEGATE_KEY);

    function name(address who, uint64 until) private {
        vm.prank(who);
        datasets.setDelegate(delegate, until);
    }

    function deliverBy(uint256 key, bytes32 jobId) private {
        Receipt memory receipt = newReceipt(jobId, 1);
        KeyRelease memory release = newRelease(jobId, 1);
        jobs.deliver(newOrder(), receipt, signer.receipt(enclaveKey, receipt), release, signer.release(key, release));
    }

    function refused(uint256 key, bytes32 jobId) private {
        Receipt memory receipt = newReceipt(jobId, 1);
        KeyRelease memory release = newRelease(jobId, 1);
        bytes memory enclaveSig = signer.receipt(enclaveKey, receipt);
        bytes memory releaseSig = signer.release(key, release);
        JobOrder memory order = newOrder();
        vm.expectRevert(abi.encodeWithSelector(IJobs.JobsBadSignature.selector, owner));
        jobs.deliver(order, receipt, enclaveSig, release, releaseSig);
    }

    function test_deliver_takes_the_delegates_release() public {
        bytes32 jobId = started();
        name(owner, uint64(block.timestamp + 1 days));
        deliverBy(DELEGATE_KEY, jobId);
        expectState(jobId, IJobs.JobState.Delivered);
    }

    function test_owner_still_releases_beside_a_delegate() public {
        bytes32 jobId = started();
        name(owner, uint64(block.timestamp + 1 days));
        deliverBy(ownerKey, jobId);
        expectState(jobId, IJobs.JobState.Delivered);
    }

    function test_checkpoint_takes_the_delegates_release_and_outlives_it() public {
        bytes32 jobId = started();
        name(owner, uint64(block.timestamp + 1 days));
        KeyRelease memory release = newRelease(jobId, 1);
        bytes memory enclaveSig = signer.progress(enclaveKey, Checkpoint(jobId, 1, 100, keccak256("state")));
        bytes memory releaseSig = signer.release(DELEGATE_KEY, release);
        jobs.checkpoint(jobId, 100, keccak256("state"), enclaveSig, release, releaseSig);
        vm.prank(owner);
        datasets.setDelegate(address(0), 0);
        // The release is on record: what was given can't be taken back, the work is paid.
        deliverBy(providerKey, jobId);
        expectState(jobId, IJobs.JobState.Delivered);
    }

    function test_a_withdrawn_delegate_releases_nothing() public {
        bytes32 jobId = started();
        name(owner, uint64(block.timestamp + 1 days));
        vm.prank(owner);
        datasets.setDelegate(address(0), 0);
        refused(DELEGATE_KEY, jobId);
    }

    function test_a_replaced_delegate_releases_nothing() public {
        bytes32 jobId = started();
        name(owner, uint64(block.timestamp + 1 days));
        vm.prank(owner);
        datasets.setDelegate(enclave, uint64(block.timestamp + 1 days));
        refused(DELEGATE_KEY, jobId);
    }

    function test_a_delegates_last_second_counts_and_the_next_does_not() public {
        bytes32 jobId = started();
        name(owner, uint64(block.timestamp + 60));
        vm.warp(block.timestamp + 60);
        uint256 snapshot = vm.snapshotState();
        deliverBy(DELEGATE_KEY, jobId);
        vm.revertToState(snapshot);
        vm.warp(block.timestamp + 1);
        refused(DELEGATE_KEY, jobId);
    }

    function test_another_owners_delegate_releases_nothing() public {
        bytes32 jobId = started();
        name(developer, uint64(block.timestamp + 1 days));
        refused(DELEGATE_KEY, jobId);
    }

    function test_nobody_is_a_delegate_who_was_not_named() public {
        bytes32 jobId = started();
        refused(DELEGATE_KEY, jobId);
        refused(providerKey, jobId);
    }
}
