// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

// The clock of tests is ours.
// forge-lint: disable-start(block-timestamp)

import {ICapacity} from "../../src/interfaces/ICapacity.sol";
import {IEmissions} from "../../src/interfaces/IEmissions.sol";
import {IEntitlements} from "../../src/interfaces/IEntitlements.sol";
import {IFounderVesting} from "../../src/interfaces/IFounderVesting.sol";
import {IRewards} from "../../src/interfaces/IRewards.sol";
import {IStaking} from "../../src/interfaces/IStaking.sol";
import {Roles} from "../../src/libraries/Roles.sol";
import {JobSystem} from "../base/JobSystem.sol";

/// @title Three providers who work, fail, prove, beat, stake, unbond and are slashed; anybody tallies and claims; the team changes
/// what it may; epochs pass or are missed.
contract RewardsHandler is JobSystem {
    address[3] private _accounts;
    mapping(uint256 epoch => uint256) private _paid;
    uint256 public donated;
    uint256 public claims;
    uint256 public released;
    uint256 private _lastEpoch;

    constructor() {
        deployJobSystem();
        _accounts = [provider, address(0xb2), address(0xb3)];
        manager.grantRole(Roles.JOBS, address(this), 0);
        manager.grantRole(Roles.FAULTS, address(this), 0);
        for (uint256 i = 1; i < 3; ++i) {
            fund(_accounts[i], 5_000e18);
            enrolProvider(_accounts[i], 100e18 * i);
        }
    }

    function work(uint256 who, uint96 value) external {
        providers.recordWork(_who(who), clamp(value, 0, 5_000e18));
    }

    function fault(uint256 who, uint96 value) external {
        providers.recordFault(_who(who), clamp(value, 0, 100e18));
    }

    function proof(uint256 who, uint64 speed) external {
        if (capacity.proofOf(_who(who)).issuedAt >= block.timestamp) return;
        prove(_who(who), uint64(clamp(speed, 0, 1e9)));
    }

    function refresh(uint256 who, bool active) external {
        vm.prank(_who(who));
        providers.setActive(active);
        capacity.refresh(_who(who));
    }

    function beat(uint256 who) external {
        vm.prank(_who(who));
        capacity.beat();
    }

    function post(uint256 seed) external {
        uint256 epoch = staking.epoch();
        if (epoch == 0) return;
        address[] memory list = new address[](3);
        uint256[] memory bitmaps = new uint256[](3);
        for (uint256 i = 0; i < 3; ++i) {
            list[i] = _accounts[i];
            bitmaps[i] = (seed >> i) % 2 == 0 ? type(uint256).max >> 56 : seed >> 56;
        }
        vm.prank(matcher);
        capacity.post(epoch - 1, list, bitmaps);
    }

    function tally(uint256 seed) external {
        address[] memory list = new address[](seed % 4);
        for (uint256 i = 0; i < list.length; ++i) {
            list[i] = _who(seed >> (8 * i));
        }
        _lastEpoch = staking.epoch() - 1;
        rewards.tally(list);
    }

    function claim(uint256 who, uint256 back) external {
        uint256 epoch = staking.epoch();
        if (epoch < 2) return;
        uint256 chosen = epoch - 2 - clamp(back, 0, epoch - 2 < 3 ? epoch - 2 : 3);
        uint256 due = rewards.due(chosen, _who(who));
        uint256 before = token.balanceOf(_who(who));
        try rewards.claim(chosen, _who(who)) returns (uint256 amount) {
            vm.assertEq(amount, due);
            vm.assertEq(token.balanceOf(_who(who)) - before, amount);
            _paid[chosen] += amount;
            ++claims;
            IRewards.Epoch memory entry = rewards.epochOf(chosen);
            vm.assertLe(_paid[chosen], uint256(entry.share) + entry.bonus);
        } catch {
            vm.assertEq(due, 0);
        }
    }

    function stake(uint256 who, uint96 amount, bool reserve) external {
        uint256 most = token.balanceOf(_who(who));
        if (most == 0) return;
        vm.prank(_who(who));
        token.approve(address(staking), type(uint256).max);
        vm.prank(_who(who));
        staking.stake(reserve ? IStaking.Pool.Reserve : IStaking.Pool.Provide, clamp(amount, 1, most));
    }

    function unbond(uint256 who, uint96 amount, bool reserve) external {
        IStaking.Pool pool = reserve ? IStaking.Pool.Reserve : IStaking.Pool.Provide;
        uint256 active = staking.stakeOf(pool, _who(who)).active;
        if (active == 0) return;
        vm.prank(_who(who));
        try staking.requestUnbond(pool, clamp(amount, 1, active)) {} catch {}
    }

    /// @dev Up to all of it.
    function slash(uint256 who, uint96 penalty) external {
        staking.slash(_who(who), penalty, 0, new uint256[](0), address(treasury), "fault");
    }

    function donate(uint96 amount, uint8 where) external {
        address[4] memory targets = [address(rewards), address(emissions), address(vesting), address(capacity)];
        uint256 value = clamp(amount, 0, 1e18);
        if (where % 4 == 2) donated += value;
        fund(targets[where % 4], value);
    }

    function setParameters(uint80 rate, uint32 cap, uint16 factor) external {
        vm.startPrank(team);
        emissions.setParameters(IEmissions.Parameters(uint16(clamp(factor, 0, 10_000))));
        IRewards.Parameters memory next = defaultRewards();
        next.capacityRate = uint80(clamp(rate, 0, 1e21));
        next.stakeCapBps = uint32(clamp(cap, 100, 1_000_000));
        try rewards.setParameters(next) {} catch {}
        vm.stopPrank();
    }

    function release(uint256 grant) external {
        try vesting.release(grant % 2) returns (uint256 amount) {
            released += amount;
        } catch {}
    }

    function wait(uint256 time, uint8 dice) external {
        vm.warp(block.timestamp + (dice % 8 == 0 ? clamp(time, 0, 200 days) : clamp(time, 0, 30 hours)));
    }

    function accountAt(uint256 i) external view returns (address) {
        return _accounts[i];
    }

    function lastEpoch() external view returns (uint256) {
        return _lastEpoch;
    }

    function parts() external view returns (address[7] memory) {
        return [
            address(staking),
            address(capacity),
            address(entitlements),
            address(emissions),
            address(rewards),
            address(vesting),
            address(token)
        ];
    }

    function _who(uint256 seed) private view returns (address) {
        return _accounts[seed % 3];
    }
}
// forge-lint: disable-end(block-timestamp)
