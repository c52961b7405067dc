// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.24;

import {JobOrder, KeyRelease, Match, Receipt} from "./JobTypes.sol";

/// @title Jobs: deposits, matching of signed orders, escrow, progress, delivery, payment.
/// @notice States: None → Matched → Started → Delivered → Settled. A missed deadline makes Matched and Started Expired, and an
/// Expired job can be matched again from its last paid step. The developer cancels a job that is Matched or Expired.
/// Escrow and the provider's lock are zero outside Matched, Started and Delivered. What the order says is not stored: who
/// needs it again (`deliver`, `cancel`, `close`) passes the order, whose digest is the job's id.
/// @dev Money: one balance an account, filled by deposits, payments and refunds, emptied by `withdraw`. Nothing is pushed.
/// Privacy: loss is reserved at the first match, kept over Expired and new attempts, and spent at `deliver`. While a
/// job's budget is held, it counts as reserved in `Datasets`.
interface IJobs {
    enum JobState {
        None,
        Matched,
        Started,
        Delivered,
        Settled,
        Expired,
        Cancelled,
        Faulted
    }

    /// @notice A job. Terms are those of the match: later parameter changes do not touch it.
    /// @param developer who pays
    /// @param provider who works
    /// @param datasetOwner who owns the data
    /// @param enclaveKey key of the enclave of the last started attempt; zero = never started
    /// @param escrow wei held for this job; 0 outside Matched, Started and Delivered
    /// @param price wei for all steps that this attempt has to do
    /// @param datasetFee wei for the dataset's owner with this attempt's first payment; 0 if an earlier attempt paid it
    /// @param stakeLocked wei of the provider's stake that this job holds; 0 outside the same states
    /// @param deadline Matched: start by; Started: deliver by; Delivered: contest window ends; later: since when
    /// @param steps steps of the whole job
    /// @param paidSteps steps paid in earlier attempts
    /// @param checkpointStep last step that a recorded checkpoint covers
    /// @param durationSec seconds allowed for the work
    /// @param contestWindow seconds between delivery and settlement
    /// @param attempt 1 for the first match
    /// @param feeBps treasury's part of the price
    /// @param stakeRatioBps provider's lock relative to the price
    /// @param state state
    /// @param budgetHeld the dataset's ledger holds this job's reservation
    /// @param keyReleased a checkpoint put the owner's release to `enclaveKey` on record
    struct Job {
        address developer;
        address provider;
        address datasetOwner;
        address enclaveKey;
        uint256 escrow;
        uint256 price;
        uint256 datasetFee;
        uint256 stakeLocked;
        uint64 deadline;
        uint32 steps;
        uint32 paidSteps;
        uint32 checkpointStep;
        uint32 durationSec;
        uint32 contestWindow;
        uint32 attempt;
        uint16 feeBps;
        uint16 stakeRatioBps;
        JobState state;
        bool budgetHeld;
        bool keyReleased;
    }

    /// @notice Parameters of new matches.
    /// @param startWindow seconds that a provider has to start
    /// @param contestWindow0 seconds between delivery and settlement of a job that demands level 0; then levels 1 to 3
    /// @param feeBps treasury's part of the price in basis points
    /// @param stakeRatioBps provider's lock in basis points of the price
    struct Parameters {
        uint32 startWindow;
        uint32 contestWindow0;
        uint32 contestWindow1;
        uint32 contestWindow2;
        uint32 contestWindow3;
        uint16 feeBps;
        uint16 stakeRatioBps;
    }

