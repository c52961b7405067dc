// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {AuditFinding, ServedFinding} from "../../src/interfaces/FaultTypes.sol";
import {IFaultEvidence} from "../../src/interfaces/IFaultEvidence.sol";
import {IFaults} from "../../src/interfaces/IFaults.sol";
import {IJobs} from "../../src/interfaces/IJobs.sol";
import {JobOrder, KeyRelease, Receipt} from "../../src/interfaces/JobTypes.sol";
import {Roles} from "../../src/libraries/Roles.sol";
import {FaultsTest} from "./FaultsTest.sol";

/// @title Evidence against evidence: who wins, and whose bond it costs.
contract ContestTest is FaultsTest {
    uint256 private constant STAKE = 2_000e18;

    // ---------------------------------------------------------------- Late

    /// @dev An honest provider whose owner sent no key: the reporter's bond is its compensation, no stake is touched.
    function test_late_without_a_key_is_dismissed() public {
        uint256 faultId = lateContested();
        vm.expectRevert(abi.encodeWithSelector(IFaults.FaultsTooEarly.selector, faults.fault(faultId).decideBy));
        faults.dismiss(faultId);
        vm.warp(faults.fault(faultId).decideBy + 1);
        vm.expectRevert(abi.encodeWithSelector(IFaults.FaultsWrongState.selector, faultId, IFaults.State.Contested));
        faults.execute(faultId, none);
        faults.dismiss(faultId);
        expectFault(faultId, IFaults.State.Voided);
        vm.assertEq(faults.balanceOf(provider), 2 * BOND);
        vm.assertEq(providerStake(), STAKE);
    }

    /// @dev The owner shows the release that the provider denied: the fault stands at once, the lie costs a bond.
    function test_late_with_a_key_is_upheld() public {
        uint256 faultId = lateContested();
        bytes32 jobId = faults.fault(faultId).subject;
        KeyRelease memory release = newRelease(jobId, 1);
        faults.answer(
            faultId, abi.encodeCall(IFaultEvidence.keyGiven, (faultId, release, signer.release(ownerKey, release)))
        );
        expectFault(faultId, IFaults.State.Upheld);
        faults.execute(faultId, none);
        vm.assertEq(faults.balanceOf(wanda), 2 * BOND + 0.3e18);
        vm.assertEq(providerStake(), STAKE - 1.5e18);
    }

    /// @dev A delegate's release counts as the owner's, while the owner lets it.
    function test_late_is_answered_by_a_release_of_the_owners_delegate() public {
        uint256 faultId = lateContested();
        uint256 delegateKey = 0xde1e;
        KeyRelease memory release = newRelease(faults.fault(faultId).subject, 1);
        bytes memory evidence =
            abi.encodeCall(IFaultEvidence.keyGiven, (faultId, release, signer.release(delegateKey, release)));
        vm.expectRevert(abi.encodeWithSelector(IFaultEvidence.FaultEvidenceBadSignature.selector, owner));
        faults.answer(faultId, evidence);

        vm.prank(owner);
        datasets.setDelegate(vm.addr(delegateKey), uint64(block.timestamp + 1 days));
        uint256 named = vm.snapshotState();
        vm.prank(owner);
        datasets.setDelegate(address(0), 0);
        vm.expectRevert(abi.encodeWithSelector(IFaultEvidence.FaultEvidenceBadSignature.selector, owner));
        faults.answer(faultId, evidence);

        vm.revertToState(named);
        faults.answer(faultId, evidence);
        expectFault(faultId, IFaults.State.Upheld);
    }

    function test_late_is_not_answered_by_another_release() public {
        uint256 faultId = lateContested();
        KeyRelease memory release = newRelease(faults.fault(faultId).subject, 2);
        bytes memory evidence =
            abi.encodeCall(IFaultEvidence.keyGiven, (faultId, release, signer.release(ownerKey, release)));
        vm.expectRevert(IFaultEvidence.FaultEvidenceMismatch.selector);
        faults.answer(faultId, evidence);
        release.attempt = 1;
        evidence = abi.encodeCall(IFaultEvidence.keyGiven, (faultId, release, signer.release(0xbad, release)));
        vm.expectRevert(abi.encodeWithSelector(IFaultEvidence.FaultEvidenceBadSignature.selector, owner));
        faults.answer(faultId, evidence);
    }

    function test_late_is_contested_by_the_provider_alone() public {
        bytes32 jobId = started();
        expireNow(jobId);
        uint256 faultId = proposeAs(wanda, lateEvidence(jobId, 1));
        vm.expectRevert(abi.encodeWithSelector(IFaults.FaultsNotAllowed.selector, wanda));
        contestAs(wanda, faultId, abi.encodeCall(IFaultEvidence.noKey, (faultId)));
    }

    /// @dev Who never started an enclave waited for no key.
    function test_late_start_has_no_excuse() public {
        bytes32 jobId = matched();
        expireNow(jobId);
        uint256 faultId = proposeAs(wanda, lateEvidence(jobId, 1));
        vm.expectRevert(IFaultEvidence.FaultEvidenceNotCleared.selector);
        contestAs(provider, faultId, abi.encodeCall(IFaultEvidence.noKey, (faultId)));
    }

    // ---------------------------------------------------------------- NotServed

    /// @dev The provider serves: the challenge paid for the gas, the job is paid when its own window ends.
    function test_not_served_is_cleared_by_the_result() public {
        (bytes32 jobId, Receipt memory receipt) = deliveredBytes("sealed result");
        uint256 end = jobs.job(jobId).deadline;
        uint256 faultId = proposeAs(wanda, notServedEvidence(receipt));
        vm.warp(end);
        vm.expectRevert(abi.encodeWithSelector(IJobs.JobsTooEarly.selector, end - CONTEST_WINDOW + 6 days));
        jobs.settle(jobId);
        vm.expectRevert(IFaultEvidence.FaultEvidenceNotCleared.selector);
        contestAs(provider, faultId, abi.encodeCall(IFaultEvidence.served, (faultId, "sealed resulT")));
        contestAs(provider, faultId, abi.encodeCall(IFaultEvidence.served, (faultId, "sealed result")));
        expectFault(faultId, IFaults.State.Voided);
        vm.assertEq(faults.balanceOf(provider), BOND);
        jobs.settle(jobId);
        expectState(jobId, IJobs.JobState.Settled);
    }

    /// @dev What clears one fault is no answer to another of the same job.
    function test_counter_evidence_is_for_its_own_fault() public {
        (bytes32 jobId, Receipt memory receipt) = deliveredBytes("sealed result");
        uint256 unserved = proposeAs(wanda, notServedEvidence(receipt));
        uint256 twoFaced = proposeAs(wanda, twoResultsEvidence(jobId, 1));
        vm.expectRevert(IFaults.FaultsWrongEvidence.selector);
        contestAs(provider, twoFaced, abi.encodeCall(IFaultEvidence.served, (unserved, "sealed result")));
        expectFault(twoFaced, IFaults.State.Proposed);
    }

    /// @dev A large result: auditors fetched it since the challenge.
    function test_not_served_is_cleared_by_auditors() public {
        (bytes32 jobId, Receipt memory receipt) = deliveredBytes("sealed result");
        uint256 faultId = proposeAs(wanda, notServedEvidence(receipt));
        ServedFinding[] memory list = new ServedFinding[](3);
        bytes[] memory signatures = new bytes[](3);
        for (uint256 i = 0; i < 3; ++i) {
            list[i] = ServedFinding(jobId, receipt.resultDigest, uint64(block.timestamp - 1));
            signatures[i] = sign(auditorKeys[i], judge.hashServedFinding(list[i]));
        }
        vm.expectRevert(IFaultEvidence.FaultEvidenceNotCleared.selector);
        contestAs(provider, faultId, abi.encodeCall(IFaultEvidence.fetched, (faultId, list, signatures)));
        vm.warp(block.timestamp + 60);
        for (uint256 i = 0; i < 3; ++i) {
            list[i].fetchedAt = uint64(block.timestamp);
            signatures[i] = sign(auditorKeys[i], judge.hashServedFinding(list[i]));
        }
        contestAs(provider, faultId, abi.encodeCall(IFaultEvidence.fetched, (faultId, list, signatures)));
        expectFault(faultId, IFaults.State.Voided);
    }

    /// @dev Griefing: who challenges again and again pays a bond each time and delays the payment once only.
    function test_challenges_buy_no_endless_delay() public {
        (bytes32 jobId, Receipt memory receipt) = deliveredBytes("sealed result");
        uint256 end = jobs.job(jobId).deadline;
        for (uint256 i = 1; i <= 3; ++i) {
            uint256 faultId = proposeAs(wanda, notServedEvidence(receipt));
            contestAs(provider, faultId, abi.encodeCall(IFaultEvidence.served, (faultId, "sealed result")));
            vm.assertEq(faults.balanceOf(provider), i * BOND);
            vm.assertEq(jobs.job(jobId).deadline, end);
        }
        uint256 last = proposeAs(wanda, notServedEvidence(receipt));
        vm.assertEq(jobs.job(jobId).deadline, end);
        vm.assertFalse(faults.fault(last).holdsJob);
    }

    // ---------------------------------------------------------------- Attestation

    /// @dev One appraisal lowered the provider, a newer one restores it: no penalty.
    function test_lowered_attestation_is_cleared_by_a_newer_one() public {
        (, JobOrder memory order) = startedAtLevel2();
        vm.warp(block.timestamp + 60);
        attest(0);
        uint256 faultId = proposeAs(wanda, abi.encodeCall(IFaultEvidence.attestation, (order)));
        bytes memory evidence = abi.encodeCall(IFaultEvidence.attested, (faultId));
        vm.expectRevert(IFaultEvidence.FaultEvidenceNotCleared.selector);
        contestAs(provider, faultId, evidence);
        vm.warp(block.timestamp + 60);
        attest(1);
        vm.expectRevert(IFaultEvidence.FaultEvidenceNotCleared.selector);
        contestAs(provider, faultId, evidence);
        vm.warp(block.timestamp + 60);
        attest(2);
        contestAs(provider, faultId, evidence);
        expectFault(faultId, IFaults.State.Voided);
        vm.assertEq(faults.balanceOf(provider), BOND);
    }

    /// @dev What ran out and was renewed only afterwards stays a fault.
    function test_expired_attestation_is_not_cleared_by_a_late_renewal() public {
        (, JobOrder memory order) = startedAtLevel2();
        vm.warp(attestations.attestation(provider).expiresAt + 1);
        uint256 faultId = proposeAs(wanda, abi.encodeCall(IFaultEvidence.attestation, (order)));
        attest(2);
        vm.expectRevert(IFaultEvidence.FaultEvidenceNotCleared.selector);
        contestAs(provider, faultId, abi.encodeCall(IFaultEvidence.attested, (faultId)));
    }

    /// @dev A renewal appraised in time, but recorded late, clears.
    function test_expired_attestation_is_cleared_by_a_renewal_in_time() public {
        (, JobOrder memory order) = startedAtLevel2();
        uint256 expiry = attestations.attestation(provider).expiresAt;
        vm.warp(expiry + 1);
        uint256 faultId = proposeAs(wanda, abi.encodeCall(IFaultEvidence.attestation, (order)));
        uint256 later = block.timestamp;
        vm.warp(expiry - 60);
        attestFor(2, 1 hours);
        vm.warp(later);
        contestAs(provider, faultId, abi.encodeCall(IFaultEvidence.attested, (faultId)));
        expectFault(faultId, IFaults.State.Voided);
    }

    /// @dev A result that lowers the provider after the delivery says nothing about the job.
    function test_a_later_revocation_is_no_fault_of_the_job() public {
        (, JobOrder memory order) = startedAtLevel2();
        deliverNow(order, 1);
        vm.warp(block.timestamp + 10);
        attest(0);
        refuseProposal(
            abi.encodeCall(IFaultEvidence.attestation, (order)),
            abi.encodeWithSelector(IFaultEvidence.FaultEvidenceNoFault.selector)
        );
    }

    // ---------------------------------------------------------------- WrongResult

    function test_wrong_result_is_dismissed_by_as_many_auditors() public {
        (uint256 faultId,) = auditContested();
        vm.warp(faults.fault(faultId).decideBy + 1);
        faults.dismiss(faultId);
        vm.assertEq(faults.balanceOf(provider), 2 * BOND);
        vm.assertEq(providerStake(), STAKE);
    }

    function test_wrong_result_is_upheld_by_more_auditors() public {
        (uint256 faultId, bytes32 jobId) = auditContested();
        (AuditFinding[] memory list, bytes[] memory signatures) = findings(jobId, 9_000, 6, 1);
        uint256 before = faults.fault(faultId).auditorsAgainst;
        faults.answer(faultId, abi.encodeCall(IFaultEvidence.stillWrong, (faultId, list, signatures)));
        vm.assertEq(faults.fault(faultId).auditorsAgainst, before + 1);
        faults.execute(faultId, none);
        vm.assertEq(providerStake(), STAKE - 75e18);
        vm.assertEq(faults.balanceOf(wanda), 2 * BOND + 15e18);
        expectState(jobId, IJobs.JobState.Faulted);
    }

    function test_an_auditor_is_heard_once() public {
        (uint256 faultId, bytes32 jobId) = auditContested();
        (AuditFinding[] memory list, bytes[] memory signatures) = findings(jobId, 9_000, 0, 1);
        bytes memory evidence = abi.encodeCall(IFaultEvidence.stillWrong, (faultId, list, signatures));
        vm.expectRevert(abi.encodeWithSelector(IFaults.FaultsAuditorHeard.selector, vm.addr(auditorKeys[0])));
        faults.answer(faultId, evidence);
    }

    function test_a_finding_needs_a_quorum_of_auditors() public {
        bytes32 jobId = delivered();
        refuseProposal(
            wrongResultEvidence(jobId, 10_000, 0, 2),
            abi.encodeWithSelector(IFaults.FaultsTooFewAuditors.selector, 2, 3)
        );
        auditorKeys[2] = 0xbad;
        refuseProposal(
            wrongResultEvidence(jobId, 10_000, 0, 3),
            abi.encodeWithSelector(IFaultEvidence.FaultEvidenceBadAuditor.selector)
        );
    }

    /// @dev Honest hardware differs: within the recorded tolerance there is no fault, and nobody records one below the parameter.
    function test_a_deviation_within_tolerance_is_no_fault() public {
        bytes32 jobId = delivered();
        refuseProposal(
            wrongResultEvidence(jobId, 2_000, 0, 3),
            abi.encodeWithSelector(IFaultEvidence.FaultEvidenceNoFault.selector)
        );
    }

    function test_a_side_has_at_most_64_auditors() public {
        while (auditorKeys.length < 65) {
            auditorKeys.push(0xa1000 + auditorKeys.length);
            manager.grantRole(Roles.AUDITOR, vm.addr(auditorKeys[auditorKeys.length - 1]), 0);
        }
        bytes32 jobId = delivered();
        refuseProposal(
            wrongResultEvidence(jobId, 10_000, 0, 65),
            abi.encodeWithSelector(IFaults.FaultsTooFewAuditors.selector, 65, 3)
        );
        uint256 faultId = proposeAs(wanda, wrongResultEvidence(jobId, 10_000, 0, 64));
        vm.assertEq(faults.fault(faultId).auditorsAgainst, 64);
    }

    // ---------------------------------------------------------------- once, and again where it can happen again

    /// @dev What was answered once is answered: a deadline is missed once.
    function test_a_dismissed_lateness_is_not_proposed_again() public {
        uint256 faultId = lateContested();
        bytes memory evidence = lateEvidence(faults.fault(faultId).subject, 1);
        vm.warp(faults.fault(faultId).decideBy);
        vm.expectRevert(abi.encodeWithSelector(IFaults.FaultsTooEarly.selector, block.timestamp));
        faults.dismiss(faultId);
        vm.warp(block.timestamp + 1);
        faults.dismiss(faultId);
        refuseProposal(evidence, abi.encodeWithSelector(IFaults.FaultsAlreadyProposed.selector, faultId));
    }

    /// @dev A level can be lowered again after it was restored, but not while the first fault is open.
    function test_a_level_lowered_again_is_a_fault_again() public {
        (, JobOrder memory order) = startedAtLevel2();
        vm.warp(block.timestamp + 60);
        attest(0);
        bytes memory evidence = abi.encodeCall(IFaultEvidence.attestation, (order));
        uint256 faultId = proposeAs(wanda, evidence);
        refuseProposal(evidence, abi.encodeWithSelector(IFaults.FaultsAlreadyProposed.selector, faultId));
        vm.warp(block.timestamp + 60);
        attest(2);
        contestAs(provider, faultId, abi.encodeCall(IFaultEvidence.attested, (faultId)));
        vm.warp(block.timestamp + 60);
        attest(0);
        uint256 again = proposeAs(wanda, evidence);
        vm.assertEq(again, faultId + 1);
        expectFault(again, IFaults.State.Proposed);
    }

    // ---------------------------------------------------------------- evidence of another sort

    /// @dev What clears or contests proposes nothing, what proposes answers nothing, and nothing decides about another fault.
    function test_evidence_serves_its_own_end_only() public {
        uint256 faultId = lateContested();
        bytes memory contesting = abi.encodeCall(IFaultEvidence.noKey, (faultId));
        refuseProposal(contesting, abi.encodeWithSelector(IFaults.FaultsWrongEvidence.selector));
        bytes memory proposing = lateEvidence(faults.fault(faultId).subject, 1);
        vm.expectRevert(IFaults.FaultsWrongEvidence.selector);
        faults.answer(faultId, proposing);
    }

    function test_an_unknown_fault() public {
        bytes memory refusal = abi.encodeWithSelector(IFaults.FaultsUnknown.selector, 9);
        vm.expectRevert(refusal);
        faults.contest(9, "");
        vm.expectRevert(refusal);
        faults.answer(9, "");
        vm.expectRevert(refusal);
        faults.dismiss(9);
    }

    // ---------------------------------------------------------------- what can't be contested

    function test_arithmetic_has_no_counter_evidence() public {
        bytes32 jobId = delivered();
        uint256 faultId = proposeAs(wanda, twoResultsEvidence(jobId, 1));
        vm.expectRevert(IFaultEvidence.FaultEvidenceMismatch.selector);
        contestAs(provider, faultId, abi.encodeCall(IFaultEvidence.served, (faultId, "result")));
        bytes memory proposal = lateEvidence(jobId, 1);
        vm.expectRevert(abi.encodeWithSelector(IFaultEvidence.FaultEvidenceNoSuchAttempt.selector, jobId, 1));
        contestAs(provider, faultId, proposal);
    }

    function test_a_contest_comes_too_late() public {
        (, Receipt memory receipt) = deliveredBytes("sealed result");
        uint256 faultId = proposeAs(wanda, notServedEvidence(receipt));
        uint256 end = faults.fault(faultId).decideBy;
        vm.warp(end + 1);
        vm.expectRevert(abi.encodeWithSelector(IFaults.FaultsTooLate.selector, end));
        contestAs(provider, faultId, abi.encodeCall(IFaultEvidence.served, (faultId, "sealed result")));
    }

    function lateContested() private returns (uint256 faultId) {
        bytes32 jobId = started();
        expireNow(jobId);
        faultId = proposeAs(wanda, lateEvidence(jobId, 1));
        contestAs(provider, faultId, abi.encodeCall(IFaultEvidence.noKey, (faultId)));
        expectFault(faultId, IFaults.State.Contested);
        vm.assertEq(faults.held(), 2 * BOND);
    }

    function auditContested() private returns (uint256 faultId, bytes32 jobId) {
        jobId = delivered();
        faultId = proposeAs(wanda, wrongResultEvidence(jobId, 10_000, 0, 3));
        (AuditFinding[] memory list, bytes[] memory signatures) = findings(jobId, 500, 3, 2);
        bytes memory tooFew = abi.encodeCall(IFaultEvidence.rightResult, (faultId, list, signatures));
        vm.expectRevert(abi.encodeWithSelector(IFaults.FaultsTooFewAuditors.selector, 2, 3));
        contestAs(provider, faultId, tooFew);
        (list, signatures) = findings(jobId, 500, 3, 3);
        contestAs(provider, faultId, abi.encodeCall(IFaultEvidence.rightResult, (faultId, list, signatures)));
    }

    function deliveredBytes(bytes memory result) private returns (bytes32 jobId, Receipt memory receipt) {
        jobId = started();
        receipt = newReceipt(jobId, 1);
        receipt.resultDigest = sha256(result);
        KeyRelease memory release = newRelease(jobId, 1);
        bytes memory enclaveSig = signer.receipt(enclaveKey, receipt);
        bytes memory ownerSig = signer.release(ownerKey, release);
        jobs.deliver(newOrder(), receipt, enclaveSig, release, ownerSig);
    }
}
