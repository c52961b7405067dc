// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IAttestations} from "../../src/interfaces/IAttestations.sol";
import {Roles} from "../../src/libraries/Roles.sol";
import {ResultsTest} from "../attestations/ResultsTest.sol";

// Numbers of a test's own making; `1 << n` is meant.
// forge-lint: disable-start(block-timestamp, unsafe-typecast, incorrect-shift)

/// @title Verifiers, guardian, team and strangers do what they like, beside a model that remembers everything in full.
contract AttestationsHandler is ResultsTest {
    struct Known {
        IAttestations.AttestationResult result;
        uint256 bits;
    }

    address[3] public subjects = [address(0x51), address(0x52), address(0x53)];
    mapping(address subject => Known) private _known;
    mapping(bytes32 device => mapping(bytes32 policy => address)) private _holder;
    mapping(bytes32 device => mapping(bytes32 policy => uint64)) private _since;
    mapping(uint256 kind => mapping(bytes32 value => bool)) private _denied;
    uint256 private _dismissed;
    uint256 private _ejected;
    uint8 private _threshold = 1;
    uint256 public recorded;

    constructor() {
        deployResults();
    }

    function record(uint256 who, uint256 bits, uint256 level, uint256 pick, uint256 age) external {
        IAttestations.AttestationResult memory r = result(uint8(level % 4));
        r.subject = subjects[who % 3];
        r.measurement = bytes32(1 + pick % 3);
        r.device = bytes32(uint256(1 + (pick / 3) % 3) << 160);
        r.policyDigest = bytes32(uint256(1 + (pick / 9) % 2) << 200);
        r.measurement <<= 160;
        r.issuedAt -= uint64(age % 3);
        bits = clamp(bits, 1, 7);
        bool good = allowed(r, bits);
        bytes memory signatures = signAll(bits, r);
        try attestations.record(r, signatures) {
            vm.assertTrue(good, "recorded what the model refuses");
            remember(r, bits);
            ++recorded;
        } catch {
            vm.assertFalse(good, "refused what the model records");
        }
    }

    function list(uint256 kind, uint256 pick, bool denied) external {
        kind = kind % 4;
        bytes32 value = kind == 3 ? listed(keys[pick % 3]) : bytes32((1 + pick % 3) << (kind == 2 ? 200 : 160));
        if (denied) deny(IAttestations.Listed(kind), value);
        else allow(IAttestations.Listed(kind), value);
        if (kind != 3) _denied[kind][value] = denied;
        else if (denied) _ejected |= 1 << (pick % 3);
        else _ejected &= ~(1 << (pick % 3));
    }

    function dismiss(uint256 pick, bool out) external {
        uint256 bit = pick % 3;
        if (out) manager.revokeRole(Roles.VERIFIER, vm.addr(keys[bit]));
        else manager.grantRole(Roles.VERIFIER, vm.addr(keys[bit]), 0);
        _dismissed = out ? _dismissed | (1 << bit) : _dismissed & ~(1 << bit);
    }

    function changeThreshold(uint256 pick) external {
        _threshold = uint8(1 + pick % 3);
        setThreshold(_threshold);
    }

    function pass(uint256 seconds_) external {
        vm.warp(block.timestamp + seconds_ % 2 days);
    }

    /// @dev The level by the letter of `IAttestations`, from unshortened digests.
    function expectedLevel(address subject_) public view returns (uint8) {
        Known storage known = _known[subject_];
        IAttestations.AttestationResult storage r = known.result;
        if (r.level == 0 || block.timestamp > r.expiresAt || deniedAny(r)) return 0;
        if (_holder[r.device][r.policyDigest] != subject_) return 0;
        return ones(known.bits & ~_dismissed & ~_ejected) >= _threshold ? r.level : 0;
    }

    function allowed(IAttestations.AttestationResult memory r, uint256 bits) private view returns (bool) {
        Known storage known = _known[r.subject];
        if (bits & (_dismissed | _ejected) != 0) return false;
        if (r.issuedAt <= known.result.issuedAt || (r.level > 0 && _denied[2][r.policyDigest])) return false;
        // One that only lowers leaves the measurement and the device of the record as they are.
        if (ones(bits) < _threshold) {
            return r.level < known.result.level && r.policyDigest == known.result.policyDigest;
        }
        if (r.level == 0) return true;
        if (deniedAny(r)) return false;
        address holder = _holder[r.device][r.policyDigest];
        return holder == r.subject || _since[r.device][r.policyDigest] < r.issuedAt;
    }

    function remember(IAttestations.AttestationResult memory r, uint256 bits) private {
        Known storage known = _known[r.subject];
        if (ones(bits) < _threshold) {
            known.result.level = r.level;
            known.result.issuedAt = r.issuedAt;
            if (r.expiresAt < known.result.expiresAt) known.result.expiresAt = r.expiresAt;
            return;
        }
        known.result = r;
        known.bits = bits;
        if (r.level == 0) return;
        _holder[r.device][r.policyDigest] = r.subject;
        _since[r.device][r.policyDigest] = r.issuedAt;
    }

    function deniedAny(IAttestations.AttestationResult memory r) private view returns (bool) {
        return _denied[0][r.measurement] || _denied[1][r.device] || _denied[2][r.policyDigest];
    }

    function ones(uint256 bits) private pure returns (uint256 count) {
        for (uint256 i = 0; i < 3; ++i) {
            count += (bits >> i) & 1;
        }
    }

    function actualLevel(address subject_) external view returns (uint8) {
        return attestations.levelOf(subject_);
    }
}
// forge-lint: disable-end(block-timestamp, unsafe-typecast, incorrect-shift)