    /// @notice Money came into an account's balance.
    event Deposited(address indexed account, uint256 amount);
    /// @notice Money left an account's balance.
    event Withdrawn(address indexed account, uint256 amount);
    /// @notice An order, an offer and a grant became a job, or a new attempt of one.
    /// @param jobId EIP-712 digest of the order
    /// @param developer who pays
    /// @param provider who works
    /// @param datasetId dataset
    /// @param attempt 1 for the first match
    /// @param fromStep step from which this attempt works
    /// @param rate wei a unit
    /// @param price wei for all steps of this attempt
    /// @param escrow wei taken from the developer's balance
    /// @param datasetFee wei for the dataset's owner
    /// @param stakeLocked wei of the provider's stake
    /// @param startBy last second to start
    event Matched(
        bytes32 indexed jobId,
        address indexed developer,
        address indexed provider,
        bytes32 datasetId,
        uint32 attempt,
        uint32 fromStep,
        uint256 rate,
        uint256 price,
        uint256 escrow,
        uint256 datasetFee,
        uint256 stakeLocked,
        uint256 startBy
    );
    /// @notice A proposed match failed; the batch went on. `reason` is the error, encoded.
    event MatchRefused(bytes32 indexed jobId, bytes reason);
    /// @notice The provider started an enclave.
    event Started(bytes32 indexed jobId, uint32 attempt, address enclaveKey, bytes32 evidenceId, uint256 deliverBy);
    /// @notice The owner's release of the data key to this attempt's enclave is on record.
    event KeyReleaseRecorded(
        bytes32 indexed jobId,
        uint32 attempt,
        address enclaveKey,
        bytes32 evidenceId,
        bytes32 policyDigest,
        bytes32 logHead
    );
    /// @notice Attested progress is on record.
    event Checkpointed(bytes32 indexed jobId, uint32 attempt, uint32 step, bytes32 digest);
    /// @notice The result is on record and its loss is spent.
    event Delivered(
        bytes32 indexed jobId,
        uint32 attempt,
        bytes32 resultDigest,
        bytes32 certificateDigest,
        uint256 rdpLow,
        uint256 rdpHigh,
        uint256 contestEnds
    );
    /// @notice Payment waits for the decision about a fault, or no longer.
    event Held(bytes32 indexed jobId, uint256 until);
    /// @notice A delivered job ended as Faulted; `refund` went to the developer.
    event Failed(bytes32 indexed jobId, uint256 refund);
    /// @notice Everybody was paid. providerPaid + treasuryFee + datasetFee + refund = the escrow.
    event Settled(bytes32 indexed jobId, uint256 providerPaid, uint256 treasuryFee, uint256 datasetFee, uint256 refund);
    /// @notice The attempt missed a deadline. Steps up to `paidSteps` are paid now; the same sum holds.
    event Expired(
        bytes32 indexed jobId,
        uint32 attempt,
        uint32 paidSteps,
        uint256 providerPaid,
        uint256 treasuryFee,
        uint256 datasetFee,
        uint256 refund
    );
    /// @notice The developer ended the job.
    event Cancelled(bytes32 indexed jobId, uint256 refund);
    /// @notice A job's reservation ended without delivery: spent as a whole, or released.
    event BudgetClosed(bytes32 indexed jobId, bool committed);
    /// @notice A signer cancelled all orders, offers and grants of its own with this nonce.
    event NonceCancelled(address indexed signer, uint64 nonce);
    /// @notice Parameters of new matches changed.
    event ParametersSet(Parameters parameters);
    /// @notice Fees went to the treasury.
    event FeesCollected(uint256 amount);

    /// @notice The gas did not suffice for a match of the batch: nothing was done, send more.
    error JobsOutOfGas();
    /// @notice Only this contract calls itself here.
    error JobsOnlySelf();
    /// @notice The signature is not the named signer's over this document in this domain.
    error JobsBadSignature(address signer);
    /// @notice The document's time is over.
    error JobsDocumentExpired(uint64 expiresAt);
    /// @notice The signer cancelled this nonce.
    error JobsNonceCancelled(address signer, uint64 nonce);
    /// @notice The order has zero or more than 2^24 − 1 steps, zero units or an unknown kind.
    error JobsBadOrder();
    /// @notice The job's state does not allow this.
    error JobsWrongState(bytes32 jobId, JobState state);
    /// @notice The rate is outside [ask, maxRate], or not the ask in a reserved job.
    error JobsRateOutOfRange(uint256 rate, uint256 ask, uint256 maxRate);
    /// @notice The offer asks for more than the rate that the provider has posted (0 = none) for reserved orders.
    error JobsAskNotPosted(uint256 ask, uint256 posted);
    /// @notice The offer is for less work.
    error JobsTooMuchWork(uint64 units, uint64 maxUnits);
    /// @notice The order allows more time than the offer, or than stake stays slashable.
    error JobsDurationTooLong(uint256 durationSec, uint256 maxDurationSec);
    /// @notice The grant is for another dataset or developer.
    error JobsGrantMismatch();
    /// @notice The owner's fee is above the order's limit.
    error JobsDatasetFeeTooHigh(uint256 fee, uint256 maxFee);
    /// @notice The provider is not registered or takes no jobs.
    error JobsProviderInactive(address provider);
    /// @notice The provider is slower than the order demands.
    error JobsProviderTooSlow(uint64 speed, uint64 minSpeed);
    /// @notice The provider's reputation is below the order's demand.
    error JobsReputationTooLow(uint16 reputationBps, uint16 minReputationBps);
    /// @notice The provider's security level is below what order, grant or dataset demand.
    error JobsLevelTooLow(uint8 level, uint8 minLevel);
    /// @notice The account's balance is smaller.
    error JobsInsufficientBalance(address account, uint256 wanted, uint256 balance);
    /// @notice Zero wei can't be deposited or withdrawn.
    error JobsZeroAmount();
    /// @notice The caller is not the party who may do this.
    error JobsNotAllowed(address caller);
    /// @notice The deadline has passed.
    error JobsTooLate(uint256 deadline);
    /// @notice The time has not come.
    error JobsTooEarly(uint256 time);
    /// @notice The enclave's key can't be zero.
    error JobsBadEnclaveKey();
    /// @notice A checkpoint must cover more steps than the last one and fewer than all.
    error JobsBadStep(uint32 step, uint32 after_, uint32 steps);
    /// @notice A signed document names another job, attempt or key than the running one.
    error JobsDocumentMismatch();
    /// @notice The job holds no reservation of privacy loss.
    error JobsNoBudgetHeld(bytes32 jobId);
    /// @notice A parameter is outside its bounds.
    error JobsBadParameter();

