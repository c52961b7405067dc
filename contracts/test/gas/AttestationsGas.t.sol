// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IAttestations} from "../../src/interfaces/IAttestations.sol";
import {ResultsTest} from "../attestations/ResultsTest.sol";

/// forge-config: default.isolate = true
contract AttestationsGasTest is ResultsTest {
    bool private _measuring;

    function setUp() public {
        string memory out = vm.envOr("CONTRACTS_OUT", "");
        _measuring = keccak256(bytes(out)) == keccak256("contracts/out-release");
        deployResults();
        setThreshold(2);
        // Each verifier pays for its seat once, with its first result.
        IAttestations.AttestationResult memory r = result(1);
        r.subject = address(0x5ea7);
        r.device = keccak256("seats");
        record(r, 7);
    }

    function test_gas_record_with_two_signers() public {
        IAttestations.AttestationResult memory r = result(2);
        record(r, 3);
        vm.assertLe(snap("record: first of a provider, 2 signers"), 120_000);
        vm.warp(block.timestamp + 1);
        r = result(2);
        record(r, 3);
        vm.assertLe(snap("record: later, 2 signers"), 80_000);
        vm.warp(block.timestamp + 1);
        record(result(0), 4);
        snap("record: lowered by 1 signer");
    }

    function test_gas_lists() public {
        deny(IAttestations.Listed.Measurement, MEASUREMENT);
        snap("deny");
        IAttestations.AttestationResult memory one = result(2);
        IAttestations.AttestationResult memory other = result(1);
        attestations.contradict(one, sign(keys[0], one), other, sign(keys[0], other));
        snap("contradict");
    }

    /// @dev What a match pays for a level above 0, over that of a match without one.
    function test_gas_levelOf() public {
        record(result(2), 3);
        attestations.levelOf(subject);
        snap("levelOf, 2 signers");
    }

    /// @dev On release bytecode the gas of the last call, written to contracts/snapshots/Attestations.json; else 0.
    function snap(string memory name) private returns (uint256) {
        return _measuring ? vm.snapshotGasLastCall("Attestations", name) : 0;
    }
}
