// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IJobs} from "../../src/interfaces/IJobs.sol";
import {IVouchers} from "../../src/interfaces/IVouchers.sol";
import {JobOrder, KeyRelease, Match, Receipt} from "../../src/interfaces/JobTypes.sol";
import {GasTest} from "./GasTest.sol";

interface NumbersOfEnvironment {
    function envOr(string calldata name, uint256 otherwise) external view returns (uint256);
}

/// @title The figures of `npm run bench -- gas`; as tests, their limits on development bytecode are loose and on release exact.
/// @dev Each call is a transaction of its own: base cost, calldata and cold storage count. `OPEN_JOBS` says how many jobs are
/// open when the last one is measured.
/// forge-config: default.isolate = true
contract BenchGasTest is GasTest {
    uint256 private constant BASE = 21_000;
    NumbersOfEnvironment private constant numbers = NumbersOfEnvironment(address(vm));

    function figure(string memory name, uint256 value) private {
        if (numbers.envOr("BENCH", uint256(0)) == 1) vm.snapshotValue("Bench", name, value);
    }

    function test_gas_bench_job() public {
        cycle(1);
        figure("job", cycle(2));
    }

    function test_gas_bench_batch() public {
        uint64 size = 50;
        figure("batch", open(1_000, size) / size);
    }

    /// @dev The same life of a job with one open job beside it and with OPEN_JOBS: nothing loops over jobs.
    function test_gas_bench_open_jobs() public {
        fund(developer, 1_000_000e18);
        vm.prank(developer);
        jobs.deposit(1_000_000e18);
        cycle(1);
        uint256 alone = cycle(2);
        uint256 wanted = numbers.envOr("OPEN_JOBS", uint256(150));
        for (uint64 i = 0; i < wanted / 50; ++i) {
            open(1_000 + i * 50, 50);
        }
        uint256 crowded = cycle(3);
        figure("alone", alone);
        figure("crowded", crowded);
        uint256 difference = crowded > alone ? crowded - alone : alone - crowded;
        vm.assertLe(difference * 100, alone);
    }

    /// @dev What a job adds to the ledger and what it takes back, as calls of `Jobs`: without the base cost of a transaction, which
    /// the job's own transactions pay.
    function test_gas_bench_ledger() public {
        ledger();
        uint256 used = ledger();
        figure("ledger", used);
        vm.assertLe(used, 80_000);
    }

    function test_gas_bench_voucher_close() public {
        IVouchers.Parameters memory parameters = IVouchers.Parameters({disputeWindow: 1 days, feeBps: 500});
        IVouchers vouchers = IVouchers(deploy("Vouchers", abi.encode(manager, token, treasury, parameters)));
        uint256 used;
        for (uint256 i = 0; i < 2; ++i) {
            vm.startPrank(developer);
            token.approve(address(vouchers), 100e18);
            bytes32 channelId = vouchers.open(provider, 100e18, uint40(block.timestamp + 7 days));
            vm.stopPrank();
            IVouchers.Voucher memory voucher = IVouchers.Voucher({channelId: channelId, total: 40e18});
            (uint8 v, bytes32 r, bytes32 s) = vm.sign(developerKey, vouchers.hashVoucher(voucher));
            vm.prank(provider);
            vouchers.close(voucher, abi.encodePacked(r, s, v));
            used = vm.lastCallGas().gasTotalUsed;
            if (i == 0) figure("first voucher close", used);
        }
        figure("voucher close", used);
        vm.assertLe(used, 95_000);
    }

    function ledger() private returns (uint256 used) {
        vm.startPrank(address(jobs));
        datasets.reserve(datasetId, policyDigest, CHARGE, CHARGE);
        used = vm.lastCallGas().gasTotalUsed - BASE;
        datasets.commit(datasetId, CHARGE, CHARGE, CHARGE, CHARGE);
        used += vm.lastCallGas().gasTotalUsed - BASE;
        vm.stopPrank();
    }

    function cycle(uint64 nonce) private returns (uint256 total) {
        JobOrder memory order = newOrder();
        order.nonce = nonce;
        bytes32 jobId = jobs.hashOrder(order);
        Match[] memory batch = new Match[](1);
        batch[0] = signed(order, newOffer(), newGrant());
        vm.prank(matcher);
        jobs.matchBatch(batch);
        total = vm.lastCallGas().gasTotalUsed;
        vm.prank(provider);
        jobs.start(jobId, enclave, keccak256("evidence"));
        total += vm.lastCallGas().gasTotalUsed;
        Receipt memory receipt = newReceipt(jobId, 1);
        KeyRelease memory release = newRelease(jobId, 1);
        bytes memory enclaveSig = signer.receipt(enclaveKey, receipt);
        bytes memory ownerSig = signer.release(ownerKey, release);
        jobs.deliver(order, receipt, enclaveSig, release, ownerSig);
        total += vm.lastCallGas().gasTotalUsed;
        vm.warp(block.timestamp + CONTEST_WINDOW);
        jobs.settle(jobId);
        total += vm.lastCallGas().gasTotalUsed;
        vm.assertEq(uint256(jobs.job(jobId).state), uint256(IJobs.JobState.Settled));
    }

    /// @dev Gas of one batch of small jobs, which stay open.
    function open(uint64 firstNonce, uint64 size) private returns (uint256) {
        Match[] memory batch = new Match[](size);
        for (uint64 i = 0; i < size; ++i) {
            JobOrder memory order = newOrder();
            order.nonce = firstNonce + i;
            order.units = 1e3;
            order.maxDatasetFee = DATASET_FEE;
            order.rdpLow = 1;
            order.rdpHigh = 0;
            batch[i] = signed(order, newOffer(), newGrant());
        }
        vm.prank(matcher);
        jobs.matchBatch(batch);
        uint256 used = vm.lastCallGas().gasTotalUsed;
        vm.assertEq(uint256(jobs.job(jobs.hashOrder(batch[size - 1].order)).state), uint256(IJobs.JobState.Matched));
        return used;
    }
}
