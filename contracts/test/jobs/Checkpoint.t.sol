// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IJobs} from "../../src/interfaces/IJobs.sol";
import {Checkpoint, KeyRelease} from "../../src/interfaces/JobTypes.sol";
import {JobsTest} from "./JobsTest.sol";

contract CheckpointTest is JobsTest {
    KeyRelease private none;

    function submit(
        bytes32 jobId,
        uint32 step,
        bytes memory enclaveSig,
        KeyRelease memory release,
        bytes memory ownerSig
    ) private {
        jobs.checkpoint(jobId, step, keccak256("state"), enclaveSig, release, ownerSig);
    }

    function progress(uint256 key, bytes32 jobId, uint32 attempt, uint32 step) private view returns (bytes memory) {
        return signer.progress(key, Checkpoint(jobId, attempt, step, keccak256("state")));
    }

    function test_checkpoint_records_release_and_step() public {
        bytes32 jobId = started();
        vm.expectEmit(address(jobs));
        emit IJobs.KeyReleaseRecorded(jobId, 1, enclave, keccak256("evidence"), policyDigest, keccak256("log"));
        vm.expectEmit(address(jobs));
        emit IJobs.Checkpointed(jobId, 1, 100, keccak256("state"));
        checkpointNow(jobId, 1, 100);
        IJobs.Job memory job = jobs.job(jobId);
        vm.assertEq(job.checkpointStep, 100);
        vm.assertTrue(job.keyReleased);
        vm.assertEq(job.paidSteps, 0);
        expectState(jobId, IJobs.JobState.Started);
    }

    function test_later_checkpoints_need_no_release() public {
        bytes32 jobId = started();
        checkpointNow(jobId, 1, 100);
        submit(jobId, 399, progress(enclaveKey, jobId, 1, 399), none, "");
        vm.assertEq(jobs.job(jobId).checkpointStep, 399);
    }

    function test_checkpoint_rejects_without_release() public {
        bytes32 jobId = started();
        bytes memory enclaveSig = progress(enclaveKey, jobId, 1, 100);
        vm.expectRevert(IJobs.JobsDocumentMismatch.selector);
        submit(jobId, 100, enclaveSig, none, "");
    }

    function test_checkpoint_rejects_a_release_for_something_else() public {
        bytes32 jobId = started();
        bytes memory enclaveSig = progress(enclaveKey, jobId, 1, 100);
        for (uint256 i = 0; i < 3; ++i) {
            KeyRelease memory release = newRelease(jobId, 1);
            if (i == 0) release.jobId = "other";
            if (i == 1) release.attempt = 2;
            if (i == 2) release.enclaveKey = provider;
            bytes memory ownerSig = signer.release(ownerKey, release);
            vm.expectRevert(IJobs.JobsDocumentMismatch.selector);
            submit(jobId, 100, enclaveSig, release, ownerSig);
        }
    }

    function test_checkpoint_rejects_other_signers() public {
        bytes32 jobId = started();
        KeyRelease memory release = newRelease(jobId, 1);
        bytes memory good = progress(enclaveKey, jobId, 1, 100);
        bytes memory bad = progress(providerKey, jobId, 1, 100);
        bytes memory ownerSig = signer.release(ownerKey, release);
        bytes memory forged = signer.release(developerKey, release);
        vm.expectRevert(abi.encodeWithSelector(IJobs.JobsBadSignature.selector, enclave));
        submit(jobId, 100, bad, release, ownerSig);
        vm.expectRevert(abi.encodeWithSelector(IJobs.JobsBadSignature.selector, owner));
        submit(jobId, 100, good, release, forged);
        submit(jobId, 100, good, release, ownerSig);
    }

    function test_checkpoint_steps_rise_and_stop_before_the_last() public {
        bytes32 jobId = started();
        checkpointNow(jobId, 1, 100);
        uint32[4] memory bad = [uint32(0), 100, 400, 401];
        for (uint256 i = 0; i < 4; ++i) {
            bytes memory enclaveSig = progress(enclaveKey, jobId, 1, bad[i]);
            vm.expectRevert(abi.encodeWithSelector(IJobs.JobsBadStep.selector, bad[i], 100, 400));
            submit(jobId, bad[i], enclaveSig, none, "");
        }
    }

    function test_checkpoint_rejects_after_the_deadline() public {
        bytes32 jobId = started();
        uint256 deadline = jobs.job(jobId).deadline;
        vm.warp(deadline);
        checkpointNow(jobId, 1, 100);
        vm.warp(deadline + 1);
        bytes memory enclaveSig = progress(enclaveKey, jobId, 1, 200);
        vm.expectRevert(abi.encodeWithSelector(IJobs.JobsTooLate.selector, deadline));
        submit(jobId, 200, enclaveSig, none, "");
    }

    function test_checkpoint_rejects_other_states() public {
        bytes32 jobId = matched();
        bytes memory enclaveSig = progress(enclaveKey, jobId, 1, 100);
        vm.expectRevert(wrongState(jobId, IJobs.JobState.Matched));
        submit(jobId, 100, enclaveSig, none, "");
    }

    /// @dev A signature of attempt 1 is worth nothing in attempt 2, even by the same key.
    function test_checkpoint_rejects_another_attempts_signature() public {
        bytes32 jobId = expiredAtStep100();
        matchNow(newMatch());
        startNow(jobId);
        KeyRelease memory release = newRelease(jobId, 2);
        bytes memory ownerSig = signer.release(ownerKey, release);
        bytes memory enclaveSig = progress(enclaveKey, jobId, 1, 200);
        vm.expectRevert(abi.encodeWithSelector(IJobs.JobsBadSignature.selector, enclave));
        submit(jobId, 200, enclaveSig, release, ownerSig);
        checkpointNow(jobId, 2, 200);
    }
}
