// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IDatasets} from "../../src/interfaces/IDatasets.sol";
import {IPausable} from "../base/System.sol";
import {DatasetsTest} from "./DatasetsTest.sol";

contract DelegatesTest is DatasetsTest {
    address private constant KEY = address(0xde1e);

    function set(address key, uint256 until) private {
        vm.prank(owner);
        datasets.setDelegate(key, uint64(until));
    }

    function refused(address key, uint256 until) private {
        vm.expectRevert(IDatasets.DatasetsBadDelegation.selector);
        set(key, until);
    }

    function expectDelegate(address key, uint256 until, address releaser) private view {
        (address key_, uint64 until_) = datasets.delegateOf(owner);
        vm.assertEq(key_, key);
        vm.assertEq(until_, until);
        vm.assertEq(datasets.releaserOf(owner), releaser);
    }

    function test_setDelegate_names_replaces_and_withdraws() public {
        expectDelegate(address(0), 0, address(0));
        uint256 until = block.timestamp + 90 days;
        vm.expectEmit(address(datasets));
        emit IDatasets.DelegateSet(owner, KEY, uint64(until));
        set(KEY, until);
        expectDelegate(KEY, until, KEY);
        set(address(7), block.timestamp + 1);
        expectDelegate(address(7), block.timestamp + 1, address(7));
        set(address(0), 0);
        expectDelegate(address(0), 0, address(0));
    }

    function test_releaserOf_ends_after_the_last_second() public {
        uint256 until = block.timestamp + 60;
        set(KEY, until);
        vm.warp(until);
        expectDelegate(KEY, until, KEY);
        vm.warp(until + 1);
        expectDelegate(KEY, until, address(0));
    }

    function test_setDelegate_is_for_the_caller_alone() public {
        vm.prank(address(0xbad));
        datasets.setDelegate(KEY, uint64(block.timestamp + 1));
        expectDelegate(address(0), 0, address(0));
    }

    function test_setDelegate_rejects_the_past_the_far_future_and_an_end_of_nothing() public {
        refused(KEY, block.timestamp);
        refused(KEY, 0);
        refused(KEY, block.timestamp + 90 days + 1);
        refused(address(0), block.timestamp + 1);
    }

    function test_setDelegate_works_while_paused() public {
        set(KEY, block.timestamp + 1 days);
        vm.prank(guardian);
        IPausable(address(datasets)).pause();
        // Withdrawing is an exit: it never waits for the team.
        set(address(0), 0);
        vm.assertEq(datasets.releaserOf(owner), address(0));
    }
}
