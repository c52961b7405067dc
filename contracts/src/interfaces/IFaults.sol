// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.24;

import {AuditFinding, ServedFinding} from "./FaultTypes.sol";
import {JobOrder, KeyRelease, Receipt} from "./JobTypes.sol";

/// @title Faults of providers: proposed with evidence by anybody, contestable, executed by anybody.
/// @notice Seven kinds, each with evidence that this contract checks itself. A proposal takes a bond. Evidence that counter-
/// evidence can meet waits for it during the contest window:
///
/// | kind | evidence | counter-evidence |
/// | --- | --- | --- |
/// | Late | a missed deadline on record | "the owner gave no key" (bond), met by the owner's signed release |
/// | Unavailable | heartbeats of an ended epoch | none |
/// | NotServed | a signed receipt, and silence | the sealed result's bytes, or auditors who fetched it |
/// | Attestation | the register: expired or lowered while the job ran | a result on record that restores it |
/// | WrongResult | findings of auditors | findings of as many others (bond), met by still more |
/// | Privacy | receipt or certificate against the order | none |
/// | TwoResults | two signed receipts of one attempt | none |
///
/// Penalty = severity × stake at risk, and all penalties for one attempt together never exceed that stake. It is shared by
/// reporter, injured party and treasury. A delivered job that turns out faulty is not paid: its price goes back.
/// @dev The stake at risk of an attempt is what the job locked. It can't leave before the attempt ends; from then on it stays
/// reachable for the unbonding period, which both windows must fit into. Stake that began to unbond earlier is never
/// touched. Parameters take effect after the unbonding period: none touches a job that was matched before it was announced.
/// Money is pulled. The team may lower or void a penalty with a published reason until it is executed; nobody can raise one.
interface IFaults {
    enum Kind {
        Late,
        Unavailable,
        NotServed,
        Attestation,
        WrongResult,
        Privacy,
        TwoResults
    }

    /// @notice Proposed → Executed when the window ends; Proposed → Contested → Upheld or Voided; Upheld → Executed.
    enum State {
        None,
        Proposed,
        Contested,
        Upheld,
        Executed,
        Voided
    }

    /// @notice A fault.
    /// @param subject the job's id; of Unavailable the number of the epoch
    /// @param provider who is at fault
    /// @param atRisk wei of stake at risk
    /// @param reporter who proposed it
    /// @param bond wei that the reporter, and then the contester, puts up
    /// @param contester who contested it
    /// @param taken wei slashed so far
    /// @param injured who is compensated
    /// @param penalty wei to slash; 0 until executed
    /// @param evidence digest of what was shown: result digest, or what the register held
    /// @param decideBy last second for the next piece of counter-evidence
    /// @param proposedAt second of the proposal
    /// @param contestWindow seconds for each side
    /// @param attempt attempt of the job
    /// @param severityBps most of the stake at risk that can be taken
    /// @param auditors auditors for and against the provider, each side's count
    /// @param kind kind
    /// @param state state
    /// @param started Late: an enclave had started, so that the owner's key mattered
    struct Fault {
        bytes32 subject;
        address provider;
        uint96 atRisk;
        address reporter;
        uint96 bond;
        address contester;
        uint96 taken;
        address injured;
        uint96 penalty;
        bytes32 evidence;
        uint40 decideBy;
        uint40 proposedAt;
        uint32 contestWindow;
        uint32 attempt;
        uint16 severityBps;
        uint8 auditorsAgainst;
        uint8 auditorsFor;
        Kind kind;
        State state;
        bool started;
    }

    /// @notice Parameters. Severities, shares and availability in basis points.
    /// @param reportWindow seconds after an attempt or epoch ends in which faults can be proposed
    /// @param contestWindow seconds to contest, and again to answer the contest
    /// @param bond wei of each side
    /// @param lateBps severity of the first Late; each one more within `LATE_MEMORY` adds as much
    /// @param lateMaxBps where that ends
    /// @param unavailableBps severity of Unavailable
    /// @param notServedBps severity of NotServed
    /// @param attestationBps severity of Attestation
    /// @param wrongResultBps severity of WrongResult
    /// @param privacyBps severity of Privacy
    /// @param twoResultsBps severity of TwoResults
    /// @param reporterBps reporter's share
    /// @param injuredBps injured party's share
    /// @param leastAvailabilityBps availability below which an epoch counts as missed
    /// @param auditQuorum auditors that a finding needs
    /// @param toleranceMicro least tolerance that an audit may record, in millionths
    struct Parameters {
        uint32 reportWindow;
        uint32 contestWindow;
        uint96 bond;
        uint16 lateBps;
        uint16 lateMaxBps;
        uint16 unavailableBps;
        uint16 notServedBps;
        uint16 attestationBps;
        uint16 wrongResultBps;
        uint16 privacyBps;
        uint16 twoResultsBps;
        uint16 reporterBps;
        uint16 injuredBps;
        uint16 leastAvailabilityBps;
        uint8 auditQuorum;
        uint64 toleranceMicro;
    }

