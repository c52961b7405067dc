// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IDatasets} from "../../src/interfaces/IDatasets.sol";
import {IJobs} from "../../src/interfaces/IJobs.sol";
import {IStaking} from "../../src/interfaces/IStaking.sol";
import {KeyRelease, Receipt} from "../../src/interfaces/JobTypes.sol";
import {JobsTest} from "../jobs/JobsTest.sol";

/// @title One-wei griefing and acting on behalf: a stranger calls everything there is, with others' ids, and nothing of
/// anybody else moves: not balances, not stakes, not timers, not reputation, not budgets.
contract BobCannotHarmAliceTest is JobsTest {
    address private bob = address(0xb0b);
    bytes32 private running;

    function setUp() public override {
        super.setUp();
        running = started();
        vm.prank(provider);
        staking.requestUnbond(IStaking.Pool.Provide, 100e18);
        fund(bob, 1_000e18);
        vm.startPrank(bob);
        token.approve(address(jobs), type(uint256).max);
        token.approve(address(staking), type(uint256).max);
        vm.stopPrank();
    }

    /// forge-config: default.fuzz.runs = 100
    function testFuzz_a_stranger_changes_nothing_of_others(uint8[8] memory picks, uint96 amount, uint64 nonce) public {
        bytes32 before = others();
        for (uint256 i = 0; i < 8; ++i) {
            call(picks[i] % 24, clamp(amount, 0, 100e18), nonce);
        }
        vm.assertEq(others(), before);
    }

    /// @dev Every call once, so that none hides behind the dice.
    function test_every_call_of_a_stranger_changes_nothing_of_others() public {
        bytes32 before = others();
        for (uint256 i = 0; i < 24; ++i) {
            call(i, 1, 1);
            vm.assertEq(others(), before, vm.toString(i));
        }
    }

    function others() private view returns (bytes32) {
        IStaking.Stake memory entry = staking.stakeOf(IStaking.Pool.Provide, provider);
        IStaking.Unbonding memory request = staking.unbondingOf(IStaking.Pool.Provide, provider, 0);
        IDatasets.Ledger memory ledger = datasets.ledger(datasetId);
        bytes32 money = keccak256(
            abi.encode(
                jobs.balanceOf(developer),
                jobs.balanceOf(provider),
                jobs.balanceOf(owner),
                token.balanceOf(developer),
                token.balanceOf(provider)
            )
        );
        return keccak256(
            abi.encode(
                money,
                entry,
                request,
                ledger,
                jobs.job(running),
                providers.provider(provider),
                datasets.dataset(datasetId),
                attestations.attestation(provider),
                jobs.isNonceCancelled(developer, 1)
            )
        );
    }

    function call(uint256 pick, uint256 amount, uint64 nonce) private {
        KeyRelease memory release = newRelease(running, 1);
        Receipt memory receipt = newReceipt(running, 1);
        bytes[24] memory data = [
            abi.encodeCall(jobs.deposit, (amount)),
            abi.encodeCall(jobs.withdraw, (amount)),
            abi.encodeCall(jobs.collectFees, ()),
            abi.encodeCall(jobs.start, (running, bob, "x")),
            abi.encodeCall(jobs.checkpoint, (running, 100, "x", signer.receipt(0xb0b, receipt), release, "")),
            abi.encodeCall(
                jobs.deliver,
                (newOrder(), receipt, signer.receipt(0xb0b, receipt), release, signer.release(0xb0b, release))
            ),
            abi.encodeCall(jobs.settle, (running)),
            abi.encodeCall(jobs.expire, (running)),
            abi.encodeCall(jobs.cancel, (newOrder())),
            abi.encodeCall(jobs.close, (newOrder())),
            abi.encodeCall(jobs.cancelNonce, (nonce)),
            abi.encodeCall(jobs.matchOne, (newMatch())),
            abi.encodeCall(staking.stake, (IStaking.Pool.Provide, amount)),
            abi.encodeCall(staking.requestUnbond, (IStaking.Pool.Provide, amount)),
            abi.encodeCall(staking.withdraw, (IStaking.Pool.Provide, 0)),
            abi.encodeCall(staking.unlock, (provider, amount)),
            abi.encodeCall(staking.slash, (provider, amount, 0, new uint256[](0), bob, "x")),
            abi.encodeCall(providers.recordFault, (provider, amount)),
            abi.encodeCall(providers.setActive, (false)),
            abi.encodeCall(datasets.retire, (datasetId)),
            abi.encodeCall(datasets.setPolicy, (datasetId, "x")),
            abi.encodeCall(datasets.release, (datasetId, CHARGE, CHARGE)),
            abi.encodeCall(datasets.anchorLog, ("x")),
            abi.encodeCall(jobs.setParameters, (defaultParameters()))
        ];
        address target = address(jobs);
        if (pick >= 12 && pick <= 16) target = address(staking);
        if (pick == 17 || pick == 18) target = address(providers);
        if (pick >= 19 && pick <= 22) target = address(datasets);
        vm.prank(bob);
        (bool ignored,) = target.call(data[pick]);
        ignored;
    }
}
