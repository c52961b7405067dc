// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title The privacy ledger as the design words it: 16 lanes, plain loops, spent and reserved apart. An oracle for tests.
contract NaiveLedger {
    uint256[16] private _a = [
        uint256(1909542),
        1386294,
        1121686,
        954771,
        749780,
        625503,
        540673,
        478469,
        430594,
        361203,
        312911,
        249377,
        208963,
        143546,
        81762,
        46048
    ];
    uint256[16] private _b = [
        uint256(4605171),
        2302586,
        1535057,
        1151293,
        767529,
        575647,
        460518,
        383765,
        328941,
        255843,
        209326,
        153506,
        121189,
        74277,
        36549,
        18131
    ];
    uint256[16] private _caps;
    uint256[16] private _spent;
    uint256[16] private _reserved;

    function reset(uint256 epsilonMicro, uint256 delta) external {
        for (uint256 i = 0; i < 16; ++i) {
            uint256 most = epsilonMicro + _a[i];
            _caps[i] = most > delta * _b[i] ? most - delta * _b[i] : 0;
            _spent[i] = 0;
            _reserved[i] = 0;
        }
    }

    function reserve(uint256 low, uint256 high) external returns (bool ok) {
        for (uint256 i = 0; i < 16; ++i) {
            if (_spent[i] + _reserved[i] + _effective(low, high, i) <= _caps[i]) ok = true;
        }
        if (!ok) return false;
        for (uint256 i = 0; i < 16; ++i) {
            _reserved[i] += _effective(low, high, i);
        }
    }

    function release(uint256 low, uint256 high) external {
        for (uint256 i = 0; i < 16; ++i) {
            _reserved[i] -= _effective(low, high, i);
        }
    }

    function commit(uint256 low, uint256 high, uint256 actualLow, uint256 actualHigh) external {
        for (uint256 i = 0; i < 16; ++i) {
            _reserved[i] -= _effective(low, high, i);
            uint256 sum = _spent[i] + _effective(actualLow, actualHigh, i);
            _spent[i] = sum > _caps[i] + 1 ? _caps[i] + 1 : sum;
        }
    }

    function words() external view returns (uint256 sl, uint256 sh, uint256 rl, uint256 rh) {
        for (uint256 i = 0; i < 8; ++i) {
            sl |= _spent[i] << (32 * i);
            sh |= _spent[8 + i] << (32 * i);
            rl |= _reserved[i] << (32 * i);
            rh |= _reserved[8 + i] << (32 * i);
        }
    }

    function _effective(uint256 low, uint256 high, uint256 i) private view returns (uint256) {
        uint256 charge = ((i < 8 ? low : high) >> (32 * (i % 8))) & 0xffffffff;
        return charge > _caps[i] + 1 ? _caps[i] + 1 : charge;
    }
}
