// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IJobs} from "../../src/interfaces/IJobs.sol";
import {JobTerms, Terms} from "../../src/jobs/JobTerms.sol";
import {Test} from "../base/Test.sol";

contract JobTermsTest is Test {
    using JobTerms for Terms;
    using JobTerms for uint256;

    function testFuzz_pack_undoes_unpack(uint256 word) public pure {
        // The three top bytes are a state of eight and two truth values.
        word &= 0x010107ffffffffffffffffffffffffffffffffffffffffffffffffffffffffff;
        vm.assertEq(word.unpack().pack(), word);
    }

    /// @dev Every field has its own place: 32 + 32 + 5·24 + 3·16 + 3·8 = 256 bits.
    function test_pack_layout() public pure {
        Terms memory terms = Terms({
            datasetIndex: 0x01020304,
            deadline: 0x05060708,
            steps: 0x090a0b,
            paidSteps: 0x0c0d0e,
            checkpointStep: 0x0f1011,
            durationSec: 0x121314,
            contestWindow: 0x151617,
            attempt: 0x1819,
            feeBps: 0x1a1b,
            stakeRatioBps: 0x1c1d,
            state: IJobs.JobState.Faulted,
            budgetHeld: true,
            keyReleased: true
        });
        vm.assertEq(terms.pack(), 0x0101071c1d1a1b18191516171213140f10110c0d0e090a0b0506070801020304);
    }
}
