// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IAccessManaged} from "@openzeppelin/contracts/access/manager/IAccessManaged.sol";
import {IJobs} from "../../src/interfaces/IJobs.sol";
import {IStaking} from "../../src/interfaces/IStaking.sol";
import {IVersions} from "../../src/interfaces/IVersions.sol";
import {ComputeOffer, DatasetGrant, JobOrder} from "../../src/interfaces/JobTypes.sol";
import {Roles} from "../../src/libraries/Roles.sol";
import {MoneySystem} from "../base/MoneySystem.sol";

contract VersionsTest is MoneySystem {
    bytes32 private constant NAME = "Jobs";

    function setUp() public {
        deployJobSystem();
        deployMoney();
    }

    function announce(address target) private returns (uint256) {
        vm.prank(team);
        return versions.announce(NAME, target, "release");
    }

    function current() private view returns (address target) {
        (target,) = versions.current(NAME);
    }

    function test_the_first_version_is_current_at_once() public {
        vm.expectEmit(address(versions));
        emit IVersions.VersionAnnounced(NAME, 0, address(jobs), block.timestamp, "release");
        announce(address(jobs));
        vm.assertEq(current(), address(jobs));
        IVersions.Version memory version = versions.version(NAME, 0);
        vm.assertEq(version.codeHash, address(jobs).codehash);
        vm.assertEq(version.release, "release");
        vm.assertEq(versions.count(NAME), 1);
        vm.assertEq(versions.names(0, 10).length, 1);
        vm.assertEq(versions.names(0, 10)[0], NAME);
        vm.assertEq(versions.names(1, 10).length, 0);
    }

    function test_a_new_version_waits_until_everybody_could_leave() public {
        announce(address(jobs));
        uint256 start = block.timestamp;
        vm.assertEq(versions.DELAY(), 30 days);
        vm.assertEq(announce(address(staking)), 1);
        vm.assertEq(current(), address(jobs));
        // Whoever asks for its stake on the day of the announcement has it before the version is current.
        vm.prank(provider);
        uint256 id = staking.requestUnbond(IStaking.Pool.Provide, 1_000e18);
        vm.warp(start + 30 days - 1);
        vm.assertEq(current(), address(jobs));
        vm.warp(start + 30 days);
        vm.prank(provider);
        staking.withdraw(IStaking.Pool.Provide, id);
        vm.assertEq(current(), address(staking));
    }

    function test_one_waits_at_a_time() public {
        announce(address(jobs));
        announce(address(staking));
        vm.expectRevert(abi.encodeWithSelector(IVersions.VersionsPending.selector, NAME, 1));
        announce(address(datasets));
        vm.warp(block.timestamp + 30 days);
        announce(address(datasets));
        vm.assertEq(current(), address(staking));
        vm.warp(block.timestamp + 30 days);
        vm.assertEq(current(), address(datasets));
    }

    function test_the_guardian_takes_back_what_waits() public {
        announce(address(jobs));
        announce(address(staking));
        vm.expectEmit(address(versions));
        emit IVersions.VersionWithdrawn(NAME, 1);
        vm.prank(guardian);
        versions.withdraw(NAME, 1);
        vm.warp(block.timestamp + 60 days);
        vm.assertEq(current(), address(jobs));
        // It may be announced again, and waits again.
        announce(address(staking));
        vm.assertEq(current(), address(jobs));
        vm.warp(block.timestamp + 30 days);
        vm.assertEq(current(), address(staking));
    }

    function test_what_is_current_is_not_taken_back() public {
        announce(address(jobs));
        refuseWithdraw(0);
        announce(address(staking));
        vm.warp(block.timestamp + 30 days);
        refuseWithdraw(0);
        refuseWithdraw(1);
        refuseWithdraw(2);
    }

    /// @dev rollback by design: a version that was replaced never comes back.
    function test_an_old_version_never_comes_back() public {
        announce(address(jobs));
        announce(address(staking));
        vm.warp(block.timestamp + 30 days);
        vm.expectRevert(abi.encodeWithSelector(IVersions.VersionsAnnouncedBefore.selector, NAME, address(jobs)));
        announce(address(jobs));
    }

    function test_refusals() public {
        vm.startPrank(team);
        vm.expectRevert(IVersions.VersionsNoName.selector);
        versions.announce(0, address(jobs), "");
        vm.expectRevert(abi.encodeWithSelector(IVersions.VersionsNotAContract.selector, address(0xe0a)));
        versions.announce(NAME, address(0xe0a), "");
        vm.expectRevert(abi.encodeWithSelector(IVersions.VersionsUnknown.selector, NAME));
        versions.current(NAME);
        vm.expectRevert(abi.encodeWithSelector(IVersions.VersionsUnknown.selector, NAME));
        versions.version(NAME, 0);
    }

    function test_delay_covers_the_unbonding_period() public {
        string memory out = vm.envOr("CONTRACTS_OUT", "contracts/out");
        string memory artifact = string.concat(out, "/Versions.sol/Versions.json");
        try vm.deployCode(artifact, abi.encode(manager, staking, 30 days - 1)) {
            vm.assertTrue(false);
        } catch {}
        try vm.deployCode(artifact, abi.encode(manager, staking, 365 days + 1)) {
            vm.assertTrue(false);
        } catch {}
        vm.deployCode(artifact, abi.encode(manager, staking, 365 days));
    }

    function test_restricted() public {
        announce(address(jobs));
        announce(address(staking));
        vm.expectRevert(abi.encodeWithSelector(IAccessManaged.AccessManagedUnauthorized.selector, address(0xbad)));
        vm.prank(address(0xbad));
        versions.announce(NAME, address(datasets), "");
        vm.expectRevert(abi.encodeWithSelector(IAccessManaged.AccessManagedUnauthorized.selector, team));
        vm.prank(team);
        versions.withdraw(NAME, 1);
    }

    function refuseWithdraw(uint256 index) private {
        vm.expectRevert(abi.encodeWithSelector(IVersions.VersionsNotPending.selector, NAME, index));
        vm.prank(guardian);
        versions.withdraw(NAME, index);
    }

    /// @dev A job that runs when the next version becomes current ends by the old rules, with the old contract.
    function test_running_jobs_end_by_the_old_rules() public {
        announce(address(jobs));
        IJobs next = IJobs(deployJobs(address(token)));
        announce(address(next));
        vm.warp(versions.version(NAME, 1).effectiveAt - 1);
        JobOrder memory order = newOrder();
        ComputeOffer memory offer = newOffer();
        DatasetGrant memory grant = newGrant();
        (order.expiresAt, offer.expiresAt, grant.expiresAt) = (EXPIRY * 2, EXPIRY * 2, EXPIRY * 2);
        bytes32 jobId = propose(signed(order, offer, grant));
        startNow(jobId);
        vm.warp(block.timestamp + 1);
        vm.assertEq(current(), address(next));
        manager.grantRole(Roles.JOBS, address(next), 0);
        // The fee of new jobs changes as well; this one keeps its own.
        IJobs.Parameters memory changed = defaultParameters();
        changed.feeBps = 1_000;
        vm.prank(team);
        jobs.setParameters(changed);
        deliverNow(order, 1);
        vm.warp(block.timestamp + CONTEST_WINDOW);
        uint256 before = jobs.balanceOf(provider);
        jobs.settle(jobId);
        // 300 ENC less 5 %.
        vm.assertEq(jobs.balanceOf(provider) - before, 285e18);
        vm.startPrank(provider);
        jobs.withdraw(285e18);
    }
}
