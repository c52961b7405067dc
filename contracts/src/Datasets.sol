// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Pausable} from "@openzeppelin/contracts/utils/Pausable.sol";
import {Governed} from "./Governed.sol";
import {IDatasets} from "./interfaces/IDatasets.sol";
import {RenyiLedger} from "./libraries/RenyiLedger.sol";

/// @title Datasets and their privacy ledgers. See `IDatasets`.
contract Datasets is IDatasets, Governed, Pausable {
    using RenyiLedger for Ledger;

    /// @dev ε of 100 promises nothing any more; the bound also keeps lanes far from overflowing.
    uint32 private constant MAX_EPSILON_MICRO = 100_000_000;
    uint8 private constant MAX_DELTA_EXPONENT = 40;
    uint8 private constant MAX_LEVEL = 3;

    mapping(bytes32 datasetId => Dataset) private _datasets;
    mapping(bytes32 datasetId => Ledger) private _ledgers;
    mapping(address owner => bytes32) private _logHeads;

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
    function reserve(bytes32 datasetId, bytes32 policyDigest, uint256 rdpLow, uint256 rdpHigh)
        external
        onlyJobs
        returns (address owner, uint8 minLevel)
    {
        (owner, minLevel) = admit(datasetId, policyDigest);
        Dataset storage entry = _datasets[datasetId];
        Ledger memory state = _ledgers[datasetId];
        if (!state.reserve(entry.epsilonCapMicro, entry.deltaExponent, rdpLow, rdpHigh)) {
            revert DatasetsBudgetExhausted(datasetId);
        }
        _ledgers[datasetId].reservedLow = state.reservedLow;
        _ledgers[datasetId].reservedHigh = state.reservedHigh;
        emit LossReserved(datasetId, rdpLow, rdpHigh);
    }

    /// @inheritdoc IDatasets
    function commit(bytes32 datasetId, uint256 reservedLow, uint256 reservedHigh, uint256 actualLow, uint256 actualHigh)
        external
        onlyJobs
    {
        Dataset storage entry = _datasets[datasetId];
        Ledger memory state = _ledgers[datasetId];
        state.commit(entry.epsilonCapMicro, entry.deltaExponent, reservedLow, reservedHigh, actualLow, actualHigh);
        _ledgers[datasetId] = state;
        emit LossCommitted(datasetId, actualLow, actualHigh);
    }

    /// @inheritdoc IDatasets
    function release(bytes32 datasetId, uint256 reservedLow, uint256 reservedHigh) external onlyJobs {
        Dataset storage entry = _datasets[datasetId];
        Ledger memory state = _ledgers[datasetId];
        state.release(entry.epsilonCapMicro, entry.deltaExponent, reservedLow, reservedHigh);
        _ledgers[datasetId].reservedLow = state.reservedLow;
        _ledgers[datasetId].reservedHigh = state.reservedHigh;
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
        return _ledgers[datasetId];
    }

    /// @inheritdoc IDatasets
    function capsOf(bytes32 datasetId) external view returns (uint256[16] memory caps) {
        Dataset storage entry = _datasets[datasetId];
        if (entry.owner == address(0)) revert DatasetsUnknown(datasetId);
        (uint256 low, uint256 high) = RenyiLedger.caps(entry.epsilonCapMicro, entry.deltaExponent);
        for (uint256 i = 0; i < RenyiLedger.LANES; ++i) {
            caps[i] = RenyiLedger.lane(low, i);
            caps[i + RenyiLedger.LANES] = RenyiLedger.lane(high, i);
        }
    }

    /// @inheritdoc IDatasets
    function logHeadOf(address owner) external view returns (bytes32) {
        return _logHeads[owner];
    }

    /// @inheritdoc IDatasets
    function admit(bytes32 datasetId, bytes32 policyDigest) public view returns (address owner, uint8 minLevel) {
        Dataset storage entry = _datasets[datasetId];
        (owner, minLevel) = (entry.owner, entry.minLevel);
        if (owner == address(0)) revert DatasetsUnknown(datasetId);
        if (entry.retired) revert DatasetsRetired(datasetId);
        bytes32 current = entry.policyDigest;
        if (policyDigest != current) revert DatasetsPolicyMismatch(policyDigest, current);
    }

    /// @inheritdoc IDatasets
    function idOf(address owner, bytes32 digest) public pure returns (bytes32) {
        return keccak256(abi.encode(owner, digest));
    }
}
