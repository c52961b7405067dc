// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IJobs} from "../../src/interfaces/IJobs.sol";
import {Checkpoint, JobOrder, KeyRelease, Match, Receipt} from "../../src/interfaces/JobTypes.sol";
import {GasTest} from "./GasTest.sol";

/// forge-config: default.isolate = true
contract JobGasTest is GasTest {
    /// @dev The very first job of everybody: the balances of provider and dataset owner come into being.
    function test_gas_first_job() public {
        vm.assertLe(_run("first job", 1), 480_000);
    }

    /// @dev Any later job of the same parties: the figure that has a limit.
    function test_gas_later_job() public {
        _run("", 1);
        vm.assertLe(_run("job", 2), 450_000);
    }

    function test_gas_batch() public {
        _batch(10);
        _batch(50);
    }

    /// @dev The same at ten open jobs as at one: nothing loops over jobs.
    function test_gas_does_not_grow_with_open_jobs() public {
        _match(1);
        uint256 first = _match(2);
        for (uint64 nonce = 3; nonce < 11; ++nonce) {
            _match(nonce);
        }
        vm.assertLe(_match(11), first + 100);
    }

    function test_gas_other_calls() public {
        vm.prank(developer);
        jobs.deposit(1e18);
        snap("Jobs", "deposit");
        vm.prank(developer);
        jobs.withdraw(1e18);
        snap("Jobs", "withdraw");

        bytes32 jobId = propose(newMatch());
        startNow(jobId);
        KeyRelease memory release = newRelease(jobId, 1);
        bytes memory ownerSig = signer.release(ownerKey, release);
        bytes memory progress = signer.progress(enclaveKey, Checkpoint(jobId, 1, 100, "state"));
        jobs.checkpoint(jobId, 100, "state", progress, release, ownerSig);
        snap("Jobs", "checkpoint: first of an attempt");
        progress = signer.progress(enclaveKey, Checkpoint(jobId, 1, 200, "state"));
        KeyRelease memory none;
        jobs.checkpoint(jobId, 200, "state", progress, none, "");
        snap("Jobs", "checkpoint: later");
        vm.warp(jobs.job(jobId).deadline + 1);
        jobs.expire(jobId);
        snap("Jobs", "expire with a checkpoint");

        JobOrder memory order = newOrder();
        order.nonce = 7;
        propose(signed(order, newOffer(), newGrant()));
        vm.prank(developer);
        jobs.cancel(order);
        snap("Jobs", "cancel before start");
        jobs.collectFees();
        snap("Jobs", "collectFees");
        vm.prank(developer);
        jobs.cancelNonce(99);
        snap("Jobs", "cancelNonce");
    }

    function _run(string memory name, uint64 nonce) private returns (uint256 total) {
        JobOrder memory order = newOrder();
        order.nonce = nonce;
        bytes32 jobId = jobs.hashOrder(order);
        bool quiet = bytes(name).length == 0;
        Match[] memory batch = new Match[](1);
        batch[0] = signed(order, newOffer(), newGrant());
        vm.prank(matcher);
        jobs.matchBatch(batch);
        if (!quiet) total += snap("Jobs", string.concat(name, ": 1 match"));

        vm.prank(provider);
        jobs.start(jobId, enclave, keccak256("evidence"));
        if (!quiet) total += snap("Jobs", string.concat(name, ": 2 start"));

        Receipt memory receipt = newReceipt(jobId, 1);
        KeyRelease memory release = newRelease(jobId, 1);
        bytes memory enclaveSig = signer.receipt(enclaveKey, receipt);
        bytes memory ownerSig = signer.release(ownerKey, release);
        jobs.deliver(order, receipt, enclaveSig, release, ownerSig);
        if (!quiet) total += snap("Jobs", string.concat(name, ": 3 deliver"));

        vm.warp(block.timestamp + CONTEST_WINDOW);
        jobs.settle(jobId);
        if (!quiet) total += snap("Jobs", string.concat(name, ": 4 settle"));
        if (!quiet) note("Jobs", string.concat(name, ": total"), total);
        vm.assertEq(uint256(jobs.job(jobId).state), uint256(IJobs.JobState.Settled));
    }

    function _batch(uint64 size) private {
        Match[] memory batch = new Match[](size);
        for (uint64 i = 0; i < size; ++i) {
            JobOrder memory order = newOrder();
            order.nonce = size * 100 + i;
            order.units = 1e6;
            order.maxDatasetFee = DATASET_FEE;
            order.rdpLow = 1;
            order.rdpHigh = 1;
            batch[i] = signed(order, newOffer(), newGrant());
        }
        vm.prank(matcher);
        jobs.matchBatch(batch);
        note(
            "Jobs", string.concat("match, one of a batch of ", vm.toString(size)), vm.lastCallGas().gasTotalUsed / size
        );
        vm.assertEq(uint256(jobs.job(jobs.hashOrder(batch[size - 1].order)).state), uint256(IJobs.JobState.Matched));
    }

    function _match(uint64 nonce) private returns (uint256) {
        JobOrder memory order = newOrder();
        order.nonce = nonce;
        Match[] memory batch = new Match[](1);
        batch[0] = signed(order, newOffer(), newGrant());
        vm.prank(matcher);
        jobs.matchBatch(batch);
        return vm.lastCallGas().gasTotalUsed;
    }
}