    /// @notice Moves ENC of the caller into its balance here. The caller must have approved it.
    function deposit(uint256 amount) external;

    /// @notice `deposit` after an EIP-2612 permit; a permit that was used already does no harm.
    function depositWithPermit(uint256 amount, uint256 deadline, uint8 v, bytes32 r, bytes32 s) external;

    /// @notice Pays out from the caller's balance. Works while paused.
    function withdraw(uint256 amount) external;

    /// @notice Sends the fees of settled work to the treasury. Anybody may call.
    function collectFees() external;

    /// @notice Makes each match that holds; one that does not emits `MatchRefused`. Role MATCHER. Refused while paused.
    function matchBatch(Match[] calldata matches) external;

    /// @notice One match of a batch; only this contract calls it.
    function matchOne(Match calldata proposed) external;

    /// @notice Registers the enclave of this attempt. The provider calls, within the start window.
    function start(bytes32 jobId, address enclaveKey, bytes32 evidenceId) external;

    /// @notice Records attested progress, before the deadline. Anybody may submit it.
    /// @param jobId job
    /// @param step steps done
    /// @param digest digest of the sealed state
    /// @param enclaveSig the enclave's signature over `Checkpoint`
    /// @param release the owner's release to this enclave: needed the first time in an attempt
    /// @param ownerSig the owner's signature over it; empty afterwards
    function checkpoint(
        bytes32 jobId,
        uint32 step,
        bytes32 digest,
        bytes calldata enclaveSig,
        KeyRelease calldata release,
        bytes calldata ownerSig
    ) external;

    /// @notice Records the result, before the deadline, and spends its loss. Anybody may submit it.
    /// @param order the job's order
    /// @param receipt what the enclave says
    /// @param enclaveSig the enclave's signature over `receipt`
    /// @param release the owner's release to this enclave: needed unless a checkpoint of this attempt had it
    /// @param ownerSig the owner's signature over it; empty otherwise
    function deliver(
        JobOrder calldata order,
        Receipt calldata receipt,
        bytes calldata enclaveSig,
        KeyRelease calldata release,
        bytes calldata ownerSig
    ) external;

    /// @notice Pays a delivered job once its contest window is over. Anybody may call. A holder of FAULTS who calls earlier ends the
    /// job as Faulted: the provider gets nothing, the developer what is left of the escrow.
    function settle(bytes32 jobId) external;

    /// @notice Ends an attempt that missed its deadline: pays what a checkpoint covers, refunds the rest, counts a fault. Anybody
    /// may call.
    function expire(bytes32 jobId) external;

    /// @notice Ends a Matched or Expired job. The developer calls. Loss reserved for a job that never started is released; of one
    /// with a checkpoint it is spent; else it stays reserved until `close`.
    function cancel(JobOrder calldata order) external;

    /// @notice Ends the reservation of a job that will not be delivered. The dataset's owner may do so as soon as the job is
    /// Expired or Cancelled without a checkpoint on record, which releases the loss. Anybody else may after the order
    /// and `CLOSE_GRACE` ran out, which spends it, unless the job never started.
    function close(JobOrder calldata order) external;

    /// @notice Moves the end of a delivered job's contest window: payment waits for a decision, or no longer. Role FAULTS.
    function hold(bytes32 jobId, uint256 until) external;

    /// @notice Voids every order, offer and grant of the caller with this nonce for new matches.
    function cancelNonce(uint64 nonce) external;

    /// @notice Sets the parameters of new matches, each within constant bounds. Role PARAMETERS.
    function setParameters(Parameters calldata parameters_) external;

    /// @notice Stops new matches. Role GUARDIAN. Everything else goes on.
    function pause() external;

    /// @notice Ends a pause. Role TEAM.
    function unpause() external;

    /// @notice Fees that `collectFees` would send to the treasury, in wei.
    function uncollectedFees() external view returns (uint256);

    /// @notice Wei that the account can withdraw or use for orders.
    function balanceOf(address account) external view returns (uint256);

    /// @notice A job; state None when there is none.
    function job(bytes32 jobId) external view returns (Job memory);

    /// @notice The id of an order's job: its EIP-712 digest in this contract's domain.
    function hashOrder(JobOrder calldata order) external view returns (bytes32);

    /// @notice True when the signer cancelled the nonce.
    function isNonceCancelled(address signer, uint64 nonce) external view returns (bool);

    /// @notice Parameters of new matches.
    function parameters() external view returns (Parameters memory);

    /// @notice Seconds that the owner of a dataset has to close a job before others can.
    function CLOSE_GRACE() external view returns (uint256);
}
