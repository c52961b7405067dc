// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

// Windows are seconds to days; the seconds by which a validator can shift a block do no harm to them.
// forge-lint: disable-start(block-timestamp)

import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {MessageHashUtils} from "@openzeppelin/contracts/utils/cryptography/MessageHashUtils.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {Strings} from "@openzeppelin/contracts/utils/Strings.sol";
import {Governed} from "./Governed.sol";
import {IAttestations} from "./interfaces/IAttestations.sol";
import {ICapacity} from "./interfaces/ICapacity.sol";
import {IDatasets} from "./interfaces/IDatasets.sol";
import {AuditFinding, ServedFinding} from "./interfaces/FaultTypes.sol";
import {IFaultEvidence} from "./interfaces/IFaultEvidence.sol";
import {IFaults} from "./interfaces/IFaults.sol";
import {IJobs} from "./interfaces/IJobs.sol";
import {IProviders} from "./interfaces/IProviders.sol";
import {IStaking} from "./interfaces/IStaking.sol";
import {JobOrder, KeyRelease, Receipt} from "./interfaces/JobTypes.sol";
import {Lanes} from "./libraries/Lanes.sol";
import {OrderHash} from "./libraries/OrderHash.sol";
import {PriceMath} from "./libraries/PriceMath.sol";
import {Roles} from "./libraries/Roles.sol";
import {SignatureCheck} from "./libraries/SignatureCheck.sol";

