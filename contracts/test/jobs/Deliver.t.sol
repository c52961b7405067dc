// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IDatasets} from "../../src/interfaces/IDatasets.sol";
import {IJobs} from "../../src/interfaces/IJobs.sol";
import {JobOrder, KeyRelease, Receipt} from "../../src/interfaces/JobTypes.sol";
import {JobsTest} from "./JobsTest.sol";

contract DeliverTest is JobsTest {
    KeyRelease private none;

    function submit(JobOrder memory order, Receipt memory receipt) private {
        bytes32 jobId = jobs.hashOrder(order);
        KeyRelease memory release = newRelease(jobId, 1);
        bytes memory enclaveSig = signer.receipt(enclaveKey, receipt);
        bytes memory ownerSig = signer.release(ownerKey, release);
        jobs.deliver(order, receipt, enclaveSig, release, ownerSig);
    }

    function refused(JobOrder memory order, Receipt memory receipt, bytes memory reason) private {
        KeyRelease memory release = newRelease(receipt.jobId, 1);
        bytes memory enclaveSig = signer.receipt(enclaveKey, receipt);
        bytes memory ownerSig = signer.release(ownerKey, release);
        vm.expectRevert(reason);
        jobs.deliver(order, receipt, enclaveSig, release, ownerSig);
    }

    function test_deliver_spends_the_loss_and_pays_the_owner() public {
        bytes32 jobId = started();
        vm.expectEmit(address(jobs));
        emit IJobs.Delivered(
            jobId, 1, keccak256("result"), keccak256("certificate"), CHARGE, CHARGE, block.timestamp + CONTEST_WINDOW
        );
        deliverNow(newOrder(), 1);
        IJobs.Job memory job = jobs.job(jobId);
        expectState(jobId, IJobs.JobState.Delivered);
        vm.assertEq(job.deadline, block.timestamp + CONTEST_WINDOW);
        vm.assertFalse(job.budgetHeld);
        vm.assertEq(job.escrow, ESCROW - DATASET_FEE);
        expectLedger(0, 100_000);
        expectBalances(BALANCE - ESCROW, 0, DATASET_FEE, 0);
        vm.assertEq(staking.lockedStake(provider), LOCK);
    }

    function test_deliver_after_a_checkpoint_needs_no_release() public {
        bytes32 jobId = started();
        checkpointNow(jobId, 1, 399);
        Receipt memory receipt = newReceipt(jobId, 1);
        jobs.deliver(newOrder(), receipt, signer.receipt(enclaveKey, receipt), none, "");
        expectState(jobId, IJobs.JobState.Delivered);
    }

    function test_deliver_rejects_without_release() public {
        bytes32 jobId = started();
        Receipt memory receipt = newReceipt(jobId, 1);
        bytes memory enclaveSig = signer.receipt(enclaveKey, receipt);
        JobOrder memory order = newOrder();
        vm.expectRevert(IJobs.JobsDocumentMismatch.selector);
        jobs.deliver(order, receipt, enclaveSig, none, "");
        KeyRelease memory release = newRelease(jobId, 1);
        bytes memory forged = signer.release(providerKey, release);
        vm.expectRevert(abi.encodeWithSelector(IJobs.JobsBadSignature.selector, owner));
        jobs.deliver(order, receipt, enclaveSig, release, forged);
    }

    function test_deliver_spends_less_when_less_was_lost() public {
        bytes32 jobId = started();
        Receipt memory receipt = newReceipt(jobId, 1);
        receipt.rdpHigh = CHARGE - (uint256(40_000) << 224);
        submit(newOrder(), receipt);
        expectLedger(0, 60_000);
    }

    function test_deliver_rejects_more_loss_than_reserved() public {
        bytes32 jobId = started();
        Receipt memory receipt = newReceipt(jobId, 1);
        receipt.rdpHigh = CHARGE + 1;
        refused(newOrder(), receipt, abi.encodeWithSelector(IDatasets.DatasetsLossAboveReservation.selector, 8));
    }

    function test_deliver_rejects_other_jobs_attempts_and_steps() public {
        bytes32 jobId = started();
        bytes memory mismatch = abi.encodeWithSelector(IJobs.JobsDocumentMismatch.selector);
        Receipt memory receipt = newReceipt(jobId, 1);
        receipt.jobId = "other";
        refused(newOrder(), receipt, mismatch);
        refused(newOrder(), newReceipt(jobId, 2), mismatch);
        receipt = newReceipt(jobId, 1);
        receipt.steps = 399;
        refused(newOrder(), receipt, mismatch);
    }

    /// @dev Another order, even by one bit, is another job.
    function test_deliver_rejects_an_altered_order() public {
        started();
        JobOrder memory order = newOrder();
        order.rdpLow = 0;
        bytes32 other = jobs.hashOrder(order);
        refused(order, newReceipt(other, 1), wrongState(other, IJobs.JobState.None));
    }

    function test_deliver_rejects_other_signers() public {
        bytes32 jobId = started();
        Receipt memory receipt = newReceipt(jobId, 1);
        KeyRelease memory release = newRelease(jobId, 1);
        bytes memory ownerSig = signer.release(ownerKey, release);
        bytes memory forged = signer.receipt(providerKey, receipt);
        JobOrder memory order = newOrder();
        vm.expectRevert(abi.encodeWithSelector(IJobs.JobsBadSignature.selector, enclave));
        jobs.deliver(order, receipt, forged, release, ownerSig);
    }

    function test_deliver_until_the_deadline() public {
        bytes32 jobId = started();
        uint256 deadline = jobs.job(jobId).deadline;
        uint256 state = vm.snapshotState();
        vm.warp(deadline + 1);
        refused(newOrder(), newReceipt(jobId, 1), abi.encodeWithSelector(IJobs.JobsTooLate.selector, deadline));
        vm.revertToState(state);
        vm.warp(deadline);
        submit(newOrder(), newReceipt(jobId, 1));
        expectState(jobId, IJobs.JobState.Delivered);
    }

    function test_deliver_rejects_twice() public {
        bytes32 jobId = delivered();
        refused(newOrder(), newReceipt(jobId, 1), wrongState(jobId, IJobs.JobState.Delivered));
    }
}
