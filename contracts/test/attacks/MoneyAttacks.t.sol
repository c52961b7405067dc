// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

// Casts of text and of numbers that fit.
// forge-lint: disable-start(unsafe-typecast)

import {IDatasets} from "../../src/interfaces/IDatasets.sol";
import {IJobs} from "../../src/interfaces/IJobs.sol";
import {ComputeOffer, JobOrder, KeyRelease, Match, Receipt} from "../../src/interfaces/JobTypes.sol";
import {HookToken, Reentrant} from "../base/HookToken.sol";
import {HungryWallet, OwnedWallet} from "../base/Wallets.sol";
import {Roles} from "../../src/libraries/Roles.sol";
import {JobsTest} from "../jobs/JobsTest.sol";

/// @title What was done to other networks' escrows and payments, tried on ours.
contract MoneyAttacksTest is JobsTest {
    /// @dev Under-payment (a ticket settled for less, even zero, and consumed): the full price or nothing.
    function test_under_payment() public {
        bytes32 jobId = started();
        Receipt memory receipt = newReceipt(jobId, 1);
        receipt.steps = 1;
        KeyRelease memory release = newRelease(jobId, 1);
        bytes memory enclaveSig = signer.receipt(enclaveKey, receipt);
        bytes memory ownerSig = signer.release(ownerKey, release);
        JobOrder memory order = newOrder();
        vm.expectRevert(IJobs.JobsDocumentMismatch.selector);
        jobs.deliver(order, receipt, enclaveSig, release, ownerSig);
        deliverNow(order, 1);
        vm.warp(block.timestamp + CONTEST_WINDOW);
        jobs.settle(jobId);
        vm.assertEq(jobs.balanceOf(provider) + jobs.uncollectedFees(), PRICE);
    }

    /// @dev Settlement in the creation block: zero time between all steps neither panics nor skips the window.
    function test_everything_in_one_block() public {
        bytes32 jobId = matched();
        startNow(jobId);
        checkpointNow(jobId, 1, 399);
        deliverNow(newOrder(), 1);
        vm.expectRevert(abi.encodeWithSelector(IJobs.JobsTooEarly.selector, block.timestamp + CONTEST_WINDOW));
        jobs.settle(jobId);
        vm.warp(block.timestamp + CONTEST_WINDOW);
        jobs.settle(jobId);
        vm.prank(provider);
        jobs.withdraw(PROVIDER_PAID);
        vm.assertEq(token.balanceOf(provider), 8_000e18 + PROVIDER_PAID);
    }

    /// @dev Wrong payer: only the one who signed the order pays, whoever sends transactions.
    function test_wrong_payer() public {
        fund(matcher, 500e18);
        vm.startPrank(matcher);
        token.approve(address(jobs), 500e18);
        jobs.deposit(500e18);
        vm.stopPrank();
        propose(newMatch());
        vm.assertEq(jobs.balanceOf(matcher), 500e18);
        vm.assertEq(jobs.balanceOf(developer), BALANCE - ESCROW);
    }

    /// @dev A payee that refuses tokens blocks nobody: balances are pulled.
    function test_push_payment_blocks_settlement() public {
        OwnedWallet wallet = new OwnedWallet(vm.addr(providerKey));
        fund(address(wallet), 2_000e18);
        wallet.act(address(token), abi.encodeCall(token.approve, (address(staking), type(uint256).max)));
        wallet.act(address(staking), abi.encodeWithSignature("stake(uint8,uint256)", 1, 1_000e18));
        wallet.act(address(providers), abi.encodeCall(providers.register, ("https://wallet.example", 1e6)));
        vm.warp(block.timestamp + EPOCH);
        ComputeOffer memory offer = newOffer();
        offer.provider = address(wallet);
        bytes32 jobId = matchNow(signed(newOrder(), offer, newGrant()));
        wallet.act(address(jobs), abi.encodeCall(jobs.start, (jobId, enclave, bytes32("evidence"))));
        deliverNow(newOrder(), 1);
        vm.warp(block.timestamp + CONTEST_WINDOW);
        // From now on every call to the wallet fails.
        vm.etch(address(wallet), hex"fd");
        jobs.settle(jobId);
        vm.assertEq(jobs.balanceOf(address(wallet)), PROVIDER_PAID);
        vm.assertEq(jobs.balanceOf(developer), BALANCE - ESCROW + REFUND);
    }

    /// @dev Escrow with no way out: whatever a party does not do, money and stake come free and anybody can do it.
    function test_every_state_has_a_timeout() public {
        address anybody = address(0xa27b0d1);
        uint256 state = vm.snapshotState();
        for (uint256 reached = 0; reached < 4; ++reached) {
            bytes32 jobId = matched();
            if (reached > 0) startNow(jobId);
            if (reached == 2) checkpointNow(jobId, 1, 100);
            if (reached == 3) deliverNow(newOrder(), 1);
            vm.warp(jobs.job(jobId).deadline + 1);
            vm.prank(anybody);
            if (reached == 3) jobs.settle(jobId);
            else jobs.expire(jobId);
            expectNothingHeld(jobId);
            if (reached < 3) {
                vm.warp(EXPIRY + 1 days + 1);
                JobOrder memory order = newOrder();
                vm.prank(anybody);
                jobs.close(order);
            }
            vm.assertFalse(jobs.job(jobId).budgetHeld);
            IDatasets.Ledger memory ledger = datasets.ledger(datasetId);
            vm.assertEq(ledger.reservedLow | ledger.reservedHigh, 0);
            vm.revertToState(state);
        }
    }

    /// @dev Reentrancy through token hooks: ENC has none, but even with them a withdrawal can't be drawn twice.
    function test_reentrancy_through_token_hooks() public {
        HookToken hooked = new HookToken();
        IJobs hookedJobs = IJobs(deployJobs(address(hooked)));
        Reentrant thief = new Reentrant(hookedJobs, hooked);
        hooked.mint(address(thief), 10e18);
        hooked.mint(address(this), 90e18);
        hooked.approve(address(hookedJobs), type(uint256).max);
        hookedJobs.deposit(90e18);
        thief.deposit(10e18);
        thief.withdrawTwice(10e18);
        vm.assertTrue(thief.reentered());
        vm.assertEq(hooked.balanceOf(address(thief)), 10e18);
        vm.assertEq(hooked.balanceOf(address(hookedJobs)), 90e18);
        vm.assertEq(hookedJobs.balanceOf(address(this)), 90e18);
    }

    /// @dev ENC sent straight to the contract belongs to nobody and changes no balance.
    function test_donation_to_jobs_changes_nothing() public {
        vm.prank(provider);
        vm.assertTrue(token.transfer(address(jobs), 1_000e18));
        vm.assertEq(jobs.balanceOf(provider), 0);
        vm.assertEq(jobs.uncollectedFees(), 0);
        vm.prank(developer);
        jobs.withdraw(BALANCE);
        vm.assertEq(token.balanceOf(address(jobs)), 1_000e18);
    }

    /// @dev Callback gas grief: a wallet that burns its gas spoils its own match only.
    function test_a_hungry_wallet_spoils_its_own_match_only() public {
        HungryWallet wallet = new HungryWallet();
        Match[] memory batch = new Match[](2);
        JobOrder memory order = newOrder();
        order.developer = address(wallet);
        batch[0] = signed(order, newOffer(), newGrant());
        batch[1] = newMatch();
        vm.prank(matcher);
        jobs.matchBatch{gas: 1_500_000}(batch);
        expectState(jobs.hashOrder(order), IJobs.JobState.None);
        expectState(jobs.hashOrder(newOrder()), IJobs.JobState.Matched);
    }

    /// @dev Identity: a provider that leaves and comes back keeps its record; a newcomer starts below the honest.
    function test_reputation_laundering() public {
        bytes32 jobId = matched();
        expireNow(jobId);
        uint16 before = providers.reputationBps(provider);
        vm.startPrank(provider);
        providers.setActive(false);
        providers.setActive(true);
        providers.update("https://new.example", 2e6);
        vm.expectRevert();
        providers.register("https://new.example", 2e6);
        vm.stopPrank();
        vm.assertEq(providers.reputationBps(provider), before);
        vm.assertEq(providers.reputationBps(address(0x7e3)), 3333);
    }

    /// @dev Admin changes never reach back: policy, fee and retirement of the dataset leave a running job alone.
    function test_admin_retroactive_change() public {
        bytes32 jobId = started();
        vm.startPrank(owner);
        datasets.setPolicy(datasetId, "policy 2");
        datasets.setFee(datasetId, 1_000e18);
        datasets.retire(datasetId);
        vm.stopPrank();
        vm.prank(provider);
        providers.setActive(false);
        deliverNow(newOrder(), 1);
        vm.warp(block.timestamp + CONTEST_WINDOW);
        jobs.settle(jobId);
        expectBalances(BALANCE - ESCROW + REFUND, PROVIDER_PAID, DATASET_FEE, TREASURY_FEE);
    }

    /// @dev A second Jobs contract with the role can't reach into the first one's jobs or balances.
    function test_versions_side_by_side() public {
        bytes32 jobId = matched();
        IJobs next = IJobs(deployJobs(address(token)));
        manager.grantRole(Roles.JOBS, address(next), 0);
        vm.assertTrue(next.hashOrder(newOrder()) != jobId);
        vm.assertEq(uint256(next.job(jobId).state), 0);
        vm.assertEq(next.balanceOf(developer), 0);
        startNow(jobId);
        deliverNow(newOrder(), 1);
        vm.warp(block.timestamp + CONTEST_WINDOW);
        jobs.settle(jobId);
    }
}
// forge-lint: disable-end(unsafe-typecast)
