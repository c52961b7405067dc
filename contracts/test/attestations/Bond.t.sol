// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

// The clock of tests is ours.
// forge-lint: disable-start(block-timestamp)

import {IAccessManaged} from "@openzeppelin/contracts/access/manager/IAccessManaged.sol";
import {IAttestations} from "../../src/interfaces/IAttestations.sol";
import {ResultsTest} from "./ResultsTest.sol";

/// @title What a verifier has to lose: 1,000 ENC here, a fifth of it for whoever proves that it contradicted itself.
contract BondTest is ResultsTest {
    uint256 private constant BOND = 1_000e18;
    uint256 private constant UNBONDING_BOND = 37 days;

    address private _verifier;
    address private _reporter = address(0x4e4);

    function setUp() public {
        deployResults();
        _verifier = vm.addr(keys[0]);
        for (uint256 i = 0; i < 3; ++i) {
            fund(vm.addr(keys[i]), 2 * BOND);
            vm.prank(vm.addr(keys[i]));
            token.approve(address(attestations), type(uint256).max);
        }
        vm.prank(team);
        attestations.setLeastBond(BOND);
    }

    function test_signatures_count_only_with_a_bond() public {
        refuseUnbonded(0);
        post(BOND - 1);
        refuseUnbonded(BOND - 1);
        post(1);
        record(result(2), 1);
        levelIs(2);
        expectBond(BOND, 0);
    }

    /// @dev One of two signers without a bond spoils the record; the other's is not enough for it.
    function test_every_signer_needs_its_own_bond() public {
        post(BOND);
        IAttestations.AttestationResult memory r = result(2);
        address second = vm.addr(keys[1]);
        expectRefusal(
            r, signAll(3, r), abi.encodeWithSelector(IAttestations.AttestationsUnbonded.selector, second, 0, BOND)
        );
    }

    function test_a_contradiction_costs_the_whole_bond() public {
        post(BOND + 3);
        (IAttestations.AttestationResult memory one, IAttestations.AttestationResult memory other) = lies();
        uint256 treasuryBefore = token.balanceOf(address(treasury));
        vm.expectEmit(address(attestations));
        emit IAttestations.BondSlashed(_verifier, _reporter, 200e18, 800e18 + 3);
        contradict(one, other);
        vm.assertEq(token.balanceOf(_reporter), 200e18);
        vm.assertEq(token.balanceOf(address(treasury)), treasuryBefore + 800e18 + 3);
        expectBond(0, 0);
        vm.assertEq(token.balanceOf(address(attestations)), 0);
        // There is nothing to take twice, and nothing to withdraw.
        vm.expectRevert(abi.encodeWithSelector(IAttestations.AttestationsVerifierEjected.selector, _verifier));
        this.contradict(one, other);
        vm.expectRevert(abi.encodeWithSelector(IAttestations.AttestationsBondState.selector, 0));
        withdraw();
    }

    /// @dev Exit before slash: whoever leaves stays liable until everything that it signed has long run out.
    function test_leaving_saves_nobody() public {
        post(BOND);
        IAttestations.AttestationResult memory one = result(2);
        one.expiresAt = one.issuedAt + 30 days;
        record(one, 1);
        exit();
        uint256 availableAt = block.timestamp + UNBONDING_BOND;
        expectBond(BOND, availableAt);
        // What it signed counts to its end; new results with its signature do not.
        vm.warp(one.expiresAt);
        levelIs(2);
        refuseUnbonded(BOND);
        vm.warp(availableAt - 1);
        levelIs(0);
        vm.expectRevert(abi.encodeWithSelector(IAttestations.AttestationsStillUnbonding.selector, availableAt));
        withdraw();
        IAttestations.AttestationResult memory other = one;
        other = abi.decode(abi.encode(one), (IAttestations.AttestationResult));
        other.level = 1;
        contradict(one, other);
        vm.assertEq(token.balanceOf(_reporter), 200e18);
        vm.warp(availableAt);
        vm.expectRevert(abi.encodeWithSelector(IAttestations.AttestationsBondState.selector, 0));
        withdraw();
    }

    function test_an_honest_verifier_gets_its_bond_back() public {
        post(BOND);
        record(result(2), 1);
        exit();
        vm.expectRevert(
            abi.encodeWithSelector(IAttestations.AttestationsBondState.selector, block.timestamp + UNBONDING_BOND)
        );
        this.exit();
        vm.warp(block.timestamp + UNBONDING_BOND);
        withdraw();
        vm.assertEq(token.balanceOf(_verifier), 2 * BOND);
        vm.assertEq(attestations.totalBonds(), 0);
        vm.expectRevert(IAttestations.AttestationsZeroAmount.selector);
        this.exit();
    }

    /// @dev Coming back resets the way out: nobody withdraws while it signs.
    function test_coming_back_ends_the_exit() public {
        post(BOND);
        exit();
        vm.warp(block.timestamp + UNBONDING_BOND);
        post(0);
        expectBond(BOND, 0);
        record(result(2), 1);
        vm.expectRevert(abi.encodeWithSelector(IAttestations.AttestationsBondState.selector, 0));
        withdraw();
        vm.expectRevert(IAttestations.AttestationsZeroAmount.selector);
        this.post(0);
    }

    /// @dev The guardian was faster than the proof: the bond is lost all the same. Losing the role saves it neither.
    function test_who_was_ejected_or_dismissed_before_loses_its_bond_too() public {
        post(BOND);
        (IAttestations.AttestationResult memory one, IAttestations.AttestationResult memory other) = lies();
        record(one, 1);
        deny(IAttestations.Listed.Verifier, listed(keys[0]));
        manager.revokeRole(5, _verifier);
        contradict(one, other);
        vm.assertEq(token.balanceOf(_reporter), 200e18);
        vm.assertTrue(attestations.hasContradicted(_verifier));
        vm.assertTrue(attestations.isDenied(IAttestations.Listed.Verifier, listed(keys[0])));
    }

    /// @dev A proof against one takes nothing of the others; who has no bond is ejected as before.
    function test_bonds_are_apart() public {
        vm.startPrank(vm.addr(keys[1]));
        attestations.postBond(BOND);
        vm.stopPrank();
        (IAttestations.AttestationResult memory one, IAttestations.AttestationResult memory other) = lies();
        contradict(one, other);
        vm.assertEq(token.balanceOf(_reporter), 0);
        (uint256 bond,) = attestations.bondOf(vm.addr(keys[1]));
        vm.assertEq(bond, BOND);
        vm.assertEq(attestations.totalBonds(), BOND);
    }

    /// @dev A gift moves nothing, and a higher demand touches no record.
    function test_gifts_and_demands_change_no_record() public {
        post(BOND);
        record(result(2), 1);
        fund(address(attestations), 5);
        expectBond(BOND, 0);
        vm.prank(team);
        attestations.setLeastBond(BOND + 1);
        levelIs(2);
        vm.warp(block.timestamp + 1);
        refuseUnbonded(BOND);
        exit();
        vm.warp(block.timestamp + UNBONDING_BOND);
        withdraw();
        vm.assertEq(token.balanceOf(address(attestations)), 5);
    }

    function test_the_least_bond_has_a_bound_and_a_role() public {
        vm.expectRevert(abi.encodeWithSelector(IAttestations.AttestationsBadBond.selector, 10_000_000e18 + 1));
        vm.prank(team);
        attestations.setLeastBond(10_000_000e18 + 1);
        vm.prank(team);
        attestations.setLeastBond(10_000_000e18);
        vm.assertEq(attestations.leastBond(), 10_000_000e18);
        vm.expectRevert(abi.encodeWithSelector(IAccessManaged.AccessManagedUnauthorized.selector, _verifier));
        vm.prank(_verifier);
        attestations.setLeastBond(0);
    }

    /// @dev Whatever a verifier does, its ENC and the sum of bonds add up.
    function testFuzz_bonds_add_up(uint256 seed) public {
        uint256 total = 2 * BOND;
        for (uint256 i = 0; i < 12; ++i) {
            seed = uint256(keccak256(abi.encode(seed)));
            if (seed % 4 == 0) try this.post((seed >> 8) % BOND) {} catch {}
            if (seed % 4 == 1) try this.exit() {} catch {}
            if (seed % 4 == 2) try this.withdraw() {} catch {}
            if (seed % 4 == 3) vm.warp(block.timestamp + (seed >> 8) % 40 days);
            (uint256 bond,) = attestations.bondOf(_verifier);
            vm.assertEq(bond + token.balanceOf(_verifier), total);
            vm.assertEq(attestations.totalBonds(), bond);
            vm.assertEq(token.balanceOf(address(attestations)), bond);
        }
    }

    // ---------------------------------------------------------------- steps

    function post(uint256 amount) public {
        vm.prank(_verifier);
        attestations.postBond(amount);
    }

    function exit() public {
        vm.prank(_verifier);
        attestations.leaveBond();
    }

    function withdraw() public {
        vm.prank(_verifier);
        attestations.withdrawBond();
    }

    function lies()
        private
        view
        returns (IAttestations.AttestationResult memory one, IAttestations.AttestationResult memory other)
    {
        return (result(2), result(1));
    }

    function contradict(IAttestations.AttestationResult memory one, IAttestations.AttestationResult memory other)
        public
    {
        (bytes memory first, bytes memory second) = (sign(keys[0], one), sign(keys[0], other));
        vm.prank(_reporter);
        attestations.contradict(one, first, other, second);
    }

    function refuseUnbonded(uint256 bond) private {
        IAttestations.AttestationResult memory r = result(2);
        bytes memory refusal = abi.encodeWithSelector(
            IAttestations.AttestationsUnbonded.selector, _verifier, bond, attestations.leastBond()
        );
        expectRefusal(r, signAll(1, r), refusal);
    }

    function expectBond(uint256 amount, uint256 availableAt) private view {
        (uint256 bond, uint256 until) = attestations.bondOf(_verifier);
        vm.assertEq(bond, amount, "bond");
        vm.assertEq(until, availableAt, "available");
        vm.assertEq(attestations.totalBonds(), amount, "sum");
    }
}
// forge-lint: disable-end(block-timestamp)
