// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ICapacity} from "../../src/interfaces/ICapacity.sol";
import {IStaking} from "../../src/interfaces/IStaking.sol";
import {ReputationMath} from "../../src/libraries/ReputationMath.sol";
import {Roles} from "../../src/libraries/Roles.sol";
import {JobSystem} from "../base/JobSystem.sol";
import {IPausable} from "../base/System.sol";

/// @title Bugs and attacks of other networks, against rewards, capacity and emission. Work is recorded as `Jobs` does.
contract RewardAttacksTest is JobSystem {
    address private bob = address(0xb0b);

    function setUp() public {
        deployJobSystem();
        manager.grantRole(Roles.JOBS, address(this), 0);
        fund(bob, 1_000_000e18);
        vm.prank(bob);
        token.approve(address(staking), type(uint256).max);
        enrolProvider(bob, 100e18);
        vm.warp(GENESIS + 2 * EPOCH);
    }

    function tally(address a, address b) private {
        address[] memory list = new address[](2);
        (list[0], list[1]) = (a, b);
        rewards.tally(list);
    }

    function nextEpoch() private {
        vm.warp(block.timestamp + EPOCH);
    }

    /// @dev Retroactive stake (Livepeer): stake that comes after the epoch began does not lift what the epoch pays.
    function test_retroactive_stake() public {
        providers.recordWork(bob, 500e18);
        vm.prank(bob);
        staking.stake(IStaking.Pool.Provide, 900e18);
        nextEpoch();
        (, uint256 score,) = rewards.preview(bob);
        uint256 r = providers.reputationBps(bob);
        vm.assertEq(score, 100e6 * 10_000 * r * r);
    }

    /// @dev Dilution by late stakers or donations (Tokemak): what happens after an epoch takes nothing from those who earned in it.
    function test_dilution_by_late_stakers_and_donations() public {
        providers.recordWork(provider, 10e18);
        nextEpoch();
        tally(provider, bob);
        nextEpoch();
        uint256 due = rewards.due(2, provider);
        vm.startPrank(bob);
        staking.stake(IStaking.Pool.Provide, 900_000e18);
        vm.assertTrue(token.transfer(address(rewards), 1e18));
        vm.assertTrue(token.transfer(address(emissions), 1e18));
        vm.stopPrank();
        providers.recordWork(bob, 1_000e18);
        tally(provider, bob);
        vm.assertEq(rewards.claim(2, provider), due);
    }

    /// @dev On-behalf griefing (Livepeer): a stranger may tally and claim for another, which only pays the other.
    function test_on_behalf_griefing() public {
        providers.recordWork(provider, 10e18);
        nextEpoch();
        vm.prank(bob);
        tally(provider, provider);
        nextEpoch();
        uint256 before = token.balanceOf(provider);
        uint256 bobBefore = token.balanceOf(bob);
        vm.prank(bob);
        uint256 amount = rewards.claim(2, provider);
        vm.assertEq(token.balanceOf(provider) - before, amount);
        vm.assertEq(token.balanceOf(bob), bobBefore);
    }

    /// @dev Unbounded loops: a claim after a thousand missed epochs costs what one after none does.
    function test_unbounded_loops() public {
        uint256[2] memory gas_;
        for (uint256 i = 0; i < 2; ++i) {
            uint256 epoch = staking.epoch();
            providers.recordWork(provider, 10e18);
            providers.recordWork(bob, 10e18);
            nextEpoch();
            tally(provider, bob);
            vm.warp(block.timestamp + (i == 0 ? 1 : 1_000) * EPOCH);
            rewards.claim(epoch, bob);
            gas_[i] = gasleft();
            rewards.claim(epoch, provider);
            gas_[i] -= gasleft();
        }
        vm.assertLe(gas_[1], gas_[0] + 100);
    }

    /// @dev While everything that can be paused is, rewards and vesting go on.
    function test_exits_work_while_paused() public {
        providers.recordWork(provider, 10e18);
        vm.startPrank(guardian);
        IPausable(address(jobs)).pause();
        IPausable(address(providers)).pause();
        IPausable(address(datasets)).pause();
        vm.stopPrank();
        nextEpoch();
        tally(provider, bob);
        nextEpoch();
        vm.assertGt(rewards.claim(2, provider), 0);
        vm.warp(GENESIS + 366 days);
        vm.assertGt(vesting.release(0), 0);
    }

    /// @dev Settlement in the block of the change (Akash): the first second of an epoch is like any other.
    function test_zero_elapsed_time() public {
        vm.warp(GENESIS + 3 * EPOCH);
        providers.recordWork(provider, 10e18);
        tally(provider, bob);
        vm.prank(provider);
        capacity.beat();
        vm.assertEq(capacity.beatsOf(provider, 3), 1);
        (uint256 value,) = providers.workOf(provider, 3);
        vm.assertEq(value, 10e18);
        vm.assertEq(rewards.epochOf(2).scores, 0);
    }

    /// @dev Signature replay: a proof for another chain or another contract is signed by nobody here.
    function test_signature_replay_on_another_chain() public {
        uint64 now_ = uint64(block.timestamp);
        ICapacity.CapacityProof memory proof = ICapacity.CapacityProof(provider, 1e6, "bench", now_, now_ + 1 days);
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(verifierKey, capacity.hashProof(proof));
        vm.chainId(999);
        vm.expectRevert();
        capacity.record(proof, abi.encodePacked(r, s, v));
        vm.chainId(31337);
        capacity.record(proof, abi.encodePacked(r, s, v));
    }

    /// @dev Signature malleability: the other half of the curve is refused.
    function test_signature_malleability() public {
        uint64 now_ = uint64(block.timestamp);
        ICapacity.CapacityProof memory proof = ICapacity.CapacityProof(provider, 1e6, "bench", now_, now_ + 1 days);
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(verifierKey, capacity.hashProof(proof));
        bytes32 high = bytes32(0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141 - uint256(s));
        vm.expectRevert();
        capacity.record(proof, abi.encodePacked(r, high, v == 27 ? uint8(28) : uint8(27)));
    }

    /// @dev Reputation reset, Sybil: the same work done under new names earns less than under the old one, however it is split.
    function testFuzz_splitting_into_new_identities_does_not_pay(uint96 value, uint8 parts) public pure {
        uint256 work = clamp(value, 1e18, 100_000e18);
        uint256 count = clamp(parts, 2, 50);
        uint256 whole = work * _square(work);
        uint256 split = count * (work / count) * _square(work / count);
        vm.assertLe(split, whole);
    }

    /// @dev R² in bps² of an account whose only history is this work.
    function _square(uint256 work) private pure returns (uint256) {
        // Fits: small numbers.
        // forge-lint: disable-next-line(unsafe-typecast)
        uint256 r = ReputationMath.bpsDown(uint64(work / 1e9), 0);
        return r * r;
    }
}
