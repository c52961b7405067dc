// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Pausable} from "@openzeppelin/contracts/utils/Pausable.sol";
import {Governed} from "./Governed.sol";
import {IDatasets} from "./interfaces/IDatasets.sol";
import {RenyiLedger} from "./libraries/RenyiLedger.sol";
import {Roles} from "./libraries/Roles.sol";

/// @title Datasets and their privacy ledgers. See `IDatasets`.
contract Datasets is IDatasets, Governed, Pausable {
    using RenyiLedger for RenyiLedger.State;

    /// @dev A ledger as stored: every bit inverted, so that an idle ledger's words are not zero and a job does not pay for
    /// making them so. `held` is spent + reserved.
    struct Complement {
        uint256 spentLow;
        uint256 spentHigh;
        uint256 heldLow;
        uint256 heldHigh;
    }

    /// @dev The key that may release for an owner, in one word.
    struct Delegate {
        address key;
        uint64 until;
    }

    /// @dev ε of 100 promises nothing any more; the bound also keeps lanes far from overflowing.
    uint32 private constant MAX_EPSILON_MICRO = 100_000_000;
    uint8 private constant MAX_DELTA_EXPONENT = 40;
    uint8 private constant MAX_LEVEL = 3;
    uint256 private constant LONGEST_DELEGATION = 90 days;

    mapping(bytes32 datasetId => Dataset) private _datasets;
    mapping(bytes32 datasetId => Complement) private _ledgers;
    mapping(uint32 index => address) private _owners;
    uint32 private _count;
    mapping(address owner => bytes32) private _logHeads;
    mapping(address owner => Delegate) private _delegates;

    /// @param authority_ the `AccessManager`
    constructor(address authority_) Governed(authority_) {}

    modifier onlyOwnerOf(bytes32 datasetId) {
        if (_datasets[datasetId].owner != msg.sender) revert DatasetsNotOwner(msg.sender);
        _;
    }

    /// @inheritdoc IDatasets
    function register(DatasetTerms calldata terms) external whenNotPaused returns (bytes32 datasetId) {
        if (
            terms.digest == 0 || terms.schemaDigest == 0 || terms.manifestDigest == 0 || terms.policyDigest == 0
                || terms.epsilonCapMicro == 0 || terms.epsilonCapMicro > MAX_EPSILON_MICRO || terms.deltaExponent == 0
                || terms.deltaExponent > MAX_DELTA_EXPONENT || terms.minLevel > MAX_LEVEL
        ) revert DatasetsBadTerms();
        datasetId = idOf(msg.sender, terms.digest);
        Dataset storage entry = _datasets[datasetId];
        if (entry.owner != address(0)) revert DatasetsAlreadyRegistered(datasetId);
        entry.owner = msg.sender;
        entry.epsilonCapMicro = terms.epsilonCapMicro;
        entry.deltaExponent = terms.deltaExponent;
        entry.minLevel = terms.minLevel;
        entry.registeredAt = uint40(block.timestamp);
        entry.fee = terms.fee;
        entry.digest = terms.digest;
        entry.schemaDigest = terms.schemaDigest;
        entry.manifestDigest = terms.manifestDigest;
        entry.policyDigest = terms.policyDigest;
        entry.unit = terms.unit;
        entry.index = ++_count;
        _owners[entry.index] = msg.sender;
        _store(datasetId, RenyiLedger.State(0, 0, 0, 0));
        emit DatasetRegistered(datasetId, msg.sender, terms);
    }

    /// @inheritdoc IDatasets
    function retire(bytes32 datasetId) external onlyOwnerOf(datasetId) {
        if (_datasets[datasetId].retired) revert DatasetsRetired(datasetId);
        _datasets[datasetId].retired = true;
        emit DatasetRetired(datasetId);
    }

    /// @inheritdoc IDatasets
    function setPolicy(bytes32 datasetId, bytes32 policyDigest) external onlyOwnerOf(datasetId) {
        if (policyDigest == 0) revert DatasetsBadTerms();
        _datasets[datasetId].policyDigest = policyDigest;
        emit DatasetPolicySet(datasetId, policyDigest);
    }

    /// @inheritdoc IDatasets
    function setFee(bytes32 datasetId, uint128 fee) external onlyOwnerOf(datasetId) {
        _datasets[datasetId].fee = fee;
        emit DatasetFeeSet(datasetId, fee);
    }

    /// @inheritdoc IDatasets
    function anchorLog(bytes32 head) external {
        _logHeads[msg.sender] = head;
        emit LogAnchored(msg.sender, head);
    }

    /// @inheritdoc IDatasets
    function setDelegate(address key, uint64 until) external {
        // forge-lint: disable-next-line(block-timestamp)
        bool isInTime = until > block.timestamp && until <= block.timestamp + LONGEST_DELEGATION;
        if (key == address(0) ? until != 0 : !isInTime) revert DatasetsBadDelegation();
        _delegates[msg.sender] = Delegate(key, until);
        emit DelegateSet(msg.sender, key, until);
    }

    /// @inheritdoc IDatasets
    function reserve(bytes32 datasetId, bytes32 policyDigest, uint256 rdpLow, uint256 rdpHigh)
        external
        onlyRole(Roles.JOBS)
        returns (address owner, uint8 minLevel, uint32 index)
    {
        (owner, minLevel, index) = admit(datasetId, policyDigest);
        Dataset storage entry = _datasets[datasetId];
        Complement storage stored = _ledgers[datasetId];
        // Only what is held decides about a charge: what was spent is part of it and stays unread.
        RenyiLedger.State memory state = RenyiLedger.State(0, 0, ~stored.heldLow, ~stored.heldHigh);
        if (!state.reserve(entry.epsilonCapMicro, entry.deltaExponent, rdpLow, rdpHigh)) {
            revert DatasetsBudgetExhausted(datasetId);
        }
        stored.heldLow = ~state.heldLow;
        stored.heldHigh = ~state.heldHigh;
        emit LossReserved(datasetId, rdpLow, rdpHigh);
    }

    /// @inheritdoc IDatasets
    function commit(bytes32 datasetId, uint256 reservedLow, uint256 reservedHigh, uint256 actualLow, uint256 actualHigh)
        external
        onlyRole(Roles.JOBS)
        returns (address owner)
    {
        Dataset storage entry = _datasets[datasetId];
        owner = entry.owner;
        RenyiLedger.State memory state = _load(datasetId);
        state.commit(entry.epsilonCapMicro, entry.deltaExponent, reservedLow, reservedHigh, actualLow, actualHigh);
        _store(datasetId, state);
        emit LossCommitted(datasetId, actualLow, actualHigh);
    }

    /// @inheritdoc IDatasets
    function release(bytes32 datasetId, uint256 reservedLow, uint256 reservedHigh) external onlyRole(Roles.JOBS) {
        Dataset storage entry = _datasets[datasetId];
        RenyiLedger.State memory state = _load(datasetId);
        state.release(entry.epsilonCapMicro, entry.deltaExponent, reservedLow, reservedHigh);
        _store(datasetId, state);
        emit LossReleased(datasetId, reservedLow, reservedHigh);
    }

    /// @inheritdoc IDatasets
    function pause() external restricted {
        _pause();
    }

    /// @inheritdoc IDatasets
    function unpause() external restricted {
        _unpause();
    }

    /// @inheritdoc IDatasets
    function dataset(bytes32 datasetId) external view returns (Dataset memory) {
        return _datasets[datasetId];
    }

    /// @inheritdoc IDatasets
    function ledger(bytes32 datasetId) external view returns (Ledger memory) {
        if (_datasets[datasetId].owner == address(0)) revert DatasetsUnknown(datasetId);
        RenyiLedger.State memory state = _load(datasetId);
        return Ledger(
            state.spentLow,
            state.spentHigh,
            RenyiLedger.reservedOf(state.heldLow, state.spentLow),
            RenyiLedger.reservedOf(state.heldHigh, state.spentHigh)
        );
    }

    /// @inheritdoc IDatasets
    function ownerAt(uint32 index) external view returns (address) {
        return _owners[index];
    }

    /// @inheritdoc IDatasets
    function capsOf(bytes32 datasetId) external view returns (uint256[16] memory caps) {
        Dataset storage entry = _datasets[datasetId];
        if (entry.owner == address(0)) revert DatasetsUnknown(datasetId);
        (uint256 low, uint256 high) = RenyiLedger.caps(entry.epsilonCapMicro, entry.deltaExponent);
        for (uint256 i = 0; i < 8; ++i) {
            caps[i] = (low >> (32 * i)) & type(uint32).max;
            caps[8 + i] = (high >> (32 * i)) & type(uint32).max;
        }
    }

    /// @inheritdoc IDatasets
    function logHeadOf(address owner) external view returns (bytes32) {
        return _logHeads[owner];
    }

    /// @inheritdoc IDatasets
    function delegateOf(address owner) external view returns (address key, uint64 until) {
        Delegate storage entry = _delegates[owner];
        return (entry.key, entry.until);
    }

    /// @inheritdoc IDatasets
    function releaserOf(address owner) external view returns (address) {
        Delegate storage entry = _delegates[owner];
        // forge-lint: disable-next-line(block-timestamp)
        return block.timestamp <= entry.until ? entry.key : address(0);
    }

    /// @inheritdoc IDatasets
    function admit(bytes32 datasetId, bytes32 policyDigest)
        public
        view
        returns (address owner, uint8 minLevel, uint32 index)
    {
        Dataset storage entry = _datasets[datasetId];
        (owner, minLevel, index) = (entry.owner, entry.minLevel, entry.index);
        if (owner == address(0)) revert DatasetsUnknown(datasetId);
        if (entry.retired) revert DatasetsRetired(datasetId);
        bytes32 current = entry.policyDigest;
        if (policyDigest != current) revert DatasetsPolicyMismatch(policyDigest, current);
    }

    /// @inheritdoc IDatasets
    function idOf(address owner, bytes32 digest) public pure returns (bytes32) {
        return keccak256(abi.encode(owner, digest));
    }

    function _load(bytes32 datasetId) private view returns (RenyiLedger.State memory) {
        Complement storage stored = _ledgers[datasetId];
        return RenyiLedger.State(~stored.spentLow, ~stored.spentHigh, ~stored.heldLow, ~stored.heldHigh);
    }

    function _store(bytes32 datasetId, RenyiLedger.State memory state) private {
        _ledgers[datasetId] = Complement(~state.spentLow, ~state.spentHigh, ~state.heldLow, ~state.heldHigh);
    }
}
