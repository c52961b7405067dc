// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Lanes} from "../../src/libraries/Lanes.sol";
import {Test} from "../base/Test.sol";

contract LanesTest is Test {
    function testFuzz_join_undoes_even_and_odd(uint256 word) public pure {
        vm.assertEq(Lanes.join(Lanes.even(word), Lanes.odd(word)), word);
    }

    function test_even_and_odd() public pure {
        uint256 word = 0x0000000800000007000000060000000500000004000000030000000200000001;
        vm.assertEq(Lanes.even(word), 0x0000000000000007000000000000000500000000000000030000000000000001);
        vm.assertEq(Lanes.odd(word), 0x0000000000000008000000000000000600000000000000040000000000000002);
    }

    /// @dev Against a plain loop, with equal lanes made likely.
    function testFuzz_atMost(uint256 a, uint256 b, uint256 same) public pure {
        b = (b & ~same) | (a & same);
        uint256 mask = Lanes.atMost(Lanes.even(a), Lanes.even(b));
        for (uint256 i = 0; i < 4; ++i) {
            uint256 left = (a >> (64 * i)) & 0xffffffff;
            uint256 right = (b >> (64 * i)) & 0xffffffff;
            vm.assertEq((mask >> (64 * i)) & type(uint64).max, left <= right ? 0xffffffff : 0);
        }
    }

    function test_firstLane() public pure {
        vm.assertEq(Lanes.firstLane(1, 0), 0);
        vm.assertEq(Lanes.firstLane(1, 1), 1);
        vm.assertEq(Lanes.firstLane(0xffffffff << 128, 0), 4);
        vm.assertEq(Lanes.firstLane(1 << 192, 1), 7);
        vm.assertEq(Lanes.firstLane(0, 0), 8);
    }
}
