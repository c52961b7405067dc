// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

// The clock of tests is ours.
// forge-lint: disable-start(block-timestamp)

import {AuditFinding, ServedFinding} from "../../src/interfaces/FaultTypes.sol";
import {IAttestations} from "../../src/interfaces/IAttestations.sol";
import {IFaultEvidence} from "../../src/interfaces/IFaultEvidence.sol";
import {IFaults} from "../../src/interfaces/IFaults.sol";
import {IJobs} from "../../src/interfaces/IJobs.sol";
import {IStaking} from "../../src/interfaces/IStaking.sol";
import {KeyRelease, Receipt} from "../../src/interfaces/JobTypes.sol";
import {ShareMath} from "../../src/libraries/ShareMath.sol";
import {SystemHandler} from "./SystemHandler.sol";

/// @title Watchers who report what they like, providers who contest, auditors on both sides, a team that has mercy.
/// @dev What the contracts refuse changes nothing; what they accept is checked where it happens.
abstract contract FaultsHandler is SystemHandler {
    uint256 private constant KINDS = 7;

    address[2] internal _watchers = [address(0x3a2da), address(0x3a2db)];
    /// @dev How often each kind was proposed, and how often one was executed.
    uint256[7] public proposals;
    uint256 public executions;
    uint256 public slashedByFaults;

    constructor() {
        for (uint256 i = 0; i < 2; ++i) {
            fund(_watchers[i], 20_000e18);
            vm.prank(_watchers[i]);
            token.approve(address(faults), type(uint256).max);
        }
    }

    /// @dev Any kind, about any job and attempt or epoch, mostly true; by a watcher or by the provider itself.
    function proposeFault(uint256 which, uint256 kind, uint256 seed) external checked {
        kind %= KINDS;
        if (_jobIds.length == 0) return;
        (bool found, bytes32 jobId) =
            _find(which, kind == 0 ? IJobs.JobState.Expired : IJobs.JobState(3 + (seed >> 32) % 2));
        if (!found || (seed >> 40) % 4 == 0) jobId = _jobIds[which % _jobIds.length];
        bytes memory evidence = _evidence(kind, jobId, seed);
        address reporter = seed % 5 == 0 ? jobs.job(jobId).provider : _watchers[seed % 2];
        vm.prank(reporter);
        try faults.propose(evidence) returns (uint256 faultId) {
            vm.assertEq(uint256(faults.fault(faultId).kind), kind);
            ++proposals[kind];
        } catch {}
    }

    function contestFault(uint256 which, uint256 seed) external checked {
        uint256 faultId = _fault(which);
        if (faultId == 0) return;
        IFaults.Fault memory entry = faults.fault(faultId);
        bytes memory evidence;
        if (entry.kind == IFaults.Kind.Late) {
            evidence = abi.encodeCall(IFaultEvidence.noKey, (faultId));
        } else if (entry.kind == IFaults.Kind.Attestation) {
            evidence = abi.encodeCall(IFaultEvidence.attested, (faultId));
        } else if (entry.kind == IFaults.Kind.WrongResult) {
            evidence = _audit(faultId, IFaultEvidence.rightResult.selector, seed);
        } else if (seed % 2 == 0) {
            evidence = abi.encodeCall(IFaultEvidence.served, (faultId, "sealed result"));
        } else {
            evidence = _fetched(faultId);
        }
        vm.prank(seed % 5 == 0 ? _watchers[0] : entry.provider);
        try faults.contest(faultId, evidence) {} catch {}
    }

    function answerFault(uint256 which, uint256 seed) external checked {
        uint256 faultId = _fault(which);
        if (faultId == 0) return;
        IFaults.Fault memory entry = faults.fault(faultId);
        bytes memory evidence;
        if (entry.kind == IFaults.Kind.Late) {
            KeyRelease memory release = newRelease(entry.subject, entry.attempt);
            bytes memory ownerSig = signer.release(_ownerKeys[entry.subject], release);
            evidence = abi.encodeCall(IFaultEvidence.keyGiven, (faultId, release, ownerSig));
        } else {
            evidence = _audit(faultId, IFaultEvidence.stillWrong.selector, seed);
        }
        try faults.answer(faultId, evidence) {} catch {}
    }

    function dismissFault(uint256 which) external checked {
        uint256 faultId = _fault(which);
        if (faultId == 0) return;
        IFaults.Fault memory entry = faults.fault(faultId);
        if (entry.state != IFaults.State.Contested || block.timestamp <= entry.decideBy) return;
        faults.dismiss(faultId);
    }

    /// @dev Invariant 6 where it happens: never more than at risk, and requests older than the attempt's end keep their worth.
    function executeFault(uint256 which, uint256 request, bool patient) external checked {
        uint256 faultId = _fault(which);
        if (faultId == 0) return;
        IFaults.Fault memory entry = faults.fault(faultId);
        if (patient && entry.state == IFaults.State.Proposed && entry.decideBy >= block.timestamp) {
            vm.warp(uint256(entry.decideBy) + 1);
        }
        uint256 count = staking.unbondingCount(PROVIDE, entry.provider);
        uint256[] memory before = _worths(entry.provider);
        IStaking.Stake memory stakeBefore = staking.stakeOf(PROVIDE, entry.provider);
        uint256[] memory requests = new uint256[](count == 0 ? 0 : 1);
        if (count > 0) requests[0] = request % count;
        try faults.execute(faultId, requests) {}
        catch {
            try faults.execute(faultId, new uint256[](0)) {}
            catch {
                return;
            }
        }
        IFaults.Fault memory after_ = faults.fault(faultId);
        uint256 taken = after_.taken - entry.taken;
        IStaking.Stake memory left = staking.stakeOf(PROVIDE, entry.provider);
        vm.assertEq(
            uint256(stakeBefore.active) + stakeBefore.unbonding, uint256(left.active) + left.unbonding + taken, "taken"
        );
        vm.assertLe(
            faults.takenFor(entry.subject, entry.attempt, entry.provider), entry.atRisk, "taken above the stake at risk"
        );
        uint256[] memory after__ = _worths(entry.provider);
        for (uint256 i = 0; i < count; ++i) {
            uint256 availableAt = staking.unbondingOf(PROVIDE, entry.provider, i).availableAt;
            if (availableAt < uint256(after_.since) + UNBONDING) vm.assertGe(after__[i], before[i], "older request");
        }
        ++executions;
        slashedByFaults += taken;
    }

    function reduceFault(uint256 which, uint16 bps) external checked {
        uint256 faultId = _fault(which);
        if (faultId == 0) return;
        uint256 before = faults.penaltyOf(faultId);
        vm.prank(team);
        try faults.reduce(faultId, bps % 10_000, "mercy") {} catch {}
        vm.assertLe(faults.penaltyOf(faultId), before, "the team raised a penalty");
    }

    function withdrawBond(uint256 who, uint256 amount) external checked {
        address account = _reporter(who);
        uint256 most = faults.balanceOf(account);
        if (most == 0) return;
        vm.prank(account);
        faults.withdraw(clamp(amount, 1, most));
    }

    function setFaultParameters(uint32 report, uint32 window, uint96 bond, uint16 late) external checked {
        IFaults.Parameters memory next = defaultFaultParameters();
        next.reportWindow = uint32(clamp(report, 5, 10 days));
        next.contestWindow = uint32(clamp(window, 5, 5 days));
        next.bond = uint96(clamp(bond, 1e9, 300e18));
        next.lateBps = uint16(clamp(late, 1, 500));
        vm.prank(team);
        faults.setParameters(next);
    }

    // ---------------------------------------------------------------- for the invariants

    /// @dev Balances of everybody who can have one, and the bonds of open faults.
    function owedByFaults() external view returns (uint256 sum) {
        for (uint256 i = 0; i < 7; ++i) {
            sum += faults.balanceOf(_reporter(i));
        }
        for (uint256 id = 1; id <= faults.count(); ++id) {
            IFaults.Fault memory entry = faults.fault(id);
            if (entry.state == IFaults.State.Proposed || entry.state == IFaults.State.Upheld) sum += entry.bond;
            if (entry.state == IFaults.State.Contested) sum += 2 * uint256(entry.bond);
        }
    }

    // ---------------------------------------------------------------- inner workings

    function _evidence(uint256 kind, bytes32 jobId, uint256 seed) private view returns (bytes memory) {
        uint32 attempt = jobs.job(jobId).attempt;
        // An earlier attempt, now and then.
        if (attempt > 1 && seed % 3 == 0) --attempt;
        Receipt memory receipt = _receiptOf(jobId, attempt);
        if (kind == 0) return abi.encodeCall(IFaultEvidence.late, (jobId, attempt));
        if (kind == 1) {
            uint256 epoch = staking.epoch();
            epoch = epoch < 2 ? 0 : epoch - 2;
            return abi.encodeCall(IFaultEvidence.unavailable, (_providers[seed % 2].account, epoch));
        }
        if (kind == 2) return abi.encodeCall(IFaultEvidence.notServed, (receipt, signer.receipt(enclaveKey, receipt)));
        if (kind == 3) return abi.encodeCall(IFaultEvidence.attestation, (_orders[jobId]));
        if (kind == 4) {
            (AuditFinding[] memory list, bytes[] memory signatures) = _findings(jobId, attempt, 10_000, seed % 5, 3);
            return abi.encodeCall(
                IFaultEvidence.wrongResult, (receipt, signer.receipt(enclaveKey, receipt), list, signatures)
            );
        }
        if (kind == 5) {
            // Half of them accuse falsely.
            receipt.steps += uint32(seed % 2);
            return
                abi.encodeCall(IFaultEvidence.overSpend, (_orders[jobId], receipt, signer.receipt(enclaveKey, receipt)));
        }
        Receipt memory other = _receiptOf(jobId, attempt);
        other.resultDigest = keccak256("another result");
        return abi.encodeCall(
            IFaultEvidence.twoResults,
            (receipt, signer.receipt(enclaveKey, receipt), other, signer.receipt(enclaveKey, other))
        );
    }

    function _audit(uint256 faultId, bytes4 selector, uint256 seed) private view returns (bytes memory) {
        IFaults.Fault memory entry = faults.fault(faultId);
        uint64 deviation = selector == IFaultEvidence.rightResult.selector ? 0 : 10_000;
        (AuditFinding[] memory list, bytes[] memory signatures) =
            _findings(entry.subject, entry.attempt, deviation, seed % 5, 1 + (seed >> 8) % 3);
        return abi.encodeWithSelector(selector, faultId, list, signatures);
    }

    function _findings(bytes32 jobId, uint32 attempt, uint64 deviationMicro, uint256 from, uint256 size)
        private
        view
        returns (AuditFinding[] memory list, bytes[] memory signatures)
    {
        list = new AuditFinding[](size);
        signatures = new bytes[](size);
        for (uint256 i = 0; i < size; ++i) {
            list[i] = AuditFinding(jobId, attempt, RESULT, deviationMicro, 2_000);
            signatures[i] = sign(auditorKeys[(from + i) % 7], judge.hashAuditFinding(list[i]));
        }
    }

    function _fetched(uint256 faultId) private view returns (bytes memory) {
        ServedFinding[] memory list = new ServedFinding[](3);
        bytes[] memory signatures = new bytes[](3);
        for (uint256 i = 0; i < 3; ++i) {
            list[i] = ServedFinding(faults.fault(faultId).subject, RESULT, uint64(block.timestamp));
            signatures[i] = sign(auditorKeys[i], judge.hashServedFinding(list[i]));
        }
        return abi.encodeCall(IFaultEvidence.fetched, (faultId, list, signatures));
    }

    /// @dev ENC behind each unbonding request of a provider.
    function _worths(address account) private view returns (uint256[] memory worths) {
        IStaking.Stake memory entry = staking.stakeOf(PROVIDE, account);
        worths = new uint256[](staking.unbondingCount(PROVIDE, account));
        for (uint256 i = 0; i < worths.length; ++i) {
            IStaking.Unbonding memory request = staking.unbondingOf(PROVIDE, account, i);
            if (request.shares == 0 || request.generation != entry.generation) continue;
            worths[i] = ShareMath.toAssetsDown(request.shares, entry.unbonding, entry.unbondingShares);
        }
    }

    function _fault(uint256 which) private view returns (uint256) {
        uint256 count = faults.count();
        return count == 0 ? 0 : 1 + which % count;
    }

    /// @dev Watchers, and everybody who can be injured or a provider.
    function _reporter(uint256 who) private view returns (address) {
        who %= 7;
        return who < 2 ? _watchers[who] : _anybody(who - 2);
    }
}
// forge-lint: disable-end(block-timestamp)
