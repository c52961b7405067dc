// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IAccessManager} from "@openzeppelin/contracts/access/manager/IAccessManager.sol";
import {IAttestations} from "../../src/interfaces/IAttestations.sol";
import {IEmissions} from "../../src/interfaces/IEmissions.sol";
import {IFaultEvidence} from "../../src/interfaces/IFaultEvidence.sol";
import {IFaults} from "../../src/interfaces/IFaults.sol";
import {IFounderVesting} from "../../src/interfaces/IFounderVesting.sol";
import {IRewards} from "../../src/interfaces/IRewards.sol";
import {IVouchers} from "../../src/interfaces/IVouchers.sol";
import {FaultSystem} from "../base/FaultSystem.sol";
import {VoucherSystem} from "../base/VoucherSystem.sol";
import {IFiatGateway} from "../../src/interfaces/IFiatGateway.sol";
import {IJobs} from "../../src/interfaces/IJobs.sol";
import {IPrices} from "../../src/interfaces/IPrices.sol";
import {IStablecoinDesk} from "../../src/interfaces/IStablecoinDesk.sol";
import {ITreasury} from "../../src/interfaces/ITreasury.sol";
import {IVersions} from "../../src/interfaces/IVersions.sol";
import {Roles} from "../../src/libraries/Roles.sol";
import {MoneySystem} from "../base/MoneySystem.sol";
import {IPausable} from "../base/System.sol";

