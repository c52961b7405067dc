// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ICapacity} from "../../src/interfaces/ICapacity.sol";
import {IFaultEvidence} from "../../src/interfaces/IFaultEvidence.sol";
import {IFaults} from "../../src/interfaces/IFaults.sol";
import {IJobs} from "../../src/interfaces/IJobs.sol";
import {JobOrder, Receipt} from "../../src/interfaces/JobTypes.sol";
import {FaultsTest} from "./FaultsTest.sol";

/// @title Each of the seven faults, from the evidence to the shares, fired by an ordinary account.
contract SevenFaultsTest is FaultsTest {
    uint256 private constant STAKE = 2_000e18;
    uint256 private treasuryBefore;

    function setUp() public override {
        super.setUp();
        treasuryBefore = token.balanceOf(address(treasury));
    }

    /// @dev 1 % of the 150 ENC that the job locked.
    function test_1_late() public {
        bytes32 jobId = started();
        expireNow(jobId);
        uint256 faultId = proposeAs(wanda, lateEvidence(jobId, 1));
        executeAfterWindow(faultId);
        vm.assertEq(providerStake(), STAKE - 1.5e18);
        expectShares(1.5e18, developer, treasuryBefore);
        expectFault(faultId, IFaults.State.Executed);
    }

    /// @dev 0.5 % of the 2,000 ENC staked: the monitor heard another provider in every slot, this one in none.
    function test_2_unavailable() public {
        address other = address(0x0713e4);
        fund(other, 2_000e18);
        enrolProvider(other, 1_000e18);
        proveCapacity(provider);
        proveCapacity(other);
        vm.warp(block.timestamp + EPOCH);
        uint256 epoch = staking.epoch();
        vm.warp(block.timestamp + EPOCH);
        address[] memory heard = new address[](1);
        uint256[] memory slots = new uint256[](1);
        (heard[0], slots[0]) = (other, 2 ** SLOTS - 1);
        vm.prank(matcher);
        capacity.post(epoch, heard, slots);
        vm.warp(block.timestamp + EPOCH);

        uint256 faultId = proposeAs(wanda, abi.encodeCall(IFaultEvidence.unavailable, (provider, epoch)));
        executeAfterWindow(faultId);
        vm.assertEq(providerStake(), STAKE - 10e18);
        // No job was at risk: the penalty is what counts against the reputation.
        vm.assertEq(providers.provider(provider).betaGwei, 10e9);
        expectShares(10e18, address(0), treasuryBefore);
        refuseProposal(
            abi.encodeCall(IFaultEvidence.unavailable, (other, epoch)),
            abi.encodeWithSelector(IFaultEvidence.FaultEvidenceNoFault.selector)
        );
    }

    /// @dev 5 %: nobody answers the challenge. The delivered job is not paid.
    function test_3_not_served() public {
        bytes32 jobId = delivered();
        uint256 faultId = proposeAs(wanda, notServedEvidence(newReceipt(jobId, 1)));
        executeAfterWindow(faultId);
        vm.assertEq(providerStake(), STAKE - 7.5e18);
        vm.assertEq(providers.provider(provider).betaGwei, 150e9);
        expectShares(7.5e18, developer, treasuryBefore);
        expectState(jobId, IJobs.JobState.Faulted);
        expectNothingHeld(jobId);
        // Escrow of 425 less the owner's 20; the provider gets nothing, nor does the treasury.
        expectBalances(BALANCE - 20e18, 0, 20e18, 0);
    }

    /// @dev 10 %: a verifier lowers the level of the provider while the job runs.
    function test_4_attestation_contradicted() public {
        (bytes32 jobId, JobOrder memory order) = startedAtLevel2();
        vm.warp(block.timestamp + 60);
        attest(0);
        uint256 faultId = proposeAs(wanda, abi.encodeCall(IFaultEvidence.attestation, (order)));
        vm.assertTrue(faults.fault(faultId).decideBy > jobs.job(jobId).deadline);
        expireNow(jobId);
        executeAfterWindow(faultId);
        vm.assertEq(providerStake(), STAKE - 15e18);
        expectShares(15e18, owner, treasuryBefore);
    }

    /// @dev 10 %: the attestation ran out before the work was delivered.
    function test_4_attestation_expired() public {
        (bytes32 jobId, JobOrder memory order) = startedAtLevel2();
        bytes memory evidence = abi.encodeCall(IFaultEvidence.attestation, (order));
        refuseProposal(evidence, abi.encodeWithSelector(IFaultEvidence.FaultEvidenceNoFault.selector));
        vm.warp(attestations.attestation(provider).expiresAt + 1);
        deliverNow(order, 1);
        uint256 faultId = proposeAs(wanda, evidence);
        executeAfterWindow(faultId);
        vm.assertEq(providerStake(), STAKE - 15e18);
        expectState(jobId, IJobs.JobState.Faulted);
    }

    /// @dev 50 %: three auditors of level 0 found a deviation of 1 % where 0.2 % is tolerated.
    function test_5_wrong_result() public {
        bytes32 jobId = delivered();
        uint256 faultId = proposeAs(wanda, wrongResultEvidence(jobId, 10_000, 0, 3));
        executeAfterWindow(faultId);
        vm.assertEq(providerStake(), STAKE - 75e18);
        expectShares(75e18, developer, treasuryBefore);
        expectState(jobId, IJobs.JobState.Faulted);
    }

    /// @dev 75 %: the enclave signed one millionth more than the order's charge in one lane.
    function test_6_privacy_over_spend() public {
        bytes32 jobId = started();
        Receipt memory receipt = newReceipt(jobId, 1);
        receipt.rdpHigh += 1 << 96;
        uint256 faultId = proposeAs(wanda, overSpendEvidence(receipt));
        expireNow(jobId);
        executeAfterWindow(faultId);
        vm.assertEq(providerStake(), STAKE - 112.5e18);
        expectShares(112.5e18, owner, treasuryBefore);
    }

    /// @dev 75 %: the certificate names another specification than the order.
    function test_6_other_mechanism() public {
        bytes32 jobId = started();
        bytes memory certificate = bytes(
            '{"adjacency":"add-or-remove-one","provider":"0x00","spec":"0x1111111111111111111111111111111111111111111111111111111111111111","steps":400}'
        );
        Receipt memory receipt = newReceipt(jobId, 1);
        receipt.certificateDigest = sha256(certificate);
        bytes memory evidence = abi.encodeCall(
            IFaultEvidence.otherMechanism, (newOrder(), receipt, signer.receipt(enclaveKey, receipt), certificate, 50)
        );
        uint256 faultId = proposeAs(wanda, evidence);
        expireNow(jobId);
        executeAfterWindow(faultId);
        vm.assertEq(providerStake(), STAKE - 112.5e18);
    }

    /// @dev 100 % of the stake at risk: two signatures of one key. The rest of the stake stays and can be locked again.
    function test_7_two_results() public {
        bytes32 jobId = delivered();
        uint256 faultId = proposeAs(wanda, twoResultsEvidence(jobId, 1));
        executeAfterWindow(faultId);
        vm.assertEq(providerStake(), STAKE - LOCK);
        expectShares(150e18, developer, treasuryBefore);
        expectState(jobId, IJobs.JobState.Faulted);
        expectNothingHeld(jobId);
    }

    function proveCapacity(address account) private {
        ICapacity.CapacityProof memory proof = ICapacity.CapacityProof({
            provider: account,
            speed: 1e6,
            evidence: keccak256("benchmark"),
            issuedAt: uint64(block.timestamp),
            expiresAt: uint64(block.timestamp + 10 days)
        });
        capacity.record(proof, sign(verifierKey, capacity.hashProof(proof)));
    }
}
