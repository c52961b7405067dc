// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IDatasets} from "../../src/interfaces/IDatasets.sol";
import {Roles} from "../../src/libraries/Roles.sol";
import {System} from "../base/System.sol";

/// @title An owner, and an account with the role JOBS.
abstract contract DatasetsTest is System {
    address internal owner = address(0x0e4e);
    address internal jobsRole = address(0x10b5);
    bytes32 internal constant POLICY = keccak256("policy");

    function setUp() public virtual {
        deploySystem();
        manager.grantRole(Roles.JOBS, jobsRole, 0);
    }

    function terms() internal pure returns (IDatasets.DatasetTerms memory) {
        return IDatasets.DatasetTerms({
            digest: keccak256("blob"),
            schemaDigest: keccak256("schema"),
            manifestDigest: keccak256("manifest"),
            policyDigest: POLICY,
            epsilonCapMicro: 3_000_000,
            deltaExponent: 5,
            fee: 20e18,
            minLevel: 1,
            unit: "row"
        });
    }

    function register(IDatasets.DatasetTerms memory terms_) internal returns (bytes32) {
        vm.prank(owner);
        return datasets.register(terms_);
    }
}
