// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

// Casts of text and of numbers that fit.
// forge-lint: disable-start(unsafe-typecast)

import {IDatasets} from "../../src/interfaces/IDatasets.sol";
import {DatasetsTest} from "./DatasetsTest.sol";

contract OwnerTest is DatasetsTest {
    bytes32 private id;

    function setUp() public override {
        super.setUp();
        id = register(terms());
    }

    function test_retire_ends_new_jobs_for_ever() public {
        vm.expectEmit(address(datasets));
        emit IDatasets.DatasetRetired(id);
        vm.prank(owner);
        datasets.retire(id);
        vm.assertTrue(datasets.dataset(id).retired);
        vm.expectRevert(abi.encodeWithSelector(IDatasets.DatasetsRetired.selector, id));
        vm.prank(jobsRole);
        datasets.reserve(id, POLICY, 1, 1);
        vm.expectRevert(abi.encodeWithSelector(IDatasets.DatasetsRetired.selector, id));
        vm.prank(owner);
        datasets.retire(id);
    }

    function test_setPolicy_voids_older_grants() public {
        bytes32 next = keccak256("policy 2");
        vm.prank(owner);
        datasets.setPolicy(id, next);
        vm.expectRevert(abi.encodeWithSelector(IDatasets.DatasetsPolicyMismatch.selector, POLICY, next));
        datasets.admit(id, POLICY);
        (address owner_, uint8 minLevel, uint32 index) = datasets.admit(id, next);
        vm.assertEq(owner_, owner);
        vm.assertEq(minLevel, 1);
        vm.assertEq(index, 1);
        vm.expectRevert(IDatasets.DatasetsBadTerms.selector);
        vm.prank(owner);
        datasets.setPolicy(id, 0);
    }

    function test_setFee() public {
        vm.prank(owner);
        datasets.setFee(id, 7);
        vm.assertEq(datasets.dataset(id).fee, 7);
    }

    function test_anchorLog_is_the_callers_own() public {
        vm.expectEmit(address(datasets));
        emit IDatasets.LogAnchored(owner, "head");
        vm.prank(owner);
        datasets.anchorLog("head");
        vm.assertEq(datasets.logHeadOf(owner), bytes32("head"));
        vm.assertEq(datasets.logHeadOf(address(this)), bytes32(0));
    }

    function test_others_change_nothing() public {
        bytes memory refusal = abi.encodeWithSelector(IDatasets.DatasetsNotOwner.selector, address(this));
        vm.expectRevert(refusal);
        datasets.retire(id);
        vm.expectRevert(refusal);
        datasets.setPolicy(id, "x");
        vm.expectRevert(refusal);
        datasets.setFee(id, 1);
        vm.expectRevert(refusal);
        datasets.retire("none");
    }
}
// forge-lint: disable-end(unsafe-typecast)
