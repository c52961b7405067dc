// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {Pausable} from "@openzeppelin/contracts/utils/Pausable.sol";
import {Governed} from "./Governed.sol";
import {IProviders} from "./interfaces/IProviders.sol";
import {ReputationMath} from "./libraries/ReputationMath.sol";
import {Roles} from "./libraries/Roles.sol";

/// @title The register of providers. See `IProviders`.
contract Providers is IProviders, Governed, Pausable {
    uint256 private constant GWEI = 1e9;
    uint256 private constant MAX_URL = 256;

    mapping(address account => Provider) private _providers;
    mapping(address account => string) private _urls;

    /// @param authority_ the `AccessManager`
    constructor(address authority_) Governed(authority_) {}

    /// @inheritdoc IProviders
    function register(string calldata url, uint64 speed) external whenNotPaused {
        Provider storage entry = _providers[msg.sender];
        if (entry.registeredAt != 0) revert ProvidersAlreadyRegistered(msg.sender);
        entry.registeredAt = uint40(block.timestamp);
        entry.active = true;
        _setTerms(url, speed);
        emit ProviderActive(msg.sender, true);
    }

    /// @inheritdoc IProviders
    function update(string calldata url, uint64 speed) external {
        _requireKnown();
        _setTerms(url, speed);
    }

    /// @inheritdoc IProviders
    function setActive(bool active) external {
        _requireKnown();
        if (active) _requireNotPaused();
        _providers[msg.sender].active = active;
        emit ProviderActive(msg.sender, active);
    }

    /// @inheritdoc IProviders
    function recordWork(address provider_, uint256 value) external onlyRole(Roles.JOBS) {
        Provider storage entry = _providers[provider_];
        entry.alphaGwei = _addSaturating(entry.alphaGwei, value / GWEI);
        emit ReputationChanged(provider_, entry.alphaGwei, entry.betaGwei);
    }

    /// @inheritdoc IProviders
    function recordFault(address provider_, uint256 value) external onlyRole(Roles.JOBS) {
        Provider storage entry = _providers[provider_];
        entry.betaGwei = _addSaturating(entry.betaGwei, Math.ceilDiv(value, GWEI));
        emit ReputationChanged(provider_, entry.alphaGwei, entry.betaGwei);
    }

    /// @inheritdoc IProviders
    function pause() external restricted {
        _pause();
    }

    /// @inheritdoc IProviders
    function unpause() external restricted {
        _unpause();
    }

    /// @inheritdoc IProviders
    function provider(address account) external view returns (Provider memory) {
        return _providers[account];
    }

    /// @inheritdoc IProviders
    function urlOf(address account) external view returns (string memory) {
        return _urls[account];
    }

    /// @inheritdoc IProviders
    function reputationBps(address account) external view returns (uint16) {
        Provider storage entry = _providers[account];
        return ReputationMath.bpsDown(entry.alphaGwei, entry.betaGwei);
    }

    function _setTerms(string calldata url, uint64 speed) private {
        if (speed == 0 || bytes(url).length == 0 || bytes(url).length > MAX_URL) revert ProvidersBadTerms();
        _providers[msg.sender].speed = speed;
        _urls[msg.sender] = url;
        emit ProviderSet(msg.sender, url, speed);
    }

    function _requireKnown() private view {
        if (_providers[msg.sender].registeredAt == 0) revert ProvidersUnknown(msg.sender);
    }

    function _addSaturating(uint64 counter, uint256 weight) private pure returns (uint64) {
        uint256 room = type(uint64).max - counter;
        // Fits: the smaller of the two is at most `room`.
        // forge-lint: disable-next-line(unsafe-typecast)
        return counter + uint64(weight < room ? weight : room);
    }
}
