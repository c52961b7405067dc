// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ICapacity} from "../../src/interfaces/ICapacity.sol";
import {IDatasets} from "../../src/interfaces/IDatasets.sol";
import {IStaking} from "../../src/interfaces/IStaking.sol";
import {
    Checkpoint,
    ComputeOffer,
    DatasetGrant,
    JobOrder,
    KeyRelease,
    Match,
    Receipt
} from "../../src/interfaces/JobTypes.sol";
import {Signer} from "./Signer.sol";
import {System} from "./System.sol";

/// @title The system with one developer, one provider, one dataset and their documents.
abstract contract JobSystem is System {
    uint256 internal developerKey = 0xdeef;
    uint256 internal providerKey = 0x9807;
    uint256 internal ownerKey = 0x0e4e;
    uint256 internal enclaveKey = 0xe4c1;
    address internal developer;
    address internal provider;
    address internal owner;
    address internal enclave;
    Signer internal signer;
    bytes32 internal datasetId;
    bytes32 internal policyDigest = keccak256("policy");

    /// @dev 1,000 units at 0.3 ENC: 300 ENC for the job, 20 ENC for the data.
    uint64 internal constant UNITS = 1_000e6;
    uint32 internal constant STEPS = 400;
    uint32 internal constant DURATION = 3600;
    uint128 internal constant ASK = 0.25e18;
    uint128 internal constant RATE = 0.3e18;
    uint128 internal constant MAX_RATE = 0.4e18;
    uint128 internal constant DATASET_FEE = 20e18;
    uint128 internal constant MAX_DATASET_FEE = 25e18;
    /// @dev 100,000 micro-RDP in each lane: the dataset's budget of ε = 3 at δ = 10^-5 has room for some thirty.
    uint64 internal constant EXPIRY = 1_800_000_000 + 30 days;
    uint256 internal constant CHARGE = 0x000186a0000186a0000186a0000186a0000186a0000186a0000186a0000186a0;

    function deployJobSystem() internal {
        deploySystem();
        signer = new Signer(address(jobs));
        developer = vm.addr(developerKey);
        provider = vm.addr(providerKey);
        owner = vm.addr(ownerKey);
        enclave = vm.addr(enclaveKey);
        fund(developer, 10_000e18);
        fund(provider, 10_000e18);
        vm.startPrank(developer);
        token.approve(address(jobs), type(uint256).max);
        jobs.deposit(5_000e18);
        vm.stopPrank();
        enrolProvider(provider, 2_000e18);
        datasetId = registerDataset(owner, keccak256("blob"), 0);
        vm.warp(GENESIS + EPOCH);
    }

    function enrolProvider(address account, uint256 amount) internal {
        vm.startPrank(account);
        token.approve(address(staking), type(uint256).max);
        staking.stake(IStaking.Pool.Provide, amount);
        providers.register("https://provider.example:7443", 1e6);
        vm.stopPrank();
    }

    /// @dev Capacity of this many micro-units a second, and a stake in Reserve that has a right to all of it, from the next epoch on.
    function entitle(address account, uint64 speed) internal {
        prove(provider, speed);
        fund(account, 1_000e18);
        vm.startPrank(account);
        token.approve(address(staking), type(uint256).max);
        staking.stake(IStaking.Pool.Reserve, 1_000e18);
        vm.stopPrank();
        vm.warp(block.timestamp + EPOCH);
    }

    /// @dev Records a proof of capacity that holds for 30 days; it counts from the next epoch.
    function prove(address account, uint64 speed) internal {
        uint64 now_ = uint64(block.timestamp);
        ICapacity.CapacityProof memory proof = ICapacity.CapacityProof(account, speed, "bench", now_, now_ + 30 days);
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(verifierKey, capacity.hashProof(proof));
        capacity.record(proof, abi.encodePacked(r, s, v));
    }

    function registerDataset(address account, bytes32 digest, uint8 minLevel) internal returns (bytes32) {
        vm.prank(account);
        return datasets.register(
            IDatasets.DatasetTerms({
                digest: digest,
                schemaDigest: keccak256("schema"),
                manifestDigest: keccak256("manifest"),
                policyDigest: policyDigest,
                epsilonCapMicro: 3_000_000,
                deltaExponent: 5,
                fee: DATASET_FEE,
                minLevel: minLevel,
                unit: "row"
            })
        );
    }

    // ---------------------------------------------------------------- documents

    function newOrder() internal view returns (JobOrder memory) {
        return JobOrder({
            developer: developer,
            datasetId: datasetId,
            graphDigest: keccak256("graph"),
            specDigest: keccak256("spec"),
            resultKey: keccak256("x25519"),
            units: UNITS,
            steps: STEPS,
            durationSec: DURATION,
            maxRate: MAX_RATE,
            maxDatasetFee: MAX_DATASET_FEE,
            minLevel: 0,
            kind: 0,
            minReputationBps: 0,
            minSpeed: 0,
            rdpLow: CHARGE,
            rdpHigh: CHARGE,
            nonce: 1,
            expiresAt: EXPIRY
        });
    }

    function newOffer() internal view returns (ComputeOffer memory) {
        return ComputeOffer(provider, ASK, 10_000e6, 1 days, 2, EXPIRY);
    }

    function newGrant() internal view returns (DatasetGrant memory) {
        return DatasetGrant(datasetId, address(0), DATASET_FEE, 0, policyDigest, 3, EXPIRY);
    }

    function newMatch() internal view returns (Match memory) {
        return signed(newOrder(), newOffer(), newGrant());
    }

    function signed(JobOrder memory order, ComputeOffer memory offer, DatasetGrant memory grant)
        internal
        view
        returns (Match memory)
    {
        return Match({
            order: order,
            orderSig: signer.order(developerKey, order),
            offer: offer,
            offerSig: signer.offer(providerKey, offer),
            grant: grant,
            grantSig: signer.grant(ownerKey, grant),
            rate: RATE
        });
    }

    function newRelease(bytes32 jobId, uint32 attempt) internal view returns (KeyRelease memory) {
        return KeyRelease(jobId, attempt, enclave, keccak256("evidence"), policyDigest, keccak256("log"));
    }

    function newReceipt(bytes32 jobId, uint32 attempt) internal pure returns (Receipt memory) {
        return Receipt(jobId, attempt, STEPS, keccak256("result"), keccak256("certificate"), CHARGE, CHARGE);
    }

    // ---------------------------------------------------------------- steps of a job

    /// @dev Matches or fails with the match's own error.
    function matchNow(Match memory proposed) internal returns (bytes32 jobId) {
        vm.prank(address(jobs));
        jobs.matchOne(proposed);
        return jobs.hashOrder(proposed.order);
    }

    function propose(Match memory proposed) internal returns (bytes32 jobId) {
        Match[] memory batch = new Match[](1);
        batch[0] = proposed;
        vm.prank(matcher);
        jobs.matchBatch(batch);
        return jobs.hashOrder(proposed.order);
    }

    function startNow(bytes32 jobId) internal {
        vm.prank(provider);
        jobs.start(jobId, enclave, keccak256("evidence"));
    }

    function checkpointNow(bytes32 jobId, uint32 attempt, uint32 step) internal {
        KeyRelease memory release = newRelease(jobId, attempt);
        bytes memory enclaveSig = signer.progress(enclaveKey, Checkpoint(jobId, attempt, step, keccak256("state")));
        bytes memory ownerSig = signer.release(ownerKey, release);
        jobs.checkpoint(jobId, step, keccak256("state"), enclaveSig, release, ownerSig);
    }

    function deliverNow(JobOrder memory order, uint32 attempt) internal {
        bytes32 jobId = jobs.hashOrder(order);
        Receipt memory receipt = newReceipt(jobId, attempt);
        KeyRelease memory release = newRelease(jobId, attempt);
        bytes memory enclaveSig = signer.receipt(enclaveKey, receipt);
        bytes memory ownerSig = signer.release(ownerKey, release);
        jobs.deliver(order, receipt, enclaveSig, release, ownerSig);
    }

    /// @dev Delivers attempt 1 of a job with any number of steps.
    function deliverWithSteps(JobOrder memory order, bytes32 jobId) internal {
        Receipt memory receipt = newReceipt(jobId, 1);
        receipt.steps = order.steps;
        KeyRelease memory release = newRelease(jobId, 1);
        bytes memory enclaveSig = signer.receipt(enclaveKey, receipt);
        bytes memory ownerSig = signer.release(ownerKey, release);
        jobs.deliver(order, receipt, enclaveSig, release, ownerSig);
    }
}
