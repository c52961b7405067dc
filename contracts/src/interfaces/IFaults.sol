// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.24;

/// @title Faults of providers: proposed with evidence by anybody, contestable, executed by anybody.
/// @notice Evidence is a call of `IFaultEvidence`, encoded: `propose(abi.encodeCall(IFaultEvidence.late, (jobId, attempt)))`. That
/// contract checks what it is told and says what follows; this one holds bonds, windows and penalties.
///
/// | kind | evidence | counter-evidence | answer |
/// | --- | --- | --- | --- |
/// | Late | `late`: a missed deadline on record | `noKey` (bond): the owner gave no key | `keyGiven`: the owner's release |
/// | Unavailable | `unavailable`: heartbeats of an ended epoch | | |
/// | NotServed | `notServed`: a signed receipt, and silence | `served`: the result; `fetched`: auditors have it | |
/// | Attestation | `attestation`: the register, expired or lowered | `attested`: a newer result restores it | |
/// | WrongResult | `wrongResult`: findings of auditors | `rightResult` (bond): as many others | `stillWrong`: still more |
/// | Privacy | `overSpend`, `otherMechanism`: receipt against order | | |
/// | TwoResults | `twoResults`: two signed receipts of an attempt | | |
///
/// A proposal takes a bond. Penalty = severity × stake at risk, and all penalties for one attempt together never exceed that stake. It is
/// shared by reporter, injured party and treasury. A delivered job that turns out faulty is not paid: its price goes back.
/// @dev The stake at risk of an attempt is what the job locked. It can't leave before the attempt ends; from then on it stays
/// reachable for the unbonding period, which all windows must fit into. Stake that began to unbond earlier is never
/// touched. Parameters take effect after twice the unbonding period: none touches a job that was matched before it was
/// announced. Money is pulled. The team may lower or void a penalty with a published reason until it is executed; nobody
/// can raise one. Calls that prove nothing revert with the errors of `IFaultEvidence`.
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
    /// @param since second at which the attempt ended: stake that began to unbond earlier is untouched; 0 until executed
    /// @param stepBps Late: what each repetition adds
    /// @param started Late: an enclave had started, so that the owner's key mattered
    /// @param holdsJob the job's payment waits for the decision
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
        bool holdsJob;
        uint40 since;
        uint16 stepBps;
    }

    /// @notice Parameters. Severities, shares and absence in basis points.
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
    /// @param mostAbsentBps part of the heartbeats heard of others that a provider may miss in an epoch
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
        uint16 mostAbsentBps;
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
    /// @notice This fault of this attempt or epoch is open, or was decided.
    error FaultsAlreadyProposed(uint256 faultId);
    /// @notice The report window is over.
    error FaultsTooLate(uint256 end);
    /// @notice The window still runs.
    error FaultsTooEarly(uint256 end);
    /// @notice The job still runs: it ends by its deadline.
    error FaultsJobRunning(bytes32 jobId);
    /// @notice The evidence is about another fault, or is not of the sort that is asked for now.
    error FaultsWrongEvidence();
    /// @notice This auditor was heard about this fault already.
    error FaultsAuditorHeard(address auditor);
    /// @notice Fewer auditors than needed.
    error FaultsTooFewAuditors(uint256 heard, uint256 needed);
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

    /// @notice Proposes a fault. Takes the bond, which the caller must have approved.
    /// @param evidence encoded call of a function of `IFaultEvidence`
    function propose(bytes calldata evidence) external returns (uint256 faultId);

    /// @notice Brings counter-evidence within the contest window. What clears the provider voids the fault, and the reporter's bond is
    /// the provider's; what the other side can answer takes a bond and waits for the answer.
    function contest(uint256 faultId, bytes calldata evidence) external;

    /// @notice Answers a contest: the fault stands and the contester's bond is the reporter's. Anybody may call.
    function answer(uint256 faultId, bytes calldata evidence) external;

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

    /// @notice Announces parameters, each within constant bounds, that hold after twice the unbonding period. Role PARAMETERS.
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

    /// @notice The second at which a delivered job's contest window ends or ended, whatever a hold made of it; 0 if none was made.
    function contestEndOf(bytes32 jobId) external view returns (uint256);

    /// @notice The contract that judges evidence.
    function evidenceContract() external view returns (address);
}
