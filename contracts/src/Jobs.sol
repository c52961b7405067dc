// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

// Deadlines and windows are seconds to days; the seconds by which a validator can shift a block do no harm to them.
// forge-lint: disable-start(block-timestamp)

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {IERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Permit.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {Pausable} from "@openzeppelin/contracts/utils/Pausable.sol";
import {Governed} from "./Governed.sol";
import {IAttestations} from "./interfaces/IAttestations.sol";
import {IDatasets} from "./interfaces/IDatasets.sol";
import {IJobs} from "./interfaces/IJobs.sol";
import {IProviders} from "./interfaces/IProviders.sol";
import {IStaking} from "./interfaces/IStaking.sol";
import {Checkpoint, ComputeOffer, DatasetGrant, JobOrder, KeyRelease, Match, Receipt} from "./interfaces/JobTypes.sol";
import {JobParameters} from "./libraries/JobParameters.sol";
import {OrderHash} from "./libraries/OrderHash.sol";
import {PriceMath} from "./libraries/PriceMath.sol";
import {ReputationMath} from "./libraries/ReputationMath.sol";
import {SignatureCheck} from "./libraries/SignatureCheck.sol";

/// @title Jobs. See `IJobs`.
/// @dev Calls only contracts of this system and, for signatures of wallets, view functions with little gas. State is
/// written before any of them, so that a token with hooks could not re-enter into a half-done payment either.
/// ENC amounts fit 96 bits because the supply does.
contract Jobs is IJobs, Governed, EIP712, Pausable {
    using SafeERC20 for IERC20;
    using OrderHash for *;

    /// @inheritdoc IJobs
    uint256 public constant CLOSE_GRACE = 1 days;
    uint8 private constant KINDS = 2;
    uint8 private constant KIND_RESERVED = 1;

    IERC20 private immutable _TOKEN;
    IStaking private immutable _STAKING;
    IProviders private immutable _PROVIDERS;
    IAttestations private immutable _ATTESTATIONS;
    IDatasets private immutable _DATASETS;
    address private immutable _TREASURY;
    uint256 private immutable _UNBONDING_PERIOD;

    Parameters private _parameters;
    mapping(address account => uint256) private _balances;
    mapping(bytes32 jobId => Job) private _jobs;
    mapping(address signer => mapping(uint256 word => uint256)) private _cancelledNonces;

    /// @param authority_ the `AccessManager`
    /// @param token ENC
    /// @param staking stakes; this contract needs the role JOBS for it and the next two
    /// @param providers register of providers
    /// @param attestations security levels
    /// @param datasets register of datasets
    /// @param treasury receiver of fees
    /// @param initial first parameters
    constructor(
        address authority_,
        address token,
        address staking,
        address providers,
        address attestations,
        address datasets,
        address treasury,
        Parameters memory initial
    ) Governed(authority_) EIP712("Encryptech", "1") {
        _TOKEN = IERC20(token);
        _STAKING = IStaking(staking);
        _PROVIDERS = IProviders(providers);
        _ATTESTATIONS = IAttestations(attestations);
        _DATASETS = IDatasets(datasets);
        _TREASURY = treasury;
        _UNBONDING_PERIOD = IStaking(staking).UNBONDING_PERIOD();
        _setParameters(initial);
    }

    // ---------------------------------------------------------------- money in and out

    /// @inheritdoc IJobs
    function deposit(uint256 amount) external {
        _deposit(amount);
    }

    /// @inheritdoc IJobs
    function depositWithPermit(uint256 amount, uint256 deadline, uint8 v, bytes32 r, bytes32 s) external {
        // Somebody may have used the permit already: then the allowance is there, or the transfer says what is missing.
        try IERC20Permit(address(_TOKEN)).permit(msg.sender, address(this), amount, deadline, v, r, s) {} catch {}
        _deposit(amount);
    }

    /// @inheritdoc IJobs
    function withdraw(uint256 amount) external {
        if (amount == 0) revert JobsZeroAmount();
        _take(msg.sender, amount);
        emit Withdrawn(msg.sender, amount);
        _TOKEN.safeTransfer(msg.sender, amount);
    }

    /// @inheritdoc IJobs
    function collectFees() external {
        uint256 amount = _balances[_TREASURY];
        _balances[_TREASURY] = 0;
        emit FeesCollected(amount);
        _TOKEN.safeTransfer(_TREASURY, amount);
    }

    // ---------------------------------------------------------------- matching

    /// @inheritdoc IJobs
    function matchBatch(Match[] calldata matches) external restricted whenNotPaused {
        for (uint256 i = 0; i < matches.length; ++i) {
            try this.matchOne(matches[i]) {}
            catch (bytes memory reason) {
                emit MatchRefused(hashOrder(matches[i].order), reason);
            }
        }
    }

    /// @inheritdoc IJobs
    function matchOne(Match calldata proposed) external {
        if (msg.sender != address(this)) revert JobsOnlySelf();
        JobOrder calldata order = proposed.order;
        bytes32 jobId = hashOrder(order);
        Job memory job_ = _jobs[jobId];
        if (job_.state != JobState.None && job_.state != JobState.Expired) revert JobsWrongState(jobId, job_.state);

        _checkOrder(order, proposed.orderSig, jobId);
        _checkOffer(proposed);
        _checkProvider(order, proposed.offer.provider);
        uint8 minLevel;
        (job_.datasetOwner, minLevel) = _admit(order, proposed.grant.policyDigest, job_.state);
        _checkGrant(proposed, job_.datasetOwner);
        minLevel = _max(minLevel, _max(order.minLevel, proposed.grant.minLevel));
        _checkLevel(proposed.offer.provider, minLevel);
        _open(jobId, job_, proposed, minLevel);
    }

    // ---------------------------------------------------------------- work

    /// @inheritdoc IJobs
    function start(bytes32 jobId, address enclaveKey, bytes32 evidenceId) external {
        Job storage job_ = _jobs[jobId];
        _requireState(jobId, job_, JobState.Matched);
        if (msg.sender != job_.provider) revert JobsNotAllowed(msg.sender);
        _requireInTime(job_);
        if (enclaveKey == address(0)) revert JobsBadEnclaveKey();
        job_.state = JobState.Started;
        uint40 deliverBy = job_.deadline + job_.durationSec;
        job_.deadline = deliverBy;
        job_.enclaveKey = enclaveKey;
        job_.startedAt = uint40(block.timestamp);
        job_.keyReleased = false;
        emit Started(jobId, job_.attempt, enclaveKey, evidenceId, deliverBy);
    }

    /// @inheritdoc IJobs
    function checkpoint(
        bytes32 jobId,
        uint32 step,
        bytes32 digest,
        bytes calldata enclaveSig,
        KeyRelease calldata release,
        bytes calldata ownerSig
    ) external {
        Job storage job_ = _jobs[jobId];
        _requireState(jobId, job_, JobState.Started);
        _requireInTime(job_);
        if (step <= job_.checkpointStep || step >= job_.steps) {
            revert JobsBadStep(step, job_.checkpointStep, job_.steps);
        }
        _checkEnclave(job_, Checkpoint(jobId, job_.attempt, step, digest).hash(), enclaveSig);
        _recordRelease(jobId, job_, release, ownerSig);
        job_.checkpointStep = step;
        emit Checkpointed(jobId, job_.attempt, step, digest);
    }

    /// @inheritdoc IJobs
    function deliver(
        JobOrder calldata order,
        Receipt calldata receipt,
        bytes calldata enclaveSig,
        KeyRelease calldata release,
        bytes calldata ownerSig
    ) external {
        bytes32 jobId = hashOrder(order);
        Job storage job_ = _jobs[jobId];
        _requireState(jobId, job_, JobState.Started);
        _requireInTime(job_);
        if (receipt.jobId != jobId || receipt.attempt != job_.attempt || receipt.steps != order.steps) {
            revert JobsDocumentMismatch();
        }
        _checkEnclave(job_, receipt.hash(), enclaveSig);
        _recordRelease(jobId, job_, release, ownerSig);
        job_.state = JobState.Delivered;
        job_.budgetHeld = false;
        uint40 contestEnds = uint40(block.timestamp) + job_.contestWindow;
        job_.deadline = contestEnds;
        emit Delivered(
            jobId,
            receipt.attempt,
            receipt.resultDigest,
            receipt.certificateDigest,
            receipt.rdpLow,
            receipt.rdpHigh,
            contestEnds
        );
        _DATASETS.commit(order.datasetId, order.rdpLow, order.rdpHigh, receipt.rdpLow, receipt.rdpHigh);
    }

    // ---------------------------------------------------------------- ends

    /// @inheritdoc IJobs
    function settle(bytes32 jobId) external {
        Job memory job_ = _jobs[jobId];
        if (job_.state != JobState.Delivered) revert JobsWrongState(jobId, job_.state);
        if (block.timestamp < job_.deadline) revert JobsTooEarly(job_.deadline);
        _jobs[jobId].state = JobState.Settled;
        _jobs[jobId].escrow = 0;
        (uint256 paid, uint256 fee, uint256 refund) = _pay(job_, job_.price, job_.datasetFee);
        emit Settled(jobId, paid, fee, job_.datasetFee, refund);
        _STAKING.unlock(job_.provider, _lockOf(job_));
        _PROVIDERS.recordWork(job_.provider, job_.price);
    }

    /// @inheritdoc IJobs
    function expire(bytes32 jobId) external {
        Job memory job_ = _jobs[jobId];
        if (job_.state != JobState.Matched && job_.state != JobState.Started) {
            revert JobsWrongState(jobId, job_.state);
        }
        if (block.timestamp <= job_.deadline) revert JobsTooEarly(job_.deadline);
        uint32 done = job_.checkpointStep - job_.paidSteps;
        uint256 part = PriceMath.partDown(job_.price, done, job_.steps - job_.paidSteps);
        uint256 datasetFee = done == 0 ? 0 : job_.datasetFee;
        Job storage stored = _jobs[jobId];
        stored.state = JobState.Expired;
        stored.escrow = 0;
        stored.paidSteps = job_.checkpointStep;
        stored.deadline = uint40(block.timestamp);
        (uint256 paid, uint256 fee, uint256 refund) = _pay(job_, part, datasetFee);
        emit Expired(jobId, job_.attempt, job_.checkpointStep, paid, fee, datasetFee, refund);
        _STAKING.unlock(job_.provider, _lockOf(job_));
        _PROVIDERS.recordFault(job_.provider, job_.price - part);
    }

    /// @inheritdoc IJobs
    function cancel(JobOrder calldata order) external {
        if (msg.sender != order.developer) revert JobsNotAllowed(msg.sender);
        bytes32 jobId = hashOrder(order);
        Job memory job_ = _jobs[jobId];
        if (job_.state != JobState.Matched && job_.state != JobState.Expired) {
            revert JobsWrongState(jobId, job_.state);
        }
        Job storage stored = _jobs[jobId];
        stored.state = JobState.Cancelled;
        stored.escrow = 0;
        stored.deadline = uint40(block.timestamp);
        _balances[job_.developer] += job_.escrow;
        emit Cancelled(jobId, job_.escrow);
        // A started job without a checkpoint may have seen the data or not: the owner has CLOSE_GRACE to say.
        if (job_.startedAt == 0 || job_.checkpointStep != 0) _closeBudget(jobId, order, job_.startedAt != 0);
        if (job_.state == JobState.Matched) _STAKING.unlock(job_.provider, _lockOf(job_));
    }

    /// @inheritdoc IJobs
    function close(JobOrder calldata order) external {
        bytes32 jobId = hashOrder(order);
        Job memory job_ = _jobs[jobId];
        if (job_.state != JobState.Expired && job_.state != JobState.Cancelled) {
            revert JobsWrongState(jobId, job_.state);
        }
        if (!job_.budgetHeld) revert JobsNoBudgetHeld(jobId);
        bool ownersChoice = job_.checkpointStep == 0;
        bool byOwner = ownersChoice && msg.sender == job_.datasetOwner;
        if (!byOwner) {
            uint256 from = job_.deadline;
            if (job_.state == JobState.Expired && order.expiresAt > from) from = order.expiresAt;
            if (job_.startedAt != 0 && ownersChoice) from += CLOSE_GRACE;
            if (block.timestamp <= from) revert JobsTooEarly(from);
        }
        if (job_.state == JobState.Expired) {
            _jobs[jobId].state = JobState.Cancelled;
            emit Cancelled(jobId, 0);
        }
        _closeBudget(jobId, order, job_.startedAt != 0 && !byOwner);
    }

    /// @inheritdoc IJobs
    function cancelNonce(uint64 nonce) external {
        _cancelledNonces[msg.sender][nonce / 256] |= 2 ** (nonce % 256);
        emit NonceCancelled(msg.sender, nonce);
    }

    // ---------------------------------------------------------------- administration

    /// @inheritdoc IJobs
    function setParameters(Parameters calldata parameters_) external restricted {
        _setParameters(parameters_);
    }

    /// @inheritdoc IJobs
    function pause() external restricted {
        _pause();
    }

    /// @inheritdoc IJobs
    function unpause() external restricted {
        _unpause();
    }

    // ---------------------------------------------------------------- views

    /// @inheritdoc IJobs
    function balanceOf(address account) external view returns (uint256) {
        return _balances[account];
    }

    /// @inheritdoc IJobs
    function job(bytes32 jobId) external view returns (Job memory) {
        return _jobs[jobId];
    }

    /// @inheritdoc IJobs
    function lockOf(bytes32 jobId) external view returns (uint256) {
        Job memory job_ = _jobs[jobId];
        bool held = job_.state == JobState.Matched || job_.state == JobState.Started || job_.state == JobState.Delivered;
        return held ? _lockOf(job_) : 0;
    }

    /// @inheritdoc IJobs
    function parameters() external view returns (Parameters memory) {
        return _parameters;
    }

    /// @inheritdoc IJobs
    function hashOrder(JobOrder calldata order) public view returns (bytes32) {
        return _hashTypedDataV4(order.hash());
    }

    /// @inheritdoc IJobs
    function isNonceCancelled(address signer, uint64 nonce) public view returns (bool) {
        return _cancelledNonces[signer][nonce / 256] & (2 ** (nonce % 256)) != 0;
    }

    // ---------------------------------------------------------------- checks of a match

    function _checkOrder(JobOrder calldata order, bytes calldata signature, bytes32 jobId) private view {
        if (order.units == 0 || order.steps == 0 || order.kind >= KINDS) revert JobsBadOrder();
        _requireLive(order.developer, order.nonce, order.expiresAt);
        if (!SignatureCheck.isSignature(order.developer, jobId, signature)) revert JobsBadSignature(order.developer);
    }

    function _checkOffer(Match calldata proposed) private view {
        JobOrder calldata order = proposed.order;
        ComputeOffer calldata offer = proposed.offer;
        uint256 rate = proposed.rate;
        if (rate < offer.ask || rate > order.maxRate || (order.kind == KIND_RESERVED && rate != offer.ask)) {
            revert JobsRateOutOfRange(rate, offer.ask, order.maxRate);
        }
        if (order.units > offer.maxUnits) revert JobsTooMuchWork(order.units, offer.maxUnits);
        if (order.durationSec > offer.maxDurationSec) {
            revert JobsDurationTooLong(order.durationSec, offer.maxDurationSec);
        }
        _requireLive(offer.provider, offer.nonce, offer.expiresAt);
        if (!SignatureCheck.isSignature(offer.provider, _hashTypedDataV4(offer.hash()), proposed.offerSig)) {
            revert JobsBadSignature(offer.provider);
        }
    }

    function _checkGrant(Match calldata proposed, address owner) private view {
        JobOrder calldata order = proposed.order;
        DatasetGrant calldata grant = proposed.grant;
        if (grant.datasetId != order.datasetId || (grant.developer != address(0) && grant.developer != order.developer))
        revert JobsGrantMismatch();
        if (grant.fee > order.maxDatasetFee) revert JobsDatasetFeeTooHigh(grant.fee, order.maxDatasetFee);
        _requireLive(owner, grant.nonce, grant.expiresAt);
        if (!SignatureCheck.isSignature(owner, _hashTypedDataV4(grant.hash()), proposed.grantSig)) {
            revert JobsBadSignature(owner);
        }
    }

    function _checkProvider(JobOrder calldata order, address account) private view {
        IProviders.Provider memory facts = _PROVIDERS.provider(account);
        if (!facts.active) revert JobsProviderInactive(account);
        if (facts.speed < order.minSpeed) revert JobsProviderTooSlow(facts.speed, order.minSpeed);
        uint16 reputationBps = ReputationMath.bpsDown(facts.alphaGwei, facts.betaGwei);
        if (reputationBps < order.minReputationBps) {
            revert JobsReputationTooLow(reputationBps, order.minReputationBps);
        }
    }

    function _checkLevel(address account, uint8 minLevel) private view {
        if (minLevel == 0) return;
        uint8 level = _ATTESTATIONS.levelOf(account);
        if (level < minLevel) revert JobsLevelTooLow(level, minLevel);
    }

    /// @dev Reserves the loss at the first match; a new attempt uses the reservation of the first.
    function _admit(JobOrder calldata order, bytes32 policyDigest, JobState state)
        private
        returns (address owner, uint8 minLevel)
    {
        if (state == JobState.Expired) return _DATASETS.admit(order.datasetId, policyDigest);
        return _DATASETS.reserve(order.datasetId, policyDigest, order.rdpLow, order.rdpHigh);
    }

    /// @dev Fixes the terms, takes the escrow and locks the stake.
    function _open(bytes32 jobId, Job memory job_, Match calldata proposed, uint8 minLevel) private {
        JobOrder calldata order = proposed.order;
        Parameters memory now_ = _parameters;
        uint32 contestWindow = JobParameters.contestWindow(now_, minLevel);
        uint256 slashable = uint256(now_.startWindow) + order.durationSec + contestWindow;
        if (slashable > _UNBONDING_PERIOD) revert JobsDurationTooLong(slashable, _UNBONDING_PERIOD);

        // The owner was paid with the first paid steps; nobody pays twice.
        bool owesDataset = job_.paidSteps == 0;
        uint256 escrow = PriceMath.escrowUp(order.units, order.maxRate, job_.paidSteps, order.steps)
            + (owesDataset ? order.maxDatasetFee : 0);
        _take(order.developer, escrow);

        // Amounts fit: both prices and the fee are at most the escrow, which was somebody's balance of ENC.
        // forge-lint: disable-next-item(unsafe-typecast)
        job_.escrow = uint96(escrow);
        // forge-lint: disable-next-item(unsafe-typecast)
        job_.price = uint96(PriceMath.priceDown(order.units, proposed.rate, job_.paidSteps, order.steps));
        // forge-lint: disable-next-item(unsafe-typecast)
        job_.datasetFee = owesDataset ? uint96(proposed.grant.fee) : 0;
        job_.deadline = uint40(block.timestamp) + now_.startWindow;
        ++job_.attempt;
        job_.state = JobState.Matched;
        job_.budgetHeld = true;
        job_.feeBps = now_.feeBps;
        job_.stakeRatioBps = now_.stakeRatioBps;
        job_.developer = order.developer;
        job_.provider = proposed.offer.provider;
        job_.steps = order.steps;
        job_.durationSec = order.durationSec;
        job_.contestWindow = contestWindow;
        _jobs[jobId] = job_;
        _emitMatched(jobId, job_, order.datasetId, proposed.rate);
        _STAKING.lock(job_.provider, _lockOf(job_));
    }

    function _emitMatched(bytes32 jobId, Job memory job_, bytes32 datasetId, uint256 rate) private {
        emit Matched(
            jobId,
            job_.developer,
            job_.provider,
            datasetId,
            job_.attempt,
            job_.paidSteps,
            rate,
            job_.price,
            job_.escrow,
            job_.datasetFee,
            _lockOf(job_),
            job_.deadline
        );
    }

    // ---------------------------------------------------------------- inner workings

    function _deposit(uint256 amount) private {
        if (amount == 0) revert JobsZeroAmount();
        _balances[msg.sender] += amount;
        emit Deposited(msg.sender, amount);
        _TOKEN.safeTransferFrom(msg.sender, address(this), amount);
    }

    function _take(address account, uint256 amount) private {
        uint256 balance = _balances[account];
        if (amount > balance) revert JobsInsufficientBalance(account, amount, balance);
        _balances[account] = balance - amount;
    }

    /// @dev Divides the escrow: part of the price to the provider less the treasury's fee, the owner's fee, the rest back.
    function _pay(Job memory job_, uint256 part, uint256 datasetFee)
        private
        returns (uint256 paid, uint256 fee, uint256 refund)
    {
        fee = PriceMath.feeUp(part, job_.feeBps);
        paid = part - fee;
        refund = job_.escrow - part - datasetFee;
        _balances[job_.provider] += paid;
        _balances[_TREASURY] += fee;
        _balances[job_.datasetOwner] += datasetFee;
        _balances[job_.developer] += refund;
    }

    /// @dev Spends or releases the reservation of a job that will never be delivered.
    function _closeBudget(bytes32 jobId, JobOrder calldata order, bool commit) private {
        _jobs[jobId].budgetHeld = false;
        emit BudgetClosed(jobId, commit);
        if (commit) _DATASETS.commit(order.datasetId, order.rdpLow, order.rdpHigh, order.rdpLow, order.rdpHigh);
        else _DATASETS.release(order.datasetId, order.rdpLow, order.rdpHigh);
    }

    function _checkEnclave(Job storage job_, bytes32 structHash, bytes calldata signature) private view {
        address enclaveKey = job_.enclaveKey;
        if (!SignatureCheck.isKeySignature(enclaveKey, _hashTypedDataV4(structHash), signature)) {
            revert JobsBadSignature(enclaveKey);
        }
    }

    /// @dev Once an attempt: the owner must have given this enclave the key, else its work proves nothing.
    function _recordRelease(bytes32 jobId, Job storage job_, KeyRelease calldata release, bytes calldata ownerSig)
        private
    {
        if (job_.keyReleased) return;
        if (release.jobId != jobId || release.attempt != job_.attempt || release.enclaveKey != job_.enclaveKey) {
            revert JobsDocumentMismatch();
        }
        address owner = job_.datasetOwner;
        if (!SignatureCheck.isSignature(owner, _hashTypedDataV4(release.hash()), ownerSig)) {
            revert JobsBadSignature(owner);
        }
        job_.keyReleased = true;
        emit KeyReleaseRecorded(
            jobId, release.attempt, release.enclaveKey, release.evidenceId, release.policyDigest, release.logHead
        );
    }

    function _setParameters(Parameters memory parameters_) private {
        if (!JobParameters.isWithinBounds(parameters_)) revert JobsBadParameter();
        if (JobParameters.longestWindow(parameters_) >= _UNBONDING_PERIOD) revert JobsBadParameter();
        _parameters = parameters_;
        emit ParametersSet(parameters_);
    }

    function _requireLive(address signer, uint64 nonce, uint64 expiresAt) private view {
        if (block.timestamp > expiresAt) revert JobsDocumentExpired(expiresAt);
        if (isNonceCancelled(signer, nonce)) revert JobsNonceCancelled(signer, nonce);
    }

    function _requireState(bytes32 jobId, Job storage job_, JobState state) private view {
        if (job_.state != state) revert JobsWrongState(jobId, job_.state);
    }

    function _requireInTime(Job storage job_) private view {
        if (block.timestamp > job_.deadline) revert JobsTooLate(job_.deadline);
    }

    function _lockOf(Job memory job_) private pure returns (uint256) {
        return PriceMath.lockUp(job_.price, job_.stakeRatioBps);
    }

    function _max(uint8 a, uint8 b) private pure returns (uint8) {
        return a > b ? a : b;
    }
}
// forge-lint: disable-end(block-timestamp)
