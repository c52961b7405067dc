// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IFaultEvidence} from "../../src/interfaces/IFaultEvidence.sol";
import {IFaults} from "../../src/interfaces/IFaults.sol";
import {IStaking} from "../../src/interfaces/IStaking.sol";
import {JobOrder} from "../../src/interfaces/JobTypes.sol";
import {FaultsTest} from "./FaultsTest.sol";

/// @title Anything may happen in any order: what must always hold of faults holds after every step.
contract FaultSequencesTest is FaultsTest {
    bytes32[] private _jobs;

    /// @dev Three jobs in different states; proposals, contests, executions, exits of stake, mercy of the team, donations and time.
    /// forge-config: default.fuzz.runs = 100
    function testFuzz_any_sequence(uint256 seed) public {
        _jobs = [begin(1), begin(2), begin(3)];
        vm.prank(provider);
        staking.requestUnbond(IStaking.Pool.Provide, 1_000e18);
        for (uint256 i = 0; i < 32; ++i) {
            seed = uint256(keccak256(abi.encode(seed)));
            step(seed % 12, seed >> 8);
            check();
        }
    }

    function begin(uint64 nonce) private returns (bytes32 jobId) {
        JobOrder memory order = orderOf(nonce);
        jobId = matchNow(signed(order, newOffer(), newGrant()));
        startNow(jobId);
    }

    function orderOf(uint64 nonce) private view returns (JobOrder memory order) {
        order = newOrder();
        order.nonce = nonce;
    }

    /// @dev One thing that somebody tries; what the contracts refuse changes nothing.
    function step(uint256 what, uint256 seed) private {
        bytes32 jobId = _jobs[seed % 3];
        uint256 faultId = 1 + (seed >> 8) % (faults.count() + 1);
        if (what == 0) tryPropose(lateEvidence(jobId, 1));
        else if (what == 1) tryPropose(twoResultsEvidence(jobId, 1));
        else if (what == 2) tryPropose(notServedEvidence(newReceipt(jobId, 1)));
        else if (what == 3) tryPropose(wrongResultEvidence(jobId, 10_000, 0, 3));
        else if (what == 4) tryDeliver(seed % 3 == 0 ? 1 : seed % 3 == 1 ? 2 : 3);
        else if (what == 5) vm.warp(block.timestamp + (seed >> 16) % 12 hours);
        else if (what == 6) tryEnd(jobId);
        else if (what == 7) tryUnbond(1 + (seed >> 16) % 500e18);
        else if (what == 8) tryContest(faultId);
        else if (what == 9) tryExecute(faultId, (seed >> 16) % 4);
        else if (what == 10) tryReduce(faultId, uint16((seed >> 16) % 10_000));
        else fund(address(faults), 1);
    }

    function tryPropose(bytes memory evidence) private {
        vm.prank(wanda);
        try faults.propose(evidence) {} catch {}
    }

    function tryDeliver(uint64 nonce) private {
        try this.deliver(nonce) {} catch {}
    }

    function deliver(uint64 nonce) external {
        deliverNow(orderOf(nonce), 1);
    }

    function tryEnd(bytes32 jobId) private {
        try jobs.settle(jobId) {} catch {}
        try jobs.expire(jobId) {} catch {}
    }

    function tryUnbond(uint256 amount) private {
        vm.prank(provider);
        try staking.requestUnbond(IStaking.Pool.Provide, amount) {} catch {}
    }

    function tryContest(uint256 faultId) private {
        vm.prank(provider);
        try faults.contest(faultId, abi.encodeCall(IFaultEvidence.noKey, (faultId))) {} catch {}
        try faults.dismiss(faultId) {} catch {}
    }

    function tryExecute(uint256 faultId, uint256 request) private {
        uint256[] memory requests = new uint256[](1);
        requests[0] = request;
        // Half of the time somebody waited for the window to end.
        uint256 end = faults.fault(faultId).decideBy;
        // forge-lint: disable-next-line(block-timestamp)
        if (request < 2 && end >= block.timestamp) vm.warp(end + 1);
        try faults.execute(faultId, requests) {}
        catch {
            try faults.execute(faultId, none) {} catch {}
        }
    }

    function tryReduce(uint256 faultId, uint16 bps) private {
        vm.prank(team);
        try faults.reduce(faultId, bps, "mercy") {} catch {}
    }

    /// @dev Never more than at risk for an attempt; the first request, older than every end, is whole; all ENC owed is there.
    function check() private view {
        uint256 taken;
        for (uint256 i = 0; i < 3; ++i) {
            uint256 ofJob = faults.takenFor(_jobs[i], 1, provider);
            vm.assertLe(ofJob, LOCK, "taken above the stake at risk");
            taken += ofJob;
        }
        uint256 byFault;
        for (uint256 id = 1; id <= faults.count(); ++id) {
            IFaults.Fault memory entry = faults.fault(id);
            vm.assertLe(entry.taken, entry.penalty, "taken above the penalty");
            vm.assertLe(entry.penalty, entry.atRisk, "penalty above the stake at risk");
            if (entry.state != IFaults.State.Executed) vm.assertEq(entry.taken, 0);
            byFault += entry.taken;
        }
        vm.assertEq(byFault, taken, "sums");
        IStaking.Stake memory left = staking.stakeOf(IStaking.Pool.Provide, provider);
        vm.assertEq(uint256(left.active) + left.unbonding + taken, 2_000e18, "stake");
        vm.assertEq(staking.unbondingOf(IStaking.Pool.Provide, provider, 0).shares, 1_000e18, "older request");
        vm.assertGe(left.active, left.locked, "locks");
        vm.assertGe(token.balanceOf(address(faults)), faults.held(), "held");
    }
}
