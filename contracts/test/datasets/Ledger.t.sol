// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

// Casts of text and of numbers that fit.
// forge-lint: disable-start(unsafe-typecast)

import {Governed} from "../../src/Governed.sol";
import {IDatasets} from "../../src/interfaces/IDatasets.sol";
import {Roles} from "../../src/libraries/Roles.sol";
import {DatasetsTest} from "./DatasetsTest.sol";

/// @dev The arithmetic has its own tests (libraries/RenyiLedger.t.sol); here: storage, roles, events.
contract LedgerTest is DatasetsTest {
    bytes32 private id;
    /// @dev One million micro-RDP in lane 15, whose cap is 2,955,393.
    uint256 private constant MILLION = uint256(1_000_000) << 224;

    function setUp() public override {
        super.setUp();
        id = register(terms());
    }

    function test_reserve_commit_release() public {
        vm.startPrank(jobsRole);
        vm.expectEmit(address(datasets));
        emit IDatasets.LossReserved(id, 0, MILLION);
        (address owner_, uint8 minLevel, uint32 index) = datasets.reserve(id, POLICY, 0, MILLION);
        vm.assertEq(owner_, owner);
        vm.assertEq(minLevel, 1);
        vm.assertEq(index, 1);
        datasets.reserve(id, POLICY, 0, MILLION);
        expectLedger(0, 2 * MILLION);
        vm.expectEmit(address(datasets));
        emit IDatasets.LossCommitted(id, 0, MILLION / 2);
        vm.assertEq(datasets.commit(id, 0, MILLION, 0, MILLION / 2), owner);
        expectLedger(MILLION / 2, MILLION);
        vm.expectEmit(address(datasets));
        emit IDatasets.LossReleased(id, 0, MILLION);
        datasets.release(id, 0, MILLION);
        expectLedger(MILLION / 2, 0);
        vm.stopPrank();
    }

    /// @dev All other lanes are overrun, so this one decides.
    function test_reserve_rejects_an_exhausted_budget() public {
        uint256 low = type(uint256).max;
        uint256 high = type(uint256).max >> 32 | MILLION;
        vm.startPrank(jobsRole);
        datasets.reserve(id, POLICY, low, high);
        datasets.reserve(id, POLICY, low, high);
        vm.expectRevert(abi.encodeWithSelector(IDatasets.DatasetsBudgetExhausted.selector, id));
        datasets.reserve(id, POLICY, low, high);
        datasets.reserve(id, POLICY, low, type(uint256).max >> 32 | uint256(955_393) << 224);
        vm.expectRevert(abi.encodeWithSelector(IDatasets.DatasetsBudgetExhausted.selector, id));
        datasets.reserve(id, POLICY, low, type(uint256).max >> 32 | uint256(1) << 224);
        vm.stopPrank();
    }

    function test_reserve_rejects_unknown_datasets() public {
        vm.expectRevert(abi.encodeWithSelector(IDatasets.DatasetsUnknown.selector, bytes32("none")));
        vm.prank(jobsRole);
        datasets.reserve("none", POLICY, 0, 0);
        vm.expectRevert(abi.encodeWithSelector(IDatasets.DatasetsUnknown.selector, bytes32("none")));
        datasets.ledger("none");
    }

    function test_only_jobs() public {
        bytes memory refusal = abi.encodeWithSelector(Governed.GovernedMissingRole.selector, owner, Roles.JOBS);
        vm.startPrank(owner);
        vm.expectRevert(refusal);
        datasets.reserve(id, POLICY, 0, 0);
        vm.expectRevert(refusal);
        datasets.commit(id, 0, 0, 0, 0);
        vm.expectRevert(refusal);
        datasets.release(id, 0, 0);
        vm.stopPrank();
    }

    function expectLedger(uint256 spentHigh, uint256 reservedHigh) private view {
        IDatasets.Ledger memory ledger = datasets.ledger(id);
        vm.assertEq(ledger.spentLow, 0);
        vm.assertEq(ledger.spentHigh, spentHigh);
        vm.assertEq(ledger.reservedLow, 0);
        vm.assertEq(ledger.reservedHigh, reservedHigh);
    }
}
// forge-lint: disable-end(unsafe-typecast)
