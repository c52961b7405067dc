// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

// The clock of tests is ours; casts cut random numbers on purpose.
// forge-lint: disable-start(block-timestamp, unsafe-typecast)

import {IAttestations} from "../../src/interfaces/IAttestations.sol";
import {IEmissions} from "../../src/interfaces/IEmissions.sol";
import {IFaults} from "../../src/interfaces/IFaults.sol";
import {IJobs} from "../../src/interfaces/IJobs.sol";
import {IRewards} from "../../src/interfaces/IRewards.sol";
import {IStaking} from "../../src/interfaces/IStaking.sol";
import {IVouchers} from "../../src/interfaces/IVouchers.sol";
import {IPausable} from "../base/System.sol";
import {VerifiersHandler} from "./VerifiersHandler.sol";

/// @title The rest of the economy beside jobs, faults, channels and bonds: capacity and heartbeats, attestations, rewards, founders,
/// prices, coins and fiat, zero amounts, and what the team may change.
contract EconomyHandler is VerifiersHandler {
    /// @dev Paid rewards of an epoch, and to how many.
    mapping(uint256 epoch => uint256) public paidIn;
    mapping(uint256 epoch => uint256) private _claimants;
    uint256 public claims;
    uint256 public released;
    uint256 public bought;
    uint256 public credited;
    uint256 private _receipts;

    constructor() {
        vm.prank(team);
        treasury.setReserve(address(token), type(uint112).max, 0);
        for (uint256 i = 0; i < 3; ++i) {
            coin.mint(_developers[i].account, type(uint96).max);
            vm.prank(_developers[i].account);
            coin.approve(address(desk), type(uint256).max);
        }
        for (uint256 i = 0; i < 2; ++i) {
            vm.prank(_providers[i].account);
            providers.setAsk(uint96(ASK));
            prove(_providers[i].account, 1e6);
        }
        vm.warp(block.timestamp + 1);
    }

    // ---------------------------------------------------------------- capacity and attestations

    function proveCapacity(uint256 who, uint64 speed) external checked {
        address account = _providers[who % 2].account;
        if (capacity.proofOf(account).issuedAt >= block.timestamp) return;
        if (!attestations.isInStanding(vm.addr(verifierKey))) return;
        prove(account, uint64(clamp(speed, 0, 2e6)));
    }

    function refreshCapacity(uint256 who, uint256 dice) external checked {
        address account = _providers[who % 2].account;
        // While paused nobody comes, but everybody may leave.
        bool active = dice % 8 != 7 && !IPausable(address(providers)).paused();
        vm.prank(account);
        providers.setActive(active);
        capacity.refresh(account);
    }

    /// @dev From the coordinator about both, or from one itself.
    function beat(uint256 who, uint256 bits, uint256 dice) external checked {
        if (dice % 3 != 0) return _beats(bits, dice);
        vm.prank(_providers[who % 2].account);
        capacity.beat();
    }

    /// @dev A day goes by, is watched and counted.
    function passDay(uint256 bits, uint256 dice) external checked {
        vm.warp(staking.epochStart(staking.epoch() + 1));
        _beats(bits, dice);
        address[] memory list = new address[](2);
        (list[0], list[1]) = (_providers[0].account, _providers[1].account);
        rewards.tally(list);
    }

    function attest(uint256 who, uint8 level, uint256 time) external checked {
        uint64 now_ = uint64(block.timestamp);
        IAttestations.AttestationResult memory result = IAttestations.AttestationResult({
            subject: _providers[who % 2].account,
            level: level % 4,
            evidenceId: keccak256("evidence"),
            policyDigest: policyDigest,
            measurement: keccak256("measurement"),
            device: bytes32(who % 2 + 1) << 200,
            issuedAt: now_,
            expiresAt: now_ + uint64(clamp(time, 0, 30 days))
        });
        if (attestations.attestation(result.subject).issuedAt >= now_) return;
        try attestations.record(result, sign(verifierKey, attestations.hashResult(result))) {} catch {}
    }

    function denyOrAllow(bool denied) external checked {
        vm.prank(denied ? guardian : team);
        if (denied) attestations.deny(IAttestations.Listed.Measurement, keccak256("measurement"));
        else attestations.allow(IAttestations.Listed.Measurement, keccak256("measurement"));
    }

    function setAsk(uint256 who, uint96 ask) external checked {
        address account = _providers[who % 2].account;
        (uint256 least, uint256 most) = providers.askRange(account);
        vm.prank(account);
        providers.setAsk(uint96(clamp(ask, least, most)));
    }

    // ---------------------------------------------------------------- rewards and founders

    function tally(uint256 seed) external checked {
        address[] memory list = new address[](seed % 4);
        for (uint256 i = 0; i < list.length; ++i) {
            list[i] = _providers[(seed >> (8 * i + 2)) % 2].account;
        }
        rewards.tally(list);
    }

    /// @dev Invariant 7 where it happens: what is due is paid, all of it together never exceeds the pot, and when all have
    /// claimed no more than two roundings a claim stay behind.
    function claim(uint256 who, uint256 back) external checked {
        uint256 epoch = staking.epoch();
        if (epoch < 2) return;
        uint256 chosen = epoch - 2 - clamp(back, 0, epoch - 2 < 3 ? epoch - 2 : 3);
        address account = _providers[who % 2].account;
        uint256 due = rewards.due(chosen, account);
        uint256 before = token.balanceOf(account);
        try rewards.claim(chosen, account) returns (uint256 amount) {
            vm.assertEq(amount, due);
            vm.assertEq(token.balanceOf(account) - before, amount);
            paidIn[chosen] += amount;
            ++claims;
            ++_claimants[chosen];
            IRewards.Epoch memory entry = rewards.epochOf(chosen);
            uint256 pot = uint256(entry.share) + entry.bonus;
            vm.assertLe(paidIn[chosen], pot, "paid above the pot");
            uint256 scored;
            for (uint256 i = 0; i < 2; ++i) {
                if (rewards.scoreOf(chosen, _providers[i].account).score > 0) ++scored;
            }
            if (_claimants[chosen] == scored) vm.assertLe(pot - paidIn[chosen], 2 * scored, "dust");
        } catch {
            vm.assertEq(due, 0, "what is due was refused");
        }
    }

    function release(uint256 grant) external checked {
        try vesting.release(grant % 2) returns (uint256 amount) {
            released += amount;
        } catch {}
    }

    // ---------------------------------------------------------------- money in

    function buy(uint256 who, uint256 coinIn) external checked {
        address account = _developers[who % 3].account;
        vm.prank(account);
        try desk.buy(address(coin), clamp(coinIn, 0, 1_000e6), 0, account, block.timestamp) returns (uint256 out) {
            bought += out;
        } catch {}
    }

    function credit(uint256 who, uint256 id, uint256 amountE6) external checked {
        bytes32 receiptId = id % 3 == 0 ? bytes32(id % (_receipts + 1)) : bytes32(++_receipts);
        uint96 amount = uint96(clamp(amountE6, 0, 1_100e6));
        vm.prank(processor);
        try gateway.credit(receiptId, _developers[who % 3].account, 840, amount, block.timestamp, 0) returns (
            uint256 out
        ) {
            credited += out;
        } catch {}
    }

    /// @dev Prices move, die, and come back.
    function movePrice(uint256 bps, bool up, uint256 dice) external checked {
        if (dice % 8 == 0) return encFeedA.set(dice % 16 == 0 ? int256(0) : -1, block.timestamp);
        (, int256 answer,,,) = encFeedA.latestRoundData();
        uint256 price = answer > 0 ? uint256(answer) : 0.25e8;
        setEnc(clamp(price * (up ? 10_000 + bps % 2_000 : 10_000 - bps % 2_000) / 10_000, 0.01e8, 9e8));
        setCoinPrice(1e8);
        try prices.refresh(address(token)) {} catch {}
    }

    // ---------------------------------------------------------------- zero amounts, administration

    /// @dev Nothing takes zero, and nothing breaks on it.
    function nothing(uint256 who) external checked {
        address account = _anybody(who);
        vm.startPrank(account);
        refuses(address(jobs), abi.encodeCall(IJobs.deposit, (0)), IJobs.JobsZeroAmount.selector);
        refuses(address(jobs), abi.encodeCall(IJobs.withdraw, (0)), IJobs.JobsZeroAmount.selector);
        refuses(address(staking), abi.encodeCall(IStaking.stake, (PROVIDE, 0)), IStaking.StakingZeroAmount.selector);
        refuses(
            address(staking), abi.encodeCall(IStaking.requestUnbond, (PROVIDE, 0)), IStaking.StakingZeroAmount.selector
        );
        refuses(address(faults), abi.encodeCall(IFaults.withdraw, (0)), IFaults.FaultsZeroAmount.selector);
        refuses(address(vouchers), abi.encodeCall(IVouchers.withdraw, (0)), IVouchers.VouchersZeroAmount.selector);
        vm.stopPrank();
    }

    function administer(uint80 rate, uint32 cap, uint16 factor) external checked {
        vm.startPrank(team);
        emissions.setParameters(IEmissions.Parameters(uint16(clamp(factor, 0, 10_000))));
        IRewards.Parameters memory next = defaultRewards();
        next.capacityRate = uint80(clamp(rate, 0, 1e18));
        next.stakeCapBps = uint32(clamp(cap, 100, 1_000_000));
        try rewards.setParameters(next) {} catch {}
        attestations.setThreshold(factor % 8 == 0 ? 2 : 1);
        attestations.setLeastBond(factor % 4 == 0 ? 100e18 : 0);
        vm.stopPrank();
    }

    /// @dev Of the epoch before: for some providers all slots, for some a few.
    function _beats(uint256 bits, uint256 dice) private {
        uint256 epoch = staking.epoch();
        if (epoch == 0) return;
        address[] memory list = new address[](2);
        uint256[] memory bitmaps = new uint256[](2);
        uint256 full = type(uint256).max >> (256 - SLOTS);
        for (uint256 i = 0; i < 2; ++i) {
            (list[i], bitmaps[i]) = (_providers[i].account, (dice >> i) % 4 == 0 ? bits & full : full);
        }
        vm.prank(matcher);
        capacity.post(epoch - 1, list, bitmaps);
    }

    function refuses(address target, bytes memory call, bytes4 selector) private {
        (bool success, bytes memory reason) = target.call(call);
        vm.assertFalse(success, "took nothing");
        vm.assertEq(bytes32(bytes4(reason)), bytes32(selector));
    }
}
// forge-lint: disable-end(block-timestamp, unsafe-typecast)