/// @title What evidence about providers proves. See `IFaultEvidence`.
/// @dev Asks its caller, which is `Faults`, for parameters and for the fault in question.
contract FaultEvidence is IFaultEvidence, Governed, EIP712 {
    using OrderHash for *;
    using Lanes for uint256;

    bytes32 private constant DOMAIN_TYPEHASH =
        keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)");
    bytes32 private constant AUDIT_TYPEHASH = keccak256(
        "AuditFinding(bytes32 jobId,uint32 attempt,bytes32 resultDigest,uint64 deviationMicro,uint64 toleranceMicro)"
    );
    bytes32 private constant SERVED_TYPEHASH =
        keccak256("ServedFinding(bytes32 jobId,bytes32 resultDigest,uint64 fetchedAt)");
    bytes private constant SPEC_KEY = ',"spec":"';
    /// @dev "0x" and 64 digits.
    uint256 private constant HEX_LENGTH = 66;

    IJobs private immutable _JOBS;
    IStaking private immutable _STAKING;
    IProviders private immutable _PROVIDERS;
    IAttestations private immutable _ATTESTATIONS;
    IDatasets private immutable _DATASETS;
    ICapacity private immutable _CAPACITY;

    /// @param authority_ the `AccessManager`, asked who is an auditor
    /// @param jobs jobs
    /// @param staking stakes
    /// @param providers register of providers
    /// @param attestations register of attestation results
    /// @param datasets register of datasets
    /// @param capacity heartbeats
    constructor(
        address authority_,
        address jobs,
        address staking,
        address providers,
        address attestations,
        address datasets,
        address capacity
    ) Governed(authority_) EIP712("Encryptech", "1") {
        _JOBS = IJobs(jobs);
        _STAKING = IStaking(staking);
        _PROVIDERS = IProviders(providers);
        _ATTESTATIONS = IAttestations(attestations);
        _DATASETS = IDatasets(datasets);
        _CAPACITY = ICapacity(capacity);
    }

    // ---------------------------------------------------------------- for `propose`

    /// @inheritdoc IFaultEvidence
    function late(bytes32 jobId, uint32 attempt) external view returns (Proof memory proof) {
        IProviders.Missed memory missed = _PROVIDERS.missed(jobId, attempt);
        if (missed.endedAt == 0) revert FaultEvidenceNoSuchAttempt(jobId, attempt);
        (proof,,) = _attempt(IFaults.Kind.Late, jobId, attempt);
        proof.injured = _JOBS.job(jobId).developer;
        proof.started = missed.enclaveKey != address(0);
    }

    /// @inheritdoc IFaultEvidence
    function unavailable(address provider, uint256 epoch) external view returns (Proof memory proof) {
        (uint16 absentBps, bool isFinal) = _CAPACITY.unavailabilityBps(provider, epoch);
        if (!isFinal || absentBps <= IFaults(msg.sender).parameters().mostAbsentBps) revert FaultEvidenceNoFault();
        proof.effect = Effect.Proposes;
        proof.kind = IFaults.Kind.Unavailable;
        proof.subject = bytes32(epoch);
        proof.provider = provider;
        // Both fit: ENC's supply, and a second. An epoch is final two epochs later.
        // forge-lint: disable-start(unsafe-typecast)
        proof.atRisk = uint96(_STAKING.stakeAt(IStaking.Pool.Provide, provider, epoch));
        proof.endedAt = uint40(_STAKING.epochStart(epoch + 2));
        // forge-lint: disable-end(unsafe-typecast)
        proof.evidence = bytes32(uint256(absentBps));
    }

    /// @inheritdoc IFaultEvidence
    function notServed(Receipt calldata receipt, bytes calldata enclaveSig) external view returns (Proof memory) {
        return _deliveredResult(IFaults.Kind.NotServed, receipt, enclaveSig);
    }

    /// @inheritdoc IFaultEvidence
    function attestation(JobOrder calldata order) external view returns (Proof memory proof) {
        bytes32 jobId = _JOBS.hashOrder(order);
        IJobs.Job memory job;
        (proof,, job) = _attempt(IFaults.Kind.Attestation, jobId, _JOBS.job(jobId).attempt);
        uint256 workEnd = block.timestamp;
        if (proof.delivered) {
            uint256 contestEnd = IFaults(msg.sender).contestEndOf(jobId);
            workEnd = (contestEnd == 0 ? job.deadline : contestEnd) - job.contestWindow;
        } else if (proof.endedAt != 0) {
            revert FaultEvidenceNoSuchAttempt(jobId, proof.attempt);
        }
        uint256 demanded = Math.max(order.minLevel, _DATASETS.dataset(order.datasetId).minLevel);
        IAttestations.Attestation memory newest = _ATTESTATIONS.attestation(proof.provider);
        bool lowered = newest.level < demanded && newest.issuedAt <= workEnd;
        if (!lowered && (demanded == 0 || newest.expiresAt >= workEnd)) revert FaultEvidenceNoFault();
        proof.injured = job.datasetOwner;
        proof.evidence = bytes32(
            uint256(newest.issuedAt) | uint256(newest.expiresAt) << 40 | workEnd << 80 | demanded << 120
                | uint256(lowered ? 1 : 0) << 128
        );
    }

    /// @inheritdoc IFaultEvidence
    function wrongResult(
        Receipt calldata receipt,
        bytes calldata enclaveSig,
        AuditFinding[] calldata findings,
        bytes[] calldata signatures
    ) external view returns (Proof memory proof) {
        proof = _deliveredResult(IFaults.Kind.WrongResult, receipt, enclaveSig);
        proof.auditors = _audit(proof.subject, proof.attempt, proof.evidence, true, findings, signatures);
    }

    /// @inheritdoc IFaultEvidence
    function overSpend(JobOrder calldata order, Receipt calldata receipt, bytes calldata enclaveSig)
        external
        view
        returns (Proof memory)
    {
        if (_JOBS.hashOrder(order) != receipt.jobId) revert FaultEvidenceMismatch();
        bool exceeds = receipt.steps != order.steps || _anyAbove(receipt.rdpLow, order.rdpLow)
            || _anyAbove(receipt.rdpHigh, order.rdpHigh);
        if (!exceeds) revert FaultEvidenceNoFault();
        return _privacy(receipt, enclaveSig);
    }

    /// @inheritdoc IFaultEvidence
    function otherMechanism(
        JobOrder calldata order,
        Receipt calldata receipt,
        bytes calldata enclaveSig,
        bytes calldata certificate,
        uint256 place
    ) external view returns (Proof memory) {
        if (_JOBS.hashOrder(order) != receipt.jobId || sha256(certificate) != receipt.certificateDigest) {
            revert FaultEvidenceMismatch();
        }
        if (!_namesOtherSpec(order.specDigest, certificate, place)) revert FaultEvidenceNoFault();
        return _privacy(receipt, enclaveSig);
    }

    /// @inheritdoc IFaultEvidence
    function twoResults(
        Receipt calldata one,
        bytes calldata signatureOfOne,
        Receipt calldata other,
        bytes calldata signatureOfOther
    ) external view returns (Proof memory proof) {
        if (one.jobId != other.jobId || one.attempt != other.attempt) {
            revert FaultEvidenceMismatch();
        }
        bytes32 second = other.hash();
        if (one.hash() == second) revert FaultEvidenceMismatch();
        address enclaveKey;
        (proof, enclaveKey) = _signed(IFaults.Kind.TwoResults, one, signatureOfOne);
        _requireKey(enclaveKey, second, signatureOfOther);
        proof.evidence = keccak256(abi.encode(proof.evidence, second));
    }

    // ---------------------------------------------------------------- for `contest`

    /// @inheritdoc IFaultEvidence
    function noKey(uint256 faultId) external view returns (Proof memory proof) {
        IFaults.Fault memory entry;
        (proof, entry) = _about(Effect.Contests, IFaults.Kind.Late, faultId);
        // An enclave that never started asked for no key.
        if (!entry.started) revert FaultEvidenceNotCleared();
        proof.onlyProvider = true;
    }

    /// @inheritdoc IFaultEvidence
    function served(uint256 faultId, bytes calldata result) external view returns (Proof memory proof) {
        IFaults.Fault memory entry;
        (proof, entry) = _about(Effect.Clears, IFaults.Kind.NotServed, faultId);
        if (sha256(result) != entry.evidence) revert FaultEvidenceNotCleared();
    }

    /// @inheritdoc IFaultEvidence
    function fetched(uint256 faultId, ServedFinding[] calldata findings, bytes[] calldata signatures)
        external
        view
        returns (Proof memory proof)
    {
        IFaults.Fault memory entry;
        (proof, entry) = _about(Effect.Clears, IFaults.Kind.NotServed, faultId);
        if (findings.length != signatures.length) revert FaultEvidenceBadAuditor();
        proof.auditors = new address[](findings.length);
        for (uint256 i = 0; i < findings.length; ++i) {
            ServedFinding calldata finding = findings[i];
            if (finding.jobId != entry.subject || finding.resultDigest != entry.evidence) {
                revert FaultEvidenceMismatch();
            }
            if (finding.fetchedAt < entry.proposedAt || finding.fetchedAt > block.timestamp) {
                revert FaultEvidenceNotCleared();
            }
            proof.auditors[i] = _auditor(hashServedFinding(finding), signatures[i]);
        }
    }

    /// @inheritdoc IFaultEvidence
    function attested(uint256 faultId) external view returns (Proof memory proof) {
        IFaults.Fault memory entry;
        (proof, entry) = _about(Effect.Clears, IFaults.Kind.Attestation, faultId);
        uint256 packed = uint256(entry.evidence);
        // Each cast cuts a field out on purpose.
        // forge-lint: disable-start(unsafe-typecast)
        (uint256 issuedAt, uint256 expiredAt) = (uint40(packed), uint40(packed >> 40));
        (uint256 workEnd, uint256 demanded) = (uint40(packed >> 80), uint8(packed >> 120));
        // forge-lint: disable-end(unsafe-typecast)
        bool lowered = packed >> 128 == 1;
        IAttestations.Attestation memory newest = _ATTESTATIONS.attestation(entry.provider);
        bool restores = newest.level >= demanded && newest.issuedAt > issuedAt && newest.expiresAt >= workEnd;
        // What ran out must have been renewed in time; what one appraisal lowered another may restore.
        if (!restores || (!lowered && newest.issuedAt > expiredAt)) revert FaultEvidenceNotCleared();
    }

    /// @inheritdoc IFaultEvidence
    function rightResult(uint256 faultId, AuditFinding[] calldata findings, bytes[] calldata signatures)
        external
        view
        returns (Proof memory proof)
    {
        IFaults.Fault memory entry;
        (proof, entry) = _about(Effect.Contests, IFaults.Kind.WrongResult, faultId);
        proof.auditors = _audit(entry.subject, entry.attempt, entry.evidence, false, findings, signatures);
    }

    // ---------------------------------------------------------------- for `answer`

    /// @inheritdoc IFaultEvidence
    function keyGiven(uint256 faultId, KeyRelease calldata release, bytes calldata ownerSig)
        external
        view
        returns (Proof memory proof)
    {
        IFaults.Fault memory entry;
        (proof, entry) = _about(Effect.Answers, IFaults.Kind.Late, faultId);
        address enclaveKey = _PROVIDERS.missed(entry.subject, entry.attempt).enclaveKey;
        if (release.jobId != entry.subject || release.attempt != entry.attempt || release.enclaveKey != enclaveKey) {
            revert FaultEvidenceMismatch();
        }
        address owner = _JOBS.job(entry.subject).datasetOwner;
        bytes32 digest = _jobsDigest(release.hash());
        if (
            !SignatureCheck.isSignature(owner, digest, ownerSig)
                && !SignatureCheck.isKeySignature(_DATASETS.releaserOf(owner), digest, ownerSig)
        ) revert FaultEvidenceBadSignature(owner);
    }

    /// @inheritdoc IFaultEvidence
    function stillWrong(uint256 faultId, AuditFinding[] calldata findings, bytes[] calldata signatures)
        external
        view
        returns (Proof memory proof)
    {
        IFaults.Fault memory entry;
        (proof, entry) = _about(Effect.Answers, IFaults.Kind.WrongResult, faultId);
        proof.auditors = _audit(entry.subject, entry.attempt, entry.evidence, true, findings, signatures);
    }

    // ---------------------------------------------------------------- what auditors sign

    /// @inheritdoc IFaultEvidence
    function hashAuditFinding(AuditFinding calldata finding) public view returns (bytes32) {
        return _hashTypedDataV4(keccak256(abi.encode(AUDIT_TYPEHASH, finding)));
    }

    /// @inheritdoc IFaultEvidence
    function hashServedFinding(ServedFinding calldata finding) public view returns (bytes32) {
        return _hashTypedDataV4(keccak256(abi.encode(SERVED_TYPEHASH, finding)));
    }

    // ---------------------------------------------------------------- attempts

    /// @dev An attempt that started or missed its deadline; reverts for any other.
    function _attempt(IFaults.Kind kind, bytes32 jobId, uint32 attempt)
        private
        view
        returns (Proof memory proof, address enclaveKey, IJobs.Job memory job)
    {
        job = _JOBS.job(jobId);
        (proof.effect, proof.kind, proof.subject, proof.attempt) = (Effect.Proposes, kind, jobId, attempt);
        IProviders.Missed memory missed = _PROVIDERS.missed(jobId, attempt);
        if (missed.endedAt != 0) {
            (proof.provider, proof.atRisk, proof.endedAt) = (missed.provider, missed.atRisk, missed.endedAt);
            return (proof, missed.enclaveKey, job);
        }
        IJobs.JobState state = job.state;
        bool ended = state == IJobs.JobState.Settled || state == IJobs.JobState.Faulted;
        proof.delivered = state == IJobs.JobState.Delivered;
        if (attempt != job.attempt || !(ended || proof.delivered || state == IJobs.JobState.Started)) {
            revert FaultEvidenceNoSuchAttempt(jobId, attempt);
        }
        proof.provider = job.provider;
        // Both fit: a lock is at most the supply of ENC, and the deadline was a 32-bit second.
        // forge-lint: disable-start(unsafe-typecast)
        proof.atRisk = uint96(PriceMath.lockUp(job.price, job.stakeRatioBps));
        if (ended) proof.endedAt = uint40(job.deadline);
        // forge-lint: disable-end(unsafe-typecast)
        enclaveKey = job.enclaveKey;
    }

    /// @dev The attempt that a receipt is about, whose enclave signed it. `evidence` is the receipt's struct hash.
    function _signed(IFaults.Kind kind, Receipt calldata receipt, bytes calldata enclaveSig)
        private
        view
        returns (Proof memory proof, address enclaveKey)
    {
        IJobs.Job memory job;
        (proof, enclaveKey, job) = _attempt(kind, receipt.jobId, receipt.attempt);
        proof.evidence = receipt.hash();
        _requireKey(enclaveKey, proof.evidence, enclaveSig);
        proof.injured = kind == IFaults.Kind.Privacy ? job.datasetOwner : job.developer;
    }

    /// @dev The same for a result that is delivered, or settled for it. `evidence` is the result's digest.
    function _deliveredResult(IFaults.Kind kind, Receipt calldata receipt, bytes calldata enclaveSig)
        private
        view
        returns (Proof memory proof)
    {
        (proof,) = _signed(kind, receipt, enclaveSig);
        bool settled = _JOBS.job(receipt.jobId).state == IJobs.JobState.Settled;
        bool missed = _PROVIDERS.missed(receipt.jobId, receipt.attempt).endedAt != 0;
        if (missed || !(proof.delivered || settled)) {
            revert FaultEvidenceNoSuchAttempt(receipt.jobId, receipt.attempt);
        }
        proof.evidence = receipt.resultDigest;
    }

    function _privacy(Receipt calldata receipt, bytes calldata enclaveSig) private view returns (Proof memory proof) {
        (proof,) = _signed(IFaults.Kind.Privacy, receipt, enclaveSig);
    }

    /// @dev A fault of this kind of the asking contract.
    function _about(Effect effect, IFaults.Kind kind, uint256 faultId)
        private
        view
        returns (Proof memory proof, IFaults.Fault memory entry)
    {
        entry = IFaults(msg.sender).fault(faultId);
        if (entry.state == IFaults.State.None || entry.kind != kind) revert FaultEvidenceMismatch();
        (proof.effect, proof.faultId, proof.kind) = (effect, faultId, kind);
    }

    // ---------------------------------------------------------------- documents

    /// @dev True when the certificate names another training specification. In canonical JSON a quote inside a string is
    /// escaped, so the key found at `place` is a key, and a certificate has one of this name.
    function _namesOtherSpec(bytes32 specDigest, bytes calldata certificate, uint256 place)
        private
        pure
        returns (bool)
    {
        uint256 wanted = SPEC_KEY.length + HEX_LENGTH + 1;
        if (certificate.length < wanted || place > certificate.length - wanted) revert FaultEvidenceMismatch();
        uint256 from = place + SPEC_KEY.length;
        if (keccak256(certificate[place:from]) != keccak256(SPEC_KEY) || certificate[from + HEX_LENGTH] != '"') {
            revert FaultEvidenceMismatch();
        }
        bytes memory ordered = bytes(Strings.toHexString(uint256(specDigest), 32));
        return keccak256(certificate[from:from + HEX_LENGTH]) != keccak256(ordered);
    }

    /// @dev The auditors of findings that speak of this result and all come to this verdict, within tolerances that are not below the
    /// parameter.
    function _audit(
        bytes32 jobId,
        uint32 attempt,
        bytes32 resultDigest,
        bool wrong,
        AuditFinding[] calldata findings,
        bytes[] calldata signatures
    ) private view returns (address[] memory auditors) {
        if (findings.length != signatures.length) revert FaultEvidenceBadAuditor();
        uint64 least = IFaults(msg.sender).parameters().toleranceMicro;
        auditors = new address[](findings.length);
        for (uint256 i = 0; i < findings.length; ++i) {
            AuditFinding calldata finding = findings[i];
            if (finding.jobId != jobId || finding.attempt != attempt || finding.resultDigest != resultDigest) {
                revert FaultEvidenceMismatch();
            }
            bool deviates = finding.deviationMicro > finding.toleranceMicro;
            if (finding.toleranceMicro < least || deviates != wrong) revert FaultEvidenceNoFault();
            auditors[i] = _auditor(hashAuditFinding(finding), signatures[i]);
        }
    }

    function _auditor(bytes32 digest, bytes calldata signature) private view returns (address auditor) {
        ECDSA.RecoverError problem;
        (auditor, problem,) = ECDSA.tryRecoverCalldata(digest, signature);
        if (problem != ECDSA.RecoverError.NoError || !_holdsRole(Roles.AUDITOR, auditor)) {
            revert FaultEvidenceBadAuditor();
        }
    }

    function _requireKey(address key, bytes32 structHash, bytes calldata signature) private view {
        if (!SignatureCheck.isKeySignature(key, _jobsDigest(structHash), signature)) {
            revert FaultEvidenceBadSignature(key);
        }
    }

    /// @dev EIP-712 digest in the domain of `Jobs`, which developers, owners and enclaves sign in.
    function _jobsDigest(bytes32 structHash) private view returns (bytes32) {
        bytes32 separator = keccak256(
            abi.encode(DOMAIN_TYPEHASH, keccak256("Encryptech"), keccak256("1"), block.chainid, address(_JOBS))
        );
        return MessageHashUtils.toTypedDataHash(separator, structHash);
    }

    function _anyAbove(uint256 actual, uint256 limit) private pure returns (bool) {
        uint256 within = actual.even().atMost(limit.even()) & actual.odd().atMost(limit.odd());
        return within != Lanes.LOW;
    }
}
// forge-lint: disable-end(block-timestamp)
