// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IDatasets} from "../../src/interfaces/IDatasets.sol";
import {IFaults} from "../../src/interfaces/IFaults.sol";
import {IJobs} from "../../src/interfaces/IJobs.sol";
import {IRewards} from "../../src/interfaces/IRewards.sol";
import {IStaking} from "../../src/interfaces/IStaking.sol";
import {JobOrder} from "../../src/interfaces/JobTypes.sol";
import {Test} from "../base/Test.sol";
import {Vm} from "../base/Vm.sol";
import {EconomyHandler} from "./EconomyHandler.sol";
import {SystemHandler} from "./SystemHandler.sol";

/// @title What always holds, whatever anybody does: the eight invariants of the design (economy, section 8) over the whole economy.
/// @dev Exits while paused (8): every action of the handler that takes money out asserts that it succeeds, paused or not.
contract SystemInvariantsTest is Test {
    EconomyHandler private _handler;
    SystemHandler.Parts private _at;

    function setUp() public {
        _handler = new EconomyHandler();
        _at = _handler.parts();
    }

    /// @dev Forge reads from here what to call.
    function targetContracts() public view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(_handler);
    }

    /// @dev What carries jobs, faults and rewards forward comes more often.
    function targetSelectors() public view returns (Vm.FuzzSelector[] memory targets) {
        bytes4[] memory selectors = new bytes4[](174);
        uint256 size;
        size = often(selectors, size, _handler.advance.selector, 16);
        size = often(selectors, size, _handler.order.selector, 14);
        size = often(selectors, size, _handler.proposeFault.selector, 10);
        size = often(selectors, size, _handler.executeFault.selector, 8);
        size = often(selectors, size, _handler.start.selector, 7);
        size = often(selectors, size, _handler.checkpoint.selector, 6);
        size = often(selectors, size, _handler.expire.selector, 6);
        size = often(selectors, size, _handler.rematch.selector, 5);
        size = often(selectors, size, _handler.deliver.selector, 5);
        size = often(selectors, size, _handler.waitForDeadline.selector, 5);
        size = often(selectors, size, _handler.redeem.selector, 5);
        size = often(selectors, size, _handler.attest.selector, 5);
        size = often(selectors, size, _handler.claim.selector, 5);
        size = often(selectors, size, _handler.settle.selector, 4);
        size = often(selectors, size, _handler.contestFault.selector, 4);
        size = often(selectors, size, _handler.close.selector, 3);
        size = often(selectors, size, _handler.answerFault.selector, 3);
        size = often(selectors, size, _handler.openChannel.selector, 3);
        size = often(selectors, size, _handler.proveCapacity.selector, 3);
        size = often(selectors, size, _handler.passDay.selector, 3);
        size = often(selectors, size, _handler.cancel.selector, 2);
        size = often(selectors, size, _handler.deposit.selector, 2);
        size = often(selectors, size, _handler.withdraw.selector, 2);
        size = often(selectors, size, _handler.stake.selector, 2);
        size = often(selectors, size, _handler.requestUnbond.selector, 2);
        size = often(selectors, size, _handler.withdrawStake.selector, 2);
        size = often(selectors, size, _handler.dismissFault.selector, 2);
        size = often(selectors, size, _handler.withdrawBond.selector, 2);
        size = often(selectors, size, _handler.topUpChannel.selector, 2);
        size = often(selectors, size, _handler.closeChannel.selector, 2);
        size = often(selectors, size, _handler.finishChannel.selector, 2);
        size = often(selectors, size, _handler.withdrawFromVouchers.selector, 2);
        size = often(selectors, size, _handler.beat.selector, 2);
        size = often(selectors, size, _handler.setAsk.selector, 2);
        size = often(selectors, size, _handler.tally.selector, 2);
        size = often(selectors, size, _handler.requestClose.selector, 1);
        size = often(selectors, size, _handler.donate.selector, 1);
        size = often(selectors, size, _handler.slash.selector, 1);
        size = often(selectors, size, _handler.setParameters.selector, 1);
        size = often(selectors, size, _handler.pauseOrResume.selector, 1);
        size = often(selectors, size, _handler.wait.selector, 1);
        size = often(selectors, size, _handler.reduceFault.selector, 1);
        size = often(selectors, size, _handler.setFaultParameters.selector, 1);
        size = often(selectors, size, _handler.setVoucherParameters.selector, 1);
        size = often(selectors, size, _handler.refreshCapacity.selector, 1);
        size = often(selectors, size, _handler.denyOrAllow.selector, 1);
        size = often(selectors, size, _handler.release.selector, 1);
        size = often(selectors, size, _handler.buy.selector, 1);
        size = often(selectors, size, _handler.credit.selector, 1);
        size = often(selectors, size, _handler.movePrice.selector, 1);
        size = often(selectors, size, _handler.nothing.selector, 1);
        size = often(selectors, size, _handler.administer.selector, 1);
        size = often(selectors, size, _handler.collectFees.selector, 1);
        size = often(selectors, size, _handler.postVerifierBond.selector, 2);
        size = often(selectors, size, _handler.withdrawVerifierBond.selector, 2);
        size = often(selectors, size, _handler.leaveVerifierBond.selector, 1);
        size = often(selectors, size, _handler.contradict.selector, 1);
        targets = new Vm.FuzzSelector[](1);
        targets[0] = Vm.FuzzSelector(address(_handler), selectors);
    }

    function often(bytes4[] memory selectors, uint256 size, bytes4 selector, uint256 times)
        private
        pure
        returns (uint256)
    {
        for (uint256 i = 0; i < times; ++i) {
            selectors[size++] = selector;
        }
        return size;
    }

    /// forge-config: default.invariant.runs = 20
    /// forge-config: default.invariant.depth = 120
    /// forge-config: default.invariant.check-interval = 12
    function invariant_everything() public view {
        supply();
        moneyInJobs();
        moneyInStaking();
        moneyElsewhere();
        locks();
        stakeSums();
        ledgers();
        entitlements();
        penalties();
        scores();
    }

    /// @dev The handler's actions do what their names say: jobs settle, expire, are matched again and end, with all of the above.
    function test_actions_reach_every_end() public {
        for (uint256 i = 0; i < 3; ++i) {
            _handler.order(i % 2, 100e6, 10, i);
        }
        for (uint256 i = 0; i < 9; ++i) {
            _handler.advance(i % 3, 0);
            invariant_everything();
        }
        vm.assertEq(_handler.settledJobs(), 3);
        _handler.order(30 days << 16, 100e6, 10, 0);
        _handler.start(3);
        _handler.checkpoint(3, 5);
        _handler.waitForDeadline(3, true);
        _handler.expire(3, true);
        vm.assertEq(_handler.expiredJobs(), 1);
        _handler.advance(3, 0);
        vm.assertEq(_handler.rematches(), 1);
        invariant_everything();
        _handler.cancel(3, true);
        (bytes32 jobId,) = _handler.jobAt(3);
        vm.assertEq(uint256(_at.jobs.job(jobId).state), uint256(IJobs.JobState.Cancelled));
        invariant_everything();
    }

    /// @dev Beyond jobs: a late provider is slashed, a channel pays and closes, reserved computing is used, coins and fiat buy ENC.
    function test_actions_reach_the_whole_economy() public {
        _handler.stake(2, 500e18, true);
        _handler.proveCapacity(0, 1e6);
        _handler.wait(25 hours, true);
        _handler.order(3 << 208, 10e6, 10, 0);
        vm.assertEq(_handler.reservedJobs(), 1);
        _handler.start(0);
        _handler.waitForDeadline(0, true);
        _handler.expire(0, true);
        _handler.proposeFault(0, 0, 1);
        vm.assertEq(_handler.proposals(0), 1);
        invariant_everything();
        _handler.executeFault(0, 0, true);
        vm.assertEq(_handler.executions(), 1);
        vm.assertGt(_handler.slashedByFaults(), 0);
        _handler.withdrawBond(0, type(uint256).max);
        _handler.openChannel(0, 50e18, 30 days);
        _handler.redeem(0, 20e18, 2);
        vm.assertEq(_handler.redeemed(), 1);
        _handler.closeChannel(0, 40e18, false);
        vm.assertEq(_handler.closedChannels(), 1);
        invariant_everything();
        _handler.movePrice(100, true, 1);
        _handler.buy(0, 100e6);
        _handler.credit(0, 1, 100e6);
        vm.assertGt(_handler.bought(), 0);
        vm.assertGt(_handler.credited(), 0);
        _handler.nothing(0);
        invariant_everything();
    }

    /// @dev A verifier's bond is posted, left, kept again, lost, posted anew and withdrawn.
    function test_actions_reach_every_end_of_a_bond() public {
        _handler.postVerifierBond(0, 100e18);
        _handler.leaveVerifierBond(0);
        _handler.postVerifierBond(0, 0);
        invariant_everything();
        _handler.contradict(0, 3, false);
        vm.assertEq(_handler.bondsLost(), 1);
        (uint256 bonds,) = _handler.verifierBonds();
        vm.assertEq(bonds, 0);
        _handler.postVerifierBond(0, 7e18);
        _handler.postVerifierBond(1, 9e18);
        _handler.leaveVerifierBond(0);
        invariant_everything();
        _handler.wait(31 days, true);
        _handler.withdrawVerifierBond(0);
        _handler.wait(31 days, true);
        _handler.withdrawVerifierBond(0);
        (bonds,) = _handler.verifierBonds();
        vm.assertEq(bonds, 9e18);
        invariant_everything();
    }

    /// @dev Work, heartbeats, tally and claim: rewards are paid.
    function test_actions_reach_a_reward() public {
        _handler.order(0, 100e6, 10, 0);
        for (uint256 i = 0; i < 3; ++i) {
            _handler.advance(0, 0);
        }
        vm.assertEq(_handler.settledJobs(), 1);
        _handler.wait(24 hours, true);
        _handler.beat(0, 0, 4);
        _handler.tally(3);
        _handler.wait(24 hours, true);
        _handler.claim(0, 0);
        vm.assertEq(_handler.claims(), 1);
        invariant_everything();
    }

    /// @dev 1. Genesis plus what was claimed, within the cap; emission and what remains are 400 M to the wei.
    function supply() private view {
        vm.assertEq(_at.token.totalSupply(), 600_000_000e18 + _at.emissions.minted(), "supply");
        vm.assertLe(_at.token.totalSupply(), 1_000_000_000e18, "cap");
        vm.assertLe(_at.emissions.minted(), _at.emissions.allotted(), "minted above allotted");
        vm.assertEq(_at.emissions.allotted() + _at.emissions.remaining(), 400_000_000e18, "emission");
    }

    /// @dev 2 and 3. Balances, fees and escrows are all the ENC that `Jobs` holds, but for donations.
    function moneyInJobs() private view {
        uint256 escrows;
        for (uint256 i = 0; i < _handler.jobCount(); ++i) {
            (bytes32 jobId,) = _handler.jobAt(i);
            IJobs.Job memory job = _at.jobs.job(jobId);
            bool held = job.state == IJobs.JobState.Matched || job.state == IJobs.JobState.Started
                || job.state == IJobs.JobState.Delivered;
            if (!held) vm.assertEq(job.escrow + job.stakeLocked, 0, "held outside running states");
            if (held) vm.assertGe(job.escrow, job.price, "escrow below price");
            vm.assertLe(job.paidSteps, job.checkpointStep, "paid beyond checkpoint");
            escrows += job.escrow;
        }
        vm.assertEq(_held(address(_at.jobs)), _handler.balances() + escrows, "money in Jobs");
    }

    /// @dev ENC of a contract without what strangers gave it.
    function _held(address target) private view returns (uint256) {
        return _at.token.balanceOf(target) - _handler.donatedTo(target);
    }

    function moneyInStaking() private view {
        uint256 sum;
        for (uint256 i = 0; i < 4; ++i) {
            for (uint256 pool = 0; pool < 2; ++pool) {
                IStaking.Stake memory entry = _at.staking.stakeOf(IStaking.Pool(pool), _handler.stakerAt(i));
                sum += uint256(entry.active) + entry.unbonding;
                vm.assertGe(entry.active, entry.locked, "locked above active");
                vm.assertLe(entry.unbonding, entry.unbondingShares, "assets above shares");
            }
        }
        vm.assertEq(_held(address(_at.staking)), sum, "money in Staking");
    }

    /// @dev 2. Bonds and shares; channels; founders' grants; desks and rewards hold nothing of their own.
    function moneyElsewhere() private view {
        vm.assertEq(_at.faults.held(), _handler.owedByFaults(), "owed by Faults");
        vm.assertEq(_held(address(_at.faults)), _at.faults.held(), "money in Faults");
        (uint256 owed, uint256 inChannels) = _handler.owedByVouchers();
        vm.assertEq(_at.vouchers.inChannels(), inChannels, "channels");
        vm.assertEq(_held(address(_at.vouchers)), owed + inChannels, "money in Vouchers");
        (uint256 bonds, uint256 totalBonds) = _handler.verifierBonds();
        vm.assertEq(totalBonds, bonds, "sum of bonds");
        vm.assertEq(_held(_at.attestations), bonds, "money in Attestations");
        vm.assertEq(_held(_at.vesting), 100_000_000e18 - _handler.released(), "money in FounderVesting");
        vm.assertEq(_held(address(_at.rewards)) + _held(address(_at.emissions)), 0, "money in Rewards");
        vm.assertEq(_at.token.balanceOf(_at.desk) + _at.token.balanceOf(_at.gateway), 0, "money at desks");
    }

    /// @dev 3. A provider's locks are those of its running jobs: zero when none runs.
    function locks() private view {
        for (uint256 i = 0; i < 2; ++i) {
            address provider = _handler.stakerAt(i);
            uint256 sum;
            for (uint256 j = 0; j < _handler.jobCount(); ++j) {
                (bytes32 jobId,) = _handler.jobAt(j);
                IJobs.Job memory job = _at.jobs.job(jobId);
                if (job.provider == provider) sum += job.stakeLocked;
            }
            vm.assertEq(_at.staking.lockedStake(provider), sum, "locks");
        }
    }

    function stakeSums() private view {
        for (uint256 pool = 0; pool < 2; ++pool) {
            uint256 epoch = _at.staking.epoch();
            uint256 sum;
            for (uint256 i = 0; i < 4; ++i) {
                sum += _at.staking.stakeAt(IStaking.Pool(pool), _handler.stakerAt(i), epoch);
            }
            vm.assertEq(_at.staking.totalStakeAt(IStaking.Pool(pool), epoch), sum, "sum of stakes");
        }
    }

    /// @dev 4. Some order keeps spent + reserved within its cap; what is reserved is what held budgets say.
    function ledgers() private view {
        for (uint256 d = 0; d < 2; ++d) {
            bytes32 datasetId = _handler.datasetAt(d);
            IDatasets.Ledger memory ledger = _at.datasets.ledger(datasetId);
            uint256[16] memory caps = _at.datasets.capsOf(datasetId);
            uint256[16] memory reserved;
            for (uint256 j = 0; j < _handler.jobCount(); ++j) {
                (bytes32 jobId, JobOrder memory order) = _handler.jobAt(j);
                if (order.datasetId != datasetId || !_at.jobs.job(jobId).budgetHeld) continue;
                for (uint256 i = 0; i < 16; ++i) {
                    uint256 charge = lane(order.rdpLow, order.rdpHigh, i);
                    reserved[i] += charge > caps[i] + 1 ? caps[i] + 1 : charge;
                }
            }
            bool within;
            for (uint256 i = 0; i < 16; ++i) {
                vm.assertEq(lane(ledger.reservedLow, ledger.reservedHigh, i), reserved[i], "reserved");
                uint256 spent = lane(ledger.spentLow, ledger.spentHigh, i);
                vm.assertLe(spent, caps[i] + 1, "spent above cap and one");
                if (spent + reserved[i] <= caps[i]) within = true;
            }
            vm.assertTrue(within, "no order within its cap");
        }
    }

    /// @dev 5. No entitlement sum above P_total, nobody above its own, and P_total covers every provider's snapshot.
    function entitlements() private view {
        uint256 epoch = _at.staking.epoch();
        uint256 given;
        uint256 speeds;
        for (uint256 i = 0; i < 4; ++i) {
            address account = _handler.stakerAt(i);
            uint256 right = _at.entitlements.entitlementAt(account, epoch);
            vm.assertLe(_at.entitlements.usedOf(account), right, "used above the entitlement");
            given += right;
            (uint64 speed,) = _at.capacity.capacityAt(account, epoch);
            speeds += speed;
        }
        vm.assertLe(given, _at.capacity.unitsAt(epoch), "entitlements above P_total");
        vm.assertLe(speeds, _at.capacity.totalAt(epoch), "snapshots above P_total");
    }

    /// @dev 6. Also where it happens: see `executeFault`.
    function penalties() private view {
        uint256 sum;
        for (uint256 id = 1; id <= _at.faults.count(); ++id) {
            IFaults.Fault memory entry = _at.faults.fault(id);
            vm.assertLe(entry.taken, entry.penalty, "taken above the penalty");
            vm.assertLe(entry.penalty, entry.atRisk, "penalty above the stake at risk");
            if (entry.state != IFaults.State.Executed) vm.assertEq(entry.taken, 0, "taken without an execution");
            sum += entry.taken;
        }
        vm.assertEq(sum, _handler.slashedByFaults(), "penalties");
    }

    /// @dev 7. Sums of an epoch are those of its providers; see `claim` for what is paid.
    function scores() private view {
        uint256 epoch = _at.staking.epoch();
        if (epoch == 0) return;
        IRewards.Epoch memory entry = _at.rewards.epochOf(epoch - 1);
        uint256 sum;
        uint256 qualified;
        for (uint256 i = 0; i < 2; ++i) {
            IRewards.Score memory score = _at.rewards.scoreOf(epoch - 1, _handler.stakerAt(i));
            sum += score.score;
            if (score.qualified) qualified += score.score;
        }
        vm.assertEq(entry.scores, sum, "scores");
        vm.assertEq(entry.qualified, qualified, "qualified");
    }

    function lane(uint256 low, uint256 high, uint256 i) private pure returns (uint256) {
        return ((i < 8 ? low : high) >> (32 * (i % 8))) & 0xffffffff;
    }
}
