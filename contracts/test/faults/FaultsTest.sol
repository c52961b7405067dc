// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {AuditFinding} from "../../src/interfaces/FaultTypes.sol";
import {IAttestations} from "../../src/interfaces/IAttestations.sol";
import {IFaultEvidence} from "../../src/interfaces/IFaultEvidence.sol";
import {IFaults} from "../../src/interfaces/IFaults.sol";
import {IStaking} from "../../src/interfaces/IStaking.sol";
import {JobOrder, Receipt} from "../../src/interfaces/JobTypes.sol";
import {FaultSystem} from "../base/FaultSystem.sol";
import {JobsTest} from "../jobs/JobsTest.sol";

/// @title A job of 300 ENC with 150 ENC of stake at risk, and an ordinary account, Wanda, who watches.
/// @dev Windows: report 3 days, contest 2 days; bond 100 ENC; shares 20 %, 50 %, 30 %.
abstract contract FaultsTest is JobsTest, FaultSystem {
    /// @dev Wanda's wealth; everybody's Jobs balances are elsewhere.
    uint256 internal constant WEALTH = 1_000e18;

    address internal wanda = address(0x3a2da);
    uint256[] internal none;

    function setUp() public virtual override {
        super.setUp();
        deployFaults();
        enrolWatcher(wanda);
        vm.prank(provider);
        token.approve(address(faults), type(uint256).max);
    }

    function enrolWatcher(address account) internal {
        fund(account, WEALTH);
        vm.prank(account);
        token.approve(address(faults), type(uint256).max);
    }

    // ---------------------------------------------------------------- what everybody can do

    function proposeAs(address account, bytes memory evidence) internal returns (uint256) {
        vm.prank(account);
        return faults.propose(evidence);
    }

    function contestAs(address account, uint256 faultId, bytes memory evidence) internal {
        vm.prank(account);
        faults.contest(faultId, evidence);
    }

    /// @dev Waits until the window is over and executes as somebody unrelated.
    function executeAfterWindow(uint256 faultId) internal {
        vm.warp(faults.fault(faultId).decideBy + 1);
        faults.execute(faultId, none);
    }

    function refuseProposal(bytes memory evidence, bytes memory reason) internal {
        vm.expectRevert(reason);
        vm.prank(wanda);
        faults.propose(evidence);
    }

    // ---------------------------------------------------------------- evidence

    function lateEvidence(bytes32 jobId, uint32 attempt) internal pure returns (bytes memory) {
        return abi.encodeCall(IFaultEvidence.late, (jobId, attempt));
    }

    function notServedEvidence(Receipt memory receipt) internal view returns (bytes memory) {
        return abi.encodeCall(IFaultEvidence.notServed, (receipt, signer.receipt(enclaveKey, receipt)));
    }

    function overSpendEvidence(Receipt memory receipt) internal view returns (bytes memory) {
        return abi.encodeCall(IFaultEvidence.overSpend, (newOrder(), receipt, signer.receipt(enclaveKey, receipt)));
    }

    function twoResultsEvidence(bytes32 jobId, uint32 attempt) internal view returns (bytes memory) {
        Receipt memory one = newReceipt(jobId, attempt);
        Receipt memory other = newReceipt(jobId, attempt);
        other.resultDigest = keccak256("another result");
        return abi.encodeCall(
            IFaultEvidence.twoResults, (one, signer.receipt(enclaveKey, one), other, signer.receipt(enclaveKey, other))
        );
    }

    /// @dev Findings of auditors [from, from + size), each with its signature.
    function findings(bytes32 jobId, uint64 deviationMicro, uint256 from, uint256 size)
        internal
        view
        returns (AuditFinding[] memory list, bytes[] memory signatures)
    {
        list = new AuditFinding[](size);
        signatures = new bytes[](size);
        for (uint256 i = 0; i < size; ++i) {
            list[i] = AuditFinding(jobId, 1, keccak256("result"), deviationMicro, 2_000);
            signatures[i] = sign(auditorKeys[from + i], judge.hashAuditFinding(list[i]));
        }
    }

    function wrongResultEvidence(bytes32 jobId, uint64 deviationMicro, uint256 from, uint256 size)
        internal
        view
        returns (bytes memory)
    {
        Receipt memory receipt = newReceipt(jobId, 1);
        (AuditFinding[] memory list, bytes[] memory signatures) = findings(jobId, deviationMicro, from, size);
        return
            abi.encodeCall(IFaultEvidence.wrongResult, (receipt, signer.receipt(enclaveKey, receipt), list, signatures));
    }

    function startedAtLevel2() internal returns (bytes32 jobId, JobOrder memory order) {
        attest(2);
        order = newOrder();
        order.minLevel = 2;
        jobId = matchNow(signed(order, newOffer(), newGrant()));
        startNow(jobId);
    }

    /// @dev A result for half an hour, appraised now.
    function attest(uint8 level) internal {
        attestFor(level, 30 minutes);
    }

    function attestFor(uint8 level, uint64 validity) internal {
        IAttestations.AttestationResult memory result = IAttestations.AttestationResult({
            subject: provider,
            level: level,
            evidenceId: keccak256("evidence"),
            policyDigest: keccak256("policy"),
            measurement: keccak256("measurement"),
            device: keccak256("device"),
            issuedAt: uint64(block.timestamp),
            expiresAt: uint64(block.timestamp) + validity
        });
        attestations.record(result, sign(verifierKey, attestations.hashResult(result)));
    }

    // ---------------------------------------------------------------- what came of it

    function expectFault(uint256 faultId, IFaults.State state) internal view {
        vm.assertEq(uint256(faults.fault(faultId).state), uint256(state), "fault state");
    }

    /// @dev Shares of a penalty that all of it was taken for; the reporter has its bond back too.
    function expectShares(uint256 penalty, address injured, uint256 treasuryBefore) internal view {
        vm.assertEq(faults.balanceOf(wanda), BOND + penalty * 2 / 10, "reporter");
        uint256 toInjured = injured == address(0) ? 0 : penalty * 5 / 10;
        if (injured != address(0)) vm.assertEq(faults.balanceOf(injured), toInjured, "injured");
        vm.assertEq(
            token.balanceOf(address(treasury)), treasuryBefore + penalty - penalty * 2 / 10 - toInjured, "treasury"
        );
        vm.assertEq(faults.held(), token.balanceOf(address(faults)), "held");
    }

    function providerStake() internal view returns (uint256) {
        return staking.stakeOf(IStaking.Pool.Provide, provider).active;
    }
}
