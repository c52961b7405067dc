// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Test} from "../base/Test.sol";
import {AttestationsHandler} from "./AttestationsHandler.sol";

contract AttestationsInvariantTest is Test {
    AttestationsHandler private handler;

    function setUp() public {
        handler = new AttestationsHandler();
    }

    function targetContracts() public view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(handler);
    }

    /// @dev Half digests, packed times and bits of seats say exactly what full records would.
    function invariant_every_level_is_the_models() public view {
        for (uint256 i = 0; i < 3; ++i) {
            address subject = handler.subjects(i);
            vm.assertEq(handler.actualLevel(subject), handler.expectedLevel(subject));
        }
    }
}
