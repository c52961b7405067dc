// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

// Epochs are minutes to days; the seconds by which a validator can shift a block do no harm to them.
// forge-lint: disable-start(block-timestamp)

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {Pausable} from "@openzeppelin/contracts/utils/Pausable.sol";
import {Governed} from "./Governed.sol";
import {IProviders} from "./interfaces/IProviders.sol";
import {IStaking} from "./interfaces/IStaking.sol";
import {ReputationMath} from "./libraries/ReputationMath.sol";
import {Roles} from "./libraries/Roles.sol";

/// @title The register of providers. See `IProviders`.
contract Providers is IProviders, Governed, Pausable {
    /// @dev What a provider says of itself.
    struct Terms {
        uint64 speed;
        uint40 registeredAt;
        bool active;
        uint96 ask;
    }

    /// @dev What jobs say of it: one word, so that a settlement writes no other. Counters and the bits of faults
    /// (FAULT_NOW, FAULT_BEFORE) are as of `epoch`, which counts from 1, so
    /// that a registered provider's word is never zero; work is in micro-ENC. After 2^24 epochs (45,000 years of days) the
    /// epoch stands still, and with it the decay.
    struct Record {
        uint64 alphaGwei;
        uint64 betaGwei;
        uint24 epoch;
        uint8 faults;
        uint48 work;
        uint48 workBefore;
    }

    /// @dev The ask from which changes of an epoch are measured.
    struct AskBase {
        uint96 ask;
        uint48 epoch;
    }

    uint256 private constant GWEI = 1e9;
    uint256 private constant MICRO_ENC = 1e12;
    uint256 private constant BPS = 1e4;
    uint256 private constant MAX_URL = 256;
    uint8 private constant FAULT_NOW = 1;
    uint8 private constant FAULT_BEFORE = 2;
    /// @inheritdoc IProviders
    uint256 public constant MAX_ASK_CHANGE_BPS = 2_500;

    uint256 private immutable _GENESIS;
    uint256 private immutable _EPOCH_LENGTH;

    mapping(address account => Terms) private _terms;
    mapping(address account => Record) private _records;
    mapping(address account => AskBase) private _askBases;
    mapping(address account => string) private _urls;
    mapping(bytes32 jobId => mapping(uint256 attempt => Missed)) private _missed;

    /// @param authority_ the `AccessManager`
    /// @param staking whose epochs count
    constructor(address authority_, address staking) Governed(authority_) {
        _GENESIS = IStaking(staking).epochStart(0);
        _EPOCH_LENGTH = IStaking(staking).EPOCH_LENGTH();
    }

    /// @inheritdoc IProviders
    function register(string calldata url, uint64 speed) external whenNotPaused {
        Terms storage entry = _terms[msg.sender];
        if (entry.registeredAt != 0) revert ProvidersAlreadyRegistered(msg.sender);
        entry.registeredAt = uint40(block.timestamp);
        entry.active = true;
        _records[msg.sender] = _recordNow(msg.sender);
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
        _terms[msg.sender].active = active;
        emit ProviderActive(msg.sender, active);
    }

    /// @inheritdoc IProviders
    function setAsk(uint96 ask) external {
        _requireKnown();
        uint256 current = epoch();
        uint96 before = _terms[msg.sender].ask;
        AskBase memory base = _askBases[msg.sender];
        if (base.epoch != current || base.ask == 0) {
            // The first ask of all may be any; it is also what later ones of its epoch are measured by.
            // An epoch number fits for 10^7 years of one-second epochs.
            // forge-lint: disable-next-line(unsafe-typecast)
            base = AskBase(before == 0 ? ask : before, uint48(current));
            _askBases[msg.sender] = base;
        }
        (uint256 least, uint256 most) = _askRange(base.ask);
        if (ask < least || ask > most) revert ProvidersAskOutOfRange(ask, least, most);
        _terms[msg.sender].ask = ask;
        emit AskSet(msg.sender, ask);
    }

    /// @inheritdoc IProviders
    function recordWork(address provider_, uint256 value) external onlyRole(Roles.JOBS) {
        Record memory entry = _recordNow(provider_);
        entry.alphaGwei = _addSaturating(entry.alphaGwei, value / GWEI);
        uint256 work = entry.work + value / MICRO_ENC;
        // Saturates at 281 M ENC in an epoch.
        // forge-lint: disable-next-line(unsafe-typecast)
        entry.work = work > type(uint48).max ? type(uint48).max : uint48(work);
        _records[provider_] = entry;
        emit ReputationChanged(provider_, entry.alphaGwei, entry.betaGwei);
    }

    /// @inheritdoc IProviders
    function recordFault(address provider_, uint256 value) external {
        if (!_holdsRole(Roles.JOBS, msg.sender) && !_holdsRole(Roles.FAULTS, msg.sender)) {
            revert GovernedMissingRole(msg.sender, Roles.FAULTS);
        }
        _recordFault(provider_, value);
    }

    /// @inheritdoc IProviders
    function recordMissed(bytes32 jobId, uint256 attempt, Missed calldata missed_, uint256 value)
        external
        onlyRole(Roles.JOBS)
    {
        _missed[jobId][attempt] = missed_;
        _recordFault(missed_.provider, value);
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
        Terms memory terms = _terms[account];
        Record memory entry = _recordNow(account);
        return Provider({
            speed: terms.speed,
            alphaGwei: entry.alphaGwei,
            betaGwei: entry.betaGwei,
            active: terms.active,
            registeredAt: terms.registeredAt,
            ask: terms.ask
        });
    }

    /// @inheritdoc IProviders
    function standing(address account)
        external
        view
        returns (bool active, uint64 speed, uint16 reputation, uint96 ask)
    {
        Terms memory terms = _terms[account];
        Record memory entry = _records[account];
        (uint64 alphaGwei, uint64 betaGwei) =
            ReputationMath.decay(entry.alphaGwei, entry.betaGwei, _clock() - entry.epoch);
        reputation = ReputationMath.bpsDown(alphaGwei, betaGwei);
        return (terms.active, terms.speed, reputation, terms.ask);
    }

    /// @inheritdoc IProviders
    function urlOf(address account) external view returns (string memory) {
        return _urls[account];
    }

    /// @inheritdoc IProviders
    function missed(bytes32 jobId, uint256 attempt) external view returns (Missed memory) {
        return _missed[jobId][attempt];
    }

    /// @inheritdoc IProviders
    function reputationBps(address account) external view returns (uint16) {
        Record memory entry = _recordNow(account);
        return ReputationMath.bpsDown(entry.alphaGwei, entry.betaGwei);
    }

    /// @inheritdoc IProviders
    function workOf(address account, uint256 epoch_) external view returns (uint256 value, bool faulted) {
        uint256 current = epoch();
        if (epoch_ > current || epoch_ + 1 < current) revert ProvidersEpochGone(epoch_);
        Record memory entry = _recordNow(account);
        value = MICRO_ENC * (epoch_ == current ? entry.work : entry.workBefore);
        faulted = entry.faults & (epoch_ == current ? FAULT_NOW : FAULT_BEFORE) != 0;
    }

    /// @inheritdoc IProviders
    function askRange(address account) external view returns (uint256 least, uint256 most) {
        uint256 ask = _terms[account].ask;
        if (ask == 0) return (1, type(uint96).max);
        AskBase memory base = _askBases[account];
        return _askRange(base.epoch == epoch() ? base.ask : ask);
    }

    /// @inheritdoc IProviders
    function epoch() public view returns (uint256) {
        return (block.timestamp - _GENESIS) / _EPOCH_LENGTH;
    }

    function _setTerms(string calldata url, uint64 speed) private {
        if (speed == 0 || bytes(url).length == 0 || bytes(url).length > MAX_URL) revert ProvidersBadTerms();
        _terms[msg.sender].speed = speed;
        _urls[msg.sender] = url;
        emit ProviderSet(msg.sender, url, speed);
    }

    function _recordFault(address provider_, uint256 value) private {
        Record memory entry = _recordNow(provider_);
        entry.betaGwei = _addSaturating(entry.betaGwei, Math.ceilDiv(value, GWEI));
        entry.faults |= FAULT_NOW;
        _records[provider_] = entry;
        emit ReputationChanged(provider_, entry.alphaGwei, entry.betaGwei);
    }

    /// @dev What is on record, brought to the running epoch: counters faded, work moved on.
    function _recordNow(address account) private view returns (Record memory entry) {
        entry = _records[account];
        uint256 current = _clock();
        uint256 passed = current - entry.epoch;
        if (passed == 0) return entry;
        (entry.alphaGwei, entry.betaGwei) = ReputationMath.decay(entry.alphaGwei, entry.betaGwei, passed);
        // At most 2^24 − 1.
        // forge-lint: disable-next-line(unsafe-typecast)
        entry.epoch = uint24(current);
        entry.faults = passed == 1 && entry.faults & FAULT_NOW != 0 ? FAULT_BEFORE : 0;
        entry.workBefore = passed == 1 ? entry.work : 0;
        entry.work = 0;
    }

    /// @dev The running epoch as records count it.
    function _clock() private view returns (uint256) {
        return Math.min(epoch() + 1, type(uint24).max);
    }

    function _requireKnown() private view {
        if (_terms[msg.sender].registeredAt == 0) revert ProvidersUnknown(msg.sender);
    }

    function _addSaturating(uint64 counter, uint256 weight) private pure returns (uint64) {
        uint256 room = type(uint64).max - counter;
        // Fits: the smaller of the two is at most `room`.
        // forge-lint: disable-next-line(unsafe-typecast)
        return counter + uint64(weight < room ? weight : room);
    }

    /// @dev A quarter up or down, at least a wei, and never zero, which means that there is no ask.
    function _askRange(uint256 base) private pure returns (uint256 least, uint256 most) {
        uint256 step = Math.max(base * MAX_ASK_CHANGE_BPS / BPS, 1);
        least = base > step ? base - step : 1;
        most = Math.min(base + step, type(uint96).max);
    }
}
// forge-lint: disable-end(block-timestamp)
