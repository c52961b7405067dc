// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IDatasets} from "../../src/interfaces/IDatasets.sol";
import {IJobs} from "../../src/interfaces/IJobs.sol";
import {JobOrder, KeyRelease, Receipt} from "../../src/interfaces/JobTypes.sol";
import {JobsTest} from "../jobs/JobsTest.sol";

/// @title The privacy budget under attack: spent twice, spent by nobody, locked for ever.
contract BudgetAttacksTest is JobsTest {
    /// @dev State fork (an enclave rolled back to spend twice): attempts share one reservation, and it is spent once.
    function test_dp_state_fork() public {
        bytes32 jobId = expiredAtStep100();
        matchNow(newMatch());
        expectLedger(100_000, 0);
        startNow(jobId);
        deliverNow(newOrder(), 2);
        expectLedger(0, 100_000);
        JobOrder memory order = newOrder();
        Receipt memory receipt = newReceipt(jobId, 2);
        KeyRelease memory release = newRelease(jobId, 2);
        bytes memory enclaveSig = signer.receipt(enclaveKey, receipt);
        bytes memory ownerSig = signer.release(ownerKey, release);
        vm.expectRevert(wrongState(jobId, IJobs.JobState.Delivered));
        jobs.deliver(order, receipt, enclaveSig, release, ownerSig);
    }

    /// @dev Running jobs can't together reserve more than there is.
    function test_parallel_jobs_share_the_budget() public {
        JobOrder memory order = newOrder();
        order.rdpLow = type(uint256).max;
        order.rdpHigh = type(uint256).max >> 32 | uint256(1_500_000) << 224;
        order.units = 1e6;
        matchNow(signed(order, newOffer(), newGrant()));
        order.nonce = 2;
        refuse(
            signed(order, newOffer(), newGrant()),
            abi.encodeWithSelector(IDatasets.DatasetsBudgetExhausted.selector, datasetId)
        );
    }

    /// @dev Burning another's budget: a developer with a provider of its own starts, expires, cancels, and pays nothing. The owner, who
    /// released no key, takes the loss back at once; the developer can't force it to be spent meanwhile.
    function test_budget_burning() public {
        bytes32 jobId = started();
        expireNow(jobId);
        cancelNow(newOrder());
        JobOrder memory order = newOrder();
        vm.expectRevert(abi.encodeWithSelector(IJobs.JobsTooEarly.selector, block.timestamp + 1 days));
        vm.prank(developer);
        jobs.close(order);
        vm.prank(owner);
        jobs.close(order);
        expectLedger(0, 0);
        vm.assertFalse(jobs.job(jobId).budgetHeld);
    }

    /// @dev Locking another's budget: an order that lasts for a century does not hold it that long.
    function test_budget_locking() public {
        JobOrder memory order = newOrder();
        order.expiresAt = type(uint64).max;
        bytes32 jobId = matchNow(signed(order, newOffer(), newGrant()));
        expireNow(jobId);
        vm.prank(owner);
        jobs.close(order);
        expectLedger(0, 0);
    }

    /// @dev Once the data was seen nobody gets the loss back: neither by cancelling nor by closing nor by waiting.
    function test_seen_data_is_spent() public {
        expiredAtStep100();
        uint256 state = vm.snapshotState();
        cancelNow(newOrder());
        expectLedger(0, 100_000);
        vm.revertToState(state);
        vm.warp(EXPIRY + 1);
        JobOrder memory order = newOrder();
        vm.prank(owner);
        jobs.close(order);
        expectLedger(0, 100_000);
    }
}
