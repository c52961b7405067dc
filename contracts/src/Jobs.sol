// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

// Deadlines and windows are seconds to days; the seconds by which a validator can shift a block do no harm to them.
// forge-lint: disable-start(block-timestamp)

import {Pausable} from "@openzeppelin/contracts/utils/Pausable.sol";
import {Governed} from "./Governed.sol";
import {IDatasets} from "./interfaces/IDatasets.sol";
import {IJobs} from "./interfaces/IJobs.sol";
import {IProviders} from "./interfaces/IProviders.sol";
import {IStaking} from "./interfaces/IStaking.sol";
import {Checkpoint, JobOrder, KeyRelease, Match, Receipt} from "./interfaces/JobTypes.sol";
import {JobBalances} from "./jobs/JobBalances.sol";
import {JobTerms, Terms} from "./jobs/JobTerms.sol";
import {MatchChecks} from "./jobs/MatchChecks.sol";
import {JobParameters} from "./libraries/JobParameters.sol";
import {OrderHash} from "./libraries/OrderHash.sol";
import {PriceMath} from "./libraries/PriceMath.sol";
import {Roles} from "./libraries/Roles.sol";
import {SignatureCheck} from "./libraries/SignatureCheck.sol";

/// @title Jobs. See `IJobs`.
/// @dev Calls only contracts of this system and, for signatures of wallets, view functions with little gas. State is
/// written before a call that could come back, so that a token with hooks could not re-enter a half-done payment either.
contract Jobs is JobBalances, MatchChecks, Governed, Pausable {
    using OrderHash for *;
    using JobTerms for *;

    /// @dev A job in four words; `terms` is packed `Terms`. ENC amounts fit 96 bits because the supply does. `escrow` and the lock
    /// that `price` implies mean something only while `_isHeld(state)`.
    struct Record {
        address developer;
        uint96 escrow;
        address provider;
        uint96 price;
        address enclaveKey;
        uint96 datasetFee;
        uint256 terms;
    }

    /// @dev Amounts of a new attempt.
    struct Opening {
        uint256 price;
        uint256 escrow;
        uint256 datasetFee;
        uint256 stakeLocked;
    }

    /// @inheritdoc IJobs
    uint256 public constant CLOSE_GRACE = 1 days;

    IStaking private immutable _STAKING;
    IDatasets private immutable _DATASETS;
    uint256 private immutable _UNBONDING_PERIOD;

    Parameters private _parameters;
    mapping(bytes32 jobId => Record) private _jobs;

    /// @param authority_ the `AccessManager`
    /// @param token ENC
    /// @param staking stakes; this contract needs the role JOBS for it, `providers` and `datasets`
    /// @param providers register of providers
    /// @param attestations security levels
    /// @param datasets register of datasets
    /// @param entitlements reserved computing; this contract needs the role JOBS for it too
    /// @param treasury receiver of fees
    /// @param initial first parameters
    constructor(
        address authority_,
        address token,
        address staking,
        address providers,
        address attestations,
        address datasets,
        address entitlements,
        address treasury,
        Parameters memory initial
    ) JobBalances(token, treasury) MatchChecks(providers, attestations, entitlements) Governed(authority_) {
        _STAKING = IStaking(staking);
        _DATASETS = IDatasets(datasets);
        _UNBONDING_PERIOD = IStaking(staking).UNBONDING_PERIOD();
        _setParameters(initial);
    }

    // ---------------------------------------------------------------- matching

    /// @inheritdoc IJobs
    function matchBatch(Match[] calldata matches) external onlyRole(Roles.MATCHER) whenNotPaused {
        for (uint256 i = 0; i < matches.length; ++i) {
            try this.matchOne(matches[i]) {}
            catch (bytes memory reason) {
                // Every refusal has a reason; none means that gas ran out. Going on would let `eth_estimateGas` take a
                // limit with which the match can't be made for the right one.
                if (reason.length == 0) revert JobsOutOfGas();
                emit MatchRefused(hashOrder(matches[i].order), reason);
            }
        }
    }

    /// @inheritdoc IJobs
    function matchOne(Match calldata proposed) external {
        if (msg.sender != address(this)) revert JobsOnlySelf();
        JobOrder calldata order = proposed.order;
        bytes32 jobId = hashOrder(order);
        Terms memory terms = _jobs[jobId].terms.unpack();
        if (terms.state != JobState.None && terms.state != JobState.Expired) revert JobsWrongState(jobId, terms.state);

        _checkOrder(order, proposed.orderSig, jobId);
        _checkOffer(proposed);
        _checkProvider(order, proposed.offer);
        address datasetOwner;
        uint8 minLevel;
        // Entitlement is used and loss reserved at the first match; a new attempt goes on with both.
        if (terms.state == JobState.None) {
            _useEntitlement(order);
            (datasetOwner, minLevel, terms.datasetIndex) =
                _DATASETS.reserve(order.datasetId, proposed.grant.policyDigest, order.rdpLow, order.rdpHigh);
        } else {
            (datasetOwner, minLevel, terms.datasetIndex) = _DATASETS.admit(order.datasetId, proposed.grant.policyDigest);
        }
        _checkGrant(proposed, datasetOwner);
        minLevel = _max(minLevel, _max(order.minLevel, proposed.grant.minLevel));
        _checkLevel(proposed.offer.provider, minLevel);
        _setTerms(terms, order, minLevel);
        _open(jobId, terms, proposed);
    }

    // ---------------------------------------------------------------- work

    /// @inheritdoc IJobs
    function start(bytes32 jobId, address enclaveKey, bytes32 evidenceId) external {
        Record storage job_ = _jobs[jobId];
        Terms memory terms = _running(jobId, JobState.Matched);
        if (msg.sender != job_.provider) revert JobsNotAllowed(msg.sender);
        if (enclaveKey == address(0)) revert JobsBadEnclaveKey();
        terms.state = JobState.Started;
        terms.deadline += terms.durationSec;
        terms.keyReleased = false;
        job_.terms = terms.pack();
        job_.enclaveKey = enclaveKey;
        emit Started(jobId, terms.attempt, enclaveKey, evidenceId, terms.deadline);
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
        Terms memory terms = _running(jobId, JobState.Started);
        if (step <= terms.checkpointStep || step >= terms.steps) {
            revert JobsBadStep(step, terms.checkpointStep, terms.steps);
        }
        address enclaveKey = _jobs[jobId].enclaveKey;
        _requireKey(enclaveKey, Checkpoint(jobId, terms.attempt, step, digest).hash(), enclaveSig);
        if (!terms.keyReleased) {
            address datasetOwner = _DATASETS.ownerAt(terms.datasetIndex);
            _requireRelease(datasetOwner, jobId, terms.attempt, enclaveKey, release, ownerSig);
        }
        terms.keyReleased = true;
        // Below `steps`, which fits.
        // forge-lint: disable-next-line(unsafe-typecast)
        terms.checkpointStep = uint24(step);
        _jobs[jobId].terms = terms.pack();
        emit Checkpointed(jobId, terms.attempt, step, digest);
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
        Terms memory terms = _running(jobId, JobState.Started);
        if (receipt.jobId != jobId || receipt.attempt != terms.attempt || receipt.steps != terms.steps) {
            revert JobsDocumentMismatch();
        }
        Record storage job_ = _jobs[jobId];
        address datasetOwner =
            _DATASETS.commit(order.datasetId, order.rdpLow, order.rdpHigh, receipt.rdpLow, receipt.rdpHigh);
        _requireKey(job_.enclaveKey, receipt.hash(), enclaveSig);
        if (!terms.keyReleased) {
            _requireRelease(datasetOwner, jobId, terms.attempt, job_.enclaveKey, release, ownerSig);
        }
        terms.state = JobState.Delivered;
        terms.deadline = uint32(block.timestamp) + terms.contestWindow;
        terms.budgetHeld = false;
        job_.terms = terms.pack();
        // The data has served: its owner is paid with the loss, whatever the contest window brings.
        _credit(datasetOwner, job_.datasetFee);
        emit Delivered(
            jobId,
            terms.attempt,
            receipt.resultDigest,
            receipt.certificateDigest,
            receipt.rdpLow,
            receipt.rdpHigh,
            terms.deadline
        );
    }

    // ---------------------------------------------------------------- ends

    /// @inheritdoc IJobs
    function settle(bytes32 jobId) external {
        Record memory job_ = _jobs[jobId];
        Terms memory terms = job_.terms.unpack();
        if (terms.state != JobState.Delivered) revert JobsWrongState(jobId, terms.state);
        // Before the window ends only a fault ends the job, unpaid.
        bool faulted = block.timestamp < terms.deadline;
        if (faulted && !_holdsRole(Roles.FAULTS, msg.sender)) revert JobsTooEarly(terms.deadline);
        _end(jobId, terms, faulted ? JobState.Faulted : JobState.Settled);
        uint256 part = faulted ? 0 : job_.price;
        (uint256 paid, uint256 fee, uint256 refund) = _pay(job_, terms.feeBps, part, job_.datasetFee);
        if (faulted) emit Failed(jobId, refund);
        else emit Settled(jobId, paid, fee, job_.datasetFee, refund);
        _STAKING.unlock(job_.provider, PriceMath.lockUp(job_.price, terms.stakeRatioBps));
        _PROVIDERS.recordWork(job_.provider, part);
    }

    /// @inheritdoc IJobs
    function expire(bytes32 jobId) external {
        Record memory job_ = _jobs[jobId];
        Terms memory terms = job_.terms.unpack();
        if (terms.state != JobState.Matched && terms.state != JobState.Started) {
            revert JobsWrongState(jobId, terms.state);
        }
        if (block.timestamp <= terms.deadline) revert JobsTooEarly(terms.deadline);
        bool started = terms.state == JobState.Started;
        uint256 done = terms.checkpointStep - terms.paidSteps;
        uint256 part = PriceMath.partDown(job_.price, done, terms.steps - terms.paidSteps);
        uint256 datasetFee = done == 0 ? 0 : job_.datasetFee;
        terms.paidSteps = terms.checkpointStep;
        _end(jobId, terms, JobState.Expired);
        (uint256 paid, uint256 fee, uint256 refund) = _pay(job_, terms.feeBps, part, datasetFee);
        if (datasetFee > 0) _credit(_DATASETS.ownerAt(terms.datasetIndex), datasetFee);
        emit Expired(jobId, terms.attempt, terms.paidSteps, paid, fee, datasetFee, refund);
        _miss(jobId, terms, job_, started ? job_.enclaveKey : address(0), job_.price - part);
    }

    /// @inheritdoc IJobs
    function cancel(JobOrder calldata order) external {
        if (msg.sender != order.developer) revert JobsNotAllowed(msg.sender);
        bytes32 jobId = hashOrder(order);
        Record memory job_ = _jobs[jobId];
        Terms memory terms = job_.terms.unpack();
        bool matched = terms.state == JobState.Matched;
        if (!matched && terms.state != JobState.Expired) revert JobsWrongState(jobId, terms.state);
        // An enclave that started and left no checkpoint may have seen the data or not: its owner has CLOSE_GRACE to say.
        bool decided = job_.enclaveKey == address(0) || terms.checkpointStep != 0;
        if (decided) terms.budgetHeld = false;
        _end(jobId, terms, JobState.Cancelled);
        uint256 refund = matched ? job_.escrow : 0;
        _credit(job_.developer, refund);
        emit Cancelled(jobId, refund);
        if (decided) _closeBudget(jobId, order, job_.enclaveKey != address(0));
        if (matched) _STAKING.unlock(job_.provider, PriceMath.lockUp(job_.price, terms.stakeRatioBps));
    }

    /// @inheritdoc IJobs
    function close(JobOrder calldata order) external {
        bytes32 jobId = hashOrder(order);
        Record storage job_ = _jobs[jobId];
        Terms memory terms = job_.terms.unpack();
        bool expired = terms.state == JobState.Expired;
        if (!expired && terms.state != JobState.Cancelled) revert JobsWrongState(jobId, terms.state);
        if (!terms.budgetHeld) revert JobsNoBudgetHeld(jobId);
        bool commit = job_.enclaveKey != address(0);
        if (terms.checkpointStep == 0 && msg.sender == _DATASETS.ownerAt(terms.datasetIndex)) {
            commit = false;
        } else {
            uint256 from = terms.deadline;
            if (expired && order.expiresAt > from) from = order.expiresAt;
            if (commit && terms.checkpointStep == 0) from += CLOSE_GRACE;
            if (block.timestamp <= from) revert JobsTooEarly(from);
        }
        terms.budgetHeld = false;
        _end(jobId, terms, JobState.Cancelled);
        if (expired) emit Cancelled(jobId, 0);
        _closeBudget(jobId, order, commit);
    }

    // ---------------------------------------------------------------- faults

    /// @inheritdoc IJobs
    function hold(bytes32 jobId, uint256 until) external onlyRole(Roles.FAULTS) {
        Terms memory terms = _jobs[jobId].terms.unpack();
        if (terms.state != JobState.Delivered) revert JobsWrongState(jobId, terms.state);
        // Fits: a few windows of days from now.
        // forge-lint: disable-next-line(unsafe-typecast)
        terms.deadline = uint32(until);
        _jobs[jobId].terms = terms.pack();
        emit Held(jobId, until);
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
    function job(bytes32 jobId) external view returns (Job memory) {
        Record memory job_ = _jobs[jobId];
        Terms memory terms = job_.terms.unpack();
        bool held = _isHeld(terms.state);
        uint256 escrow = held ? job_.escrow : 0;
        // The owner's fee left the escrow at delivery.
        if (terms.state == JobState.Delivered) escrow -= job_.datasetFee;
        return Job({
            developer: job_.developer,
            provider: job_.provider,
            datasetOwner: _DATASETS.ownerAt(terms.datasetIndex),
            enclaveKey: job_.enclaveKey,
            escrow: escrow,
            price: job_.price,
            datasetFee: job_.datasetFee,
            stakeLocked: held ? PriceMath.lockUp(job_.price, terms.stakeRatioBps) : 0,
            deadline: terms.deadline,
            steps: terms.steps,
            paidSteps: terms.paidSteps,
            checkpointStep: terms.checkpointStep,
            durationSec: terms.durationSec,
            contestWindow: terms.contestWindow,
            attempt: terms.attempt,
            feeBps: terms.feeBps,
            stakeRatioBps: terms.stakeRatioBps,
            state: terms.state,
            budgetHeld: terms.budgetHeld,
            keyReleased: terms.keyReleased
        });
    }

    /// @inheritdoc IJobs
    function parameters() external view returns (Parameters memory) {
        return _parameters;
    }

    // ---------------------------------------------------------------- a new attempt

    /// @dev Fixes what parameters and order say about time and shares.
    function _setTerms(Terms memory terms, JobOrder calldata order, uint8 minLevel) private view {
        Parameters memory current = _parameters;
        uint256 contestWindow = JobParameters.contestWindow(current, minLevel);
        uint256 slashable = uint256(current.startWindow) + order.durationSec + contestWindow;
        if (slashable > _UNBONDING_PERIOD) revert JobsDurationTooLong(slashable, _UNBONDING_PERIOD);
        // Durations are at most the unbonding period of 90 days, windows 14 days; steps were checked.
        // forge-lint: disable-start(unsafe-typecast)
        terms.steps = uint24(order.steps);
        terms.durationSec = uint24(order.durationSec);
        terms.contestWindow = uint24(contestWindow);
        // forge-lint: disable-end(unsafe-typecast)
        terms.deadline = uint32(block.timestamp) + current.startWindow;
        terms.feeBps = current.feeBps;
        terms.stakeRatioBps = current.stakeRatioBps;
        terms.state = JobState.Matched;
        terms.budgetHeld = true;
        ++terms.attempt;
    }

    /// @dev Takes the escrow, writes the job and locks the stake.
    function _open(bytes32 jobId, Terms memory terms, Match calldata proposed) private {
        JobOrder calldata order = proposed.order;
        Opening memory sums;
        sums.price = PriceMath.priceDown(order.units, proposed.rate, terms.paidSteps, order.steps);
        sums.escrow = PriceMath.escrowUp(order.units, order.maxRate, terms.paidSteps, order.steps);
        // The owner is paid with the first paid steps; nobody pays twice.
        if (terms.paidSteps == 0) {
            sums.escrow += order.maxDatasetFee;
            sums.datasetFee = proposed.grant.fee;
        }
        sums.stakeLocked = PriceMath.lockUp(sums.price, terms.stakeRatioBps);
        _debit(order.developer, sums.escrow);

        Record storage job_ = _jobs[jobId];
        // Price and fee are at most the escrow, which was somebody's balance of ENC: all fit 96 bits.
        // forge-lint: disable-start(unsafe-typecast)
        (job_.developer, job_.escrow) = (order.developer, uint96(sums.escrow));
        (job_.provider, job_.price) = (proposed.offer.provider, uint96(sums.price));
        job_.datasetFee = uint96(sums.datasetFee);
        // forge-lint: disable-end(unsafe-typecast)
        job_.terms = terms.pack();
        _emitMatched(jobId, terms, proposed, sums);
        _STAKING.lock(proposed.offer.provider, sums.stakeLocked);
    }

    function _emitMatched(bytes32 jobId, Terms memory terms, Match calldata proposed, Opening memory sums) private {
        emit Matched(
            jobId,
            proposed.order.developer,
            proposed.offer.provider,
            proposed.order.datasetId,
            terms.attempt,
            terms.paidSteps,
            proposed.rate,
            sums.price,
            sums.escrow,
            sums.datasetFee,
            sums.stakeLocked,
            terms.deadline
        );
    }

    // ---------------------------------------------------------------- inner workings

    /// @dev Divides the escrow: part of the price to the provider less the treasury's fee, the rest back to the developer. The
    /// owner's fee leaves the escrow too; the caller credits it.
    function _pay(Record memory job_, uint256 feeBps, uint256 part, uint256 datasetFee)
        private
        returns (uint256 paid, uint256 fee, uint256 refund)
    {
        fee = PriceMath.feeUp(part, feeBps);
        paid = part - fee;
        refund = job_.escrow - part - datasetFee;
        _credit(job_.provider, paid);
        _creditFee(fee);
        _credit(job_.developer, refund);
    }

    /// @dev Ends the lock of an attempt that missed its deadline, and keeps what a fault needs to know.
    function _miss(bytes32 jobId, Terms memory terms, Record memory job_, address enclaveKey, uint256 value) private {
        uint256 lock = PriceMath.lockUp(job_.price, terms.stakeRatioBps);
        _STAKING.unlock(job_.provider, lock);
        // Fits: it was somebody's stake of ENC.
        // forge-lint: disable-next-line(unsafe-typecast)
        IProviders.Missed memory missed = IProviders.Missed(job_.provider, uint96(lock), enclaveKey, terms.deadline);
        _PROVIDERS.recordMissed(jobId, terms.attempt, missed, value);
    }

    function _end(bytes32 jobId, Terms memory terms, JobState state) private {
        terms.state = state;
        terms.deadline = uint32(block.timestamp);
        _jobs[jobId].terms = terms.pack();
    }

    /// @dev Spends or releases the reservation of a job that will never be delivered.
    function _closeBudget(bytes32 jobId, JobOrder calldata order, bool commit) private {
        emit BudgetClosed(jobId, commit);
        if (commit) _DATASETS.commit(order.datasetId, order.rdpLow, order.rdpHigh, order.rdpLow, order.rdpHigh);
        else _DATASETS.release(order.datasetId, order.rdpLow, order.rdpHigh);
    }

    function _setParameters(Parameters memory parameters_) private {
        if (!JobParameters.isWithinBounds(parameters_)) revert JobsBadParameter();
        if (JobParameters.longestWindow(parameters_) >= _UNBONDING_PERIOD) revert JobsBadParameter();
        _parameters = parameters_;
        emit ParametersSet(parameters_);
    }

    function _requireKey(address key, bytes32 structHash, bytes calldata signature) private view {
        if (!SignatureCheck.isKeySignature(key, _digest(structHash), signature)) revert JobsBadSignature(key);
    }

    /// @dev Once an attempt: the owner, or the owner's delegate, must have given this enclave the key, else its work proves nothing.
    function _requireRelease(
        address datasetOwner,
        bytes32 jobId,
        uint256 attempt,
        address enclaveKey,
        KeyRelease calldata release,
        bytes calldata ownerSig
    ) private {
        if (release.jobId != jobId || release.attempt != attempt || release.enclaveKey != enclaveKey) {
            revert JobsDocumentMismatch();
        }
        bytes32 digest = _digest(release.hash());
        if (
            !SignatureCheck.isSignature(datasetOwner, digest, ownerSig)
                && !SignatureCheck.isKeySignature(_DATASETS.releaserOf(datasetOwner), digest, ownerSig)
        ) revert JobsBadSignature(datasetOwner);
        emit KeyReleaseRecorded(
            jobId, release.attempt, enclaveKey, release.evidenceId, release.policyDigest, release.logHead
        );
    }

    /// @dev The terms of a job in this state whose deadline has not passed.
    function _running(bytes32 jobId, JobState state) private view returns (Terms memory terms) {
        terms = _jobs[jobId].terms.unpack();
        if (terms.state != state) revert JobsWrongState(jobId, terms.state);
        if (block.timestamp > terms.deadline) revert JobsTooLate(terms.deadline);
    }

    /// @dev The states in which a job holds escrow and stake.
    function _isHeld(JobState state) private pure returns (bool) {
        return state == JobState.Matched || state == JobState.Started || state == JobState.Delivered;
    }
}
// forge-lint: disable-end(block-timestamp)
