// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {StakeHistory} from "../../src/libraries/StakeHistory.sol";
import {Test} from "../base/Test.sol";

contract StakeHistoryTest is Test {
    using StakeHistory for StakeHistory.History;

    StakeHistory.History private _history;

    function test_valueAt() public {
        vm.assertEq(_history.valueAt(5), 0);
        vm.assertEq(_history.set(3, 10), 0);
        vm.assertEq(_history.set(7, 20), 10);
        vm.assertEq(_history.set(7, 25), 20);
        vm.assertEq(_history.set(20, 0), 25);
        uint256[8] memory epochs = [uint256(0), 2, 3, 6, 7, 19, 20, 1000];
        uint256[8] memory values = [uint256(0), 0, 10, 10, 25, 25, 0, 0];
        for (uint256 i = 0; i < 8; ++i) {
            vm.assertEq(_history.valueAt(epochs[i]), values[i]);
        }
        vm.assertEq(_history.latest(), 0);
    }

    function test_set_rejects_the_past() public {
        this.set(9, 1);
        vm.expectRevert(StakeHistory.StakeHistoryOutOfOrder.selector);
        this.set(8, 1);
    }

    /// @dev Against a plain table of every epoch.
    /// forge-config: default.fuzz.runs = 200
    function testFuzz_valueAt(uint8[20] memory gaps, uint64[20] memory values) public {
        uint208[101] memory table;
        uint48 epoch = 0;
        for (uint256 i = 0; i < 20; ++i) {
            epoch += gaps[i] % 6;
            _history.set(epoch, values[i]);
            for (uint256 e = epoch; e <= 100; ++e) {
                table[e] = values[i];
            }
        }
        for (uint256 e = 0; e <= 100; ++e) {
            vm.assertEq(_history.valueAt(e), table[e]);
        }
    }

    function set(uint48 epoch, uint208 value) external {
        _history.set(epoch, value);
    }
}
