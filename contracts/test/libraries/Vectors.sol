// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Test} from "../base/Test.sol";

/// @title Reads a file of vectors/, the common ground with TypeScript.
abstract contract Vectors is Test {
    function read(string memory name) internal view returns (string memory) {
        return vm.readFile(string.concat("vectors/", name));
    }

    function column(string memory json, string memory table, string memory name)
        internal
        pure
        returns (uint256[] memory)
    {
        return vm.parseJsonUintArray(json, string.concat(".", table, ".", name));
    }
}
