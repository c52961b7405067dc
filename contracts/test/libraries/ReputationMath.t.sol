// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ReputationMath} from "../../src/libraries/ReputationMath.sol";
import {Vectors} from "./Vectors.sol";

contract ReputationMathTest is Vectors {
    function test_bpsDown_vectors() public view {
        string memory json = read("money.json");
        uint256[] memory alpha = column(json, "reputationBps", "alphaGwei");
        uint256[] memory beta = column(json, "reputationBps", "betaGwei");
        uint256[] memory bps = column(json, "reputationBps", "bps");
        vm.assertEq(bps.length, 24);
        for (uint256 i = 0; i < bps.length; ++i) {
            // Counters of the vectors fit 64 bits.
            // forge-lint: disable-next-line(unsafe-typecast)
            vm.assertEq(ReputationMath.bpsDown(uint64(alpha[i]), uint64(beta[i])), bps[i]);
        }
    }

    function test_bpsDown_newcomer() public pure {
        vm.assertEq(ReputationMath.bpsDown(0, 0), 3333);
    }

    /// @dev Good work never lowers it, a fault never raises it, and nobody is perfect.
    function testFuzz_bpsDown_is_monotone(uint64 alpha, uint64 beta, uint32 more) public pure {
        vm.assume(alpha < type(uint64).max - more && beta < type(uint64).max - more);
        uint16 now_ = ReputationMath.bpsDown(alpha, beta);
        vm.assertGe(ReputationMath.bpsDown(alpha + more, beta), now_);
        vm.assertLe(ReputationMath.bpsDown(alpha, beta + more), now_);
        vm.assertLt(now_, 10_000);
    }
}
