// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

// Casts of text and of numbers that fit.
// forge-lint: disable-start(unsafe-typecast)

import {IAttestations} from "../../src/interfaces/IAttestations.sol";
import {IDatasets} from "../../src/interfaces/IDatasets.sol";
import {IJobs} from "../../src/interfaces/IJobs.sol";
import {IStaking} from "../../src/interfaces/IStaking.sol";
import {ComputeOffer, DatasetGrant, JobOrder, Match} from "../../src/interfaces/JobTypes.sol";
import {JobsTest} from "./JobsTest.sol";

/// @title Every hard constraint of a match: just inside passes, just outside is refused with its own error.
contract MatchConstraintsTest is JobsTest {
    JobOrder private order;
    ComputeOffer private offer;
    DatasetGrant private grant;

    function setUp() public override {
        super.setUp();
        order = newOrder();
        offer = newOffer();
        grant = newGrant();
    }

    function accept() private {
        expectState(matchNow(signed(order, offer, grant)), IJobs.JobState.Matched);
    }

    function refused(bytes memory reason) private {
        refuse(signed(order, offer, grant), reason);
    }

    function test_order_needs_units_steps_and_a_known_kind() public {
        order.units = 0;
        refused(abi.encodeWithSelector(IJobs.JobsBadOrder.selector));
        order = newOrder();
        order.steps = 0;
        refused(abi.encodeWithSelector(IJobs.JobsBadOrder.selector));
        order.steps = 1 << 24;
        refused(abi.encodeWithSelector(IJobs.JobsBadOrder.selector));
        order = newOrder();
        order.kind = 2;
        refused(abi.encodeWithSelector(IJobs.JobsBadOrder.selector));
        order = newOrder();
        order.steps = (1 << 24) - 1;
        accept();
    }

    function test_signatures() public {
        Match memory proposed = signed(order, offer, grant);
        proposed.orderSig = signer.order(providerKey, order);
        refuse(proposed, abi.encodeWithSelector(IJobs.JobsBadSignature.selector, developer));
        proposed = signed(order, offer, grant);
        proposed.offerSig = signer.offer(developerKey, offer);
        refuse(proposed, abi.encodeWithSelector(IJobs.JobsBadSignature.selector, provider));
        proposed = signed(order, offer, grant);
        proposed.grantSig = signer.grant(developerKey, grant);
        refuse(proposed, abi.encodeWithSelector(IJobs.JobsBadSignature.selector, owner));
    }

    /// @dev Signed is signed: any altered member of any document spoils its signature.
    function test_altered_documents() public {
        Match memory proposed = signed(order, offer, grant);
        proposed.order.maxRate += 1;
        refuse(proposed, abi.encodeWithSelector(IJobs.JobsBadSignature.selector, developer));
        proposed = signed(order, offer, grant);
        proposed.offer.ask -= 1;
        refuse(proposed, abi.encodeWithSelector(IJobs.JobsBadSignature.selector, provider));
        proposed = signed(order, offer, grant);
        proposed.grant.fee += 1;
        refuse(proposed, abi.encodeWithSelector(IJobs.JobsBadSignature.selector, owner));
    }

    function test_expiries() public {
        order.expiresAt = uint64(block.timestamp);
        offer.expiresAt = order.expiresAt;
        grant.expiresAt = order.expiresAt;
        uint256 state = vm.snapshotState();
        accept();
        vm.revertToState(state);
        bytes memory over = abi.encodeWithSelector(IJobs.JobsDocumentExpired.selector, order.expiresAt);
        vm.warp(block.timestamp + 1);
        refused(over);
        order.expiresAt = EXPIRY;
        refused(over);
        offer.expiresAt = EXPIRY;
        refused(over);
        grant.expiresAt = EXPIRY;
        accept();
    }

    function test_cancelled_nonces() public {
        address[3] memory signers = [developer, provider, owner];
        uint64[3] memory nonces = [order.nonce, offer.nonce, grant.nonce];
        for (uint256 i = 0; i < 3; ++i) {
            uint256 state = vm.snapshotState();
            vm.prank(signers[i]);
            jobs.cancelNonce(nonces[i]);
            refused(abi.encodeWithSelector(IJobs.JobsNonceCancelled.selector, signers[i], nonces[i]));
            vm.revertToState(state);
        }
        accept();
    }

    function test_rate_between_ask_and_limit() public {
        Match memory proposed = signed(order, offer, grant);
        proposed.rate = ASK - 1;
        refuse(proposed, abi.encodeWithSelector(IJobs.JobsRateOutOfRange.selector, ASK - 1, ASK, MAX_RATE));
        proposed.rate = MAX_RATE + 1;
        refuse(proposed, abi.encodeWithSelector(IJobs.JobsRateOutOfRange.selector, MAX_RATE + 1, ASK, MAX_RATE));
        proposed.rate = MAX_RATE;
        vm.assertEq(jobs.job(matchNow(proposed)).price, 400e18);
        order.nonce = 5;
        proposed = signed(order, offer, grant);
        proposed.rate = ASK;
        vm.assertEq(jobs.job(matchNow(proposed)).price, 250e18);
    }

    function test_reserved_jobs_pay_the_posted_rate() public {
        order.kind = 1;
        refused(abi.encodeWithSelector(IJobs.JobsRateOutOfRange.selector, RATE, ASK, MAX_RATE));
        Match memory proposed = signed(order, offer, grant);
        proposed.rate = ASK;
        refuse(proposed, abi.encodeWithSelector(IJobs.JobsAskNotPosted.selector, ASK, 0));
        vm.prank(provider);
        providers.setAsk(uint96(ASK) - 1);
        refuse(proposed, abi.encodeWithSelector(IJobs.JobsAskNotPosted.selector, ASK, ASK - 1));
        vm.prank(provider);
        providers.setAsk(uint96(ASK));
        entitle(developer, 1e18);
        vm.assertEq(jobs.job(matchNow(proposed)).price, 250e18);
    }

    function test_work_and_duration_within_the_offer() public {
        offer.maxUnits = UNITS - 1;
        refused(abi.encodeWithSelector(IJobs.JobsTooMuchWork.selector, UNITS, UNITS - 1));
        offer.maxUnits = UNITS;
        offer.maxDurationSec = DURATION - 1;
        refused(abi.encodeWithSelector(IJobs.JobsDurationTooLong.selector, DURATION, DURATION - 1));
        offer.maxDurationSec = DURATION;
        accept();
    }

    /// @dev Stake must stay slashable until the contest window of the longest job is over.
    function test_duration_within_the_unbonding_period() public {
        offer.maxDurationSec = type(uint32).max;
        order.durationSec = uint32(30 days - START_WINDOW - CONTEST_WINDOW + 1);
        refused(abi.encodeWithSelector(IJobs.JobsDurationTooLong.selector, 30 days + 1, 30 days));
        order.durationSec -= 1;
        accept();
    }

    function test_grant_is_for_this_dataset_and_developer() public {
        grant.datasetId = "other";
        refused(abi.encodeWithSelector(IJobs.JobsGrantMismatch.selector));
        grant = newGrant();
        grant.developer = provider;
        refused(abi.encodeWithSelector(IJobs.JobsGrantMismatch.selector));
        grant.developer = developer;
        accept();
    }

    function test_grant_fee_within_the_limit() public {
        grant.fee = MAX_DATASET_FEE + 1;
        refused(abi.encodeWithSelector(IJobs.JobsDatasetFeeTooHigh.selector, MAX_DATASET_FEE + 1, MAX_DATASET_FEE));
        grant.fee = MAX_DATASET_FEE;
        accept();
    }

    function test_grant_names_the_current_policy() public {
        grant.policyDigest = "old";
        refused(abi.encodeWithSelector(IDatasets.DatasetsPolicyMismatch.selector, bytes32("old"), policyDigest));
    }

    function test_dataset_exists_and_is_not_retired() public {
        order.datasetId = "none";
        refused(abi.encodeWithSelector(IDatasets.DatasetsUnknown.selector, bytes32("none")));
        order.datasetId = datasetId;
        vm.prank(owner);
        datasets.retire(datasetId);
        refused(abi.encodeWithSelector(IDatasets.DatasetsRetired.selector, datasetId));
    }

    function test_budget() public {
        order.rdpLow = type(uint256).max;
        order.rdpHigh = type(uint256).max;
        refused(abi.encodeWithSelector(IDatasets.DatasetsBudgetExhausted.selector, datasetId));
        // The cap of lane 15 alone: 2,955,393.
        order.rdpHigh = type(uint256).max >> 32 | uint256(2_955_393) << 224;
        accept();
        order.nonce = 5;
        order.rdpHigh = type(uint256).max >> 32 | uint256(1) << 224;
        refused(abi.encodeWithSelector(IDatasets.DatasetsBudgetExhausted.selector, datasetId));
    }

    function test_provider_is_registered_and_active() public {
        vm.prank(provider);
        providers.setActive(false);
        refused(abi.encodeWithSelector(IJobs.JobsProviderInactive.selector, provider));
    }

    function test_provider_is_fast_enough() public {
        order.minSpeed = 1e6 + 1;
        refused(abi.encodeWithSelector(IJobs.JobsProviderTooSlow.selector, 1e6, 1e6 + 1));
        order.minSpeed = 1e6;
        accept();
    }

    function test_provider_has_the_reputation() public {
        order.minReputationBps = 3334;
        refused(abi.encodeWithSelector(IJobs.JobsReputationTooLow.selector, 3333, 3334));
        order.minReputationBps = 3333;
        accept();
    }

    function test_provider_has_the_level_that_each_side_demands() public {
        order.minLevel = 1;
        refused(abi.encodeWithSelector(IJobs.JobsLevelTooLow.selector, 0, 1));
        order.minLevel = 0;
        grant.minLevel = 2;
        refused(abi.encodeWithSelector(IJobs.JobsLevelTooLow.selector, 0, 2));
        grant.minLevel = 0;
        bytes32 strict = registerDataset(owner, "strict", 3);
        order.datasetId = strict;
        grant.datasetId = strict;
        refused(abi.encodeWithSelector(IJobs.JobsLevelTooLow.selector, 0, 3));
        giveLevel(2);
        refused(abi.encodeWithSelector(IJobs.JobsLevelTooLow.selector, 2, 3));
        giveLevel(3);
        accept();
    }

    /// @dev The contest window is that of the level which the job demands.
    function test_contest_window_by_demanded_level() public {
        giveLevel(3);
        uint32[4] memory windows = [uint32(3600), 1800, 60, 30];
        for (uint8 level = 0; level < 4; ++level) {
            order.minLevel = level;
            order.nonce = 10 + level;
            vm.assertEq(jobs.job(matchNow(signed(order, offer, grant))).contestWindow, windows[level]);
        }
    }

    function test_provider_has_the_free_stake() public {
        vm.prank(provider);
        staking.requestUnbond(IStaking.Pool.Provide, 1_850e18 + 1);
        refused(abi.encodeWithSelector(IStaking.StakingInsufficient.selector, LOCK, LOCK - 1));
    }

    function test_developer_has_the_deposit() public {
        vm.prank(developer);
        jobs.withdraw(BALANCE - ESCROW + 1);
        refused(abi.encodeWithSelector(IJobs.JobsInsufficientBalance.selector, developer, ESCROW, ESCROW - 1));
        vm.prank(developer);
        jobs.deposit(1);
        accept();
    }

    function test_an_order_makes_one_job() public {
        accept();
        refused(wrongState(jobs.hashOrder(order), IJobs.JobState.Matched));
    }

    function test_offers_and_grants_serve_many_jobs() public {
        accept();
        order.nonce = 5;
        accept();
        vm.assertEq(staking.lockedStake(provider), 2 * LOCK);
        expectLedger(200_000, 0);
    }

    /// @dev Whatever the numbers, what the developer pays covers price and fee, and price lies within the rates.
    function testFuzz_sums(uint64 units, uint128 rate, uint128 more, uint32 steps, uint128 fee) public {
        order.units = uint64(clamp(units, 1, 1_000e6));
        offer.maxUnits = order.units;
        order.steps = uint32(clamp(steps, 1, (1 << 24) - 1));
        offer.ask = uint128(clamp(rate, 0, 1e18));
        order.maxRate = uint128(clamp(more, offer.ask, 1.5e18));
        order.maxDatasetFee = uint128(clamp(fee, 0, 100e18));
        grant.fee = order.maxDatasetFee;
        Match memory proposed = signed(order, offer, grant);
        proposed.rate = order.maxRate;
        IJobs.Job memory job = jobs.job(matchNow(proposed));
        vm.assertEq(jobs.balanceOf(developer) + job.escrow, BALANCE);
        vm.assertLe(job.price + job.datasetFee, job.escrow);
        vm.assertLe(job.escrow, job.price + job.datasetFee + 1);
        vm.assertEq(staking.lockedStake(provider), (job.price * 5000 + 9999) / 10_000);
    }

    function giveLevel(uint8 level) private {
        vm.warp(block.timestamp + 1);
        IAttestations.AttestationResult memory result = IAttestations.AttestationResult({
            subject: provider,
            level: level,
            evidenceId: "evidence",
            policyDigest: "policy",
            measurement: "measurement",
            device: "device",
            issuedAt: uint64(block.timestamp),
            expiresAt: uint64(block.timestamp + 1 days)
        });
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(verifierKey, attestations.hashResult(result));
        attestations.record(result, abi.encodePacked(r, s, v));
    }
}
// forge-lint: disable-end(unsafe-typecast)
