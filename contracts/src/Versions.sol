// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

// Delays are days to a year; the seconds by which a validator can shift a block do no harm to them.
// forge-lint: disable-start(block-timestamp)

import {Governed} from "./Governed.sol";
import {IStaking} from "./interfaces/IStaking.sol";
import {IVersions} from "./interfaces/IVersions.sol";

/// @title Versions with notice. See `IVersions`.
contract Versions is IVersions, Governed {
    /// @inheritdoc IVersions
    uint256 public immutable DELAY;

    /// @param versions all that were announced
    /// @param settled index of the version that was current when the newest one was announced
    /// @param isUsed contracts that stand or stood under the name
    struct Line {
        Version[] versions;
        uint256 settled;
        mapping(address target => bool) isUsed;
    }

    mapping(bytes32 name => Line) private _lines;
    bytes32[] private _names;

    /// @param authority_ the `AccessManager`
    /// @param staking whose unbonding period the delay can't undercut
    /// @param delaySec seconds between announcement and effect; at most 365 days
    constructor(address authority_, IStaking staking, uint256 delaySec) Governed(authority_) {
        if (delaySec < staking.UNBONDING_PERIOD() || delaySec > 365 days) revert VersionsBadDelay(delaySec);
        DELAY = delaySec;
    }

    /// @inheritdoc IVersions
    function announce(bytes32 name, address target, bytes32 release) external restricted returns (uint256 index) {
        if (name == 0) revert VersionsNoName();
        if (target.code.length == 0) revert VersionsNotAContract(target);
        Line storage line = _lines[name];
        // What was current once is never current again: versions only go forward.
        if (line.isUsed[target]) revert VersionsAnnouncedBefore(name, target);
        index = line.versions.length;
        uint256 effectiveAt = block.timestamp;
        if (index == 0) {
            _names.push(name);
        } else {
            if (_isPending(line.versions[index - 1])) revert VersionsPending(name, index - 1);
            line.settled = _current(line);
            effectiveAt += DELAY;
        }
        line.isUsed[target] = true;
        // Fits for 30,000 years.
        // forge-lint: disable-next-line(unsafe-typecast)
        line.versions.push(Version(target, uint40(effectiveAt), false, target.codehash, release));
        emit VersionAnnounced(name, index, target, effectiveAt, release);
    }

    /// @inheritdoc IVersions
    function withdraw(bytes32 name, uint256 index) external restricted {
        Line storage line = _lines[name];
        if (index >= line.versions.length || !_isPending(line.versions[index])) {
            revert VersionsNotPending(name, index);
        }
        line.versions[index].withdrawn = true;
        line.isUsed[line.versions[index].target] = false;
        emit VersionWithdrawn(name, index);
    }

    /// @inheritdoc IVersions
    function current(bytes32 name) external view returns (address target, uint256 index) {
        Line storage line = _lines[name];
        if (line.versions.length == 0) revert VersionsUnknown(name);
        index = _current(line);
        target = line.versions[index].target;
    }

    /// @inheritdoc IVersions
    function count(bytes32 name) external view returns (uint256) {
        return _lines[name].versions.length;
    }

    /// @inheritdoc IVersions
    function version(bytes32 name, uint256 index) external view returns (Version memory) {
        if (index >= _lines[name].versions.length) revert VersionsUnknown(name);
        return _lines[name].versions[index];
    }

    /// @inheritdoc IVersions
    function names(uint256 from, uint256 limit) external view returns (bytes32[] memory page) {
        uint256 left = from < _names.length ? _names.length - from : 0;
        page = new bytes32[](left < limit ? left : limit);
        for (uint256 i = 0; i < page.length; ++i) {
            page[i] = _names[from + i];
        }
    }

    function _current(Line storage line) private view returns (uint256) {
        uint256 newest = line.versions.length - 1;
        Version storage candidate = line.versions[newest];
        return candidate.withdrawn || block.timestamp < candidate.effectiveAt ? line.settled : newest;
    }

    function _isPending(Version storage candidate) private view returns (bool) {
        return !candidate.withdrawn && block.timestamp < candidate.effectiveAt;
    }
}
// forge-lint: disable-end(block-timestamp)