    /// @notice A fault was proposed.
    event FaultProposed(
        uint256 indexed faultId,
        Kind indexed kind,
        address indexed provider,
        bytes32 subject,
        uint32 attempt,
        address reporter,
        uint256 atRisk,
        bytes32 evidence,
        uint256 contestEnds
    );
    /// @notice A fault was contested; the other side has until `answerBy`.
    event FaultContested(uint256 indexed faultId, address indexed contester, uint256 answerBy);
    /// @notice The contest was answered: the fault stands.
    event FaultUpheld(uint256 indexed faultId, address indexed by);
    /// @notice Counter-evidence, an unanswered contest or the team ended a fault without a penalty.
    event FaultVoided(uint256 indexed faultId, address indexed by, string reason);
    /// @notice The team lowered the most that can be taken.
    event FaultReduced(uint256 indexed faultId, uint256 severityBps, string reason);
    /// @notice Stake was taken: now in all `taken` of `penalty`.
    event FaultExecuted(
        uint256 indexed faultId,
        address indexed provider,
        uint256 penalty,
        uint256 taken,
        uint256 toReporter,
        uint256 toInjured,
        uint256 toTreasury
    );
    /// @notice Money left an account's balance.
    event Withdrawn(address indexed account, uint256 amount);
    /// @notice New parameters will hold from second `effectiveAt`.
    event ParametersSet(Parameters parameters, uint256 effectiveAt);

    /// @notice There is no such fault.
    error FaultsUnknown(uint256 faultId);
    /// @notice The fault's state does not allow this.
    error FaultsWrongState(uint256 faultId, State state);
    /// @notice The fault is of another kind.
    error FaultsWrongKind(uint256 faultId, Kind kind);
    /// @notice This fault of this attempt or epoch is open, or was decided.
    error FaultsAlreadyProposed(uint256 faultId);
    /// @notice The job has no such attempt, or none of which this kind of fault can be said now.
    error FaultsNoSuchAttempt(bytes32 jobId, uint32 attempt);
    /// @notice The report window is over.
    error FaultsTooLate(uint256 end);
    /// @notice The window still runs.
    error FaultsTooEarly(uint256 end);
    /// @notice The job still runs: it ends by its deadline.
    error FaultsJobRunning(bytes32 jobId);
    /// @notice A document names another job or attempt, or two documents are the same.
    error FaultsDocumentMismatch();
    /// @notice The document is not signed by the one who should have.
    error FaultsBadSignature(address signer);
    /// @notice The evidence, though genuine, shows no fault.
    error FaultsNoFault();
    /// @notice The counter-evidence does not clear the provider.
    error FaultsNotCleared();
    /// @notice Fewer auditors than needed, or not in ascending order, or one that was heard already.
    error FaultsBadAuditors();
    /// @notice The caller is not the party who may do this.
    error FaultsNotAllowed(address caller);
    /// @notice A penalty can only be lowered.
    error FaultsNotLower(uint256 wantedBps, uint256 currentBps);
    /// @notice A reason is needed.
    error FaultsNoReason();
    /// @notice Nothing is left to take from.
    error FaultsNothingTaken();
    /// @notice Zero wei can't be withdrawn.
    error FaultsZeroAmount();
    /// @notice The account's balance is smaller.
    error FaultsInsufficientBalance(uint256 wanted, uint256 balance);
    /// @notice A parameter is outside its bounds.
    error FaultsBadParameter();

    /// @notice Seconds after which an earlier lateness is forgotten.
    function LATE_MEMORY() external view returns (uint256);

    /// @notice Proposes: the attempt missed its deadline.
    function proposeLate(bytes32 jobId, uint32 attempt) external returns (uint256 faultId);

    /// @notice Proposes: the provider missed too many heartbeats of an ended epoch.
    function proposeUnavailable(address provider, uint256 epoch) external returns (uint256 faultId);

    /// @notice Challenges the provider to show the sealed result. Can be repeated after an answer; each answer costs the bond.
    function proposeNotServed(Receipt calldata receipt, bytes calldata enclaveSig) external returns (uint256 faultId);

    /// @notice Proposes: at the delivery, or now if the job runs, the provider's newest attestation was over or below the level
    /// that order or dataset demand. Record newer results in `Attestations` first.
    function proposeAttestation(JobOrder calldata order) external returns (uint256 faultId);

    /// @notice Proposes: auditors found the result wrong. Signatures in ascending order of auditors.
    function proposeWrongResult(
        Receipt calldata receipt,
        bytes calldata enclaveSig,
        AuditFinding[] calldata findings,
        bytes[] calldata signatures
    ) external returns (uint256 faultId);

