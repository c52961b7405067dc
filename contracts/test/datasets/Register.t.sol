// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

// Casts of text and of numbers that fit.
// forge-lint: disable-start(unsafe-typecast)

import {Pausable} from "@openzeppelin/contracts/utils/Pausable.sol";
import {IDatasets} from "../../src/interfaces/IDatasets.sol";
import {IPausable} from "../base/System.sol";
import {DatasetsTest} from "./DatasetsTest.sol";

contract RegisterTest is DatasetsTest {
    function test_register() public {
        bytes32 expected = keccak256(abi.encode(owner, keccak256("blob")));
        vm.expectEmit(address(datasets));
        emit IDatasets.DatasetRegistered(expected, owner, terms());
        vm.assertEq(register(terms()), expected);
        vm.assertEq(datasets.idOf(owner, keccak256("blob")), expected);
        IDatasets.Dataset memory entry = datasets.dataset(expected);
        vm.assertEq(entry.owner, owner);
        vm.assertEq(entry.epsilonCapMicro, 3_000_000);
        vm.assertEq(entry.deltaExponent, 5);
        vm.assertEq(entry.minLevel, 1);
        vm.assertFalse(entry.retired);
        vm.assertEq(entry.index, 1);
        vm.assertEq(entry.registeredAt, GENESIS);
        vm.assertEq(entry.fee, 20e18);
        vm.assertEq(entry.digest, keccak256("blob"));
        vm.assertEq(entry.schemaDigest, keccak256("schema"));
        vm.assertEq(entry.manifestDigest, keccak256("manifest"));
        vm.assertEq(entry.policyDigest, POLICY);
        vm.assertEq(entry.unit, bytes32("row"));
        vm.assertEq(datasets.ownerAt(1), owner);
        vm.assertEq(datasets.ownerAt(2), address(0));
        IDatasets.Ledger memory ledger = datasets.ledger(expected);
        vm.assertEq(ledger.spentLow | ledger.spentHigh | ledger.reservedLow | ledger.reservedHigh, 0);
    }

    function test_register_rejects_twice_but_not_another_owner() public {
        bytes32 id = register(terms());
        vm.expectRevert(abi.encodeWithSelector(IDatasets.DatasetsAlreadyRegistered.selector, id));
        register(terms());
        bytes32 other = datasets.register(terms());
        vm.assertTrue(other != id);
        vm.assertEq(datasets.dataset(other).index, 2);
    }

    function test_register_rejects_bad_terms() public {
        for (uint256 i = 0; i < 9; ++i) {
            IDatasets.DatasetTerms memory bad = terms();
            if (i == 0) bad.digest = 0;
            if (i == 1) bad.schemaDigest = 0;
            if (i == 2) bad.manifestDigest = 0;
            if (i == 3) bad.policyDigest = 0;
            if (i == 4) bad.epsilonCapMicro = 0;
            if (i == 5) bad.epsilonCapMicro = 100_000_001;
            if (i == 6) bad.deltaExponent = 0;
            if (i == 7) bad.deltaExponent = 41;
            if (i == 8) bad.minLevel = 4;
            vm.expectRevert(IDatasets.DatasetsBadTerms.selector);
            datasets.register(bad);
        }
        IDatasets.DatasetTerms memory extreme = terms();
        extreme.epsilonCapMicro = 100_000_000;
        extreme.deltaExponent = 40;
        extreme.minLevel = 3;
        datasets.register(extreme);
    }

    function test_pause_stops_registration_only() public {
        bytes32 id = register(terms());
        vm.prank(guardian);
        IPausable(address(datasets)).pause();
        vm.expectRevert(Pausable.EnforcedPause.selector);
        datasets.register(terms());
        vm.startPrank(jobsRole);
        datasets.reserve(id, POLICY, 1, 0);
        datasets.commit(id, 1, 0, 1, 0);
        vm.stopPrank();
        vm.prank(owner);
        datasets.retire(id);
        vm.prank(team);
        IPausable(address(datasets)).unpause();
        datasets.register(terms());
    }

    function test_capsOf() public {
        bytes32 id = register(terms());
        uint256[16] memory caps = datasets.capsOf(id);
        // 3,000,000 + A − 5·B by hand for the orders 1.5, 8, 20 and 128.
        vm.assertEq(caps[0], 0);
        vm.assertEq(caps[8], 1_785_889);
        vm.assertEq(caps[12], 2_603_018);
        vm.assertEq(caps[15], 2_955_393);
        vm.expectRevert(abi.encodeWithSelector(IDatasets.DatasetsUnknown.selector, bytes32("none")));
        datasets.capsOf("none");
    }
}
// forge-lint: disable-end(unsafe-typecast)
