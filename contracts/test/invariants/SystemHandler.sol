// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

// The clock of tests is ours.
// forge-lint: disable-start(block-timestamp)

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {ICapacity} from "../../src/interfaces/ICapacity.sol";
import {IDatasets} from "../../src/interfaces/IDatasets.sol";
import {IEmissions} from "../../src/interfaces/IEmissions.sol";
import {IEntitlements} from "../../src/interfaces/IEntitlements.sol";
import {IFaults} from "../../src/interfaces/IFaults.sol";
import {IRewards} from "../../src/interfaces/IRewards.sol";
import {IVouchers} from "../../src/interfaces/IVouchers.sol";
import {IJobs} from "../../src/interfaces/IJobs.sol";
import {IStaking} from "../../src/interfaces/IStaking.sol";
import {
    Checkpoint,
    ComputeOffer,
    DatasetGrant,
    JobOrder,
    KeyRelease,
    Match,
    Receipt
} from "../../src/interfaces/JobTypes.sol";
import {Roles} from "../../src/libraries/Roles.sol";
import {FaultSystem} from "../base/FaultSystem.sol";
import {MoneySystem} from "../base/MoneySystem.sol";
import {VoucherSystem} from "../base/VoucherSystem.sol";
import {IPausable} from "../base/System.sol";

