// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IAccessManaged} from "@openzeppelin/contracts/access/manager/IAccessManaged.sol";
import {IRewards} from "../../src/interfaces/IRewards.sol";
import {Roles} from "../../src/libraries/Roles.sol";
import {JobSystem} from "../base/JobSystem.sol";

/// @dev Two providers with stakes of 2,000 and 1,000 ENC; reputation of both starts at 3,333 bps; the running epoch is 1. Work is
/// recorded directly, as `Jobs` does at settlement.
contract RewardsTest is JobSystem {
    address private second = address(0x5ec0d);
    uint256 private constant ALL = type(uint256).max >> 56;

    function setUp() public {
        deployJobSystem();
        fund(second, 1_000e18);
        enrolProvider(second, 1_000e18);
        manager.grantRole(Roles.JOBS, address(this), 0);
        vm.warp(GENESIS + 2 * EPOCH);
    }

    function nextEpoch() private {
        vm.warp(block.timestamp + EPOCH);
    }

    function both() private view returns (address[] memory list) {
        list = new address[](2);
        (list[0], list[1]) = (provider, second);
    }

    function one(address account) private pure returns (address[] memory list) {
        list = new address[](1);
        list[0] = account;
    }

    function beats(uint256 epoch, address account, uint256 bitmap) private {
        uint256[] memory bitmaps = new uint256[](1);
        bitmaps[0] = bitmap;
        vm.prank(matcher);
        capacity.post(epoch, one(account), bitmaps);
    }

    /// @dev Who is tallied by another call of the same epoch is in the same pot: nothing is closed before its time.
    function test_two_tallies_of_an_epoch_make_one_pot() public {
        providers.recordWork(provider, 100e18);
        providers.recordWork(second, 300e18);
        nextEpoch();
        rewards.tally(one(provider));
        rewards.tally(one(second));
        vm.assertFalse(rewards.epochOf(2).closed);
        vm.assertEq(
            rewards.epochOf(2).scores, uint256(rewards.scoreOf(2, provider).score) + rewards.scoreOf(2, second).score
        );
        nextEpoch();
        uint256 paid = rewards.claim(2, second) + rewards.claim(2, provider);
        // A quarter of the curve, without the bonus that nobody earned.
        uint256 pot = uint256(94_906_603_737_433_160_772_840) * 9_000 / 10_000;
        vm.assertLe(paid, pot);
        vm.assertGe(paid + 2, pot);
    }

    /// @dev Nothing is due while the epoch can still be tallied, nor twice.
    function test_due_says_what_a_claim_would_pay() public {
        providers.recordWork(provider, 100e18);
        vm.assertEq(rewards.due(2, provider), 0);
        nextEpoch();
        rewards.tally(one(provider));
        vm.assertEq(rewards.due(2, provider), 0);
        nextEpoch();
        uint256 due = rewards.due(2, provider);
        vm.assertGt(due, 0);
        vm.assertEq(rewards.due(2, second), 0);
        vm.assertEq(rewards.claim(2, provider), due);
        vm.assertEq(rewards.due(2, provider), 0);
    }

    function test_constructor_checks_its_parameters() public {
        IRewards.Parameters memory bad = defaultRewards();
        bad.stakeCapBps = 0;
        string memory out = vm.envOr("CONTRACTS_OUT", "contracts/out");
        bytes memory arguments = abi.encode(manager, staking, providers, attestations, capacity, emissions, bad);
        vm.expectRevert();
        vm.deployCode(string.concat(out, "/Rewards.sol/Rewards.json"), arguments);
    }

    /// @dev Work of 100 and 300 ENC in epoch 2, no proofs: f = Q·10^4·R² with R = (1+100)/(3+100) and (1+300)/(3+300).
    function test_shares_follow_scores_and_bonus_goes_to_the_qualified() public {
        providers.recordWork(provider, 100e18);
        providers.recordWork(second, 300e18);
        nextEpoch();
        beats(2, provider, ALL >> 1);
        beats(2, second, ALL >> 2);
        rewards.tally(both());
        // 101/103 = 9,805 bps and 301/303 = 9,933 bps, both faded by one epoch: 98.68…/(…).
        IRewards.Score memory a = rewards.scoreOf(2, provider);
        IRewards.Score memory b = rewards.scoreOf(2, second);
        uint256 ra = providers.reputationBps(provider);
        uint256 rb = providers.reputationBps(second);
        vm.assertEq(a.score, 100e6 * 10_000 * ra * ra);
        vm.assertEq(b.score, 300e6 * 10_000 * rb * rb);
        // 199 of 200 slots qualify, 198 do not.
        vm.assertTrue(a.qualified);
        vm.assertFalse(b.qualified);
        vm.expectRevert(abi.encodeWithSelector(IRewards.RewardsNotOpen.selector, 2));
        rewards.claim(2, provider);
        nextEpoch();
        // No verified capacity: U = 0, a quarter of the curve. 10 % of it is bonus.
        uint256 emission = 94_906_603_737_433_160_772_840;
        uint256 bonus = 9_490_660_373_743_316_077_284;
        uint256 share = (emission - bonus) * a.score / (uint256(a.score) + b.score);
        vm.assertEq(rewards.due(2, provider), share + bonus);
        uint256 before = token.balanceOf(provider);
        vm.assertEq(rewards.claim(2, provider), share + bonus);
        vm.assertEq(token.balanceOf(provider) - before, share + bonus);
        vm.assertEq(rewards.claim(2, second), (emission - bonus) * b.score / (uint256(a.score) + b.score));
        // At most a wei a claim is lost, and stays in the pool.
        vm.assertLe(emission - emissions.minted(), 2);
        vm.assertEq(emissions.allotted(), emission);
        vm.expectRevert(abi.encodeWithSelector(IRewards.RewardsNothingDue.selector, 2, provider));
        rewards.claim(2, provider);
    }

    /// @dev Rewards with nobody staked, or working: epochs that reach nobody stay in `remaining`, however many.
    function test_what_reaches_nobody_stays() public {
        vm.warp(GENESIS + 500 * EPOCH);
        rewards.tally(both());
        vm.assertEq(emissions.remaining(), 400_000_000e18);
        vm.expectRevert(abi.encodeWithSelector(IRewards.RewardsNothingDue.selector, 3, provider));
        rewards.claim(3, provider);
        // A bonus that nobody earns stays too.
        providers.recordWork(provider, 1e18);
        nextEpoch();
        rewards.tally(both());
        nextEpoch();
        rewards.claim(500, provider);
        vm.assertEq(emissions.allotted(), 85_415_943_363_689_844_695_556);
        vm.assertEq(emissions.minted(), 85_415_943_363_689_844_695_556);
    }

    function test_a_fault_costs_the_bonus_of_its_epoch_only() public {
        providers.recordWork(provider, 1e18);
        providers.recordFault(provider, 1e18);
        nextEpoch();
        providers.recordWork(provider, 1e18);
        beats(2, provider, ALL);
        (,, bool qualified) = rewards.preview(provider);
        vm.assertFalse(qualified);
        nextEpoch();
        beats(3, provider, ALL);
        (,, qualified) = rewards.preview(provider);
        vm.assertTrue(qualified);
    }

    /// @dev Nobody can spoil another's score by tallying early, twice or in a list with copies.
    function test_a_later_tally_only_raises() public {
        providers.recordWork(provider, 10e18);
        providers.recordWork(second, 10e18);
        nextEpoch();
        vm.prank(second);
        rewards.tally(one(provider));
        uint256 early = rewards.scoreOf(2, provider).score;
        beats(2, provider, ALL);
        address[] memory copies = new address[](4);
        (copies[0], copies[1], copies[2], copies[3]) = (provider, second, provider, second);
        rewards.tally(copies);
        rewards.tally(copies);
        vm.assertTrue(rewards.scoreOf(2, provider).qualified);
        providers.recordFault(provider, 100e18);
        rewards.tally(one(provider));
        vm.assertEq(rewards.scoreOf(2, provider).score, early);
        IRewards.Epoch memory sums = rewards.epochOf(2);
        vm.assertEq(sums.scores, early + rewards.scoreOf(2, second).score);
        vm.assertEq(sums.qualified, early);
    }

    /// @dev Never pay for claimed capacity: only what was proven, answered and is covered by stake scores.
    function test_idle_capacity_scores_by_proof_availability_and_stake() public {
        (, uint256 score,) = rewards.preview(provider);
        vm.assertEq(score, 0);
        prove(provider, 1e6);
        nextEpoch();
        nextEpoch();
        // 86,400 units at 0.001 ENC: 86.4 ENC for a whole day, but nobody heard it.
        (, score,) = rewards.preview(provider);
        vm.assertEq(score, 0);
        beats(3, provider, ALL >> 100);
        (, score,) = rewards.preview(provider);
        vm.assertEq(score, 43_200_000 * 10_000 * 3_333 * 3_333);
        prove(provider, 1e9);
        nextEpoch();
        beats(4, provider, ALL);
        nextEpoch();
        beats(5, provider, ALL);
        // 86,400 ENC a day would be; the stake is 2,000.
        (, score,) = rewards.preview(provider);
        vm.assertEq(score, 2_000_000_000 * 10_000 * 3_333 * 3_333);
    }

    /// @dev Wash trading: on the same stake, feigned work above the cap scores what honest work at the cap does, and costs its fee.
    function test_wash_trading_beyond_the_stake_earns_nothing_more() public {
        providers.recordWork(second, 1_000e18);
        (uint256 workBefore,) = providers.workOf(second, 2);
        providers.recordWork(second, 1_000_000e18);
        nextEpoch();
        (uint256 work, uint256 score,) = rewards.preview(second);
        vm.assertEq(workBefore, 1_000e18);
        vm.assertEq(work, 1_001_000e18);
        uint256 r = providers.reputationBps(second);
        vm.assertEq(score, 1_000_000_000 * 10_000 * r * r);
    }

    function test_utilisation_lifts_emission_to_the_curve() public {
        prove(provider, 1e6);
        nextEpoch();
        // Epoch 3 can do 86,400 units, at 0.1 ENC 8,640 ENC; 7,000 of them are paid: above the target of 70 %.
        providers.recordWork(provider, 4_000e18);
        providers.recordWork(second, 3_000e18);
        nextEpoch();
        rewards.tally(both());
        nextEpoch();
        rewards.claim(3, provider);
        vm.assertEq(emissions.allotted(), 341_663_773_454_759_378_782_226);
    }

    function test_claimMany_passes_over_what_is_not_due() public {
        for (uint256 i = 0; i < 3; ++i) {
            providers.recordWork(provider, 10e18);
            nextEpoch();
            rewards.tally(both());
        }
        nextEpoch();
        uint256[] memory epochs = new uint256[](5);
        (epochs[0], epochs[1], epochs[2], epochs[3], epochs[4]) = (0, 2, 3, 3, 4);
        uint256 owed = rewards.due(2, provider) + rewards.due(3, provider) + rewards.due(4, provider);
        uint256 before = token.balanceOf(provider);
        vm.assertEq(rewards.claimMany(epochs, provider), owed);
        vm.assertEq(token.balanceOf(provider) - before, owed);
        vm.assertEq(rewards.claimMany(epochs, provider), 0);
    }

    /// @dev Admin retroactive change: an epoch that runs or is tallied is judged by the parameters it began with.
    function test_parameters_count_from_the_next_epoch() public {
        providers.recordWork(provider, 100e18);
        IRewards.Parameters memory next = defaultRewards();
        next.stakeCapBps = 100;
        vm.prank(team);
        rewards.setParameters(next);
        nextEpoch();
        (, uint256 score,) = rewards.preview(provider);
        uint256 r = providers.reputationBps(provider);
        vm.assertEq(score, 100e6 * 10_000 * r * r);
        vm.expectRevert(IRewards.RewardsTooSoon.selector);
        vm.prank(team);
        rewards.setParameters(next);
        providers.recordWork(provider, 100e18);
        nextEpoch();
        (, score,) = rewards.preview(provider);
        r = providers.reputationBps(provider);
        vm.assertEq(score, 20e6 * 10_000 * r * r);
    }

    function test_parameters_have_bounds_and_a_role() public {
        IRewards.Parameters memory bad = defaultRewards();
        bad.levelBps2 = bad.levelBps1 - 1;
        vm.expectRevert(IRewards.RewardsBadParameter.selector);
        vm.prank(team);
        rewards.setParameters(bad);
        (IRewards.Parameters memory least, IRewards.Parameters memory most) = rewards.parameterBounds();
        most.stakeCapBps += 1;
        least.referenceRate -= 1;
        vm.startPrank(team);
        vm.expectRevert(IRewards.RewardsBadParameter.selector);
        rewards.setParameters(most);
        vm.expectRevert(IRewards.RewardsBadParameter.selector);
        rewards.setParameters(least);
        vm.stopPrank();
        vm.expectRevert(abi.encodeWithSelector(IAccessManaged.AccessManagedUnauthorized.selector, address(this)));
        rewards.setParameters(defaultRewards());
    }

    /// @dev Claims don't fall with waiting, and late ones are exact: closing an epoch years later changes nothing.
    function test_a_late_claim_pays_the_same() public {
        providers.recordWork(provider, 10e18);
        nextEpoch();
        rewards.tally(both());
        nextEpoch();
        uint256 owed = rewards.due(2, provider);
        vm.prank(team);
        rewards.setParameters(IRewards.Parameters(0, 1e24, 100, 10_000, 10_000, 10_000));
        vm.warp(GENESIS + 900 * EPOCH);
        vm.prank(team);
        rewards.setParameters(IRewards.Parameters(1, 1e9, 100, 10_000, 10_000, 10_000));
        nextEpoch();
        vm.assertEq(rewards.claim(2, provider), owed);
    }

    function test_tally_of_an_inactive_chain_costs_nothing_and_the_first_epoch_waits() public {
        vm.warp(GENESIS + 1);
        vm.expectRevert(IRewards.RewardsTooEarly.selector);
        rewards.tally(both());
    }
}
