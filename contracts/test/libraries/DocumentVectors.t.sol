// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {AuditFinding, ServedFinding} from "../../src/interfaces/FaultTypes.sol";
import {IFaultEvidence} from "../../src/interfaces/IFaultEvidence.sol";
import {IVouchers} from "../../src/interfaces/IVouchers.sol";
import {FaultsTest} from "../faults/FaultsTest.sol";

/// @title Vouchers and auditors' findings of packages/protocol are those of the contracts: the digests of vectors/eip712.json.
/// @dev The contracts stand at the vectors' address: EIP-712 separators follow the address that runs.
contract DocumentVectorsTest is FaultsTest {
    string private _json;
    address private _place;

    function setUp() public override {
        super.setUp();
        _json = vm.readFile("vectors/eip712.json");
        _place = vm.parseJsonAddress(_json, ".domain.verifyingContract");
        vm.chainId(vm.parseJsonUint(_json, ".domain.chainId"));
    }

    function test_voucher() public {
        string memory item = itemOf("Voucher");
        address vouchers = deploy("Vouchers", abi.encode(manager, token, treasury, IVouchers.Parameters(60, 0)));
        vm.etch(_place, vouchers.code);
        // 1.5 ENC, as packages/protocol/test/fixtures.ts says.
        IVouchers.Voucher memory voucher = IVouchers.Voucher(word(item, ".value.channelId"), 1.5e18);
        vm.assertEq(IVouchers(_place).hashVoucher(voucher), word(item, ".digest"));
    }

    function test_audit_finding() public {
        string memory item = itemOf("AuditFinding");
        vm.etch(_place, address(judge).code);
        AuditFinding memory finding =
            AuditFinding(word(item, ".value.jobId"), 1, word(item, ".value.resultDigest"), 12_000, 2_000);
        vm.assertEq(IFaultEvidence(_place).hashAuditFinding(finding), word(item, ".digest"));
    }

    function test_served_finding() public {
        string memory item = itemOf("ServedFinding");
        vm.etch(_place, address(judge).code);
        ServedFinding memory finding =
            ServedFinding(word(item, ".value.jobId"), word(item, ".value.resultDigest"), 1_800_000_000);
        vm.assertEq(IFaultEvidence(_place).hashServedFinding(finding), word(item, ".digest"));
    }

    function itemOf(string memory name) private view returns (string memory item) {
        for (uint256 i = 0;; ++i) {
            item = string.concat(".cases[", vm.toString(i), "]");
            bytes32 found = keccak256(bytes(vm.parseJsonString(_json, string.concat(item, ".type"))));
            if (found == keccak256(bytes(name))) return item;
        }
    }

    function word(string memory item, string memory key) private view returns (bytes32) {
        return vm.parseJsonBytes32(_json, string.concat(item, key));
    }
}
