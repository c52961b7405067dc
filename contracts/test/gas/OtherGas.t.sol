// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IDatasets} from "../../src/interfaces/IDatasets.sol";
import {IStaking} from "../../src/interfaces/IStaking.sol";
import {GasTest} from "./GasTest.sol";

/// forge-config: default.isolate = true
contract OtherGasTest is GasTest {
    function test_gas_staking() public {
        vm.startPrank(provider);
        staking.stake(IStaking.Pool.Reserve, 10e18);
        snap("Staking", "stake: first");
        staking.stake(IStaking.Pool.Reserve, 10e18);
        snap("Staking", "stake: later");
        staking.requestUnbond(IStaking.Pool.Reserve, 5e18);
        snap("Staking", "requestUnbond");
        vm.warp(block.timestamp + UNBONDING);
        staking.withdraw(IStaking.Pool.Reserve, 0);
        snap("Staking", "withdraw");
        vm.stopPrank();
    }

    function test_gas_registers() public {
        vm.prank(address(0xa11ce));
        providers.register("https://provider.example:7443", 1e6);
        snap("Registers", "Providers.register");
        IDatasets.DatasetTerms memory terms =
            IDatasets.DatasetTerms("digest", "schema", "manifest", "policy", 3_000_000, 5, 1e18, 0, "row");
        datasets.register(terms);
        snap("Registers", "Datasets.register");
        datasets.anchorLog("head");
        snap("Registers", "Datasets.anchorLog");
    }
}