/// @title What parties of jobs, the team and time can do, in any order. Each action is valid or does nothing.
abstract contract SystemHandler is MoneySystem, FaultSystem, VoucherSystem {
    struct Person {
        uint256 key;
        address account;
    }

    address public constant FAULTS = address(0xfa17);
    address public constant SLASHED_TO = address(0x51a5);
    IStaking.Pool internal constant PROVIDE = IStaking.Pool.Provide;

    Person[] internal _developers;
    Person[] internal _providers;
    Person[] internal _owners;
    bytes32[] private _datasets;
    bytes32[] internal _jobIds;
    /// @dev Jobs that can still change.
    bytes32[] private _live;
    mapping(bytes32 jobId => JobOrder) internal _orders;
    mapping(bytes32 jobId => uint256) internal _ownerKeys;
    mapping(bytes32 jobId => IJobs.JobState) private _last;
    uint64 private _nonce = 1000;

    /// @dev Gifts, by who got them.
    mapping(address target => uint256) public donatedTo;
    bytes32 internal constant RESULT = sha256("sealed result");
    uint256 public settledJobs;
    uint256 public expiredJobs;
    uint256 public rematches;
    uint256 public reservedJobs;

    constructor() {
        deployJobSystem();
        deployFaults();
        vouchers = deployVouchers(address(token));
        deployMoney();
        manager.grantRole(Roles.FAULTS, FAULTS, 0);
        _developers.push(Person(developerKey, developer));
        _developers.push(Person(0xd2, vm.addr(0xd2)));
        _providers.push(Person(providerKey, provider));
        _providers.push(Person(0xb2, vm.addr(0xb2)));
        _owners.push(Person(ownerKey, owner));
        // One who plays every part.
        _owners.push(_providers[1]);
        _developers.push(_providers[1]);
        fund(_developers[1].account, 5_000e18);
        fund(_providers[1].account, 5_000e18);
        enrolProvider(_providers[1].account, 500e18);
        _datasets.push(datasetId);
        _datasets.push(registerDataset(_owners[1].account, keccak256("second"), 0));
        for (uint256 i = 1; i < 3; ++i) {
            vm.startPrank(_developers[i].account);
            token.approve(address(jobs), type(uint256).max);
            jobs.deposit(1_000e18);
            vm.stopPrank();
        }
        for (uint256 i = 0; i < 5; ++i) {
            vm.startPrank(_anybody(i));
            token.approve(address(staking), type(uint256).max);
            token.approve(address(vouchers), type(uint256).max);
            token.approve(address(faults), type(uint256).max);
            vm.stopPrank();
        }
        vm.warp(block.timestamp + EPOCH);
    }

    // ---------------------------------------------------------------- money

    function deposit(uint256 who, uint256 amount) external checked {
        address account = _developers[who % 3].account;
        uint256 most = token.balanceOf(account);
        if (most == 0) return;
        vm.prank(account);
        jobs.deposit(clamp(amount, 1, most));
    }

    function withdraw(uint256 who, uint256 amount) external checked {
        address account = _anybody(who);
        uint256 most = jobs.balanceOf(account);
        if (most == 0) return;
        vm.prank(account);
        jobs.withdraw(clamp(amount, 1, most));
    }

    function collectFees() external checked {
        jobs.collectFees();
    }

    function donate(uint256 who, uint256 amount, uint256 where) external checked {
        address account = _anybody(who);
        uint256 value = clamp(amount, 0, token.balanceOf(account) / 10);
        address target = _holders()[where % 9];
        donatedTo[target] += value;
        vm.prank(account);
        vm.assertTrue(token.transfer(target, value));
    }

    // ---------------------------------------------------------------- stake

    function stake(uint256 who, uint256 amount, bool reserve) external checked {
        address account = stakerAt(who);
        uint256 most = token.balanceOf(account);
        if (most == 0) return;
        vm.prank(account);
        staking.stake(_pool(reserve), clamp(amount, 1, most));
    }

    function requestUnbond(uint256 who, uint256 amount, bool reserve) external checked {
        address account = stakerAt(who);
        IStaking.Stake memory entry = staking.stakeOf(_pool(reserve), account);
        uint256 free = entry.active - entry.locked;
        if (free == 0) return;
        vm.prank(account);
        try staking.requestUnbond(_pool(reserve), clamp(amount, 1, free)) {}
        catch (bytes memory reason) {
            // The one refusal that free stake can meet.
            vm.assertEq(reason, abi.encodeWithSelector(IStaking.StakingShareRange.selector));
        }
    }

    function withdrawStake(uint256 who, uint256 id, bool reserve) external checked {
        address account = stakerAt(who);
        IStaking.Pool pool = _pool(reserve);
        uint256 count = staking.unbondingCount(pool, account);
        if (count == 0) return;
        id %= count;
        IStaking.Unbonding memory request = staking.unbondingOf(pool, account, id);
        if (request.shares == 0 || request.availableAt > block.timestamp) return;
        vm.prank(account);
        staking.withdraw(pool, id);
    }

    function slash(uint256 who, uint256 penalty) external checked {
        address account = _providers[who % 2].account;
        uint256 count = staking.unbondingCount(PROVIDE, account);
        uint256[] memory requests = new uint256[](count == 0 ? 0 : 1);
        if (count > 0) requests[0] = penalty % count;
        vm.prank(FAULTS);
        staking.slash(account, clamp(penalty, 0, 50e18), 0, requests, SLASHED_TO, "fault");
    }

    // ---------------------------------------------------------------- jobs

    function order(uint256 seed, uint64 units, uint32 steps, uint256 charge) external checked {
        Person memory buyer = _developers[seed % 3];
        uint256 data = (seed >> 8) % 2;
        JobOrder memory order_ = newOrder();
        order_.developer = buyer.account;
        order_.datasetId = _datasets[data];
        order_.units = uint64(clamp(units, 1, 300e6));
        order_.steps = uint32(clamp(steps, 1, 1000));
        order_.nonce = ++_nonce;
        order_.expiresAt = uint64(block.timestamp + clamp(seed >> 16, seed % 16 == 0 ? 0 : 1 days, 60 days));
        order_.maxDatasetFee = uint128(clamp(seed >> 32, 0, 40e18));
        order_.rdpLow = charge;
        // Lane 15 is the last to run out; up to a third of its budget, or little.
        uint256 most = (seed >> 216) % 4 == 3 ? 400_000 : 4_000;
        order_.rdpHigh = (charge << 32 >> 32) | clamp(charge >> 128, 0, most) << 224;
        // One in four asks for a level, one in four for reserved computing.
        order_.minLevel = uint8((seed >> 192) % 4 == 3 ? (seed >> 200) % 4 : 0);
        order_.kind = uint8((seed >> 208) % 4 == 3 ? 1 : 0);
        bytes32 jobId = jobs.hashOrder(order_);
        _jobIds.push(jobId);
        _live.push(jobId);
        _orders[jobId] = order_;
        _ownerKeys[jobId] = _owners[data].key;
        _match(jobId, buyer.key, seed);
    }

    function rematch(uint256 which, uint256 seed) external checked {
        (bool found, bytes32 jobId) = _find(which, IJobs.JobState.Expired);
        if (!found) return;
        _match(jobId, _keyOf(_orders[jobId].developer), seed);
    }

    /// @dev Carries some job one step further on the good path, so that runs reach its end.
    function advance(uint256 which, uint256 seed) external checked {
        if (_live.length == 0) return;
        bytes32 jobId = _live[which % _live.length];
        IJobs.Job memory job = jobs.job(jobId);
        bool inTime = block.timestamp <= job.deadline;
        if (job.state == IJobs.JobState.Matched && inTime) _start(jobId);
        if (job.state == IJobs.JobState.Started && inTime) _deliver(jobId, seed);
        if (job.state == IJobs.JobState.Delivered) {
            if (inTime) vm.warp(job.deadline);
            _settle(jobId);
        }
        if (job.state == IJobs.JobState.Expired) _match(jobId, _keyOf(job.developer), seed);
    }

    function start(uint256 which) external checked {
        (bool found, bytes32 jobId) = _find(which, IJobs.JobState.Matched);
        if (found && block.timestamp <= jobs.job(jobId).deadline) _start(jobId);
    }

    function checkpoint(uint256 which, uint32 step) external checked {
        (bool found, bytes32 jobId) = _find(which, IJobs.JobState.Started);
        if (!found) return;
        IJobs.Job memory job = jobs.job(jobId);
        if (block.timestamp > job.deadline || job.checkpointStep + 1 >= job.steps) return;
        uint32 done = uint32(clamp(step, job.checkpointStep + 1, job.steps - 1));
        KeyRelease memory release = newRelease(jobId, job.attempt);
        bytes memory ownerSig = signer.release(_ownerKeys[jobId], release);
        bytes memory enclaveSig = signer.progress(enclaveKey, Checkpoint(jobId, job.attempt, done, "state"));
        jobs.checkpoint(jobId, done, "state", enclaveSig, release, ownerSig);
    }

    function deliver(uint256 which, uint256 less) external checked {
        (bool found, bytes32 jobId) = _find(which, IJobs.JobState.Started);
        if (found && block.timestamp <= jobs.job(jobId).deadline) _deliver(jobId, less);
    }

    function settle(uint256 which) external checked {
        (bool found, bytes32 jobId) = _find(which, IJobs.JobState.Delivered);
        if (found && block.timestamp >= jobs.job(jobId).deadline) _settle(jobId);
    }

    function expire(uint256 which, bool started) external checked {
        (bool found, bytes32 jobId) = _find(which, started ? IJobs.JobState.Started : IJobs.JobState.Matched);
        if (!found || block.timestamp <= jobs.job(jobId).deadline) return;
        jobs.expire(jobId);
        ++expiredJobs;
    }

    function cancel(uint256 which, bool matched) external checked {
        (bool found, bytes32 jobId) = _find(which, matched ? IJobs.JobState.Matched : IJobs.JobState.Expired);
        if (!found) return;
        vm.prank(_orders[jobId].developer);
        jobs.cancel(_orders[jobId]);
    }

    function close(uint256 which, bool expired, bool byOwner) external checked {
        (bool found, bytes32 jobId) = _find(which, expired ? IJobs.JobState.Expired : IJobs.JobState.Cancelled);
        if (!found || !jobs.job(jobId).budgetHeld) return;
        if (byOwner) vm.prank(jobs.job(jobId).datasetOwner);
        try jobs.close(_orders[jobId]) {}
        catch (bytes memory reason) {
            // The one refusal that a held budget can meet.
            // The selector is what matters.
            // forge-lint: disable-next-line(unsafe-typecast)
            vm.assertEq(bytes4(reason), IJobs.JobsTooEarly.selector);
        }
    }

    // ---------------------------------------------------------------- team and time

    function setParameters(uint32 start_, uint32 contest, uint16 fee, uint16 ratio) external checked {
        uint32 window = uint32(clamp(contest, 5, 2 days));
        vm.prank(team);
        jobs.setParameters(
            IJobs.Parameters(
                uint32(clamp(start_, 5, 1 days)),
                window,
                window,
                window,
                window,
                uint16(clamp(fee, 0, 1000)),
                uint16(clamp(ratio, 100, 15_000))
            )
        );
    }

    function pauseOrResume(uint256 dice) external checked {
        address target = [
            address(jobs), address(providers), address(datasets), address(vouchers), address(desk), address(gateway)
        ][dice % 6];
        bool paused = IPausable(target).paused();
        // Mostly on: a paused system does little.
        if (!paused && (dice >> 8) % 4 != 0) return;
        vm.prank(paused ? team : guardian);
        if (paused) IPausable(target).unpause();
        else IPausable(target).pause();
    }

    function wait(uint256 time, bool long_) external checked {
        vm.warp(block.timestamp + clamp(time, 0, long_ ? 31 days : 2 hours));
    }

    /// @dev To the last second of a job's deadline, or the first after it.
    function waitForDeadline(uint256 which, bool after_) external checked {
        if (_jobIds.length == 0) return;
        uint256 time = jobs.job(_jobIds[which % _jobIds.length]).deadline + (after_ ? 1 : 0);
        if (time > block.timestamp) vm.warp(time);
    }

    // ---------------------------------------------------------------- for the invariants

    function jobCount() external view returns (uint256) {
        return _jobIds.length;
    }

    function jobAt(uint256 i) external view returns (bytes32, JobOrder memory) {
        return (_jobIds[i], _orders[_jobIds[i]]);
    }

    function datasetAt(uint256 i) external view returns (bytes32) {
        return _datasets[i];
    }

    /// @dev Sum of all balances inside `Jobs`.
    function balances() external view returns (uint256 sum) {
        sum = jobs.uncollectedFees();
        for (uint256 i = 0; i < 5; ++i) {
            sum += jobs.balanceOf(_anybody(i));
        }
    }

    /// @dev Who can have stake.
    function stakerAt(uint256 i) public view returns (address) {
        i %= 4;
        return i < 2 ? _providers[i].account : _developers[i - 2].account;
    }

    struct Parts {
        IERC20 token;
        IStaking staking;
        IDatasets datasets;
        IJobs jobs;
        IFaults faults;
        IVouchers vouchers;
        ICapacity capacity;
        IEntitlements entitlements;
        IEmissions emissions;
        IRewards rewards;
        address vesting;
        address desk;
        address gateway;
        address attestations;
    }

    function parts() external view returns (Parts memory) {
        return Parts(
            token,
            staking,
            datasets,
            jobs,
            faults,
            vouchers,
            capacity,
            entitlements,
            emissions,
            rewards,
            address(vesting),
            address(desk),
            address(gateway),
            address(attestations)
        );
    }

    // ---------------------------------------------------------------- inner workings

    /// @dev After each action every job went one step along the table of states, or none.
    modifier checked() {
        _;
        for (uint256 i = 0; i < _live.length;) {
            IJobs.JobState before = _last[_live[i]];
            IJobs.JobState now_ = jobs.job(_live[i]).state;
            vm.assertTrue(_allowed(before, now_), "state table");
            _last[_live[i]] = now_;
            if (now_ == IJobs.JobState.Settled || now_ == IJobs.JobState.Faulted || now_ == IJobs.JobState.Cancelled) {
                _live[i] = _live[_live.length - 1];
                _live.pop();
            } else {
                ++i;
            }
        }
    }

    function _allowed(IJobs.JobState a, IJobs.JobState b) private pure returns (bool) {
        if (a == b) return true;
        if (a == IJobs.JobState.None || a == IJobs.JobState.Expired) {
            return b == IJobs.JobState.Matched || (a == IJobs.JobState.Expired && b == IJobs.JobState.Cancelled);
        }
        if (a == IJobs.JobState.Matched) {
            return b == IJobs.JobState.Started || b == IJobs.JobState.Expired || b == IJobs.JobState.Cancelled;
        }
        if (a == IJobs.JobState.Started) return b == IJobs.JobState.Delivered || b == IJobs.JobState.Expired;
        return a == IJobs.JobState.Delivered && (b == IJobs.JobState.Settled || b == IJobs.JobState.Faulted);
    }

    function _start(bytes32 jobId) private {
        vm.prank(jobs.job(jobId).provider);
        jobs.start(jobId, enclave, "evidence");
    }

    /// @dev `less` takes bits, and with them loss, off the charge.
    function _deliver(bytes32 jobId, uint256 less) private {
        IJobs.Job memory job = jobs.job(jobId);
        JobOrder memory order_ = _orders[jobId];
        Receipt memory receipt = _receiptOf(jobId, job.attempt);
        receipt.rdpLow &= ~less;
        receipt.rdpHigh &= ~less;
        KeyRelease memory release = newRelease(jobId, job.attempt);
        bytes memory ownerSig = signer.release(_ownerKeys[jobId], release);
        bytes memory enclaveSig = signer.receipt(enclaveKey, receipt);
        jobs.deliver(order_, receipt, enclaveSig, release, ownerSig);
    }

    /// @dev What the order allows, to the last of its loss.
    function _receiptOf(bytes32 jobId, uint32 attempt) internal view returns (Receipt memory receipt) {
        JobOrder memory order_ = _orders[jobId];
        receipt = newReceipt(jobId, attempt);
        (receipt.steps, receipt.resultDigest) = (order_.steps, RESULT);
        (receipt.rdpLow, receipt.rdpHigh) = (order_.rdpLow, order_.rdpHigh);
    }

    function _settle(bytes32 jobId) private {
        jobs.settle(jobId);
        ++settledJobs;
    }

    /// @dev Proposes a match of random terms; most hold, some are refused, none may revert the batch.
    function _match(bytes32 jobId, uint256 buyerKey, uint256 seed) private {
        if (IPausable(address(jobs)).paused()) return;
        Person memory seller = _providers[(seed >> 64) % 2];
        JobOrder memory order_ = _orders[jobId];
        bool reserved = order_.kind == 1;
        (,,, uint96 posted) = providers.standing(seller.account);
        ComputeOffer memory offer =
            ComputeOffer(seller.account, reserved && posted > 0 ? posted : ASK, 800e6, 1 days, 2, type(uint64).max);
        DatasetGrant memory grant = DatasetGrant(
            order_.datasetId, address(0), uint128(clamp(seed >> 96, 0, 45e18)), 0, policyDigest, 3, type(uint64).max
        );
        Match[] memory batch = new Match[](1);
        batch[0] = Match({
            order: order_,
            orderSig: signer.order(buyerKey, order_),
            offer: offer,
            offerSig: signer.offer(seller.key, offer),
            grant: grant,
            grantSig: signer.grant(_ownerKeys[jobId], grant),
            rate: reserved ? offer.ask : uint128(clamp(seed >> 128, ASK, MAX_RATE))
        });
        vm.prank(matcher);
        jobs.matchBatch(batch);
        IJobs.Job memory job = jobs.job(jobId);
        if (job.state != IJobs.JobState.Matched) return;
        if (job.attempt > 1) ++rematches;
        if (reserved) ++reservedJobs;
    }

    /// @dev The first job in a state, looking from a random place on.
    function _find(uint256 which, IJobs.JobState state) internal view returns (bool, bytes32) {
        uint256 count = _jobIds.length;
        for (uint256 i = 0; i < count; ++i) {
            bytes32 jobId = _jobIds[(which % count + i) % count];
            if (jobs.job(jobId).state == state) return (true, jobId);
        }
        return (false, 0);
    }

    function _keyOf(address account) private view returns (uint256) {
        for (uint256 i = 0; i < 3; ++i) {
            if (_developers[i].account == account) return _developers[i].key;
        }
        return 0;
    }

    function _pool(bool reserve) private pure returns (IStaking.Pool) {
        return reserve ? IStaking.Pool.Reserve : PROVIDE;
    }

    /// @dev Contracts that hold ENC, or never should.
    function _holders() private view returns (address[9] memory) {
        return [
            address(jobs),
            address(staking),
            address(vouchers),
            address(faults),
            address(vesting),
            address(rewards),
            address(emissions),
            address(capacity),
            address(attestations)
        ];
    }

    /// @dev The five accounts that can have a balance; the third developer is the second provider and owner.
    function _anybody(uint256 who) internal view returns (address) {
        who %= 5;
        if (who < 2) return _developers[who].account;
        return who < 4 ? _providers[who - 2].account : _owners[0].account;
    }
}
// forge-lint: disable-end(block-timestamp)
