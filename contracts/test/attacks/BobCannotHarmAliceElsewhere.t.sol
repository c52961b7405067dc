// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IAttestations} from "../../src/interfaces/IAttestations.sol";
import {ICapacity} from "../../src/interfaces/ICapacity.sol";
import {IFaultEvidence} from "../../src/interfaces/IFaultEvidence.sol";
import {IStaking} from "../../src/interfaces/IStaking.sol";
import {IVouchers} from "../../src/interfaces/IVouchers.sol";
import {KeyRelease} from "../../src/interfaces/JobTypes.sol";
import {FaultSystem} from "../base/FaultSystem.sol";
import {MoneySystem} from "../base/MoneySystem.sol";
import {VoucherSystem} from "../base/VoucherSystem.sol";

/// @title The same for everything beside jobs and stakes: faults, channels, capacity, attestations and bonds, rewards, founders,
/// treasury, desks and prices. Bob has money and no role, and calls all of it with others' ids and documents of his own.
contract BobCannotHarmAliceElsewhereTest is MoneySystem, FaultSystem, VoucherSystem {
    struct Call {
        address target;
        bytes data;
    }

    uint256 private constant BOB_KEY = 0xb0b;
    address private bob = vm.addr(BOB_KEY);
    uint256 private faultId;
    bytes32 private jobId;
    bytes32 private channelId;
    bytes32 private closingId;

    function setUp() public {
        deployJobSystem();
        deployMoney();
        deployFaults();
        vouchers = deployVouchers(address(token));
        prove(provider, 1e6);
        jobId = propose(newMatch());
        startNow(jobId);
        vm.warp(jobs.job(jobId).deadline + 1);
        jobs.expire(jobId);
        vm.startPrank(provider);
        token.approve(address(faults), type(uint256).max);
        faultId = faults.propose(abi.encodeCall(IFaultEvidence.late, (jobId, 1)));
        vm.stopPrank();
        vm.startPrank(developer);
        token.approve(address(vouchers), type(uint256).max);
        channelId = vouchers.open(provider, 100e18, uint40(block.timestamp + 30 days));
        closingId = vouchers.open(provider, 50e18, uint40(block.timestamp + 30 days));
        vouchers.requestClose(closingId);
        vm.stopPrank();
        address verifier = vm.addr(verifierKey);
        fund(verifier, 10e18);
        vm.startPrank(verifier);
        token.approve(address(attestations), 10e18);
        attestations.postBond(10e18);
        vm.stopPrank();
        IAttestations.AttestationResult memory result = resultOf(2);
        attestations.record(result, sign(verifierKey, attestations.hashResult(result)));
        capacity.refresh(provider);
        fund(bob, 1_000e18);
        coin.mint(developer, 100e6);
        vm.prank(developer);
        coin.approve(address(desk), 100e6);
        address[5] memory takers =
            [address(faults), address(vouchers), address(attestations), address(staking), address(desk)];
        for (uint256 i = 0; i < takers.length; ++i) {
            vm.prank(bob);
            token.approve(takers[i], type(uint256).max);
        }
    }

    function test_every_call_of_a_stranger_changes_nothing_of_others() public {
        Call[] memory all = calls();
        for (uint256 i = 0; i < all.length; ++i) {
            bytes32 before = others();
            vm.prank(bob);
            (bool ignored,) = all[i].target.call(all[i].data);
            ignored;
            vm.assertEq(others(), before, vm.toString(i));
        }
    }

    /// @dev Two epochs later, when claims are open and the fault's window is over, still nothing of others is his.
    function test_nor_later() public {
        vm.warp(block.timestamp + 3 days);
        Call[] memory all = calls();
        uint256 wealth = token.balanceOf(bob);
        for (uint256 i = 0; i < all.length; ++i) {
            vm.prank(bob);
            (bool ignored,) = all[i].target.call(all[i].data);
            ignored;
            vm.assertLe(token.balanceOf(bob) + vouchers.balanceOf(bob) + faults.balanceOf(bob), wealth, vm.toString(i));
        }
    }

    function calls() private view returns (Call[] memory list) {
        list = new Call[](38);
        address f = address(faults);
        KeyRelease memory release = newRelease(jobId, 1);
        bytes memory forged =
            abi.encodeCall(IFaultEvidence.keyGiven, (faultId, release, signer.release(BOB_KEY, release)));
        list[0] = Call(f, abi.encodeCall(faults.propose, (abi.encodeCall(IFaultEvidence.unavailable, (provider, 0)))));
        list[1] = Call(f, abi.encodeCall(faults.propose, (abi.encodeCall(IFaultEvidence.late, (jobId, 1)))));
        list[2] = Call(f, abi.encodeCall(faults.contest, (faultId, abi.encodeCall(IFaultEvidence.noKey, (faultId)))));
        list[3] = Call(f, abi.encodeCall(faults.answer, (faultId, forged)));
        list[4] = Call(f, abi.encodeCall(faults.dismiss, (faultId)));
        list[5] = Call(f, abi.encodeCall(faults.reduce, (faultId, 0, "mine")));
        list[6] = Call(f, abi.encodeCall(faults.withdraw, (1)));
        list[7] = Call(f, abi.encodeCall(faults.setParameters, (defaultFaultParameters())));
        address v = address(vouchers);
        bytes memory sig = signVoucher(BOB_KEY, channelId, 1e18);
        bytes memory good = signVoucher(developerKey, channelId, 1e18);
        list[8] = Call(v, abi.encodeCall(vouchers.redeem, (IVouchers.Voucher(channelId, 1e18), sig)));
        list[9] = Call(v, abi.encodeCall(vouchers.close, (IVouchers.Voucher(channelId, 1e18), good)));
        list[10] = Call(v, abi.encodeCall(vouchers.closeWithout, (channelId)));
        list[11] = Call(v, abi.encodeCall(vouchers.requestClose, (channelId)));
        list[12] = Call(v, abi.encodeCall(vouchers.finish, (channelId)));
        list[13] = Call(v, abi.encodeCall(vouchers.topUp, (channelId, 1, uint40(block.timestamp + 60 days))));
        list[14] = Call(v, abi.encodeCall(vouchers.topUp, (closingId, 1, uint40(block.timestamp + 60 days))));
        list[15] = Call(v, abi.encodeCall(vouchers.withdraw, (1)));
        list[16] = Call(v, abi.encodeCall(vouchers.open, (provider, 1, uint40(block.timestamp + 30 days))));
        address c = address(capacity);
        ICapacity.CapacityProof memory proof =
            ICapacity.CapacityProof(provider, 1, "x", uint64(block.timestamp), uint64(block.timestamp + 1 days));
        address[] memory one = new address[](1);
        one[0] = provider;
        list[17] = Call(c, abi.encodeCall(capacity.record, (proof, sign(BOB_KEY, capacity.hashProof(proof)))));
        list[18] = Call(c, abi.encodeCall(capacity.post, (staking.epoch(), one, new uint256[](1))));
        list[19] = Call(c, abi.encodeCall(capacity.refresh, (provider)));
        list[20] = Call(c, abi.encodeCall(capacity.beat, ()));
        address a = address(attestations);
        IAttestations.AttestationResult memory low = resultOf(0);
        IAttestations.AttestationResult memory high = resultOf(2);
        bytes memory lie = sign(BOB_KEY, attestations.hashResult(low));
        bytes memory other = sign(BOB_KEY, attestations.hashResult(high));
        list[21] = Call(a, abi.encodeCall(attestations.record, (low, lie)));
        list[22] = Call(a, abi.encodeCall(attestations.contradict, (low, lie, high, other)));
        list[23] = Call(a, abi.encodeCall(attestations.postBond, (1)));
        list[24] = Call(a, abi.encodeCall(attestations.leaveBond, ()));
        list[25] = Call(a, abi.encodeCall(attestations.withdrawBond, ()));
        list[26] = Call(a, abi.encodeCall(attestations.setLeastBond, (1e18)));
        list[27] = Call(a, abi.encodeCall(attestations.deny, (IAttestations.Listed.Device, bytes32("device"))));
        list[28] = Call(address(entitlements), abi.encodeCall(entitlements.use, (developer, 1)));
        list[29] = Call(address(emissions), abi.encodeCall(emissions.mint, (bob, 1)));
        list[30] = Call(address(emissions), abi.encodeCall(emissions.allot, (0, 1, 1, 10_000)));
        list[31] = Call(address(rewards), abi.encodeCall(rewards.claim, (0, bob)));
        list[32] = Call(address(vesting), abi.encodeCall(vesting.proposeRecovery, (0, bob)));
        list[33] = Call(address(vesting), abi.encodeCall(vesting.completeRecovery, (0)));
        list[34] = Call(address(treasury), abi.encodeCall(treasury.draw, (address(token), bob, 1, "")));
        list[35] = Call(address(treasury), abi.encodeCall(treasury.spend, (address(token), bob, 1, "")));
        list[36] = Call(address(gateway), abi.encodeCall(gateway.credit, ("r", bob, 840, 1e6, block.timestamp, 0)));
        list[37] = Call(address(staking), abi.encodeCall(staking.lock, (provider, 1)));
    }

    function others() private view returns (bytes32) {
        (uint256 bond, uint256 leaves) = attestations.bondOf(vm.addr(verifierKey));
        bytes32 money = keccak256(
            abi.encode(
                faults.balanceOf(provider),
                faults.balanceOf(developer),
                vouchers.balanceOf(provider),
                vouchers.balanceOf(developer),
                token.balanceOf(developer),
                token.balanceOf(provider),
                token.balanceOf(address(treasury)),
                token.balanceOf(address(vesting)),
                coin.balanceOf(developer),
                bond,
                leaves
            )
        );
        bytes32 places = keccak256(
            abi.encode(
                faults.fault(faultId),
                vouchers.channel(channelId),
                vouchers.channel(closingId),
                capacity.proofOf(provider),
                capacity.beatsOf(provider, staking.epoch()),
                attestations.attestation(provider),
                attestations.levelOf(provider),
                entitlements.usedOf(developer),
                emissions.allotted(),
                vesting.grantOf(0),
                staking.stakeOf(IStaking.Pool.Provide, provider),
                providers.provider(provider)
            )
        );
        return keccak256(abi.encode(money, places));
    }

    function resultOf(uint8 level) private view returns (IAttestations.AttestationResult memory) {
        return IAttestations.AttestationResult({
            subject: provider,
            level: level,
            evidenceId: keccak256("evidence"),
            policyDigest: policyDigest,
            measurement: keccak256("measurement"),
            device: bytes32("device"),
            issuedAt: uint64(block.timestamp),
            expiresAt: uint64(block.timestamp + 7 days)
        });
    }
}
