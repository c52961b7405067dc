// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IAccessManaged} from "@openzeppelin/contracts/access/manager/IAccessManaged.sol";
import {Governed} from "../../src/Governed.sol";
import {IFaultEvidence} from "../../src/interfaces/IFaultEvidence.sol";
import {IFaults} from "../../src/interfaces/IFaults.sol";
import {IJobs} from "../../src/interfaces/IJobs.sol";
import {IStaking} from "../../src/interfaces/IStaking.sol";
import {JobOrder, Match, Receipt} from "../../src/interfaces/JobTypes.sol";
import {Roles} from "../../src/libraries/Roles.sol";
import {FaultsTest} from "./FaultsTest.sol";

/// @title Bugs and attacks of other networks that faults could bring here.
contract FaultAttacksTest is FaultsTest {
    uint256 private constant STAKE = 2_000e18;

    // ---------------------------------------------------------------- exits

    /// @dev Exit before slash: all stake begins to unbond in the second the job ends; the fault reaches it for as long as it may be
    /// reported.
    function test_exit_before_slash() public {
        bytes32 jobId = started();
        expireNow(jobId);
        vm.prank(provider);
        staking.requestUnbond(IStaking.Pool.Provide, STAKE);
        vm.warp(block.timestamp + REPORT_WINDOW);
        uint256 faultId = proposeAs(wanda, twoResultsEvidence(jobId, 1));
        vm.warp(faults.fault(faultId).decideBy + 1);
        faults.execute(faultId, new uint256[](1));
        vm.assertEq(faults.fault(faultId).taken, LOCK);
        vm.assertEq(staking.stakeOf(IStaking.Pool.Provide, provider).unbonding, STAKE - LOCK);
    }

    /// @dev Never hits stake that unbonded before: a request made while the job ran backs nothing of it.
    function test_stake_that_unbonded_before_is_untouched() public {
        bytes32 jobId = started();
        vm.startPrank(provider);
        staking.requestUnbond(IStaking.Pool.Provide, STAKE - LOCK);
        vm.stopPrank();
        expireNow(jobId);
        vm.prank(provider);
        staking.requestUnbond(IStaking.Pool.Provide, LOCK);
        uint256 faultId = proposeAs(wanda, twoResultsEvidence(jobId, 1));
        vm.warp(faults.fault(faultId).decideBy + 1);
        vm.expectRevert(abi.encodeWithSelector(IStaking.StakingRequestOutOfReach.selector, 0));
        faults.execute(faultId, new uint256[](1));
        uint256[] memory last = new uint256[](1);
        last[0] = 1;
        faults.execute(faultId, last);
        vm.assertEq(faults.fault(faultId).taken, LOCK);
        vm.assertEq(staking.stakeOf(IStaking.Pool.Provide, provider).unbonding, STAKE - LOCK);
    }

    /// @dev Executed where no stake can be reached yet: what is missing is taken later, by anybody, once.
    function test_what_is_missing_is_taken_later() public {
        bytes32 jobId = started();
        expireNow(jobId);
        vm.prank(provider);
        staking.requestUnbond(IStaking.Pool.Provide, STAKE);
        uint256 faultId = proposeAs(wanda, twoResultsEvidence(jobId, 1));
        executeAfterWindow(faultId);
        vm.assertEq(faults.fault(faultId).taken, 0);
        vm.assertEq(faults.balanceOf(wanda), BOND);
        vm.expectRevert(IFaults.FaultsNothingTaken.selector);
        faults.execute(faultId, none);
        faults.execute(faultId, new uint256[](1));
        vm.assertEq(faults.fault(faultId).taken, LOCK);
        vm.expectRevert(abi.encodeWithSelector(IFaults.FaultsWrongState.selector, faultId, IFaults.State.Executed));
        faults.execute(faultId, new uint256[](1));
    }

    /// @dev A first part counts: what is taken later is the rest, though more could be reached.
    function test_what_was_taken_is_not_taken_again() public {
        bytes32 jobId = started();
        expireNow(jobId);
        vm.prank(provider);
        staking.requestUnbond(IStaking.Pool.Provide, STAKE - 10e18);
        uint256 faultId = proposeAs(wanda, twoResultsEvidence(jobId, 1));
        executeAfterWindow(faultId);
        vm.assertEq(faults.fault(faultId).taken, 10e18);
        faults.execute(faultId, new uint256[](1));
        vm.assertEq(faults.fault(faultId).taken, LOCK);
        vm.assertEq(staking.stakeOf(IStaking.Pool.Provide, provider).unbonding, STAKE - LOCK);
    }

    // ---------------------------------------------------------------- limits of a slash

    /// @dev A slash never exceeds the stake at risk: every kind that fits one attempt together takes what the job locked.
    function test_all_faults_of_a_job_take_no_more_than_its_lock() public {
        bytes32 jobId = delivered();
        Receipt memory receipt = newReceipt(jobId, 1);
        uint256[4] memory ids;
        ids[0] = proposeAs(wanda, notServedEvidence(receipt));
        ids[1] = proposeAs(wanda, wrongResultEvidence(jobId, 10_000, 0, 3));
        receipt.rdpLow += 1;
        ids[2] = proposeAs(wanda, overSpendEvidence(receipt));
        ids[3] = proposeAs(wanda, twoResultsEvidence(jobId, 1));
        vm.warp(faults.fault(ids[3]).decideBy + 1);
        for (uint256 i = 0; i < 4; ++i) {
            faults.execute(ids[i], none);
        }
        vm.assertEq(faults.takenFor(jobId, 1, provider), LOCK);
        vm.assertEq(providerStake(), STAKE - LOCK);
        vm.assertEq(faults.fault(ids[2]).penalty, 67.5e18);
        vm.assertEq(faults.fault(ids[3]).penalty, 0);
    }

    /// @dev Any severities and any faults, in any order: never more than the lock, and all shares add up to the wei.
    function testFuzz_penalties_stay_within_the_stake_at_risk(uint16 a, uint16 b, uint16 c, bool reversed) public {
        bytes32 jobId = delivered();
        uint256 treasuryBefore = token.balanceOf(address(treasury));
        Receipt memory receipt = newReceipt(jobId, 1);
        uint256[3] memory ids;
        ids[0] = proposeAs(wanda, wrongResultEvidence(jobId, 10_000, 0, 3));
        receipt.rdpLow += 1;
        ids[1] = proposeAs(wanda, overSpendEvidence(receipt));
        ids[2] = proposeAs(wanda, twoResultsEvidence(jobId, 1));
        uint16[3] memory bps = [uint16(clamp(a, 1, 4_999)), uint16(clamp(b, 1, 7_499)), uint16(clamp(c, 1, 9_999))];
        vm.startPrank(team);
        for (uint256 i = 0; i < 3; ++i) {
            faults.reduce(ids[i], bps[i], "fuzz");
        }
        vm.stopPrank();
        vm.warp(faults.fault(ids[2]).decideBy + 1);
        for (uint256 i = 0; i < 3; ++i) {
            faults.execute(ids[reversed ? 2 - i : i], none);
        }
        uint256 lost = STAKE - providerStake();
        vm.assertLe(lost, LOCK);
        vm.assertEq(lost, faults.takenFor(jobId, 1, provider));
        vm.assertEq(faults.held(), token.balanceOf(address(faults)));
        vm.assertEq(faults.balanceOf(wanda) + faults.balanceOf(developer) + faults.balanceOf(owner), faults.held());
        vm.assertEq(faults.held() + token.balanceOf(address(treasury)) - treasuryBefore, 3 * BOND + lost);
    }

    /// @dev Slash of all: a provider whose whole stake was at risk loses it all, nothing reverts, and it can stake and work again.
    function test_slash_to_the_last_wei() public {
        vm.prank(provider);
        staking.requestUnbond(IStaking.Pool.Provide, STAKE - LOCK);
        bytes32 jobId = delivered();
        uint256 faultId = proposeAs(wanda, twoResultsEvidence(jobId, 1));
        executeAfterWindow(faultId);
        vm.assertEq(providerStake(), 0);
        vm.prank(provider);
        staking.stake(IStaking.Pool.Provide, LOCK);
        vm.warp(block.timestamp + EPOCH);
        JobOrder memory order = newOrder();
        order.nonce = 77;
        expectState(matchNow(signed(order, newOffer(), newGrant())), IJobs.JobState.Matched);
    }

    /// @dev Slash rounds to zero: a penalty on a lock of a few wei is at least one.
    function test_a_penalty_never_rounds_to_zero() public {
        JobOrder memory order = newOrder();
        order.units = 3;
        order.maxRate = 1e6;
        order.maxDatasetFee = DATASET_FEE;
        Match memory proposed = signed(order, newOffer(), newGrant());
        proposed.offer.ask = 1;
        proposed.offerSig = signer.offer(providerKey, proposed.offer);
        proposed.rate = 1e6;
        bytes32 jobId = matchNow(proposed);
        expireNow(jobId);
        uint256 faultId = proposeAs(wanda, lateEvidence(jobId, 1));
        executeAfterWindow(faultId);
        vm.assertEq(faults.fault(faultId).atRisk, 2);
        vm.assertEq(faults.fault(faultId).taken, 1);
    }

    // ---------------------------------------------------------------- repetition and replay

    /// @dev Repeated lateness: 1 % rises by 1 % to 5 % and stays there; a month later it begins anew.
    function test_repeated_lateness_rises_to_five_percent() public {
        uint256[7] memory expected = [uint256(1.5e18), 3e18, 4.5e18, 6e18, 7.5e18, 7.5e18, 7.5e18];
        uint256[] memory ids = new uint256[](7);
        for (uint64 i = 0; i < 7; ++i) {
            JobOrder memory order = newOrder();
            order.nonce = 100 + i;
            (order.rdpLow, order.rdpHigh) = (1, 1);
            bytes32 jobId = matchNow(signed(order, newOffer(), newGrant()));
            startNow(jobId);
            expireNow(jobId);
            ids[i] = proposeAs(wanda, lateEvidence(jobId, 1));
        }
        vm.warp(faults.fault(ids[6]).decideBy + 1);
        for (uint256 i = 0; i < 7; ++i) {
            faults.execute(ids[i], none);
            vm.assertEq(faults.fault(ids[i]).taken, expected[i]);
        }
        (uint32 times,) = faults.lateness(provider);
        vm.assertEq(times, 7);
    }

    function test_lateness_is_forgotten() public {
        bytes32 jobId = started();
        expireNow(jobId);
        executeAfterWindow(proposeAs(wanda, lateEvidence(jobId, 1)));
        JobOrder memory order = newOrder();
        order.nonce = 8;
        bytes32 again = matchNow(signed(order, newOffer(), newGrant()));
        expireNow(again);
        uint256 faultId = proposeAs(wanda, lateEvidence(again, 1));
        vm.assertEq(faults.penaltyOf(faultId), 3e18);
        vm.warp(block.timestamp + 30 days + 1);
        vm.assertEq(faults.penaltyOf(faultId), 1.5e18);
    }

    /// @dev Replay: one fault of a kind for an attempt, whether it runs, was executed or was voided by the team.
    function test_replay_of_a_fault() public {
        bytes32 jobId = started();
        expireNow(jobId);
        uint256 faultId = proposeAs(wanda, lateEvidence(jobId, 1));
        bytes memory refusal = abi.encodeWithSelector(IFaults.FaultsAlreadyProposed.selector, faultId);
        refuseProposal(lateEvidence(jobId, 1), refusal);
        executeAfterWindow(faultId);
        refuseProposal(lateEvidence(jobId, 1), abi.encodeWithSelector(IFaults.FaultsAlreadyProposed.selector, faultId));
    }

    /// @dev Replay of a receipt from another job or attempt, and of the same document twice.
    function test_replay_of_documents() public {
        bytes32 jobId = expiredAtStep100();
        matchNow(newMatch());
        Receipt memory receipt = newReceipt(jobId, 1);
        bytes memory signature = signer.receipt(enclaveKey, receipt);
        refuseProposal(
            abi.encodeCall(IFaultEvidence.twoResults, (receipt, signature, receipt, signature)),
            abi.encodeWithSelector(IFaultEvidence.FaultEvidenceMismatch.selector)
        );
        Receipt memory second = newReceipt(jobId, 2);
        refuseProposal(
            abi.encodeCall(IFaultEvidence.twoResults, (receipt, signature, second, signer.receipt(enclaveKey, second))),
            abi.encodeWithSelector(IFaultEvidence.FaultEvidenceMismatch.selector)
        );
        refuseProposal(
            twoResultsEvidence(jobId, 2),
            abi.encodeWithSelector(IFaultEvidence.FaultEvidenceNoSuchAttempt.selector, jobId, 2)
        );
    }

    /// @dev Cross-chain replay and malleability: signatures of another chain prove nothing here, nor do mirrored ones.
    function test_replay_on_another_chain() public {
        bytes32 jobId = delivered();
        bytes memory evidence = twoResultsEvidence(jobId, 1);
        uint256 chain = block.chainid;
        vm.chainId(chain + 1);
        refuseProposal(evidence, abi.encodeWithSelector(IFaultEvidence.FaultEvidenceBadSignature.selector, enclave));
        vm.chainId(chain);
        vm.assertEq(proposeAs(wanda, evidence), 1);
    }

    /// @dev A match anew hides nothing: the fault of the first attempt stays with its provider.
    function test_a_new_attempt_does_not_bury_the_old_fault() public {
        bytes32 jobId = expiredAtStep100();
        matchNow(newMatch());
        startNow(jobId);
        uint256 faultId = proposeAs(wanda, lateEvidence(jobId, 1));
        vm.assertEq(faults.fault(faultId).provider, provider);
        vm.assertEq(faults.fault(faultId).atRisk, LOCK);
        refuseProposal(
            lateEvidence(jobId, 2), abi.encodeWithSelector(IFaultEvidence.FaultEvidenceNoSuchAttempt.selector, jobId, 2)
        );
    }

    function test_nothing_is_reported_after_the_window() public {
        bytes32 jobId = started();
        expireNow(jobId);
        uint256 end = block.timestamp + REPORT_WINDOW;
        vm.warp(end + 1);
        refuseProposal(lateEvidence(jobId, 1), abi.encodeWithSelector(IFaults.FaultsTooLate.selector, end));
    }

    // ---------------------------------------------------------------- honest providers and money

    /// @dev An honest job gives no evidence of any kind.
    function test_an_honest_provider_can_not_be_accused() public {
        bytes32 jobId = delivered();
        Receipt memory receipt = newReceipt(jobId, 1);
        bytes memory noFault = abi.encodeWithSelector(IFaultEvidence.FaultEvidenceNoFault.selector);
        refuseProposal(overSpendEvidence(receipt), noFault);
        refuseProposal(abi.encodeCall(IFaultEvidence.attestation, (newOrder())), noFault);
        refuseProposal(
            lateEvidence(jobId, 1), abi.encodeWithSelector(IFaultEvidence.FaultEvidenceNoSuchAttempt.selector, jobId, 1)
        );
        receipt.rdpLow += 1;
        bytes memory forged =
            abi.encodeCall(IFaultEvidence.overSpend, (newOrder(), receipt, signer.receipt(0xbad, receipt)));
        refuseProposal(forged, abi.encodeWithSelector(IFaultEvidence.FaultEvidenceBadSignature.selector, enclave));
        bytes memory view_ = abi.encodeWithSignature("authority()");
        refuseProposal(view_, abi.encodeWithSelector(IFaults.FaultsWrongEvidence.selector));
    }

    /// @dev Self-report farming: who is provider, reporter and developer at once loses the treasury's share; under its own name it gets
    /// nothing back at all.
    function test_self_report_farming_never_pays() public {
        bytes32 jobId = delivered();
        fund(provider, WEALTH);
        uint256 treasuryBefore = token.balanceOf(address(treasury));
        uint256 faultId = proposeAs(provider, twoResultsEvidence(jobId, 1));
        executeAfterWindow(faultId);
        vm.assertEq(faults.balanceOf(provider), BOND);
        vm.assertEq(token.balanceOf(address(treasury)) - treasuryBefore, LOCK - LOCK / 2);
        // With a name for each part: at most 80 % of what it lost, whatever the parameters.
        (, IFaults.Parameters memory most) = faults.parameterBounds();
        most = defaultFaultParameters();
        (most.reporterBps, most.injuredBps) = (3_000, 5_001);
        vm.expectRevert(IFaults.FaultsBadParameter.selector);
        vm.prank(team);
        faults.setParameters(most);
    }

    /// @dev A proposal without the bond fails, and so does one of an account that approved too little.
    function test_no_bond_no_proposal() public {
        bytes32 jobId = delivered();
        bytes memory evidence = twoResultsEvidence(jobId, 1);
        vm.expectRevert();
        faults.propose(evidence);
        vm.assertEq(faults.count(), 0);
        expectState(jobId, IJobs.JobState.Delivered);
    }

    function test_withdraw_pays_once() public {
        bytes32 jobId = delivered();
        executeAfterWindow(proposeAs(wanda, twoResultsEvidence(jobId, 1)));
        vm.startPrank(wanda);
        faults.withdraw(130e18);
        vm.expectRevert(abi.encodeWithSelector(IFaults.FaultsInsufficientBalance.selector, 1, 0));
        faults.withdraw(1);
        vm.expectRevert(IFaults.FaultsZeroAmount.selector);
        faults.withdraw(0);
        vm.assertEq(token.balanceOf(wanda), WEALTH + 30e18);
        vm.assertEq(token.balanceOf(address(faults)), faults.held());
    }

    /// @dev A donation changes nothing.
    function test_donation() public {
        fund(address(faults), 5e18);
        vm.assertEq(faults.held(), 0);
        bytes32 jobId = delivered();
        executeAfterWindow(proposeAs(wanda, twoResultsEvidence(jobId, 1)));
        vm.assertEq(token.balanceOf(address(faults)), faults.held() + 5e18);
    }

    // ---------------------------------------------------------------- the team

    function test_the_team_lowers_with_a_reason_and_never_raises() public {
        bytes32 jobId = delivered();
        uint256 faultId = proposeAs(wanda, twoResultsEvidence(jobId, 1));
        vm.expectRevert(abi.encodeWithSelector(IAccessManaged.AccessManagedUnauthorized.selector, wanda));
        vm.prank(wanda);
        faults.reduce(faultId, 1, "no");
        vm.startPrank(team);
        vm.expectRevert(abi.encodeWithSelector(IFaults.FaultsNotLower.selector, 10_000, 10_000));
        faults.reduce(faultId, 10_000, "raise");
        vm.expectRevert(IFaults.FaultsNoReason.selector);
        faults.reduce(faultId, 1_000, "");
        vm.expectEmit(address(faults));
        emit IFaults.FaultReduced(faultId, 1_000, "a bug of our own runtime");
        faults.reduce(faultId, 1_000, "a bug of our own runtime");
        vm.expectRevert(abi.encodeWithSelector(IFaults.FaultsNotLower.selector, 1_001, 1_000));
        faults.reduce(faultId, 1_001, "raise");
        vm.stopPrank();
        executeAfterWindow(faultId);
        vm.assertEq(providerStake(), STAKE - 15e18);
        vm.expectRevert(abi.encodeWithSelector(IFaults.FaultsWrongState.selector, faultId, IFaults.State.Executed));
        vm.prank(team);
        faults.reduce(faultId, 0, "too late");
    }

    /// @dev Void: bonds go back, the job is paid when its own window ends, and nobody proposes it again.
    function test_the_team_voids() public {
        bytes32 jobId = delivered();
        uint256 end = jobs.job(jobId).deadline;
        uint256 faultId = proposeAs(wanda, twoResultsEvidence(jobId, 1));
        vm.prank(team);
        faults.reduce(faultId, 0, "test network");
        vm.assertEq(faults.balanceOf(wanda), BOND);
        vm.assertEq(jobs.job(jobId).deadline, end);
        vm.warp(end);
        jobs.settle(jobId);
        expectState(jobId, IJobs.JobState.Settled);
        refuseProposal(
            twoResultsEvidence(jobId, 1), abi.encodeWithSelector(IFaults.FaultsAlreadyProposed.selector, faultId)
        );
    }

    /// @dev Both bonds go back, whoever would have won.
    function test_the_team_voids_what_is_contested() public {
        bytes32 jobId = started();
        expireNow(jobId);
        uint256 faultId = proposeAs(wanda, lateEvidence(jobId, 1));
        contestAs(provider, faultId, abi.encodeCall(IFaultEvidence.noKey, (faultId)));
        vm.prank(team);
        faults.reduce(faultId, 0, "an outage of the chain");
        vm.assertEq(faults.balanceOf(wanda), BOND);
        vm.assertEq(faults.balanceOf(provider), BOND);
        vm.assertEq(faults.held(), 2 * BOND);
        expectFault(faultId, IFaults.State.Voided);
    }

    /// @dev Admin retroactive change: severities hold after twice the unbonding period, when no job of today can be accused.
    function test_parameters_touch_no_running_job() public {
        IFaults.Parameters memory harsh = defaultFaultParameters();
        (harsh.lateBps, harsh.lateMaxBps) = (500, 500);
        vm.prank(team);
        faults.setParameters(harsh);
        (, uint256 effectiveAt) = faults.pendingParameters();
        vm.assertEq(effectiveAt, block.timestamp + 60 days);
        bytes32 jobId = started();
        expireNow(jobId);
        vm.assertEq(faults.parameters().lateBps, 100);
        executeAfterWindow(proposeAs(wanda, lateEvidence(jobId, 1)));
        vm.assertEq(providerStake(), STAKE - 1.5e18);
        vm.warp(effectiveAt - 1);
        vm.assertEq(faults.parameters().lateBps, 100);
        vm.warp(effectiveAt);
        vm.assertEq(faults.parameters().lateBps, 500);
        (, uint256 pending) = faults.pendingParameters();
        vm.assertEq(pending, 0);
    }

    /// @dev Dispute window below unbonding, enforced where windows are set.
    function test_windows_must_fit_into_unbonding() public {
        IFaults.Parameters memory long = defaultFaultParameters();
        (long.reportWindow, long.contestWindow) = (18 days, 4 days + 1);
        vm.expectRevert(abi.encodeWithSelector(IAccessManaged.AccessManagedUnauthorized.selector, address(this)));
        faults.setParameters(defaultFaultParameters());
        vm.startPrank(team);
        vm.expectRevert(IFaults.FaultsBadParameter.selector);
        faults.setParameters(long);
        long.contestWindow = 4 days;
        faults.setParameters(long);
        vm.stopPrank();
    }

    function test_only_faults_rules_on_jobs() public {
        bytes32 jobId = delivered();
        vm.expectRevert(abi.encodeWithSelector(Governed.GovernedMissingRole.selector, wanda, Roles.FAULTS));
        vm.prank(wanda);
        jobs.hold(jobId, block.timestamp + 1);
        uint256 end = jobs.job(jobId).deadline;
        vm.expectRevert(abi.encodeWithSelector(IJobs.JobsTooEarly.selector, end));
        vm.prank(wanda);
        jobs.settle(jobId);
    }

    /// @dev A pause stops no accusation and no execution.
    function test_works_while_jobs_are_paused() public {
        bytes32 jobId = delivered();
        vm.prank(guardian);
        jobs.pause();
        executeAfterWindow(proposeAs(wanda, twoResultsEvidence(jobId, 1)));
        expectState(jobId, IJobs.JobState.Faulted);
    }
}
