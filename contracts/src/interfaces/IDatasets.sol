// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.24;

/// @title The register of datasets, each with a Rényi privacy ledger.
/// @notice A ledger holds three states of the loss at 16 Rényi orders: what the owner's (ε, δ) allows, what running jobs
/// reserved, what was spent. Some order must keep spent + reserved within its cap: then all that was ever learned from
/// the dataset is (ε, δ)-differentially private. Words of a ledger hold 8 lanes of 32 bits, micro-RDP, order i in word i/8
/// at bit 32·(i mod 8).
interface IDatasets {
    /// @notice What an owner registers.
    /// @param digest SHA-256 of the encrypted file
    /// @param schemaDigest SHA-256 of the schema
    /// @param manifestDigest SHA-256 of the manifest
    /// @param policyDigest SHA-256 of the release policy
    /// @param epsilonCapMicro ε × 10^6 that may ever be spent
    /// @param deltaExponent k of δ = 10^-k
    /// @param fee wei that the owner asks for a job; the signed grant decides
    /// @param minLevel least security level of an enclave that may see the data
    /// @param unit what one privacy unit is (a label or digest)
    struct DatasetTerms {
        bytes32 digest;
        bytes32 schemaDigest;
        bytes32 manifestDigest;
        bytes32 policyDigest;
        uint32 epsilonCapMicro;
        uint8 deltaExponent;
        uint128 fee;
        uint8 minLevel;
        bytes32 unit;
    }

    /// @notice A registered dataset.
    /// @param owner who registered it; never changes
    /// @param retired takes no new job
    /// @param index datasets counted from 1, in order of registration
    struct Dataset {
        address owner;
        uint32 epsilonCapMicro;
        uint8 deltaExponent;
        uint8 minLevel;
        bool retired;
        uint32 index;
        uint128 fee;
        uint40 registeredAt;
        bytes32 digest;
        bytes32 schemaDigest;
        bytes32 manifestDigest;
        bytes32 policyDigest;
        bytes32 unit;
    }

    /// @notice The ledger of a dataset. Packed lanes.
    struct Ledger {
        uint256 spentLow;
        uint256 spentHigh;
        uint256 reservedLow;
        uint256 reservedHigh;
    }

    /// @notice A dataset was registered.
    event DatasetRegistered(bytes32 indexed datasetId, address indexed owner, DatasetTerms terms);
    /// @notice Its owner retired a dataset: no new job, for ever.
    event DatasetRetired(bytes32 indexed datasetId);
    /// @notice Its owner replaced the policy; grants under the old one are void for new matches.
    event DatasetPolicySet(bytes32 indexed datasetId, bytes32 policyDigest);
    /// @notice Its owner changed the fee that it asks.
    event DatasetFeeSet(bytes32 indexed datasetId, uint128 fee);
    /// @notice Loss was reserved for a job.
    event LossReserved(bytes32 indexed datasetId, uint256 rdpLow, uint256 rdpHigh);
    /// @notice A reservation ended and the actual loss was spent.
    event LossCommitted(bytes32 indexed datasetId, uint256 rdpLow, uint256 rdpHigh);
    /// @notice A reservation ended and nothing was spent.
    event LossReleased(bytes32 indexed datasetId, uint256 rdpLow, uint256 rdpHigh);
    /// @notice An owner anchored the head of its release log.
    event LogAnchored(address indexed owner, bytes32 head);
    /// @notice An owner named who may release keys in the owner's place until then; no key: nobody may any more.
    event DelegateSet(address indexed owner, address key, uint64 until);

