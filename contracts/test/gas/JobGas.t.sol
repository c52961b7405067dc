// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {JobOrder, KeyRelease, Match, Receipt} from "../../src/interfaces/JobTypes.sol";
import {JobSystem} from "../base/JobSystem.sol";

/// @title Gas of each call of a job. Run with `--isolate`, on release bytecode (see contracts/README.md).
contract JobGasTest is JobSystem {
    function setUp() public {
        deployJobSystem();
    }

    /// @dev The very first job of everybody: every balance and counter is still zero.
    function test_gas_firstJob() public {
        _run("first job", newOrder());
    }

    /// @dev Any later job of the same parties.
    function test_gas_laterJob() public {
        JobOrder memory order = newOrder();
        _run("warm-up", order);
        order.nonce = 9;
        _run("later job", order);
    }

    function _run(string memory name, JobOrder memory order) private {
        bytes32 jobId = jobs.hashOrder(order);
        Match[] memory batch = new Match[](1);
        batch[0] = signed(order, newOffer(), newGrant());
        vm.prank(matcher);
        jobs.matchBatch(batch);
        uint256 matched = vm.snapshotGasLastCall("Jobs", string.concat(name, ": 1 match"));
        vm.assertEq(uint256(jobs.job(jobId).state), 1);

        vm.prank(provider);
        jobs.start(jobId, enclave, keccak256("evidence"));
        uint256 started = vm.snapshotGasLastCall("Jobs", string.concat(name, ": 2 start"));

        Receipt memory receipt = newReceipt(jobId, 1);
        KeyRelease memory release = newRelease(jobId, 1);
        bytes memory enclaveSig = signer.receipt(enclaveKey, receipt);
        bytes memory ownerSig = signer.release(ownerKey, release);
        jobs.deliver(order, receipt, enclaveSig, release, ownerSig);
        uint256 delivered = vm.snapshotGasLastCall("Jobs", string.concat(name, ": 3 deliver"));

        vm.warp(block.timestamp + CONTEST_WINDOW);
        jobs.settle(jobId);
        uint256 settled = vm.snapshotGasLastCall("Jobs", string.concat(name, ": 4 settle"));
        uint256 total = matched + started + delivered + settled;
        vm.snapshotValue("Jobs", string.concat(name, ": total"), total);
    }
}
