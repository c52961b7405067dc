// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

// Windows are seconds to days; the seconds by which a validator can shift a block do no harm to them.
// forge-lint: disable-start(block-timestamp)

import {Address} from "@openzeppelin/contracts/utils/Address.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {FaultBonds} from "./faults/FaultBonds.sol";
import {Governed} from "./Governed.sol";
import {IFaultEvidence} from "./interfaces/IFaultEvidence.sol";
import {IFaults} from "./interfaces/IFaults.sol";
import {IJobs} from "./interfaces/IJobs.sol";
import {IProviders} from "./interfaces/IProviders.sol";
import {IStaking} from "./interfaces/IStaking.sol";
import {FaultParameters} from "./libraries/FaultParameters.sol";

/// @title Faults of providers. See `IFaults`.
/// @dev Calls only contracts of this system. What the contract of evidence returns is believed.
contract Faults is FaultBonds, Governed {
    using FaultParameters for Parameters;
    using Address for address;

    /// @dev How long payment for a job waits, and where its contest window ended before.
    struct Hold {
        uint40 contestEnds;
        uint32 open;
    }

    struct Lateness {
        uint32 times;
        uint40 lastAt;
    }

    /// @inheritdoc IFaults
    uint256 public constant LATE_MEMORY = 30 days;
    /// @dev Of one side in one call: two calls fit eight bits.
    uint256 private constant MAX_AUDITORS = 64;

    IJobs private immutable _JOBS;
    IStaking private immutable _STAKING;
    IProviders private immutable _PROVIDERS;
    /// @inheritdoc IFaults
    address public immutable evidenceContract;
    uint256 private immutable _UNBONDING_PERIOD;

    /// @inheritdoc IFaults
    uint256 public count;
    Parameters private _parameters;
    Parameters private _announced;
    uint256 private _effectiveAt;
    mapping(uint256 faultId => Fault) private _faults;
    mapping(bytes32 key => uint256 faultId) private _latest;
    mapping(bytes32 key => uint256) private _taken;
    mapping(bytes32 jobId => Hold) private _holds;
    mapping(address provider => Lateness) private _lateness;
    mapping(uint256 faultId => mapping(address auditor => bool)) private _heard;

    /// @param authority_ the `AccessManager`
    /// @param token ENC
    /// @param jobs jobs; this contract needs the role FAULTS for it, `staking` and `providers`
    /// @param staking stakes
    /// @param providers register of providers
    /// @param evidence contract that judges evidence
    /// @param treasury receiver of the treasury's share
    /// @param initial first parameters
    constructor(
        address authority_,
        address token,
        address jobs,
        address staking,
        address providers,
        address evidence,
        address treasury,
        Parameters memory initial
    ) Governed(authority_) FaultBonds(token, treasury) {
        _JOBS = IJobs(jobs);
        _PROVIDERS = IProviders(providers);
        evidenceContract = evidence;
        _STAKING = IStaking(staking);
        _UNBONDING_PERIOD = IStaking(staking).UNBONDING_PERIOD();
        _checkParameters(initial);
        _parameters = initial;
        emit ParametersSet(initial, block.timestamp);
    }

    // ---------------------------------------------------------------- evidence

    /// @inheritdoc IFaults
    function propose(bytes calldata evidence) external returns (uint256 faultId) {
        IFaultEvidence.Proof memory proof = _prove(evidence, IFaultEvidence.Effect.Proposes, 0);
        Parameters memory current = parameters();
        if (proof.endedAt != 0 && block.timestamp > uint256(proof.endedAt) + current.reportWindow) {
            revert FaultsTooLate(uint256(proof.endedAt) + current.reportWindow);
        }
        bytes32 key = _kindKey(proof.kind, proof.subject, proof.attempt, proof.provider);
        bool first = _claim(proof.kind, key);
        faultId = ++count;
        _latest[key] = faultId;

        Fault storage entry = _faults[faultId];
        _write(entry, proof, current);
        if (proof.kind == Kind.WrongResult) {
            entry.auditorsAgainst = _hear(faultId, proof.auditors, current.auditQuorum);
        }
        // A challenge that comes again holds nothing up, else bonds could buy delay without end.
        if (first && proof.delivered) _hold(entry);
        emit FaultProposed(
            faultId,
            proof.kind,
            proof.provider,
            proof.subject,
            proof.attempt,
            msg.sender,
            proof.atRisk,
            proof.evidence,
            entry.decideBy
        );
        _pullBond(current.bond);
    }

    /// @inheritdoc IFaults
    function contest(uint256 faultId, bytes calldata evidence) external {
        Fault storage entry = _open(faultId, State.Proposed);
        IFaultEvidence.Proof memory proof = _ask(evidence);
        if (proof.faultId != faultId) revert FaultsWrongEvidence();
        if (proof.onlyProvider && msg.sender != entry.provider) revert FaultsNotAllowed(msg.sender);
        if (proof.effect == IFaultEvidence.Effect.Clears) {
            if (proof.auditors.length > 0) _hear(faultId, proof.auditors, parameters().auditQuorum);
            // Counter-evidence that needs no answer: the bond pays the provider for bringing it.
            _creditBond(entry.provider, entry.bond);
            return _void(faultId, entry, "cleared");
        }
        if (proof.effect != IFaultEvidence.Effect.Contests) revert FaultsWrongEvidence();
        if (entry.kind == Kind.WrongResult) {
            entry.auditorsFor = _hear(faultId, proof.auditors, entry.auditorsAgainst);
        }
        entry.contester = msg.sender;
        entry.state = State.Contested;
        entry.decideBy = uint40(block.timestamp) + entry.contestWindow;
        emit FaultContested(faultId, msg.sender, entry.decideBy);
        _pullBond(entry.bond);
    }

    /// @inheritdoc IFaults
    function answer(uint256 faultId, bytes calldata evidence) external {
        Fault storage entry = _open(faultId, State.Contested);
        IFaultEvidence.Proof memory proof = _prove(evidence, IFaultEvidence.Effect.Answers, faultId);
        if (entry.kind == Kind.WrongResult) {
            uint256 needed = entry.auditorsFor - entry.auditorsAgainst + 1;
            entry.auditorsAgainst += _hear(faultId, proof.auditors, needed);
        }
        entry.state = State.Upheld;
        _creditBond(entry.reporter, entry.bond);
        emit FaultUpheld(faultId, msg.sender);
    }

    /// @inheritdoc IFaults
    function dismiss(uint256 faultId) external {
        Fault storage entry = _inState(faultId, State.Contested);
        if (block.timestamp <= entry.decideBy) revert FaultsTooEarly(entry.decideBy);
        _creditBond(entry.contester, 2 * uint256(entry.bond));
        _void(faultId, entry, "unanswered");
    }

    // ---------------------------------------------------------------- decisions

    /// @inheritdoc IFaults
    function execute(uint256 faultId, uint256[] calldata requests) external {
        Fault storage entry = _faults[faultId];
        bool again = entry.state == State.Executed && entry.taken < entry.penalty;
        if (!again) _decide(faultId, entry);
        uint256 owed = entry.penalty - entry.taken;
        uint256 taken;
        if (owed > 0) {
            taken = _STAKING.slash(entry.provider, owed, entry.since, requests, address(this), bytes32(faultId));
        }
        if (again && taken == 0) revert FaultsNothingTaken();
        _share(faultId, entry, taken);
    }

    /// @inheritdoc IFaults
    function reduce(uint256 faultId, uint16 severityBps, string calldata reason) external restricted {
        Fault storage entry = _faults[faultId];
        State state = entry.state;
        if (state != State.Proposed && state != State.Contested && state != State.Upheld) {
            revert FaultsWrongState(faultId, state);
        }
        if (severityBps >= entry.severityBps) revert FaultsNotLower(severityBps, entry.severityBps);
        if (bytes(reason).length == 0) revert FaultsNoReason();
        entry.severityBps = severityBps;
        emit FaultReduced(faultId, severityBps, reason);
        if (severityBps > 0) return;
        // What was answered already paid the contester's bond to the reporter.
        _creditBond(entry.reporter, entry.bond);
        if (state == State.Contested) _creditBond(entry.contester, entry.bond);
        _void(faultId, entry, reason);
    }

    /// @inheritdoc IFaults
    function setParameters(Parameters calldata parameters_) external restricted {
        _checkParameters(parameters_);
        _parameters = parameters();
        _announced = parameters_;
        // Longer than any job that runs, its contest window and the report window together.
        _effectiveAt = block.timestamp + 2 * _UNBONDING_PERIOD;
        emit ParametersSet(parameters_, _effectiveAt);
    }

    // ---------------------------------------------------------------- views

    /// @inheritdoc IFaults
    function fault(uint256 faultId) external view returns (Fault memory) {
        return _faults[faultId];
    }

    /// @inheritdoc IFaults
    function faultOf(Kind kind, bytes32 subject, uint32 attempt, address provider) external view returns (uint256) {
        return _latest[_kindKey(kind, subject, attempt, provider)];
    }

    /// @inheritdoc IFaults
    function penaltyOf(uint256 faultId) external view returns (uint256) {
        Fault storage entry = _faults[faultId];
        if (entry.state == State.Executed) return entry.penalty;
        return entry.state == State.None || entry.state == State.Voided ? 0 : _penalty(entry);
    }

    /// @inheritdoc IFaults
    function takenFor(bytes32 subject, uint32 attempt, address provider) external view returns (uint256) {
        return _taken[_riskKey(subject, attempt, provider)];
    }

    /// @inheritdoc IFaults
    function lateness(address provider) external view returns (uint32 times, uint40 lastAt) {
        return (_lateness[provider].times, _lateness[provider].lastAt);
    }

    /// @inheritdoc IFaults
    function pendingParameters() external view returns (Parameters memory announced, uint256 effectiveAt) {
        if (_effectiveAt > block.timestamp) return (_announced, _effectiveAt);
    }

    /// @inheritdoc IFaults
    function contestEndOf(bytes32 jobId) external view returns (uint256) {
        return _holds[jobId].contestEnds;
    }

    /// @inheritdoc IFaults
    function parameterBounds() external pure returns (Parameters memory least, Parameters memory most) {
        return FaultParameters.bounds();
    }

    /// @inheritdoc IFaults
    function parameters() public view returns (Parameters memory) {
        return _effectiveAt != 0 && block.timestamp >= _effectiveAt ? _announced : _parameters;
    }

    // ---------------------------------------------------------------- how a proposal comes about

    /// @dev What evidence proves, if that is of the sort asked for.
    function _prove(bytes calldata evidence, IFaultEvidence.Effect effect, uint256 faultId)
        private
        view
        returns (IFaultEvidence.Proof memory proof)
    {
        proof = _ask(evidence);
        if (proof.effect != effect || proof.faultId != faultId) revert FaultsWrongEvidence();
    }

    function _ask(bytes calldata evidence) private view returns (IFaultEvidence.Proof memory) {
        bytes memory found = evidenceContract.functionStaticCall(evidence);
        // Anything that is no proof is shorter: the other functions there return a word.
        if (found.length < 15 * 32) revert FaultsWrongEvidence();
        return abi.decode(found, (IFaultEvidence.Proof));
    }

    /// @dev Marks auditors as heard about a fault.
    /// @return how many
    function _hear(uint256 faultId, address[] memory auditors, uint256 needed) private returns (uint8) {
        if (auditors.length < needed || auditors.length > MAX_AUDITORS) {
            revert FaultsTooFewAuditors(auditors.length, needed);
        }
        for (uint256 i = 0; i < auditors.length; ++i) {
            if (_heard[faultId][auditors[i]]) revert FaultsAuditorHeard(auditors[i]);
            _heard[faultId][auditors[i]] = true;
        }
        // Fits: at most MAX_AUDITORS.
        // forge-lint: disable-next-line(unsafe-typecast)
        return uint8(auditors.length);
    }

    function _write(Fault storage entry, IFaultEvidence.Proof memory proof, Parameters memory current) private {
        (entry.subject, entry.attempt, entry.kind) = (proof.subject, proof.attempt, proof.kind);
        (entry.provider, entry.atRisk, entry.injured) = (proof.provider, proof.atRisk, proof.injured);
        (entry.reporter, entry.bond, entry.evidence) = (msg.sender, current.bond, proof.evidence);
        entry.proposedAt = uint40(block.timestamp);
        entry.decideBy = uint40(block.timestamp) + current.contestWindow;
        entry.contestWindow = current.contestWindow;
        entry.severityBps = current.severityOf(proof.kind);
        entry.state = State.Proposed;
        entry.started = proof.started;
        if (proof.kind == Kind.Late) entry.stepBps = current.lateBps;
    }

    /// @dev One fault of a kind for an attempt. Evidence that was met does not bar what happens later, where it can.
    /// @return first whether this is the first proposal
    function _claim(Kind kind, bytes32 key) private view returns (bool first) {
        uint256 before = _latest[key];
        if (before == 0) return true;
        Fault storage last = _faults[before];
        bool repeatable = kind == Kind.NotServed || kind == Kind.Attestation;
        // What the team voided (severity 0) stays void.
        if (!repeatable || last.state != State.Voided || last.severityBps == 0) revert FaultsAlreadyProposed(before);
        return false;
    }

    // ---------------------------------------------------------------- how it is decided

    function _void(uint256 faultId, Fault storage entry, string memory reason) private {
        entry.state = State.Voided;
        _release(entry);
        emit FaultVoided(faultId, msg.sender, reason);
    }

    /// @dev Ends the job and fixes the penalty.
    function _decide(uint256 faultId, Fault storage entry) private {
        State state = entry.state;
        if (state == State.Proposed) {
            if (block.timestamp <= entry.decideBy) revert FaultsTooEarly(entry.decideBy);
        } else if (state != State.Upheld) {
            revert FaultsWrongState(faultId, state);
        }
        entry.state = State.Executed;
        entry.since = entry.kind == Kind.Unavailable
            // Fits: a second.
            // forge-lint: disable-next-line(unsafe-typecast)
            ? uint40(_STAKING.epochStart(uint256(entry.subject)))
            : _endAttempt(entry);
        // Fits: at most what is at risk.
        // forge-lint: disable-next-line(unsafe-typecast)
        entry.penalty = uint96(_penalty(entry));
        _creditBond(entry.reporter, entry.bond);
        if (entry.kind == Kind.Late) {
            uint32 times = _recentLateness(entry.provider);
            _lateness[entry.provider] = Lateness(times + 1, uint40(block.timestamp));
        } else {
            // A missed deadline counted against the reputation when the job expired.
            _PROVIDERS.recordFault(entry.provider, entry.kind == Kind.Unavailable ? entry.penalty : entry.atRisk);
        }
    }

    /// @dev The second at which the attempt's lock ended. A delivered job ends here, unpaid.
    function _endAttempt(Fault storage entry) private returns (uint40) {
        bytes32 jobId = entry.subject;
        uint40 missedAt = _PROVIDERS.missed(jobId, entry.attempt).endedAt;
        if (missedAt != 0) return missedAt;
        IJobs.Job memory job = _JOBS.job(jobId);
        if (job.state == IJobs.JobState.Started) revert FaultsJobRunning(jobId);
        // Settled or Faulted: the deadline says since when.
        // forge-lint: disable-next-line(unsafe-typecast)
        if (job.state != IJobs.JobState.Delivered) return uint40(job.deadline);
        // Inside the contest window the role FAULTS ends a job unpaid.
        _JOBS.hold(jobId, block.timestamp + 1);
        _JOBS.settle(jobId);
        return uint40(block.timestamp);
    }

    /// @dev Severity × stake at risk, rounded up, within what other faults of the attempt left of it.
    function _penalty(Fault storage entry) private view returns (uint256) {
        uint256 bps = entry.severityBps;
        if (entry.kind == Kind.Late) {
            bps = Math.min(bps, (uint256(_recentLateness(entry.provider)) + 1) * entry.stepBps);
        }
        uint256 penalty = Math.mulDiv(entry.atRisk, bps, FaultParameters.BPS, Math.Rounding.Ceil);
        uint256 before = _taken[_riskKey(entry.subject, entry.attempt, entry.provider)];
        return Math.min(penalty, Math.saturatingSub(entry.atRisk, before));
    }

    function _recentLateness(address provider) private view returns (uint32) {
        Lateness memory past = _lateness[provider];
        return block.timestamp > uint256(past.lastAt) + LATE_MEMORY ? 0 : past.times;
    }

    /// @dev Divides what was taken; both parts round down, the treasury has the rest. Nobody profits from its own fault: the part of
    /// a reporter or injured party that is the provider goes to the treasury.
    function _share(uint256 faultId, Fault storage entry, uint256 taken) private {
        Parameters memory current = parameters();
        (address provider, address injured) = (entry.provider, entry.injured);
        uint256 toReporter =
            entry.reporter == provider ? 0 : Math.mulDiv(taken, current.reporterBps, FaultParameters.BPS);
        uint256 toInjured = injured == provider || injured == address(0)
            ? 0
            : Math.mulDiv(taken, current.injuredBps, FaultParameters.BPS);
        uint256 toTreasury = taken - toReporter - toInjured;
        // Fits: at most the penalty.
        // forge-lint: disable-next-line(unsafe-typecast)
        entry.taken += uint96(taken);
        _taken[_riskKey(entry.subject, entry.attempt, provider)] += taken;
        _creditShare(entry.reporter, toReporter);
        _creditShare(injured, toInjured);
        emit FaultExecuted(faultId, provider, entry.penalty, entry.taken, toReporter, toInjured, toTreasury);
        _payTreasury(toTreasury);
    }

    // ---------------------------------------------------------------- payment that waits

    /// @dev Payment waits for contest, answer and execution.
    function _hold(Fault storage entry) private {
        bytes32 jobId = entry.subject;
        uint256 deadline = _JOBS.job(jobId).deadline;
        Hold storage hold = _holds[jobId];
        // A job is delivered once, so the first hold sees the true end.
        // It was a 32-bit second.
        // forge-lint: disable-next-line(unsafe-typecast)
        if (hold.contestEnds == 0) hold.contestEnds = uint40(deadline);
        ++hold.open;
        entry.holdsJob = true;
        uint256 until = block.timestamp + 3 * uint256(entry.contestWindow);
        if (until > deadline) _JOBS.hold(jobId, until);
    }

    function _release(Fault storage entry) private {
        if (!entry.holdsJob) return;
        Hold storage hold = _holds[entry.subject];
        if (--hold.open > 0) return;
        if (_JOBS.job(entry.subject).state == IJobs.JobState.Delivered) _JOBS.hold(entry.subject, hold.contestEnds);
    }

    // ---------------------------------------------------------------- inner workings

    function _checkParameters(Parameters memory parameters_) private view {
        if (!parameters_.isWithinBounds(_UNBONDING_PERIOD)) revert FaultsBadParameter();
    }

    /// @dev A fault in this state whose window runs.
    function _open(uint256 faultId, State state) private view returns (Fault storage entry) {
        entry = _inState(faultId, state);
        if (block.timestamp > entry.decideBy) revert FaultsTooLate(entry.decideBy);
    }

    function _inState(uint256 faultId, State state) private view returns (Fault storage entry) {
        entry = _faults[faultId];
        if (entry.state == State.None) revert FaultsUnknown(faultId);
        if (entry.state != state) revert FaultsWrongState(faultId, entry.state);
    }

    function _kindKey(Kind kind, bytes32 subject, uint32 attempt, address provider) private pure returns (bytes32) {
        return keccak256(abi.encode(kind, subject, attempt, provider));
    }

    function _riskKey(bytes32 subject, uint32 attempt, address provider) private pure returns (bytes32) {
        return keccak256(abi.encode(subject, attempt, provider));
    }
}
// forge-lint: disable-end(block-timestamp)
