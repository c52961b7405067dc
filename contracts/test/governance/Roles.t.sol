// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IAccessManaged} from "@openzeppelin/contracts/access/manager/IAccessManaged.sol";
import {IAccessManager} from "@openzeppelin/contracts/access/manager/IAccessManager.sol";
import {IAttestations} from "../../src/interfaces/IAttestations.sol";
import {IEncToken} from "../../src/interfaces/IEncToken.sol";
import {IEmissions} from "../../src/interfaces/IEmissions.sol";
import {IFounderVesting} from "../../src/interfaces/IFounderVesting.sol";
import {IRewards} from "../../src/interfaces/IRewards.sol";
import {IJobs} from "../../src/interfaces/IJobs.sol";
import {ITreasury} from "../../src/interfaces/ITreasury.sol";
import {Roles} from "../../src/libraries/Roles.sol";
import {IPausable, System} from "../base/System.sol";

/// @title The role table of contracts/README.md, read back from the chain.
contract RolesTest is System {
    function setUp() public {
        deploySystem();
    }

    function test_role_numbers() public pure {
        vm.assertEq(Roles.TEAM, 1);
        vm.assertEq(Roles.PARAMETERS, 2);
        vm.assertEq(Roles.TREASURER, 3);
        vm.assertEq(Roles.GUARDIAN, 4);
        vm.assertEq(Roles.VERIFIER, 5);
        vm.assertEq(Roles.MATCHER, 6);
        vm.assertEq(Roles.PROCESSOR, 7);
        vm.assertEq(Roles.JOBS, 8);
        vm.assertEq(Roles.MINTER, 9);
        vm.assertEq(Roles.REWARDS, 13);
    }

    function test_every_restricted_function_has_its_role() public view {
        expectRole(address(token), IEncToken.mint.selector, 9);
        expectRole(address(vesting), IFounderVesting.proposeRecovery.selector, 1);
        expectRole(address(emissions), IEmissions.setParameters.selector, 2);
        expectRole(address(rewards), IRewards.setParameters.selector, 2);
        expectRole(address(jobs), IJobs.setParameters.selector, 2);
        expectRole(address(attestations), IAttestations.deny.selector, 4);
        expectRole(address(attestations), IAttestations.allow.selector, 1);
        expectRole(address(attestations), IAttestations.setThreshold.selector, 2);
        expectRole(address(attestations), IAttestations.setLeastBond.selector, 2);
        address[3] memory pausable = [address(jobs), address(providers), address(datasets)];
        for (uint256 i = 0; i < 3; ++i) {
            expectRole(pausable[i], IPausable.pause.selector, 4);
            expectRole(pausable[i], IPausable.unpause.selector, 1);
        }
        address[2] memory purses = [address(treasury), address(ecosystem)];
        for (uint256 i = 0; i < 2; ++i) {
            expectRole(purses[i], ITreasury.spend.selector, 3);
            expectRole(purses[i], ITreasury.setBudget.selector, 1);
        }
    }

    /// @dev Role left with the deployer: once it renounces ADMIN, it can do nothing that a stranger can't.
    function test_role_left_with_deployer() public {
        manager.grantRole(0, team, 0);
        manager.renounceRole(0, address(this));
        for (uint64 role = 0; role < 10; ++role) {
            (bool member,) = manager.hasRole(role, address(this));
            vm.assertFalse(member);
        }
        bytes memory refusal = abi.encodeWithSelector(IAccessManaged.AccessManagedUnauthorized.selector, address(this));
        vm.expectRevert(refusal);
        token.mint(address(this), 1);
        vm.expectRevert(refusal);
        jobs.setParameters(defaultParameters());
        vm.expectRevert(refusal);
        IPausable(address(jobs)).pause();
        vm.expectRevert(refusal);
        treasury.spend(address(token), address(this), 1, "");
        vm.expectRevert(
            abi.encodeWithSelector(IAccessManager.AccessManagerUnauthorizedAccount.selector, address(this), 0)
        );
        manager.grantRole(1, address(this), 0);
    }

    /// @dev A delayed role acts only after its delay, through a scheduled operation that everybody sees.
    function test_a_delayed_change_waits() public {
        address slow = address(0x510);
        manager.grantRole(Roles.PARAMETERS, slow, 2 days);
        IJobs.Parameters memory next = defaultParameters();
        next.feeBps = 100;
        bytes memory call = abi.encodeCall(IJobs.setParameters, (next));
        vm.startPrank(slow);
        vm.expectRevert();
        jobs.setParameters(next);
        manager.schedule(address(jobs), call, 0);
        vm.warp(block.timestamp + 2 days - 1);
        vm.expectRevert();
        jobs.setParameters(next);
        vm.warp(block.timestamp + 1);
        jobs.setParameters(next);
        vm.stopPrank();
        vm.assertEq(jobs.parameters().feeBps, 100);
    }

    function expectRole(address target, bytes4 selector, uint64 role) private view {
        vm.assertEq(manager.getTargetFunctionRole(target, selector), role);
    }
}