    /// @notice There is no such dataset.
    error DatasetsUnknown(bytes32 datasetId);
    /// @notice The caller registered this digest already.
    error DatasetsAlreadyRegistered(bytes32 datasetId);
    /// @notice A digest is zero, or ε, δ or the level is outside its bounds.
    error DatasetsBadTerms();
    /// @notice A delegation without a key has no end; one with a key ends within 90 days.
    error DatasetsBadDelegation();
    /// @notice The caller does not own the dataset.
    error DatasetsNotOwner(address caller);
    /// @notice The dataset is retired.
    error DatasetsRetired(bytes32 datasetId);
    /// @notice The grant was signed for another policy than the dataset's current one.
    error DatasetsPolicyMismatch(bytes32 granted, bytes32 current);
    /// @notice No Rényi order has room for the charge.
    error DatasetsBudgetExhausted(bytes32 datasetId);
    /// @notice The actual loss exceeds the reserved loss at a Rényi order.
    error DatasetsLossAboveReservation(uint256 lane);
    /// @notice A lane of the ledger would leave its 32 bits.
    error DatasetsLaneOverflow(uint256 lane);
    /// @notice More would be taken off a reservation than is reserved.
    error DatasetsLaneUnderflow(uint256 lane);

    /// @notice Registers a dataset of the caller. Refused while paused.
    /// @return datasetId keccak256(abi.encode(owner, digest))
    function register(DatasetTerms calldata terms) external returns (bytes32 datasetId);

    /// @notice Ends new jobs on a dataset for ever. Running jobs and the ledger go on.
    function retire(bytes32 datasetId) external;

    /// @notice Replaces the policy; all older grants become void for new matches.
    function setPolicy(bytes32 datasetId, bytes32 policyDigest) external;

    /// @notice Changes the fee that the owner asks.
    function setFee(bytes32 datasetId, uint128 fee) external;

    /// @notice Publishes the head of the caller's release log.
    function anchorLog(bytes32 head) external;

    /// @notice Names the one key, of an enclave that the caller attested, that may sign key releases in the caller's place.
    /// @param key the zero address withdraws: from the next block on no release of the delegate counts
    /// @param until last second; at most 90 days ahead, and zero when there is no key
    function setDelegate(address key, uint64 until) external;

    /// @notice Reserves loss for a job. Role JOBS.
    /// @param datasetId dataset
    /// @param policyDigest policy that the grant names
    /// @param rdpLow charge, lanes 0 to 7
    /// @param rdpHigh charge, lanes 8 to 15
    /// @return owner who owns the dataset
    /// @return minLevel least level that it demands
    /// @return index its number
    function reserve(bytes32 datasetId, bytes32 policyDigest, uint256 rdpLow, uint256 rdpHigh)
        external
        returns (address owner, uint8 minLevel, uint32 index);

    /// @notice Ends a reservation and spends the actual loss. Role JOBS.
    /// @return owner who owns the dataset
    function commit(bytes32 datasetId, uint256 reservedLow, uint256 reservedHigh, uint256 actualLow, uint256 actualHigh)
        external
        returns (address owner);

    /// @notice Ends a reservation without a loss. Role JOBS.
    function release(bytes32 datasetId, uint256 reservedLow, uint256 reservedHigh) external;

    /// @notice Stops new registrations. Role GUARDIAN.
    function pause() external;

    /// @notice Ends a pause. Role TEAM.
    function unpause() external;

    /// @notice The dataset; its owner is zero when there is none.
    function dataset(bytes32 datasetId) external view returns (Dataset memory);

    /// @notice Facts that a new match on a dataset must respect; reverts as `reserve` does, but for the budget.
    function admit(bytes32 datasetId, bytes32 policyDigest)
        external
        view
        returns (address owner, uint8 minLevel, uint32 index);

    /// @notice The owner of the dataset with this number; zero when there is none.
    function ownerAt(uint32 index) external view returns (address);

    /// @notice Spent and reserved loss.
    function ledger(bytes32 datasetId) external view returns (Ledger memory);

    /// @notice The caps of the 16 orders in micro-RDP that (ε, δ) allow.
    function capsOf(bytes32 datasetId) external view returns (uint256[16] memory);

    /// @notice The id of an owner's dataset.
    function idOf(address owner, bytes32 digest) external pure returns (bytes32);

    /// @notice The newest head of an owner's release log.
    function logHeadOf(address owner) external view returns (bytes32);

    /// @notice The delegate that an owner named last, whether its time is over or not.
    function delegateOf(address owner) external view returns (address key, uint64 until);

    /// @notice The key that may release for an owner now; the zero address when none may.
    function releaserOf(address owner) external view returns (address);
}
