// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {IDatasets} from "../../src/interfaces/IDatasets.sol";
import {IJobs} from "../../src/interfaces/IJobs.sol";
import {IStaking} from "../../src/interfaces/IStaking.sol";
import {JobOrder} from "../../src/interfaces/JobTypes.sol";
import {Test} from "../base/Test.sol";
import {Vm} from "../base/Vm.sol";
import {SystemHandler} from "./SystemHandler.sol";

/// @title What always holds, whatever anybody does (design: economy, section 8).
contract SystemInvariantsTest is Test {
    SystemHandler private _handler;
    IERC20 private _token;
    IStaking private _staking;
    IDatasets private _datasets;
    IJobs private _jobs;

    function setUp() public {
        _handler = new SystemHandler();
        (address token, address staking, address datasets, address jobs) = _handler.system();
        _token = IERC20(token);
        _staking = IStaking(staking);
        _datasets = IDatasets(datasets);
        _jobs = IJobs(jobs);
    }

    /// @dev Forge reads from here what to call.
    function targetContracts() public view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(_handler);
    }

    function targetSelectors() public view returns (Vm.FuzzSelector[] memory targets) {
        // What carries a job forward comes more often.
        bytes4[33] memory picks = [
            SystemHandler.deposit.selector,
            SystemHandler.withdraw.selector,
            SystemHandler.collectFees.selector,
            SystemHandler.donate.selector,
            SystemHandler.stake.selector,
            SystemHandler.requestUnbond.selector,
            SystemHandler.withdrawStake.selector,
            SystemHandler.slash.selector,
            SystemHandler.order.selector,
            SystemHandler.order.selector,
            SystemHandler.order.selector,
            SystemHandler.rematch.selector,
            SystemHandler.rematch.selector,
            SystemHandler.advance.selector,
            SystemHandler.advance.selector,
            SystemHandler.advance.selector,
            SystemHandler.advance.selector,
            SystemHandler.advance.selector,
            SystemHandler.start.selector,
            SystemHandler.start.selector,
            SystemHandler.checkpoint.selector,
            SystemHandler.checkpoint.selector,
            SystemHandler.deliver.selector,
            SystemHandler.settle.selector,
            SystemHandler.expire.selector,
            SystemHandler.expire.selector,
            SystemHandler.cancel.selector,
            SystemHandler.close.selector,
            SystemHandler.setParameters.selector,
            SystemHandler.pauseOrResume.selector,
            SystemHandler.wait.selector,
            SystemHandler.waitForDeadline.selector,
            SystemHandler.waitForDeadline.selector
        ];
        bytes4[] memory selectors = new bytes4[](picks.length);
        for (uint256 i = 0; i < picks.length; ++i) {
            selectors[i] = picks[i];
        }
        targets = new Vm.FuzzSelector[](1);
        targets[0] = Vm.FuzzSelector(address(_handler), selectors);
    }

    /// forge-config: default.invariant.runs = 20
    /// forge-config: default.invariant.depth = 120
    function invariant_everything() public view {
        supply();
        moneyInJobs();
        moneyInStaking();
        locks();
        stakeSums();
        ledgers();
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
        vm.assertEq(uint256(_jobs.job(jobId).state), uint256(IJobs.JobState.Cancelled));
        invariant_everything();
    }

    function supply() private view {
        vm.assertEq(_token.totalSupply(), 600_000_000e18, "supply");
    }

    /// @dev Balances, fees and escrows are all the ENC that `Jobs` holds, but for donations.
    function moneyInJobs() private view {
        uint256 escrows;
        for (uint256 i = 0; i < _handler.jobCount(); ++i) {
            (bytes32 jobId,) = _handler.jobAt(i);
            IJobs.Job memory job = _jobs.job(jobId);
            bool held = job.state == IJobs.JobState.Matched || job.state == IJobs.JobState.Started
                || job.state == IJobs.JobState.Delivered;
            if (!held) vm.assertEq(job.escrow + job.stakeLocked, 0, "held outside running states");
            if (held) vm.assertGe(job.escrow, job.price, "escrow below price");
            vm.assertLe(job.paidSteps, job.checkpointStep, "paid beyond checkpoint");
            escrows += job.escrow;
        }
        vm.assertEq(
            _token.balanceOf(address(_jobs)), _handler.balances() + escrows + _handler.donatedToJobs(), "money in Jobs"
        );
    }

    function moneyInStaking() private view {
        uint256 sum = _handler.donatedToStaking();
        for (uint256 i = 0; i < 2; ++i) {
            for (uint256 pool = 0; pool < 2; ++pool) {
                IStaking.Stake memory entry = _staking.stakeOf(IStaking.Pool(pool), _handler.providerAt(i));
                sum += uint256(entry.active) + entry.unbonding;
                vm.assertGe(entry.active, entry.locked, "locked above active");
                vm.assertLe(entry.unbonding, entry.unbondingShares, "assets above shares");
            }
        }
        vm.assertEq(_token.balanceOf(address(_staking)), sum, "money in Staking");
    }

    /// @dev A provider's locks are those of its running jobs: zero when none runs.
    function locks() private view {
        for (uint256 i = 0; i < 2; ++i) {
            address provider = _handler.providerAt(i);
            uint256 sum;
            for (uint256 j = 0; j < _handler.jobCount(); ++j) {
                (bytes32 jobId,) = _handler.jobAt(j);
                IJobs.Job memory job = _jobs.job(jobId);
                if (job.provider == provider) sum += job.stakeLocked;
            }
            vm.assertEq(_staking.lockedStake(provider), sum, "locks");
        }
    }

    function stakeSums() private view {
        for (uint256 pool = 0; pool < 2; ++pool) {
            uint256 epoch = _staking.epoch();
            uint256 sum;
            for (uint256 i = 0; i < 2; ++i) {
                sum += _staking.stakeAt(IStaking.Pool(pool), _handler.providerAt(i), epoch);
            }
            vm.assertEq(_staking.totalStakeAt(IStaking.Pool(pool), epoch), sum, "sum of stakes");
        }
    }

    /// @dev Some order keeps spent + reserved within its cap; what is reserved is what held budgets say.
    function ledgers() private view {
        for (uint256 d = 0; d < 2; ++d) {
            bytes32 datasetId = _handler.datasetAt(d);
            IDatasets.Ledger memory ledger = _datasets.ledger(datasetId);
            uint256[16] memory caps = _datasets.capsOf(datasetId);
            uint256[16] memory reserved;
            for (uint256 j = 0; j < _handler.jobCount(); ++j) {
                (bytes32 jobId, JobOrder memory order) = _handler.jobAt(j);
                if (order.datasetId != datasetId || !_jobs.job(jobId).budgetHeld) continue;
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

    function lane(uint256 low, uint256 high, uint256 i) private pure returns (uint256) {
        return ((i < 8 ? low : high) >> (32 * (i % 8))) & 0xffffffff;
    }
}
