// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IFaultEvidence} from "../../src/interfaces/IFaultEvidence.sol";
import {IFaults} from "../../src/interfaces/IFaults.sol";
import {Roles} from "../../src/libraries/Roles.sol";
import {JobSystem} from "./JobSystem.sol";

/// @title Faults and auditors on top of jobs.
/// @dev Windows: report 3 days, contest 2 days; bond 100 ENC; shares 20 %, 50 %, 30 %.
abstract contract FaultSystem is JobSystem {
    uint32 internal constant REPORT_WINDOW = 3 days;
    uint32 internal constant FAULT_WINDOW = 2 days;
    uint96 internal constant BOND = 100e18;

    uint256[] internal auditorKeys = [0xa0d1, 0xa0d2, 0xa0d3, 0xa0d4, 0xa0d5, 0xa0d6, 0xa0d7];
    IFaults internal faults;
    IFaultEvidence internal judge;

    function deployFaults() internal {
        judge = IFaultEvidence(
            deploy("FaultEvidence", abi.encode(manager, jobs, staking, providers, attestations, datasets, capacity))
        );
        faults = IFaults(
            deploy(
                "Faults",
                abi.encode(manager, token, jobs, staking, providers, judge, treasury, defaultFaultParameters())
            )
        );
        manager.grantRole(Roles.FAULTS, address(faults), 0);
        map(address(faults), IFaults.setParameters.selector, Roles.PARAMETERS);
        map(address(faults), IFaults.reduce.selector, Roles.TEAM);
        for (uint256 i = 0; i < auditorKeys.length; ++i) {
            manager.grantRole(Roles.AUDITOR, vm.addr(auditorKeys[i]), 0);
        }
        vm.label(address(faults), "Faults");
    }

    function defaultFaultParameters() internal pure returns (IFaults.Parameters memory) {
        return IFaults.Parameters({
            reportWindow: REPORT_WINDOW,
            contestWindow: FAULT_WINDOW,
            bond: BOND,
            lateBps: 100,
            lateMaxBps: 500,
            unavailableBps: 50,
            notServedBps: 500,
            attestationBps: 1_000,
            wrongResultBps: 5_000,
            privacyBps: 7_500,
            twoResultsBps: 10_000,
            reporterBps: 2_000,
            injuredBps: 5_000,
            mostAbsentBps: 1_000,
            auditQuorum: 3,
            toleranceMicro: 1_000
        });
    }

    function sign(uint256 key, bytes32 digest) internal pure returns (bytes memory) {
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(key, digest);
        return abi.encodePacked(r, s, v);
    }
}
