// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

// Validities and slots are seconds to days; the seconds by which a validator can shift a block do no harm to them.
// forge-lint: disable-start(block-timestamp)

import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {EpochClock} from "./EpochClock.sol";
import {Governed} from "./Governed.sol";
import {IAttestations} from "./interfaces/IAttestations.sol";
import {ICapacity} from "./interfaces/ICapacity.sol";
import {IProviders} from "./interfaces/IProviders.sol";
import {IStaking} from "./interfaces/IStaking.sol";
import {BitCount} from "./libraries/BitCount.sol";
import {Roles} from "./libraries/Roles.sol";
import {StakeHistory} from "./libraries/StakeHistory.sol";

/// @title Capacity that was measured, and whether it answers. See `ICapacity`.
/// @dev A provider's snapshot is one value: speed (64 bits), level (8), last second of its proof (40). A proof that ran out counts
/// for nothing in its provider's own snapshots at once, in the total as soon as somebody calls `refresh`.
contract Capacity is ICapacity, Governed, EpochClock, EIP712 {
    using StakeHistory for StakeHistory.History;

    /// @inheritdoc ICapacity
    uint64 public constant MAX_VALIDITY = 30 days;
    uint256 private constant MAX_SLOTS = 256;
    uint256 private constant BPS = 1e4;
    bytes32 private constant PROOF_TYPEHASH =
        keccak256("CapacityProof(address provider,uint64 speed,bytes32 evidence,uint64 issuedAt,uint64 expiresAt)");

    IStaking private immutable _STAKING;
    IProviders private immutable _PROVIDERS;
    IAttestations private immutable _ATTESTATIONS;
    /// @inheritdoc ICapacity
    uint256 public immutable SLOTS;

    mapping(address provider => Proof) private _proofs;
    mapping(address provider => StakeHistory.History) private _history;
    StakeHistory.History private _totals;
    mapping(address provider => mapping(uint256 epoch => uint256)) private _beats;
    mapping(uint256 epoch => uint256) private _witnessed;

    /// @param authority_ the `AccessManager`
    /// @param staking whose epochs count
    /// @param providers who is active
    /// @param attestations security levels
    /// @param slots slots of an epoch, 1 to 256, each a second at least
    constructor(address authority_, address staking, address providers, address attestations, uint256 slots)
        Governed(authority_)
        EpochClock(IStaking(staking))
        EIP712("Encryptech", "1")
    {
        if (slots == 0 || slots > MAX_SLOTS || slots > _EPOCH_LENGTH) revert CapacityBadParameter();
        _STAKING = IStaking(staking);
        _PROVIDERS = IProviders(providers);
        _ATTESTATIONS = IAttestations(attestations);
        SLOTS = slots;
    }

    // ---------------------------------------------------------------- capacity

    /// @inheritdoc ICapacity
    function record(CapacityProof calldata proof, bytes calldata signature) external {
        if (
            proof.issuedAt > block.timestamp || proof.expiresAt < block.timestamp
                || proof.expiresAt - proof.issuedAt > MAX_VALIDITY
        ) revert CapacityBadTimes(proof.issuedAt, proof.expiresAt);
        address signer = ECDSA.recoverCalldata(hashProof(proof), signature);
        if (!_ATTESTATIONS.isInStanding(signer)) revert CapacityUnknownVerifier(signer);
        uint64 recorded = _proofs[proof.provider].issuedAt;
        if (proof.issuedAt <= recorded) revert CapacitySuperseded(recorded);
        if (_PROVIDERS.provider(proof.provider).registeredAt == 0) revert CapacityUnknownProvider(proof.provider);
        _proofs[proof.provider] = Proof(proof.speed, proof.issuedAt, proof.expiresAt);
        emit ProofRecorded(proof.provider, signer, proof.speed, proof.evidence, proof.issuedAt, proof.expiresAt);
        refresh(proof.provider);
    }

    /// @inheritdoc ICapacity
    function refresh(address provider) public {
        uint208 value = _valueNow(provider);
        if (value == _history[provider].latest()) return;
        // An epoch number fits for 10^7 years of one-second epochs.
        // forge-lint: disable-next-line(unsafe-typecast)
        uint48 next = uint48(_epoch() + 1);
        uint208 before = _history[provider].set(next, value);
        uint208 total = _totals.latest() + _speed(value) - _speed(before);
        _totals.set(next, total);
        emit CapacityChanged(provider, next, _speed(value), _level(value), total);
    }

    // ---------------------------------------------------------------- availability

    /// @inheritdoc ICapacity
    function beat() external {
        uint256 current = _epoch();
        // The bit of the slot: one, moved up by its number.
        // forge-lint: disable-next-line(incorrect-shift)
        uint256 bitmap = 1 << slot();
        _beats[msg.sender][current] |= bitmap;
        emit Beats(msg.sender, current, msg.sender, bitmap);
    }

    /// @inheritdoc ICapacity
    function post(uint256 epoch, address[] calldata providers, uint256[] calldata bitmaps) external {
        if (!_holdsRole(Roles.MATCHER, msg.sender) && !_ATTESTATIONS.isInStanding(msg.sender)) {
            revert CapacityNotMonitor(msg.sender);
        }
        if (providers.length != bitmaps.length) revert CapacityBadBeats();
        uint256 current = _epoch();
        if (epoch > current || epoch + 1 < current) revert CapacityWrongEpoch(epoch);
        // All slots that have begun.
        uint256 known = type(uint256).max >> (256 - (epoch == current ? slot() + 1 : SLOTS));
        uint256 heard;
        for (uint256 i = 0; i < providers.length; ++i) {
            if (bitmaps[i] & ~known != 0) revert CapacityBadBeats();
            heard |= bitmaps[i];
            _beats[providers[i]][epoch] |= bitmaps[i];
            emit Beats(providers[i], epoch, msg.sender, bitmaps[i]);
        }
        _witnessed[epoch] |= heard;
    }

    // ---------------------------------------------------------------- views

    /// @inheritdoc ICapacity
    function capacityAt(address provider, uint256 epoch) public view returns (uint64 speed, uint8 level) {
        uint208 value = _history[provider].valueAt(_begun(epoch));
        if (_expiresAt(value) < _STAKING.epochStart(epoch)) return (0, 0);
        return (_speed(value), _level(value));
    }

    /// @inheritdoc ICapacity
    function totalAt(uint256 epoch) public view returns (uint256) {
        return _totals.valueAt(_begun(epoch));
    }

    /// @inheritdoc ICapacity
    function unitsAt(uint256 epoch) external view returns (uint256) {
        return totalAt(epoch) * _EPOCH_LENGTH;
    }

    /// @inheritdoc ICapacity
    function proofOf(address provider) external view returns (Proof memory) {
        return _proofs[provider];
    }

    /// @inheritdoc ICapacity
    function isStale(address provider) external view returns (bool) {
        return _valueNow(provider) != _history[provider].latest();
    }

    /// @inheritdoc ICapacity
    function beatsOf(address provider, uint256 epoch) external view returns (uint256) {
        return _beats[provider][epoch];
    }

    /// @inheritdoc ICapacity
    function witnessedAt(uint256 epoch) external view returns (uint256) {
        return _witnessed[epoch];
    }

    /// @inheritdoc ICapacity
    function availabilityBps(address provider, uint256 epoch) external view returns (uint16 bps, bool isFinal) {
        return (_bpsOfSlots(_beats[provider][epoch]), _isFinal(epoch));
    }

    /// @inheritdoc ICapacity
    function unavailabilityBps(address provider, uint256 epoch) external view returns (uint16 bps, bool isFinal) {
        isFinal = _isFinal(epoch);
        if (epoch > _epoch()) return (0, false);
        (uint64 speed,) = capacityAt(provider, epoch);
        if (speed > 0) bps = _bpsOfSlots(_witnessed[epoch] & ~_beats[provider][epoch]);
    }

    /// @inheritdoc ICapacity
    function slot() public view returns (uint256) {
        return _elapsed() * SLOTS / _EPOCH_LENGTH;
    }

    /// @inheritdoc ICapacity
    function hashProof(CapacityProof calldata proof) public view returns (bytes32) {
        return _hashTypedDataV4(keccak256(abi.encode(PROOF_TYPEHASH, proof)));
    }

    // ---------------------------------------------------------------- inner workings

    /// @dev What would count if the next epoch began now.
    function _valueNow(address provider) private view returns (uint208) {
        Proof memory proof = _proofs[provider];
        if (proof.speed == 0 || block.timestamp > proof.expiresAt || !_PROVIDERS.provider(provider).active) return 0;
        // 40-bit seconds last for 34,000 years; the time was checked.
        return proof.speed | uint208(_ATTESTATIONS.levelOf(provider)) << 64 | uint208(proof.expiresAt) << 72;
    }

    /// @dev The epoch, which must have begun: its snapshot is final.
    function _begun(uint256 epoch) private view returns (uint256) {
        if (epoch > _epoch()) revert CapacityWrongEpoch(epoch);
        return epoch;
    }

    function _isFinal(uint256 epoch) private view returns (bool) {
        return epoch + 1 < _epoch();
    }

    function _bpsOfSlots(uint256 bitmap) private view returns (uint16) {
        // At most 10^4: no bit lies beyond the slots.
        // forge-lint: disable-next-line(unsafe-typecast)
        return uint16(BitCount.ones(bitmap) * BPS / SLOTS);
    }

    // Each cast cuts a field out on purpose.
    // forge-lint: disable-start(unsafe-typecast)
    function _speed(uint208 value) private pure returns (uint64) {
        return uint64(value);
    }

    function _level(uint208 value) private pure returns (uint8) {
        return uint8(value >> 64);
    }

    function _expiresAt(uint208 value) private pure returns (uint256) {
        return value >> 72;
    }
    // forge-lint: disable-end(unsafe-typecast)
}
// forge-lint: disable-end(block-timestamp)
