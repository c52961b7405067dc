// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IStaking} from "../../src/interfaces/IStaking.sol";
import {StakingTest} from "../staking/StakingTest.sol";

/// @title What was done to other networks' stakes, tried on ours.
contract StakeAttacksTest is StakingTest {
    address private mallory = address(0x3a11);

    function setUp() public override {
        super.setUp();
        enrol(mallory);
    }

    /// @dev First-depositor inflation, several victims: one wei of stake, a donation, then others stake.
    /// forge-config: default.fuzz.runs = 200
    function testFuzz_first_depositor_inflation(uint96 donation, uint96[3] memory stakes) public {
        stake(mallory, PROVIDE, 1);
        vm.prank(mallory);
        vm.assertTrue(token.transfer(address(staking), clamp(donation, 0, 999e18)));
        address[3] memory victims = [address(0x71), address(0x72), address(0x73)];
        for (uint256 i = 0; i < 3; ++i) {
            enrol(victims[i]);
            uint256 amount = clamp(stakes[i], 1, 1_000e18);
            stake(victims[i], PROVIDE, amount);
            vm.assertEq(staking.stakeOf(PROVIDE, victims[i]).active, amount);
        }
        vm.assertEq(staking.stakeOf(PROVIDE, mallory).active, 1);
    }

    /// @dev Donation: ENC sent to the contract belongs to nobody's pot and moves no share price.
    function test_donation_changes_nothing() public {
        stake(alice, PROVIDE, 100e18);
        vm.prank(mallory);
        vm.assertTrue(token.transfer(address(staking), 500e18));
        vm.assertEq(staking.stakeOf(PROVIDE, alice).active, 100e18);
        stake(alice, PROVIDE, 100e18);
        vm.assertEq(staking.stakeOf(PROVIDE, alice).active, 200e18);
        nextEpoch();
        vm.assertEq(staking.totalStakeAt(PROVIDE, 1), 200e18);
    }

    /// @dev Flash and retroactive stake: it counts for no epoch that had begun, and secures nothing before the next.
    function test_retroactive_stake() public {
        vm.warp(GENESIS + 10 * EPOCH + 5);
        stake(mallory, PROVIDE, 1_000e18);
        vm.assertEq(staking.freeStake(mallory), 0);
        for (uint256 epoch = 0; epoch <= 10; ++epoch) {
            vm.assertEq(staking.stakeAt(PROVIDE, mallory, epoch), 0);
            vm.assertEq(staking.totalStakeAt(PROVIDE, epoch), 0);
        }
        vm.prank(mallory);
        staking.requestUnbond(PROVIDE, 1_000e18);
        nextEpoch();
        vm.assertEq(staking.stakeAt(PROVIDE, mallory, 11), 0);
        vm.assertEq(staking.freeStake(mallory), 0);
    }

    /// @dev First-depositor inflation of an unbonding pot: a slash that leaves one wei of a request does not touch the price of shares.
    function testFuzz_inflated_unbonding_shares(uint96 left, uint96 amount) public {
        stake(mallory, PROVIDE, 1_000e18);
        nextEpoch();
        uint256 first = clamp(left, 2, 1e9);
        unbond(mallory, first);
        lock(mallory, 999e18);
        uint256 rest = 1_000e18 - first - 999e18;
        slash(mallory, 0, rest + first - 1);
        vm.assertEq(staking.stakeOf(PROVIDE, mallory).unbonding, 1);
        vm.prank(jobsRole);
        staking.unlock(mallory, 999e18);
        uint256 wanted = clamp(amount, 1, 999e18);
        uint256 id = unbond(mallory, wanted);
        vm.warp(block.timestamp + 30 days);
        vm.assertEq(withdraw(mallory, id), wanted);
        vm.assertEq(withdraw(mallory, 0), 1);
    }

    /// @dev Unstake before slash: all that is not locked leaves first; the lock still pays in full, and what is on its way out pays
    /// for faults found late.
    function test_exit_before_slash() public {
        stake(mallory, PROVIDE, 100e18);
        nextEpoch();
        lock(mallory, 50e18);
        unbond(mallory, 50e18);
        vm.expectRevert(abi.encodeWithSelector(IStaking.StakingInsufficient.selector, 1, 0));
        unbond(mallory, 1);
        slash(mallory, 50e18, 50e18);
        vm.assertEq(token.balanceOf(receiver), 50e18);
        vm.warp(block.timestamp + 30 days - 1);
        slash(mallory, 0, 20e18);
        vm.warp(block.timestamp + 1);
        vm.assertEq(withdraw(mallory, 0), 30e18);
    }

    /// @dev A slash never rounds to nothing, whatever was slashed before.
    function testFuzz_slash_rounds_to_zero(uint96 first, uint96 second) public {
        stake(mallory, PROVIDE, 100e18);
        nextEpoch();
        unbond(mallory, 100e18);
        uint256 lost = clamp(first, 1, 99e18);
        slash(mallory, 0, lost);
        uint256 tiny = clamp(second, 1, 1e18);
        slash(mallory, 0, tiny);
        vm.assertEq(token.balanceOf(receiver), lost + tiny);
    }

    /// @dev Slash of everything: nothing reverts, old requests are void, new stake and new requests are worth what they are.
    function test_full_slash_then_stake_again() public {
        stake(mallory, PROVIDE, 100e18);
        nextEpoch();
        unbond(mallory, 40e18);
        slash(mallory, 0, 100e18);
        vm.assertEq(token.balanceOf(receiver), 100e18);
        IStaking.Stake memory entry = staking.stakeOf(PROVIDE, mallory);
        vm.assertEq(uint256(entry.active) + entry.unbonding + entry.unbondingShares, 0);
        stake(mallory, PROVIDE, 10e18);
        vm.assertEq(unbond(mallory, 4e18), 1);
        vm.warp(block.timestamp + 30 days);
        vm.expectRevert(abi.encodeWithSelector(IStaking.StakingUnknownRequest.selector, 0));
        withdraw(mallory, 0);
        vm.assertEq(withdraw(mallory, 1), 4e18);
        vm.assertEq(staking.stakeOf(PROVIDE, mallory).active, 6e18);
    }

    /// @dev After a slash to the last wei of a request everything goes on: no shares become too dear to trade.
    function test_near_total_slash_has_a_way_out() public {
        stake(mallory, PROVIDE, 900e18);
        nextEpoch();
        unbond(mallory, 900e18);
        slash(mallory, 0, 900e18 - 1);
        stake(mallory, PROVIDE, 100e18);
        unbond(mallory, 100e18);
        vm.warp(block.timestamp + 30 days);
        vm.assertEq(withdraw(mallory, 0), 1);
        vm.assertEq(withdraw(mallory, 1), 100e18);
    }

    /// @dev Rounding: requests and slashes in any pattern pay out what was left, to the wei.
    /// forge-config: default.fuzz.runs = 300
    function testFuzz_rounding_direction(uint96[4] memory amounts, uint96[4] memory penalties) public {
        stake(mallory, PROVIDE, 400e18);
        nextEpoch();
        for (uint256 i = 0; i < 4; ++i) {
            unbond(mallory, clamp(amounts[i], 1, 50e18));
            uint256 active = staking.stakeOf(PROVIDE, mallory).active;
            lock(mallory, active);
            slash(mallory, 0, clamp(penalties[i], 0, 40e18));
            vm.prank(jobsRole);
            staking.unlock(mallory, active);
        }
        uint256 left = staking.stakeOf(PROVIDE, mallory).unbonding;
        vm.warp(block.timestamp + 30 days);
        uint256 paid;
        for (uint256 id = 0; id < 4; ++id) {
            // A request that was slashed to nothing is gone.
            if (staking.unbondingOf(PROVIDE, mallory, id).shares > 0) paid += withdraw(mallory, id);
        }
        vm.assertEq(paid, left);
        vm.assertEq(staking.stakeOf(PROVIDE, mallory).unbonding, 0);
    }

    /// @dev Vote and stake sum drift: at every epoch the total is the sum, whatever happened.
    /// forge-config: default.fuzz.runs = 200
    function testFuzz_vote_sum_drift(uint256 seed) public {
        address[3] memory accounts = [alice, bob, mallory];
        for (uint256 i = 0; i < 12; ++i) {
            seed = uint256(keccak256(abi.encode(seed)));
            address account = accounts[seed % 3];
            uint256 amount = clamp(seed >> 8, 1, 50e18);
            if (seed & 0x300000000 == 0) nextEpoch();
            if (seed >> 250 < 24) {
                stake(account, PROVIDE, amount);
            } else if (seed >> 250 < 44) {
                vm.prank(account);
                try staking.requestUnbond(PROVIDE, amount) {} catch {}
            } else {
                slash(account, 0, amount);
            }
        }
        nextEpoch();
        for (uint256 epoch = 0; epoch <= staking.epoch(); ++epoch) {
            uint256 sum;
            for (uint256 i = 0; i < 3; ++i) {
                sum += staking.stakeAt(PROVIDE, accounts[i], epoch);
            }
            vm.assertEq(staking.totalStakeAt(PROVIDE, epoch), sum);
        }
    }

    /// @dev Unbounded loops: with two hundred requests open, a slash that names one costs what it costs with one.
    function test_many_requests_do_not_make_a_slash_dear() public {
        uint256[] memory one = new uint256[](1);
        stake(mallory, PROVIDE, 100e18);
        nextEpoch();
        unbond(mallory, 1e18);
        slashSince(mallory, 99e18 + 1, 0, one);
        uint256 cost = vm.lastCallGas().gasTotalUsed;
        stake(mallory, PROVIDE, 100e18);
        for (uint256 i = 0; i < 200; ++i) {
            unbond(mallory, 1);
        }
        slashSince(mallory, 99e18 + 1, 0, one);
        vm.assertLe(vm.lastCallGas().gasTotalUsed, cost);
    }

    /// @dev Permit griefing: somebody uses the permit first; staking goes on with the allowance it left.
    function test_permit_griefing() public {
        uint256 key = 0xca401;
        address carol = vm.addr(key);
        fund(carol, 10e18);
        (uint8 v, bytes32 r, bytes32 s) = signPermit(key, carol, address(staking), 10e18, block.timestamp);
        vm.prank(mallory);
        token.permit(carol, address(staking), 10e18, block.timestamp, v, r, s);
        vm.prank(carol);
        staking.stakeWithPermit(RESERVE, 10e18, block.timestamp, v, r, s);
        vm.assertEq(staking.stakeOf(RESERVE, carol).active, 10e18);
    }
}
