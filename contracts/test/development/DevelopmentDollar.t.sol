// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {DevelopmentDollar} from "../../src/development/DevelopmentDollar.sol";
import {Test} from "../base/Test.sol";

contract DevelopmentDollarTest is Test {
    function test_the_whole_supply_is_made_once_for_one_holder() public {
        DevelopmentDollar coin = new DevelopmentDollar(address(7));
        vm.assertEq(coin.totalSupply(), 1_000_000_000_000);
        vm.assertEq(coin.balanceOf(address(7)), 1_000_000_000_000);
        vm.assertEq(uint256(coin.decimals()), 6);
    }
}
