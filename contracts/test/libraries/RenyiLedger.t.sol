// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IDatasets} from "../../src/interfaces/IDatasets.sol";
import {RenyiLedger} from "../../src/libraries/RenyiLedger.sol";
import {NaiveLedger} from "./NaiveLedger.sol";
import {Vectors} from "./Vectors.sol";

contract RenyiLedgerTest is Vectors {
    using RenyiLedger for RenyiLedger.State;

    /// @dev What `Datasets` lets an owner register; above it lanes may overflow where the twin's do not yet.
    uint256 private constant MAX_EPSILON_MICRO = 100_000_000;

    RenyiLedger.State private _state;
    NaiveLedger private _naive;

    function setUp() public {
        _naive = new NaiveLedger();
    }

    function test_tables_are_those_of_the_vectors() public view {
        string memory json = read("renyi-ledger.json");
        uint256[] memory a = vm.parseJsonUintArray(json, ".a");
        uint256[] memory b = vm.parseJsonUintArray(json, ".b");
        vm.assertEq(a.length, 16);
        for (uint256 i = 0; i < 16; ++i) {
            vm.assertEq(lane(i < 8 ? RenyiLedger.A_LOW : RenyiLedger.A_HIGH, i), a[i]);
            vm.assertEq(lane(i < 8 ? RenyiLedger.B_LOW : RenyiLedger.B_HIGH, i), b[i]);
        }
    }

    function test_caps_vectors() public view {
        string memory json = read("renyi-ledger.json");
        uint256 count;
        for (; vm.keyExistsJson(json, item("caps", count)); ++count) {
            string memory row = item("caps", count);
            uint256[] memory expected = vm.parseJsonUintArray(json, string.concat(row, ".caps"));
            (uint256 low, uint256 high) = RenyiLedger.caps(
                vm.parseJsonUint(json, string.concat(row, ".epsilonMicro")),
                vm.parseJsonUint(json, string.concat(row, ".deltaExponent"))
            );
            for (uint256 i = 0; i < 16; ++i) {
                vm.assertEq(lane(i < 8 ? low : high, i), expected[i]);
            }
        }
        vm.assertGe(count, 20);
    }

    function test_sequences_vectors() public {
        string memory json = read("renyi-ledger.json");
        uint256 count;
        for (uint256 i = 0; vm.keyExistsJson(json, item("sequences", i)); ++i) {
            string memory row = item("sequences", i);
            uint256 epsilonMicro = vm.parseJsonUint(json, string.concat(row, ".epsilonMicro"));
            if (epsilonMicro > MAX_EPSILON_MICRO) continue;
            uint256 delta = vm.parseJsonUint(json, string.concat(row, ".deltaExponent"));
            _state = RenyiLedger.State(0, 0, 0, 0);
            for (uint256 j = 0; vm.keyExistsJson(json, op(row, j)); ++j) {
                _play(json, op(row, j), epsilonMicro, delta);
            }
            vm.assertEq(_state.spentLow, word(json, row, ".spentLow"));
            vm.assertEq(_state.spentHigh, word(json, row, ".spentHigh"));
            vm.assertEq(RenyiLedger.reservedOf(_state.heldLow, _state.spentLow), word(json, row, ".reservedLow"));
            vm.assertEq(RenyiLedger.reservedOf(_state.heldHigh, _state.spentHigh), word(json, row, ".reservedHigh"));
            ++count;
        }
        vm.assertGe(count, 4);
    }

    /// @dev Whole words against a lane-by-lane ledger with plain loops.
    /// forge-config: default.fuzz.runs = 300
    function testFuzz_agrees_with_a_naive_ledger(uint256 seed) public {
        uint256 epsilonMicro = clamp(seed, 1, MAX_EPSILON_MICRO);
        uint256 delta = clamp(seed >> 64, 1, 40);
        _state = RenyiLedger.State(0, 0, 0, 0);
        _naive.reset(epsilonMicro, delta);
        uint256[2][4] memory charges;
        bool[4] memory open;
        for (uint256 step = 0; step < 12; ++step) {
            seed = uint256(keccak256(abi.encode(seed)));
            uint256 slot = seed % 4;
            if (!open[slot]) {
                charges[slot] = [charge(seed, epsilonMicro), charge(~seed, epsilonMicro)];
                bool expected = _naive.reserve(charges[slot][0], charges[slot][1]);
                vm.assertEq(this.reserve(epsilonMicro, delta, charges[slot][0], charges[slot][1]), expected);
                open[slot] = expected;
            } else {
                open[slot] = false;
                uint256 actualLow = seed & 4 == 0 ? charges[slot][0] : smaller(charges[slot][0], seed);
                if (seed & 8 == 0) {
                    _naive.release(charges[slot][0], charges[slot][1]);
                    this.release(epsilonMicro, delta, charges[slot][0], charges[slot][1]);
                } else {
                    _naive.commit(charges[slot][0], charges[slot][1], actualLow, charges[slot][1]);
                    this.commit(epsilonMicro, delta, charges[slot][0], charges[slot][1], actualLow, charges[slot][1]);
                }
            }
            (uint256 sl, uint256 sh, uint256 rl, uint256 rh) = _naive.words();
            vm.assertEq(_state.spentLow, sl, "spent low");
            vm.assertEq(_state.spentHigh, sh, "spent high");
            vm.assertEq(RenyiLedger.reservedOf(_state.heldLow, _state.spentLow), rl, "reserved low");
            vm.assertEq(RenyiLedger.reservedOf(_state.heldHigh, _state.spentHigh), rh, "reserved high");
        }
    }

    function test_commit_rejects_more_than_reserved() public {
        this.reserve(3_000_000, 5, 100 << 64, 0);
        vm.expectRevert(abi.encodeWithSelector(IDatasets.DatasetsLossAboveReservation.selector, 2));
        this.commit(3_000_000, 5, 100 << 64, 0, 101 << 64, 0);
        vm.expectRevert(abi.encodeWithSelector(IDatasets.DatasetsLossAboveReservation.selector, 13));
        this.commit(3_000_000, 5, 100 << 64, 0, 100 << 64, 1 << 160);
    }

    function test_release_rejects_more_than_reserved() public {
        this.reserve(3_000_000, 5, 100 << 192, 0);
        vm.expectRevert(abi.encodeWithSelector(IDatasets.DatasetsLaneUnderflow.selector, 6));
        this.release(3_000_000, 5, 101 << 192, 0);
        vm.expectRevert(abi.encodeWithSelector(IDatasets.DatasetsLaneUnderflow.selector, 9));
        this.release(3_000_000, 5, 100 << 192, 1 << 32);
    }

    /// @dev A lane that many jobs overrun stops the next one instead of wrapping around.
    function test_reserve_rejects_a_lane_overflow() public {
        uint256 charge_ = uint256(type(uint32).max);
        // Lane 0 has a cap of 100,000,000 + 1,909,542 − 5·4,605,171 = 78,883,687 and fits it and one 54 times.
        for (uint256 i = 0; i < 54; ++i) {
            vm.assertTrue(this.reserve(MAX_EPSILON_MICRO, 5, charge_, 0));
        }
        vm.expectRevert(abi.encodeWithSelector(IDatasets.DatasetsLaneOverflow.selector, 0));
        this.reserve(MAX_EPSILON_MICRO, 5, charge_, 0);
    }

    // ---------------------------------------------------------------- calls that can be caught

    function reserve(uint256 epsilonMicro, uint256 delta, uint256 low, uint256 high) external returns (bool ok) {
        RenyiLedger.State memory state = _state;
        ok = state.reserve(epsilonMicro, delta, low, high);
        if (ok) _state = state;
    }

    function commit(
        uint256 epsilonMicro,
        uint256 delta,
        uint256 low,
        uint256 high,
        uint256 actualLow,
        uint256 actualHigh
    ) external {
        RenyiLedger.State memory state = _state;
        state.commit(epsilonMicro, delta, low, high, actualLow, actualHigh);
        _state = state;
    }

    function release(uint256 epsilonMicro, uint256 delta, uint256 low, uint256 high) external {
        RenyiLedger.State memory state = _state;
        state.release(epsilonMicro, delta, low, high);
        _state = state;
    }

    // ---------------------------------------------------------------- reading

    function _play(string memory json, string memory row, uint256 epsilonMicro, uint256 delta) private {
        string memory kind = vm.parseJsonString(json, string.concat(row, ".op"));
        uint256 low = word(json, row, ".rdpLow");
        uint256 high = word(json, row, ".rdpHigh");
        bool expected = vm.parseJsonBool(json, string.concat(row, ".ok"));
        bool ok = true;
        if (keccak256(bytes(kind)) == keccak256("reserve")) {
            try this.reserve(epsilonMicro, delta, low, high) returns (bool fits) {
                ok = fits;
            } catch {
                ok = false;
            }
        } else if (keccak256(bytes(kind)) == keccak256("release")) {
            try this.release(epsilonMicro, delta, low, high) {}
            catch {
                ok = false;
            }
        } else {
            uint256 actualLow = word(json, row, ".actualLow");
            uint256 actualHigh = word(json, row, ".actualHigh");
            try this.commit(epsilonMicro, delta, low, high, actualLow, actualHigh) {}
            catch {
                ok = false;
            }
        }
        vm.assertEq(ok, expected, row);
    }

    function word(string memory json, string memory row, string memory name) private pure returns (uint256) {
        return uint256(vm.parseJsonBytes32(json, string.concat(row, name)));
    }

    function item(string memory table, uint256 i) private pure returns (string memory) {
        return string.concat(".", table, "[", vm.toString(i), "]");
    }

    function op(string memory row, uint256 i) private pure returns (string memory) {
        return string.concat(row, ".ops[", vm.toString(i), "]");
    }

    function lane(uint256 packed, uint256 i) private pure returns (uint256) {
        return (packed >> (32 * (i % 8))) & 0xffffffff;
    }

    /// @dev Lanes around what the budget admits, some of them far above.
    function charge(uint256 seed, uint256 epsilonMicro) private pure returns (uint256 packed) {
        for (uint256 i = 0; i < 8; ++i) {
            seed = uint256(keccak256(abi.encode(seed, i)));
            uint256 most = seed & 15 == 0 ? type(uint32).max : epsilonMicro / 3;
            packed |= clamp(seed >> 8, 0, most) << (32 * i);
        }
    }

    function smaller(uint256 packed, uint256 seed) private pure returns (uint256 result) {
        for (uint256 i = 0; i < 8; ++i) {
            seed = uint256(keccak256(abi.encode(seed, i)));
            result |= clamp(seed, 0, lane(packed, i)) << (32 * i);
        }
    }
}
