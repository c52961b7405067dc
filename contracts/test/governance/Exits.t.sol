// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IFaultEvidence} from "../../src/interfaces/IFaultEvidence.sol";
import {IJobs} from "../../src/interfaces/IJobs.sol";
import {IStaking} from "../../src/interfaces/IStaking.sol";
import {IVouchers} from "../../src/interfaces/IVouchers.sol";
import {JobOrder} from "../../src/interfaces/JobTypes.sol";
import {FaultSystem} from "../base/FaultSystem.sol";
import {MoneySystem} from "../base/MoneySystem.sol";
import {IPausable} from "../base/System.sol";
import {VoucherSystem} from "../base/VoucherSystem.sol";

/// @title The worst day: the guardian paused all there is, every target is closed, every feed is dead. One test an exit.
contract ExitsTest is MoneySystem, FaultSystem, VoucherSystem {
    uint256 private constant BALANCE = 5_000e18;
    address private watcher = address(0x3a2da);

    function setUp() public {
        deployJobSystem();
        deployMoney();
        deployFaults();
        vouchers = deployVouchers(address(token));
        fund(watcher, BOND);
        vm.prank(watcher);
        token.approve(address(faults), BOND);
    }

    function stopEverything() private {
        address[6] memory targets =
            [address(jobs), address(providers), address(datasets), address(desk), address(gateway), address(vouchers)];
        for (uint256 i = 0; i < 6; ++i) {
            vm.prank(guardian);
            IPausable(targets[i]).pause();
            manager.setTargetClosed(targets[i], true);
        }
        address[10] memory closed = [
            address(staking),
            address(treasury),
            address(prices),
            address(faults),
            address(rewards),
            address(emissions),
            address(capacity),
            address(entitlements),
            address(attestations),
            address(vesting)
        ];
        for (uint256 i = 0; i < closed.length; ++i) {
            manager.setTargetClosed(closed[i], true);
        }
        vm.warp(block.timestamp + MAX_AGE + 1);
        vm.expectRevert();
        prices.priceOf(address(token));
    }

    function test_exit_deposit_of_a_developer() public {
        stopEverything();
        vm.prank(developer);
        jobs.withdraw(BALANCE);
        vm.assertEq(token.balanceOf(developer), 10_000e18);
    }

    function test_exit_refund_of_a_job_that_never_started() public {
        bytes32 jobId = propose(newMatch());
        stopEverything();
        jobs.expire(jobId);
        JobOrder memory order = newOrder();
        vm.startPrank(developer);
        jobs.cancel(order);
        jobs.withdraw(BALANCE);
        vm.stopPrank();
        vm.assertEq(token.balanceOf(developer), 10_000e18);
    }

    function test_exit_refund_of_a_job_whose_provider_vanished() public {
        bytes32 jobId = propose(newMatch());
        startNow(jobId);
        stopEverything();
        vm.warp(jobs.job(jobId).deadline + 1);
        jobs.expire(jobId);
        vm.prank(developer);
        jobs.withdraw(BALANCE);
        vm.assertEq(token.balanceOf(developer), 10_000e18);
        vm.prank(owner);
        jobs.close(newOrder());
    }

    /// @dev A running job: start, checkpoint, deliver, settle, and everybody's pay. No oracle is asked.
    function test_exit_settle_and_the_pay_of_all() public {
        bytes32 jobId = propose(newMatch());
        startNow(jobId);
        stopEverything();
        deliverNow(newOrder(), 1);
        vm.warp(block.timestamp + CONTEST_WINDOW);
        jobs.settle(jobId);
        vm.assertEq(uint256(jobs.job(jobId).state), uint256(IJobs.JobState.Settled));
        vm.prank(provider);
        jobs.withdraw(285e18);
        vm.prank(owner);
        jobs.withdraw(DATASET_FEE);
        vm.prank(developer);
        jobs.withdraw(BALANCE - 320e18);
        jobs.collectFees();
        vm.assertEq(token.balanceOf(address(jobs)), 0);
    }

    function test_exit_stake() public {
        stopEverything();
        vm.startPrank(provider);
        uint256 id = staking.requestUnbond(IStaking.Pool.Provide, 2_000e18);
        vm.warp(block.timestamp + UNBONDING);
        staking.withdraw(IStaking.Pool.Provide, id);
        vm.stopPrank();
        vm.assertEq(token.balanceOf(provider), 10_000e18);
    }

    function test_exit_voucher_close_by_the_payee() public {
        bytes32 channelId = openChannel();
        stopEverything();
        IVouchers.Voucher memory voucher = IVouchers.Voucher({channelId: channelId, total: 40e18});
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(developerKey, vouchers.hashVoucher(voucher));
        vm.prank(provider);
        vouchers.close(voucher, abi.encodePacked(r, s, v));
        vm.prank(provider);
        vouchers.withdraw(38e18);
        vm.prank(developer);
        vouchers.withdraw(60e18);
        vouchers.collectFees();
        vm.assertEq(token.balanceOf(address(vouchers)), 0);
    }

    function test_exit_voucher_close_by_the_payer() public {
        bytes32 channelId = openChannel();
        stopEverything();
        vm.prank(developer);
        vouchers.requestClose(channelId);
        vm.warp(vouchers.channel(channelId).closesAt + 1);
        vouchers.finish(channelId);
        vm.prank(developer);
        vouchers.withdraw(100e18);
        vm.assertEq(token.balanceOf(address(vouchers)), 0);
    }

    /// @dev Desk and gateway hold nothing of anybody: what was bought is the buyer's at once, so nothing waits for a way out.
    function test_exit_desk_and_gateway_hold_nothing() public {
        coin.mint(developer, 100e6);
        vm.startPrank(developer);
        coin.approve(address(desk), 100e6);
        desk.buy(address(coin), 100e6, 0, developer, block.timestamp);
        vm.stopPrank();
        vm.prank(processor);
        gateway.credit("receipt", developer, 840, 50e6, block.timestamp, 0);
        stopEverything();
        vm.assertEq(token.balanceOf(address(desk)) + coin.balanceOf(address(desk)), 0);
        vm.assertEq(token.balanceOf(address(gateway)), 0);
        vm.startPrank(developer);
        vm.assertTrue(token.transfer(address(1), 398e18 + 198e18));
        vm.stopPrank();
        desk.sweep(address(coin));
    }

    /// @dev What was earned before is tallied, closed, created and paid.
    function test_exit_rewards() public {
        bytes32 jobId = propose(newMatch());
        startNow(jobId);
        deliverNow(newOrder(), 1);
        vm.warp(block.timestamp + CONTEST_WINDOW);
        jobs.settle(jobId);
        uint256 epoch = staking.epoch();
        stopEverything();
        vm.warp(staking.epochStart(epoch + 1));
        address[] memory list = new address[](1);
        list[0] = provider;
        rewards.tally(list);
        vm.warp(staking.epochStart(epoch + 2));
        uint256 before = token.balanceOf(provider);
        uint256 amount = rewards.claim(epoch, provider);
        vm.assertGt(amount, 0);
        vm.assertEq(token.balanceOf(provider), before + amount);
    }

    /// @dev A penalty is decided and shared, and the reporter's bond comes back.
    function test_exit_fault_executed() public {
        uint256 faultId = lateFault();
        stopEverything();
        vm.warp(faults.fault(faultId).decideBy + 1);
        faults.execute(faultId, new uint256[](0));
        // A fifth of one per cent of the 150 ENC at risk.
        vm.prank(watcher);
        faults.withdraw(BOND + 0.3e18);
        vm.prank(developer);
        faults.withdraw(0.75e18);
        vm.assertEq(faults.held(), 0);
        vm.assertEq(token.balanceOf(address(faults)), 0);
    }

    /// @dev The accused defends itself, and what nobody answers ends: both bonds are its own.
    function test_exit_fault_contested_and_dismissed() public {
        uint256 faultId = lateFault();
        stopEverything();
        vm.startPrank(provider);
        token.approve(address(faults), BOND);
        faults.contest(faultId, abi.encodeCall(IFaultEvidence.noKey, (faultId)));
        vm.stopPrank();
        vm.warp(faults.fault(faultId).decideBy + 1);
        faults.dismiss(faultId);
        vm.prank(provider);
        faults.withdraw(2 * BOND);
        vm.assertEq(token.balanceOf(address(faults)), 0);
    }

    function test_exit_bond_of_a_verifier() public {
        address verifier = vm.addr(verifierKey);
        fund(verifier, 10e18);
        vm.startPrank(verifier);
        token.approve(address(attestations), 10e18);
        attestations.postBond(10e18);
        vm.stopPrank();
        stopEverything();
        vm.startPrank(verifier);
        attestations.leaveBond();
        vm.warp(block.timestamp + attestations.BOND_UNBONDING());
        attestations.withdrawBond();
        vm.stopPrank();
        vm.assertEq(token.balanceOf(verifier), 10e18);
    }

    function test_exit_grant_of_a_founder() public {
        stopEverything();
        vm.warp(GENESIS + 365 days);
        vm.assertGt(vesting.release(0), 14_900_000e18);
        vm.assertGt(token.balanceOf(founder), 14_900_000e18);
    }

    /// @dev A provider takes itself off the list, and its capacity with it.
    function test_exit_leaving_the_register() public {
        prove(provider, 1e6);
        stopEverything();
        vm.prank(provider);
        providers.setActive(false);
        capacity.refresh(provider);
        vm.warp(block.timestamp + EPOCH);
        (uint64 speed,) = capacity.capacityAt(provider, staking.epoch());
        vm.assertEq(speed, 0);
    }

    /// @dev Both ways a reported lateness can end wait for nobody's leave.
    function lateFault() private returns (uint256 faultId) {
        bytes32 jobId = propose(newMatch());
        startNow(jobId);
        vm.warp(jobs.job(jobId).deadline + 1);
        jobs.expire(jobId);
        vm.prank(watcher);
        faultId = faults.propose(abi.encodeCall(IFaultEvidence.late, (jobId, 1)));
    }

    function test_exit_retiring_a_dataset() public {
        stopEverything();
        vm.prank(owner);
        datasets.retire(datasetId);
    }

    function openChannel() private returns (bytes32) {
        vm.startPrank(developer);
        token.approve(address(vouchers), 100e18);
        bytes32 channelId = vouchers.open(provider, 100e18, uint40(block.timestamp + 7 days));
        vm.stopPrank();
        return channelId;
    }
}
