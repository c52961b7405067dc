// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

// Deadlines and windows are seconds to days; the seconds by which a validator can shift a block do no harm to them.
// forge-lint: disable-start(block-timestamp)

import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {VerifierBonds} from "./attestations/VerifierBonds.sol";
import {IAttestations} from "./interfaces/IAttestations.sol";
import {Roles} from "./libraries/Roles.sol";

/// @title Signed attestation results. See `IAttestations`.
/// @dev A record is one word. Measurements and policies are few and have numbers; a device is known by the first 12 bytes of
/// its hash. A denied device always meets its own 12 bytes, so none evades its denial, and nobody chooses a hardware's identifier.
contract Attestations is VerifierBonds, EIP712 {
    uint8 private constant MAX_LEVEL = 3;
    uint8 private constant MAX_SIGNERS = 16;
    uint8 private constant SEATS = 40;
    uint256 private constant SIGNATURE_BYTES = 65;
    bytes32 private constant RESULT_TYPEHASH = keccak256(
        "AttestationResult(address subject,uint8 level,bytes32 evidenceId,bytes32 policyDigest,bytes32 measurement,bytes32 device,uint64 issuedAt,uint64 expiresAt)"
    );

    /// @dev `validity` is at most MAX_VALIDITY; `policy` and `measurement` are numbers of digests, 0 for none.
    struct Stored {
        uint8 level;
        uint40 issuedAt;
        uint24 validity;
        uint40 signers;
        uint24 policy;
        uint24 measurement;
        bytes12 device;
    }

    /// @dev A measurement or policy that a verifier has named, or a guardian denied.
    struct Entry {
        uint24 number;
        bool denied;
    }

    /// @dev Who a device belongs to under a policy, and since the appraisal of which second.
    struct Holder {
        address subject;
        uint40 issuedAt;
    }

    mapping(address subject => Stored) private _stored;
    mapping(bytes32 deviceAndPolicy => Holder) private _holders;
    mapping(uint256 seat => address) private _verifiers;
    mapping(Listed kind => mapping(bytes32 digest => Entry)) private _entries;
    mapping(uint256 number => bytes32) private _digests;
    mapping(uint256 number => bool) private _deniedNumbers;
    mapping(bytes12 device => bool) private _deniedDevices;

    /// @param authority_ the `AccessManager`
    /// @param token ENC
    /// @param treasury receiver of what verifiers lose, but for the reporter's share
    /// @param leastBond_ wei that a verifier's bond must have before its signature counts
    constructor(address authority_, address token, address treasury, uint256 leastBond_)
        VerifierBonds(authority_, token, treasury, leastBond_)
        EIP712("Encryptech", "1")
    {}

    /// @inheritdoc IAttestations
    function record(AttestationResult calldata result, bytes calldata signatures) external {
        _checkForm(result);
        Stored memory latest = _stored[result.subject];
        if (result.issuedAt <= latest.issuedAt) revert AttestationsSuperseded(latest.issuedAt);
        (uint40 signers, uint256 count, uint8 needed) = _signers(hashResult(result), signatures);
        uint24 policy = _numberOf(Listed.Policy, result.policyDigest, result.level);

        // Times fit: one is in the past, the other at most 30 days later. A lowered record ends no later than before.
        // forge-lint: disable-start(unsafe-typecast)
        if (count < needed) {
            if (result.level >= latest.level || policy != latest.policy) {
                revert AttestationsTooFewSigners(count, needed);
            }
            uint256 expiresAt = uint256(latest.issuedAt) + latest.validity;
            if (expiresAt > result.expiresAt) expiresAt = result.expiresAt;
            latest.validity = expiresAt > result.issuedAt ? uint24(expiresAt - result.issuedAt) : uint24(0);
        } else {
            latest.validity = uint24(result.expiresAt - result.issuedAt);
            latest.signers = signers;
            latest.policy = policy;
            latest.measurement = _numberOf(Listed.Measurement, result.measurement, result.level);
            latest.device = bytes12(result.device);
            if (result.level > 0) _take(result, latest.device, policy);
        }
        latest.level = result.level;
        latest.issuedAt = uint40(result.issuedAt);
        // forge-lint: disable-end(unsafe-typecast)
        _stored[result.subject] = latest;
        emit AttestationRecorded(
            result.subject,
            result.level,
            result.evidenceId,
            result.policyDigest,
            result.measurement,
            result.device,
            result.issuedAt,
            uint64(latest.issuedAt) + latest.validity,
            signers
        );
    }

    /// @inheritdoc IAttestations
    function contradict(
        AttestationResult calldata one,
        bytes calldata signatureOfOne,
        AttestationResult calldata other,
        bytes calldata signatureOfOther
    ) external {
        bool factsDiffer = one.subject != other.subject || one.measurement != other.measurement
            || one.device != other.device;
        bool sameQuestion = one.policyDigest == other.policyDigest && one.issuedAt == other.issuedAt;
        bool answersDiffer = one.level != other.level || one.expiresAt != other.expiresAt;
        if (one.evidenceId != other.evidenceId || !(factsDiffer || (sameQuestion && answersDiffer))) {
            revert AttestationsNoContradiction();
        }
        address verifier = ECDSA.recoverCalldata(hashResult(one), signatureOfOne);
        if (ECDSA.recoverCalldata(hashResult(other), signatureOfOther) != verifier) {
            revert AttestationsNoContradiction();
        }
        if (_seats[verifier].number == 0 && !_holdsRole(Roles.VERIFIER, verifier)) {
            revert AttestationsUnknownVerifier(verifier);
        }
        // Whom the guardian ejected before loses its bond all the same.
        bool ejected = _isEjected(verifier);
        if (ejected && _seats[verifier].contradicted) revert AttestationsVerifierEjected(verifier);
        if (!ejected) _setEjected(verifier, true);
        _seats[verifier].contradicted = true;
        emit VerifierContradicted(verifier, one.evidenceId, msg.sender);
        _slashBond(verifier);
    }

    /// @inheritdoc IAttestations
    function deny(Listed kind, bytes32 value) external restricted {
        _list(kind, value, true);
    }

    /// @inheritdoc IAttestations
    function allow(Listed kind, bytes32 value) external restricted {
        _list(kind, value, false);
    }

    /// @inheritdoc IAttestations
    function setThreshold(uint8 threshold_) external restricted {
        if (threshold_ == 0 || threshold_ > MAX_SIGNERS) revert AttestationsBadThreshold(threshold_);
        _panel.threshold = threshold_;
        emit ThresholdSet(threshold_);
    }

    /// @inheritdoc IAttestations
    function levelOf(address subject) external view returns (uint8) {
        Stored memory latest = _stored[subject];
        if (latest.level == 0 || block.timestamp > uint256(latest.issuedAt) + latest.validity) return 0;
        if (_deniedNumbers[latest.measurement] || _deniedNumbers[latest.policy] || _deniedDevices[latest.device]) {
            return 0;
        }
        if (_holders[_holderKey(latest.device, latest.policy)].subject != subject) return 0;

        Panel memory panel = _panel;
        uint256 missing = panel.threshold;
        uint256 left = latest.signers & ~panel.ejected;
        // At most 16 signers, each a bit of 40.
        for (uint256 seat = 1; left != 0 && missing != 0; ++seat) {
            if (left & 1 != 0 && _holdsRole(Roles.VERIFIER, _verifiers[seat])) --missing;
            left >>= 1;
        }
        return missing == 0 ? latest.level : 0;
    }

    /// @inheritdoc IAttestations
    function attestation(address subject) external view returns (Attestation memory) {
        Stored memory latest = _stored[subject];
        return Attestation({
            level: latest.level,
            issuedAt: latest.issuedAt,
            expiresAt: latest.issuedAt + latest.validity,
            signers: latest.signers,
            policyDigest: _digests[latest.policy],
            measurement: _digests[latest.measurement],
            device: latest.device
        });
    }

    /// @inheritdoc IAttestations
    function signersOf(address subject) external view returns (address[] memory signers) {
        uint256 bits = _stored[subject].signers;
        uint256 count;
        for (uint256 left = bits; left != 0; left >>= 1) {
            count += left & 1;
        }
        signers = new address[](count);
        for (uint256 seat = SEATS; count != 0; --seat) {
            if ((bits >> (seat - 1)) & 1 != 0) signers[--count] = _verifiers[seat];
        }
    }

    /// @inheritdoc IAttestations
    function holderOf(bytes32 device, bytes32 policyDigest) external view returns (address) {
        return _holders[_holderKey(_prefix(device), _entries[Listed.Policy][policyDigest].number)].subject;
    }

    /// @inheritdoc IAttestations
    function isDenied(Listed kind, bytes32 value) external view returns (bool) {
        if (kind == Listed.Verifier) return _isEjected(_addressOf(value));
        return kind == Listed.Device ? _deniedDevices[_prefix(value)] : _entries[kind][value].denied;
    }

    /// @inheritdoc IAttestations
    function hasContradicted(address verifier) external view returns (bool) {
        return _seats[verifier].contradicted;
    }

    /// @inheritdoc IAttestations
    function isInStanding(address verifier) external view returns (bool) {
        Seat memory seat = _seats[verifier];
        return _holdsRole(Roles.VERIFIER, verifier) && !_isEjected(verifier) && seat.bond >= _panel.leastBond
            && seat.leavesAt == 0;
    }

    /// @inheritdoc IAttestations
    function threshold() external view returns (uint8) {
        return _panel.threshold;
    }

    /// @inheritdoc IAttestations
    function hashResult(AttestationResult calldata result) public view returns (bytes32) {
        return _hashTypedDataV4(keccak256(abi.encode(RESULT_TYPEHASH, result)));
    }

    /// @dev Bits and number of the signers, each a verifier in good standing, and how many are needed.
    function _signers(bytes32 digest, bytes calldata signatures)
        private
        returns (uint40 bits, uint256 count, uint8 needed)
    {
        count = signatures.length / SIGNATURE_BYTES;
        if (count == 0 || count > MAX_SIGNERS || signatures.length % SIGNATURE_BYTES != 0) {
            revert AttestationsBadSignatures(signatures.length);
        }
        Panel memory panel = _panel;
        needed = panel.threshold;
        address last = address(0);
        for (uint256 i = 0; i < count; ++i) {
            address verifier = ECDSA.recoverCalldata(digest, signatures[i * SIGNATURE_BYTES:(i + 1) * SIGNATURE_BYTES]);
            if (!_holdsRole(Roles.VERIFIER, verifier)) revert AttestationsUnknownVerifier(verifier);
            if (verifier <= last) revert AttestationsUnorderedSigners(verifier);
            last = verifier;
            uint40 bit = _bitOf(verifier);
            _requireBonded(verifier, panel.leastBond);
            if (panel.ejected & bit != 0) revert AttestationsVerifierEjected(verifier);
            bits |= bit;
        }
    }

    /// @dev The verifier's bit; gives it a seat when it has none.
    function _bitOf(address verifier) private returns (uint40) {
        uint8 number = _seats[verifier].number;
        if (number == 0) {
            number = _panel.seats + 1;
            if (number > SEATS) revert AttestationsNoSeat();
            _panel.seats = number;
            _seats[verifier].number = number;
            _verifiers[number] = verifier;
            emit VerifierSeated(verifier, number);
        }
        return uint40(1) << (number - 1);
    }

    /// @dev The number of a digest, new when it has none; 0 for none at all. Above level 0 it must not be denied.
    function _numberOf(Listed kind, bytes32 digest, uint8 level) private returns (uint24) {
        if (digest == 0) return 0;
        Entry memory entry = _entries[kind][digest];
        if (entry.denied && level > 0) revert AttestationsDenied(kind, digest);
        return entry.number == 0 ? _enter(kind, digest) : entry.number;
    }

    function _enter(Listed kind, bytes32 digest) private returns (uint24 number) {
        number = ++_panel.digests;
        _entries[kind][digest].number = number;
        _digests[number] = digest;
    }

    /// @dev Registers the device to the subject, unless a result as new registered it to another one.
    function _take(AttestationResult calldata result, bytes12 device, uint24 policy) private {
        if (_deniedDevices[device]) revert AttestationsDenied(Listed.Device, result.device);
        Holder storage holder = _holders[_holderKey(device, policy)];
        address subject = holder.subject;
        if (subject != result.subject && holder.issuedAt >= result.issuedAt) revert AttestationsDeviceTaken(subject);
        // Fits: it is in the past.
        // forge-lint: disable-next-item(unsafe-typecast)
        (holder.subject, holder.issuedAt) = (result.subject, uint40(result.issuedAt));
    }

    function _list(Listed kind, bytes32 value, bool denied) private {
        if (kind == Listed.Verifier) {
            _setEjected(_addressOf(value), denied);
        } else if (kind == Listed.Device) {
            _deniedDevices[_prefix(value)] = denied;
        } else {
            if (value == 0) revert AttestationsBadListing(value);
            uint24 number = _numberOf(kind, value, 0);
            _entries[kind][value].denied = denied;
            _deniedNumbers[number] = denied;
        }
        emit ListChanged(kind, value, denied);
    }

    function _setEjected(address verifier, bool ejected) private {
        uint40 bit = _bitOf(verifier);
        uint40 before = _panel.ejected;
        _panel.ejected = ejected ? before | bit : before & ~bit;
    }

    function _isEjected(address verifier) private view returns (bool) {
        uint8 number = _seats[verifier].number;
        return number != 0 && (_panel.ejected >> (number - 1)) & 1 != 0;
    }

    function _checkForm(AttestationResult calldata result) private view {
        if (result.level > MAX_LEVEL) revert AttestationsBadLevel(result.level);
        if (
            result.issuedAt > block.timestamp || result.expiresAt < block.timestamp
                || result.expiresAt - result.issuedAt > MAX_VALIDITY
        ) revert AttestationsBadTimes(result.issuedAt, result.expiresAt);
        if (result.level == 0) return;
        if (result.policyDigest == 0 || result.measurement == 0 || result.device == 0) {
            revert AttestationsIncomplete();
        }
    }

    function _holderKey(bytes12 device, uint24 policy) private pure returns (bytes32) {
        return bytes32(bytes.concat(device, bytes20(uint160(policy))));
    }

    function _prefix(bytes32 device) private pure returns (bytes12) {
        // forge-lint: disable-next-line(unsafe-typecast)
        return bytes12(device);
    }

    function _addressOf(bytes32 value) private pure returns (address) {
        if (uint256(value) >> 160 != 0) revert AttestationsBadListing(value);
        return address(uint160(uint256(value)));
    }
}
// forge-lint: disable-end(block-timestamp)