/// @title A production network's delays: nothing that a person may change happens without a schedule that all can see, but for
/// the guardian's pause. Roles of programs carry no delay, since they hold limits instead.
contract DelaysTest is MoneySystem, FaultSystem, VoucherSystem {
    uint32 private constant DELAY = 2 days;
    address private holder = address(0x401d);

    struct Change {
        address target;
        bytes call;
    }

    function setUp() public {
        deployJobSystem();
        deployMoney();
        deployFaults();
        vouchers = deployVouchers(address(token));
        openFault();
        manager.grantRole(Roles.TEAM, holder, DELAY);
        manager.grantRole(Roles.PARAMETERS, holder, DELAY);
        manager.grantRole(Roles.TREASURER, holder, DELAY);
        vm.startPrank(guardian);
        IPausable(address(jobs)).pause();
        IPausable(address(providers)).pause();
        IPausable(address(datasets)).pause();
        IPausable(address(desk)).pause();
        IPausable(address(gateway)).pause();
        IPausable(address(vouchers)).pause();
        vm.stopPrank();
        vm.startPrank(team);
        treasury.setBudget(address(token), 1_000e18);
        versions.announce("Jobs", address(jobs), "");
        vm.stopPrank();
    }

    function changes() private view returns (Change[] memory list) {
        list = new Change[](26);
        bytes memory unpause = abi.encodeCall(IPausable.unpause, ());
        list[0] = Change(address(jobs), abi.encodeCall(IJobs.setParameters, (defaultParameters())));
        list[1] = Change(address(jobs), unpause);
        list[2] = Change(address(providers), unpause);
        list[3] = Change(address(datasets), unpause);
        list[4] = Change(address(desk), unpause);
        list[5] = Change(address(gateway), unpause);
        list[6] = Change(address(desk), abi.encodeCall(IStablecoinDesk.setParameters, (deskParameters())));
        list[7] = Change(address(desk), abi.encodeCall(IStablecoinDesk.setCoin, (address(coin), 1, 100)));
        list[8] = Change(address(gateway), abi.encodeCall(IFiatGateway.setParameters, (gatewayParameters())));
        list[9] = Change(
            address(prices), abi.encodeCall(IPrices.setAsset, (address(1), encTerms(), sources(encFeedA, encFeedB)))
        );
        list[10] = Change(address(prices), abi.encodeCall(IPrices.removeAsset, (address(coin))));
        list[11] = Change(address(prices), abi.encodeCall(IPrices.setSequencer, (address(0), 0)));
        list[12] = Change(address(treasury), abi.encodeCall(ITreasury.setBudget, (address(token), 1_000e18)));
        list[13] = Change(address(treasury), abi.encodeCall(ITreasury.setReserve, (address(token), 1, 1)));
        list[14] = Change(address(treasury), abi.encodeCall(ITreasury.spend, (address(token), holder, 1, "")));
        list[15] = Change(address(versions), abi.encodeCall(IVersions.announce, ("Jobs", address(datasets), "")));
        list[16] = Change(
            address(emissions), abi.encodeCall(IEmissions.setParameters, (IEmissions.Parameters({factorBps: 5_000})))
        );
        list[17] = Change(address(rewards), abi.encodeCall(IRewards.setParameters, (defaultRewards())));
        list[18] = Change(address(faults), abi.encodeCall(IFaults.setParameters, (defaultFaultParameters())));
        list[19] = Change(address(faults), abi.encodeCall(IFaults.reduce, (1, 0, "mercy")));
        list[20] = Change(
            address(vouchers), abi.encodeCall(IVouchers.setParameters, (IVouchers.Parameters(DISPUTE_WINDOW, 500)))
        );
        list[21] = Change(address(vouchers), unpause);
        list[22] = Change(address(attestations), abi.encodeCall(IAttestations.setThreshold, (2)));
        list[23] = Change(address(attestations), abi.encodeCall(IAttestations.setLeastBond, (1e18)));
        list[24] = Change(
            address(attestations),
            abi.encodeCall(IAttestations.allow, (IAttestations.Listed.Measurement, bytes32(uint256(1))))
        );
        list[25] = Change(address(vesting), abi.encodeCall(IFounderVesting.proposeRecovery, (0, address(0xf2))));
    }

    /// @dev Something for the team to reduce, whose window is longer than all that follows.
    function openFault() private {
        bytes32 jobId = propose(newMatch());
        vm.warp(jobs.job(jobId).deadline + 1);
        jobs.expire(jobId);
        fund(address(this), BOND);
        token.approve(address(faults), BOND);
        faults.propose(abi.encodeCall(IFaultEvidence.late, (jobId, 1)));
    }

    function test_every_change_waits_its_delay() public {
        Change[] memory list = changes();
        for (uint256 i = 0; i < list.length; ++i) {
            vm.startPrank(holder);
            (bool ok,) = list[i].target.call(list[i].call);
            vm.assertFalse(ok);
            vm.expectRevert();
            manager.schedule(list[i].target, list[i].call, uint48(block.timestamp + DELAY - 1));
            manager.schedule(list[i].target, list[i].call, 0);
            vm.warp(block.timestamp + DELAY - 1);
            (ok,) = list[i].target.call(list[i].call);
            vm.assertFalse(ok);
            vm.warp(block.timestamp + 1);
            (ok,) = list[i].target.call(list[i].call);
            vm.assertTrue(ok, vm.toString(i));
            // Once.
            (ok,) = list[i].target.call(list[i].call);
            vm.assertFalse(ok, vm.toString(i));
            vm.stopPrank();
        }
    }

    /// @dev What is scheduled can be cancelled by the role's guardian while it waits, and lapses a week after its time.
    function test_a_scheduled_change_can_be_stopped() public {
        manager.setRoleGuardian(Roles.PARAMETERS, Roles.GUARDIAN);
        bytes memory call = abi.encodeCall(IStablecoinDesk.setParameters, (deskParameters()));
        vm.prank(holder);
        manager.schedule(address(desk), call, 0);
        vm.prank(guardian);
        manager.cancel(holder, address(desk), call);
        vm.warp(block.timestamp + DELAY);
        vm.startPrank(holder);
        vm.expectRevert();
        desk.setParameters(deskParameters());
        manager.schedule(address(desk), call, 0);
        vm.warp(block.timestamp + DELAY + 7 days + 1);
        vm.expectRevert();
        desk.setParameters(deskParameters());
    }

    /// @dev A role itself is granted late where the team said so: no new holder of JOBS or RESERVE on the quiet.
    function test_new_holders_of_a_role_wait_too() public {
        manager.setGrantDelay(Roles.RESERVE, 5 days);
        vm.warp(block.timestamp + 5 days);
        manager.grantRole(Roles.RESERVE, address(0xd4a), 0);
        vm.prank(address(0xd4a));
        vm.expectRevert();
        treasury.draw(address(token), address(1), 1, "");
        vm.warp(block.timestamp + 5 days);
        vm.prank(address(0xd4a));
        treasury.draw(address(token), address(1), 1, "");
    }

    /// @dev The mapping of functions to roles changes late as well, once a target has its admin delay.
    function test_the_table_itself_changes_late() public {
        manager.setTargetAdminDelay(address(treasury), 5 days);
        vm.warp(block.timestamp + 5 days);
        bytes4[] memory selectors = new bytes4[](1);
        selectors[0] = ITreasury.spend.selector;
        vm.expectRevert();
        manager.setTargetFunctionRole(address(treasury), selectors, Roles.GUARDIAN);
        bytes memory call =
            abi.encodeCall(IAccessManager.setTargetFunctionRole, (address(treasury), selectors, Roles.GUARDIAN));
        manager.schedule(address(manager), call, 0);
        vm.warp(block.timestamp + 5 days);
        manager.execute(address(manager), call);
        vm.assertEq(manager.getTargetFunctionRole(address(treasury), ITreasury.spend.selector), Roles.GUARDIAN);
    }

    /// @dev AccessManager's own trap: `authority` of a contract never changes, whatever the manager says.
    function test_no_contract_changes_its_authority() public {
        address[6] memory targets =
            [address(prices), address(desk), address(gateway), address(versions), address(treasury), address(token)];
        address other = address(new Other());
        for (uint256 i = 0; i < 6; ++i) {
            vm.expectRevert(abi.encodeWithSignature("GovernedAuthorityIsFixed()"));
            manager.updateAuthority(targets[i], other);
        }
    }
}

/// @dev Something with code.
contract Other {}
