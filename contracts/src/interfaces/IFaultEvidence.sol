// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.24;

import {AuditFinding, ServedFinding} from "./FaultTypes.sol";
import {IFaults} from "./IFaults.sol";
import {JobOrder, KeyRelease, Receipt} from "./JobTypes.sol";

/// @title What evidence about providers proves. Holds no state and no rights; `IFaults` asks it.
/// @notice Each function but the views at the end checks what it is given against the registers and the signatures, and reverts
/// unless it proves something. The encoded call of one is what `propose`, `contest` and `answer` take.
interface IFaultEvidence {
    /// @notice What follows from evidence.
    enum Effect {
        None,
        Proposes,
        Clears,
        Contests,
        Answers
    }

    /// @notice What evidence proves.
    /// @param effect what follows
    /// @param faultId fault that it is about; 0 for a new one
    /// @param kind kind
    /// @param subject job id, or number of the epoch
    /// @param attempt attempt of the job
    /// @param provider who is at fault
    /// @param injured who is to be compensated; zero = nobody
    /// @param atRisk wei of stake at risk
    /// @param endedAt second at which attempt or epoch ended; 0 = not yet
    /// @param evidence digest of what was shown, for later questions
    /// @param started Late: an enclave had started
    /// @param delivered the job is delivered and not yet paid
    /// @param onlyProvider only the provider may bring this
    /// @param auditors whose findings these are
    struct Proof {
        Effect effect;
        uint256 faultId;
        IFaults.Kind kind;
        bytes32 subject;
        uint32 attempt;
        address provider;
        address injured;
        uint96 atRisk;
        uint40 endedAt;
        bytes32 evidence;
        bool started;
        bool delivered;
        bool onlyProvider;
        address[] auditors;
    }

    /// @notice The job has no such attempt, or none of which this kind of fault can be said now.
    error FaultEvidenceNoSuchAttempt(bytes32 jobId, uint32 attempt);
    /// @notice A document names another job, attempt or fault, or two documents are the same.
    error FaultEvidenceMismatch();
    /// @notice The document is not signed by the one who should have.
    error FaultEvidenceBadSignature(address signer);
    /// @notice The evidence, though genuine, shows no fault.
    error FaultEvidenceNoFault();
    /// @notice The counter-evidence does not clear the provider.
    error FaultEvidenceNotCleared();
    /// @notice A finding is not signed by an auditor, or the lists differ in length.
    error FaultEvidenceBadAuditor();

    // ------------------------------------------------------------ for `propose`

    /// @notice The attempt missed its deadline.
    function late(bytes32 jobId, uint32 attempt) external view returns (Proof memory);

    /// @notice The provider missed too many heartbeats of an epoch that is final.
    function unavailable(address provider, uint256 epoch) external view returns (Proof memory);

    /// @notice The enclave delivered this result; may the provider show it. Can be proposed again after it was cleared; each time
    /// costs the bond.
    function notServed(Receipt calldata receipt, bytes calldata enclaveSig) external view returns (Proof memory);

    /// @notice At the delivery, or now if the job runs, the provider's newest attestation was over, or below the level that order
    /// or dataset demand. Record newer results in `Attestations` first.
    function attestation(JobOrder calldata order) external view returns (Proof memory);

    /// @notice Auditors found the result wrong: each deviation is above a tolerance that is not below the parameter.
    function wrongResult(
        Receipt calldata receipt,
        bytes calldata enclaveSig,
        AuditFinding[] calldata findings,
        bytes[] calldata signatures
    ) external view returns (Proof memory);

    /// @notice The enclave signed a loss above the order's charge at some Rényi order, or another number of steps.
    function overSpend(JobOrder calldata order, Receipt calldata receipt, bytes calldata enclaveSig)
        external
        view
        returns (Proof memory);

    /// @notice The certificate that the enclave signed names another training specification than the order.
    /// @param order the job's order
    /// @param receipt what the enclave signed
    /// @param enclaveSig its signature
    /// @param certificate canonical JSON of the certificate
    /// @param place offset of `,"spec":"` in it
    function otherMechanism(
        JobOrder calldata order,
        Receipt calldata receipt,
        bytes calldata enclaveSig,
        bytes calldata certificate,
        uint256 place
    ) external view returns (Proof memory);

    /// @notice The enclave signed two results of one attempt.
    function twoResults(
        Receipt calldata one,
        bytes calldata signatureOfOne,
        Receipt calldata other,
        bytes calldata signatureOfOther
    ) external view returns (Proof memory);

    // ------------------------------------------------------------ for `contest`

    /// @notice Late: the enclave started and waited for a key. The provider says so.
    function noKey(uint256 faultId) external view returns (Proof memory);

    /// @notice NotServed: here is the sealed result.
    function served(uint256 faultId, bytes calldata result) external view returns (Proof memory);

    /// @notice NotServed: auditors fetched it since the challenge.
    function fetched(uint256 faultId, ServedFinding[] calldata findings, bytes[] calldata signatures)
        external
        view
        returns (Proof memory);

    /// @notice Attestation: the register holds a newer result that restores the level for the time of the job.
    function attested(uint256 faultId) external view returns (Proof memory);

    /// @notice WrongResult: other auditors found it right, within their tolerance.
    function rightResult(uint256 faultId, AuditFinding[] calldata findings, bytes[] calldata signatures)
        external
        view
        returns (Proof memory);

    // ------------------------------------------------------------ for `answer`

    /// @notice Late: the owner released the key in that attempt.
    function keyGiven(uint256 faultId, KeyRelease calldata release, bytes calldata ownerSig)
        external
        view
        returns (Proof memory);

    /// @notice WrongResult: still other auditors found it wrong.
    function stillWrong(uint256 faultId, AuditFinding[] calldata findings, bytes[] calldata signatures)
        external
        view
        returns (Proof memory);

    // ------------------------------------------------------------ what auditors sign

    /// @notice The EIP-712 digest of a finding, in this contract's domain.
    function hashAuditFinding(AuditFinding calldata finding) external view returns (bytes32);

    /// @notice The EIP-712 digest of a finding, in this contract's domain.
    function hashServedFinding(ServedFinding calldata finding) external view returns (bytes32);
}
