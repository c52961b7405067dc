// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Pausable} from "@openzeppelin/contracts/utils/Pausable.sol";
import {Governed} from "../../src/Governed.sol";
import {IJobs} from "../../src/interfaces/IJobs.sol";
import {JobOrder, Match} from "../../src/interfaces/JobTypes.sol";
import {Roles} from "../../src/libraries/Roles.sol";
import {IPausable} from "../base/System.sol";
import {Vm} from "../base/Vm.sol";
import {JobsTest} from "./JobsTest.sol";

contract MatchBatchTest is JobsTest {
    function test_matchBatch_makes_the_job() public {
        JobOrder memory order = newOrder();
        bytes32 jobId = jobs.hashOrder(order);
        Match[] memory batch = new Match[](1);
        batch[0] = newMatch();
        vm.expectEmit(address(jobs));
        emit IJobs.Matched(
            jobId,
            developer,
            provider,
            datasetId,
            1,
            0,
            RATE,
            PRICE,
            ESCROW,
            DATASET_FEE,
            LOCK,
            block.timestamp + START_WINDOW
        );
        vm.prank(matcher);
        jobs.matchBatch(batch);
        expectState(jobId, IJobs.JobState.Matched);
        expectBalances(BALANCE - ESCROW, 0, 0, 0);
        expectLedger(100_000, 0);
        vm.assertEq(staking.lockedStake(provider), LOCK);
    }

    function test_job_shows_the_terms() public {
        bytes32 jobId = matched();
        IJobs.Job memory job = jobs.job(jobId);
        vm.assertEq(job.developer, developer);
        vm.assertEq(job.provider, provider);
        vm.assertEq(job.datasetOwner, owner);
        vm.assertEq(job.enclaveKey, address(0));
        vm.assertEq(job.escrow, ESCROW);
        vm.assertEq(job.price, PRICE);
        vm.assertEq(job.datasetFee, DATASET_FEE);
        vm.assertEq(job.stakeLocked, LOCK);
        vm.assertEq(job.deadline, block.timestamp + 600);
        vm.assertEq(job.steps, 400);
        vm.assertEq(job.paidSteps, 0);
        vm.assertEq(job.checkpointStep, 0);
        vm.assertEq(job.durationSec, 3600);
        vm.assertEq(job.contestWindow, 3600);
        vm.assertEq(job.attempt, 1);
        vm.assertEq(job.feeBps, 500);
        vm.assertEq(job.stakeRatioBps, 5000);
        vm.assertTrue(job.budgetHeld);
        vm.assertFalse(job.keyReleased);
    }

    /// @dev A bad match in the middle harms nobody else's.
    function test_matchBatch_goes_on_after_a_bad_match() public {
        Match[] memory batch = new Match[](3);
        batch[0] = newMatch();
        batch[1] = newMatch();
        JobOrder memory order = newOrder();
        order.nonce = 2;
        batch[2] = signed(order, newOffer(), newGrant());
        bytes32 first = jobs.hashOrder(batch[0].order);
        vm.recordLogs();
        vm.prank(matcher);
        jobs.matchBatch(batch);
        expectOneRefusal(vm.getRecordedLogs(), first, wrongState(first, IJobs.JobState.Matched));
        expectState(first, IJobs.JobState.Matched);
        expectState(jobs.hashOrder(order), IJobs.JobState.Matched);
        expectBalances(BALANCE - 2 * ESCROW, 0, 0, 0);
        vm.assertEq(staking.lockedStake(provider), 2 * LOCK);
    }

    /// @dev A refused match leaves no trace: budget, balance and stake are as before.
    function test_matchBatch_undoes_a_refused_match() public {
        Match memory proposed = newMatch();
        proposed.grantSig = signer.grant(developerKey, proposed.grant);
        bytes32 jobId = propose(proposed);
        expectState(jobId, IJobs.JobState.None);
        expectBalances(BALANCE, 0, 0, 0);
        expectLedger(0, 0);
        vm.assertEq(staking.lockedStake(provider), 0);
    }

    function test_matchBatch_is_for_the_matcher() public {
        Match[] memory batch = new Match[](0);
        vm.expectRevert(abi.encodeWithSelector(Governed.GovernedMissingRole.selector, developer, Roles.MATCHER));
        vm.prank(developer);
        jobs.matchBatch(batch);
        vm.prank(matcher);
        jobs.matchBatch(batch);
    }

    function test_matchBatch_is_refused_while_paused() public {
        Match[] memory batch = new Match[](1);
        batch[0] = newMatch();
        vm.prank(guardian);
        IPausable(address(jobs)).pause();
        vm.expectRevert(Pausable.EnforcedPause.selector);
        vm.prank(matcher);
        jobs.matchBatch(batch);
        vm.prank(team);
        IPausable(address(jobs)).unpause();
        vm.prank(matcher);
        jobs.matchBatch(batch);
        expectState(jobs.hashOrder(batch[0].order), IJobs.JobState.Matched);
    }

    /// @dev As `eth_estimateGas` does it, by bisection: every limit that does not revert makes the match, also the smallest.
    function test_estimated_gas_makes_the_match() public {
        Match[] memory batch = new Match[](1);
        batch[0] = newMatch();
        bytes32 jobId = jobs.hashOrder(batch[0].order);
        uint256 tooLittle = 50_000;
        uint256 enough = 1_000_000;
        uint256 state = vm.snapshotState();
        while (enough - tooLittle > 1) {
            uint256 limit = (tooLittle + enough) / 2;
            vm.prank(matcher);
            try jobs.matchBatch{gas: limit}(batch) {
                expectState(jobId, IJobs.JobState.Matched);
                enough = limit;
            } catch {
                expectState(jobId, IJobs.JobState.None);
                tooLittle = limit;
            }
            vm.revertToState(state);
        }
        vm.assertGt(enough, 100_000);
    }

    function test_matchOne_is_for_the_contract_itself() public {
        Match memory proposed = newMatch();
        vm.expectRevert(IJobs.JobsOnlySelf.selector);
        vm.prank(matcher);
        jobs.matchOne(proposed);
    }

    function expectOneRefusal(Vm.Log[] memory logs, bytes32 jobId, bytes memory reason) private pure {
        uint256 count;
        for (uint256 i = 0; i < logs.length; ++i) {
            if (logs[i].topics[0] != IJobs.MatchRefused.selector) continue;
            ++count;
            vm.assertEq(logs[i].topics[1], jobId);
            vm.assertEq(logs[i].data, abi.encode(reason));
        }
        vm.assertEq(count, 1);
    }
}
