// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {ICapacity} from "../../src/interfaces/ICapacity.sol";
import {IEmissions} from "../../src/interfaces/IEmissions.sol";
import {IEntitlements} from "../../src/interfaces/IEntitlements.sol";
import {IFounderVesting} from "../../src/interfaces/IFounderVesting.sol";
import {IRewards} from "../../src/interfaces/IRewards.sol";
import {IStaking} from "../../src/interfaces/IStaking.sol";
import {Test} from "../base/Test.sol";
import {Vm} from "../base/Vm.sol";
import {RewardsHandler} from "./RewardsHandler.sol";

/// @title Supply, emission, rewards and entitlements, whatever anybody does (design: economy, section 8: 1, 2, 5, 7).
contract RewardsInvariantsTest is Test {
    RewardsHandler private _handler;
    IStaking private _staking;
    ICapacity private _capacity;
    IEntitlements private _entitlements;
    IEmissions private _emissions;
    IRewards private _rewards;
    IFounderVesting private _vesting;
    IERC20 private _token;

    function setUp() public {
        _handler = new RewardsHandler();
        address[7] memory parts = _handler.parts();
        _staking = IStaking(parts[0]);
        _capacity = ICapacity(parts[1]);
        _entitlements = IEntitlements(parts[2]);
        _emissions = IEmissions(parts[3]);
        _rewards = IRewards(parts[4]);
        _vesting = IFounderVesting(parts[5]);
        _token = IERC20(parts[6]);
    }

    function targetContracts() public view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(_handler);
    }

    function targetSelectors() public view returns (Vm.FuzzSelector[] memory targets) {
        bytes4[20] memory picks = [
            RewardsHandler.work.selector,
            RewardsHandler.work.selector,
            RewardsHandler.fault.selector,
            RewardsHandler.proof.selector,
            RewardsHandler.refresh.selector,
            RewardsHandler.beat.selector,
            RewardsHandler.post.selector,
            RewardsHandler.tally.selector,
            RewardsHandler.tally.selector,
            RewardsHandler.tally.selector,
            RewardsHandler.claim.selector,
            RewardsHandler.claim.selector,
            RewardsHandler.claim.selector,
            RewardsHandler.stake.selector,
            RewardsHandler.unbond.selector,
            RewardsHandler.slash.selector,
            RewardsHandler.donate.selector,
            RewardsHandler.setParameters.selector,
            RewardsHandler.release.selector,
            RewardsHandler.wait.selector
        ];
        bytes4[] memory selectors = new bytes4[](picks.length + 3);
        for (uint256 i = 0; i < selectors.length; ++i) {
            selectors[i] = i < picks.length ? picks[i] : RewardsHandler.wait.selector;
        }
        targets = new Vm.FuzzSelector[](1);
        targets[0] = Vm.FuzzSelector(address(_handler), selectors);
    }

    /// forge-config: default.invariant.runs = 20
    /// forge-config: default.invariant.depth = 120
    function invariant_everything() public view {
        supply();
        scores();
        entitlements();
        vesting();
    }

    /// @dev The handler reaches payments: work, beats, tally, claim.
    function test_actions_reach_a_payment() public {
        _handler.work(0, 100e18);
        _handler.wait(24 hours, 1);
        _handler.post(0);
        _handler.tally(3);
        _handler.wait(24 hours, 1);
        _handler.claim(0, 0);
        vm.assertEq(_handler.claims(), 1);
        vm.assertGt(_emissions.minted(), 0);
        invariant_everything();
    }

    /// @dev Supply within its cap and equal to genesis plus what was claimed; emission and what remains are 400 M to the wei.
    function supply() private view {
        vm.assertEq(_token.totalSupply(), 600_000_000e18 + _emissions.minted());
        vm.assertLe(_token.totalSupply(), 1_000_000_000e18);
        vm.assertLe(_emissions.minted(), _emissions.allotted());
        vm.assertEq(_emissions.allotted() + _emissions.remaining(), 400_000_000e18);
    }

    /// @dev An epoch's sums are those of its providers; what it owes never exceeds what it has.
    function scores() private view {
        uint256 epoch = _handler.lastEpoch();
        IRewards.Epoch memory entry = _rewards.epochOf(epoch);
        uint256 sum;
        uint256 qualified;
        uint256 due;
        for (uint256 i = 0; i < 3; ++i) {
            IRewards.Score memory score = _rewards.scoreOf(epoch, _handler.accountAt(i));
            sum += score.score;
            if (score.qualified) qualified += score.score;
            due += _rewards.due(epoch, _handler.accountAt(i));
        }
        vm.assertEq(entry.scores, sum);
        vm.assertEq(entry.qualified, qualified);
        if (entry.closed) vm.assertLe(due, _emissions.allotted() - _emissions.minted());
    }

    /// @dev No entitlement sum above P_total; P_total covers every provider's own snapshot.
    function entitlements() private view {
        uint256 epoch = _staking.epoch();
        uint256 given;
        uint256 speeds;
        for (uint256 i = 0; i < 3; ++i) {
            given += _entitlements.entitlementAt(_handler.accountAt(i), epoch);
            (uint64 speed,) = _capacity.capacityAt(_handler.accountAt(i), epoch);
            speeds += speed;
        }
        vm.assertLe(given, _capacity.unitsAt(epoch));
        vm.assertLe(speeds, _capacity.totalAt(epoch));
    }

    function vesting() private view {
        uint256 held = 100_000_000e18 - _handler.released() + _handler.donated();
        vm.assertEq(_token.balanceOf(address(_vesting)), held);
    }
}