    /// @notice Proposes: the enclave signed a loss above the order's charge, or another number of steps.
    function proposeOverSpend(JobOrder calldata order, Receipt calldata receipt, bytes calldata enclaveSig)
        external
        returns (uint256 faultId);

    /// @notice Proposes: the certificate that the enclave signed names another training specification than the order.
    /// @param order the job's order
    /// @param receipt what the enclave signed
    /// @param enclaveSig its signature
    /// @param certificate canonical JSON of the certificate
    /// @param place offset of `,"spec":"` in it
    function proposeOtherMechanism(
        JobOrder calldata order,
        Receipt calldata receipt,
        bytes calldata enclaveSig,
        bytes calldata certificate,
        uint256 place
    ) external returns (uint256 faultId);

    /// @notice Proposes: the enclave signed two results of one attempt.
    function proposeTwoResults(
        Receipt calldata one,
        bytes calldata signatureOfOne,
        Receipt calldata other,
        bytes calldata signatureOfOther
    ) external returns (uint256 faultId);

    /// @notice Contests a Late: no key came from the dataset's owner. The provider calls.
    function contestLate(uint256 faultId) external;

    /// @notice Answers: the owner's signed release of that attempt.
    function answerLate(uint256 faultId, KeyRelease calldata release, bytes calldata ownerSig) external;

    /// @notice Clears a NotServed with the sealed result itself.
    function serve(uint256 faultId, bytes calldata result) external;

    /// @notice Clears a NotServed with auditors who fetched the result since the challenge.
    function proveServed(uint256 faultId, ServedFinding[] calldata findings, bytes[] calldata signatures) external;

    /// @notice Clears an Attestation: the register holds a newer result that restores the level for the time of the job.
    function contestAttestation(uint256 faultId, JobOrder calldata order) external;

    /// @notice Contests a WrongResult with findings of at least as many other auditors, within their tolerance.
    function contestWrongResult(uint256 faultId, AuditFinding[] calldata findings, bytes[] calldata signatures) external;

    /// @notice Answers with findings of still others, so that more auditors find the result wrong than right.
    function answerWrongResult(uint256 faultId, AuditFinding[] calldata findings, bytes[] calldata signatures) external;

    /// @notice Ends a contested fault that nobody answered in time: the contester gets the reporter's bond. Anybody may call.
    function dismiss(uint256 faultId) external;

    /// @notice Takes the penalty once the window is over and the job no longer runs, shares it and gives the bond back. Anybody may
    /// call; again, if stake was short, until all is taken.
    /// @param requests numbers of the provider's unbonding requests to take from where active stake does not suffice
    function execute(uint256 faultId, uint256[] calldata requests) external;

    /// @notice Lowers the most that can be taken; 0 voids the fault and gives the bonds back. Role TEAM.
    function reduce(uint256 faultId, uint16 severityBps, string calldata reason) external;

    /// @notice Pays out from the caller's balance.
    function withdraw(uint256 amount) external;

    /// @notice Announces parameters, each within constant bounds, that hold after the unbonding period. Role PARAMETERS.
    function setParameters(Parameters calldata parameters_) external;

    /// @notice A fault; state None when there is none.
    function fault(uint256 faultId) external view returns (Fault memory);

    /// @notice How many faults were ever proposed; their ids count from 1.
    function count() external view returns (uint256);

    /// @notice The last fault of this kind proposed about an attempt (or, for Unavailable, a provider's epoch); 0 if none.
    function faultOf(Kind kind, bytes32 subject, uint32 attempt, address provider) external view returns (uint256);

    /// @notice Wei that an execution now would set as the penalty.
    function penaltyOf(uint256 faultId) external view returns (uint256);

    /// @notice Wei taken for an attempt over all its faults.
    function takenFor(bytes32 subject, uint32 attempt, address provider) external view returns (uint256);

    /// @notice Executed Late faults of a provider within `LATE_MEMORY` of the last one, and its second.
    function lateness(address provider) external view returns (uint32 times, uint40 lastAt);

    /// @notice Wei that the account can withdraw.
    function balanceOf(address account) external view returns (uint256);

    /// @notice Wei that this contract owes: balances and open bonds.
    function held() external view returns (uint256);

    /// @notice The parameters in force.
    function parameters() external view returns (Parameters memory);

    /// @notice The parameters announced last, and the second from which they hold; 0 if none wait.
    function pendingParameters() external view returns (Parameters memory announced, uint256 effectiveAt);

    /// @notice The bounds of each parameter.
    function parameterBounds() external pure returns (Parameters memory least, Parameters memory most);

    /// @notice The EIP-712 digest that an auditor signs.
    function hashAuditFinding(AuditFinding calldata finding) external view returns (bytes32);

    /// @notice The EIP-712 digest that an auditor signs.
    function hashServedFinding(ServedFinding calldata finding) external view returns (bytes32);
}
