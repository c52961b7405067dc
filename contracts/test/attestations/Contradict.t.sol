// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IAttestations} from "../../src/interfaces/IAttestations.sol";
import {ResultsTest} from "./ResultsTest.sol";

contract ContradictTest is ResultsTest {
    function setUp() public {
        deployResults();
    }

    function test_two_levels_for_one_question_eject() public {
        IAttestations.AttestationResult memory one = result(2);
        record(one, 1);
        IAttestations.AttestationResult memory other = result(1);
        (bytes memory first, bytes memory second) = (sign(keys[0], one), sign(keys[0], other));
        address verifier = vm.addr(keys[0]);
        vm.expectEmit(address(attestations));
        emit IAttestations.VerifierContradicted(verifier, one.evidenceId, address(this));
        attestations.contradict(one, first, other, second);
        levelIs(0);
        vm.assertTrue(attestations.hasContradicted(verifier));
        vm.assertTrue(attestations.isDenied(IAttestations.Listed.Verifier, listed(keys[0])));
        vm.expectRevert(abi.encodeWithSelector(IAttestations.AttestationsVerifierEjected.selector, verifier));
        attestations.contradict(one, first, other, second);
        // Whoever is let in again can be thrown out again by the same proof, and the mark stays.
        allow(IAttestations.Listed.Verifier, listed(keys[0]));
        levelIs(2);
        vm.assertTrue(attestations.hasContradicted(verifier));
        attestations.contradict(one, first, other, second);
        levelIs(0);
    }

    function test_facts_of_evidence_never_change() public {
        for (uint256 field = 0; field < 4; ++field) {
            IAttestations.AttestationResult memory one = result(2);
            IAttestations.AttestationResult memory other = result(2);
            if (field == 0) other.subject = address(0xbad);
            if (field == 1) other.measurement = keccak256("another");
            if (field == 2) other.device = keccak256("another");
            if (field == 3) other.expiresAt += 1;
            // Facts do not depend on time and policy.
            if (field < 3) (other.issuedAt, other.policyDigest) = (other.issuedAt - 77, keccak256("another"));
            uint256 key = keys[field % 3];
            allow(IAttestations.Listed.Verifier, listed(key));
            attestations.contradict(one, sign(key, one), other, sign(key, other));
            vm.assertTrue(attestations.isDenied(IAttestations.Listed.Verifier, listed(key)));
        }
    }

    /// @dev The same evidence may be worth less later, or under another policy; other evidence says nothing.
    function test_what_is_no_contradiction() public {
        IAttestations.AttestationResult memory one = result(2);
        for (uint256 i = 0; i < 4; ++i) {
            IAttestations.AttestationResult memory other = result(1);
            if (i == 0) other.issuedAt -= 1;
            if (i == 1) other.policyDigest = keccak256("another");
            if (i == 2) other.evidenceId = keccak256("another");
            if (i == 3) other.level = 2;
            (bytes memory first, bytes memory second) = (sign(keys[0], one), sign(keys[0], other));
            vm.expectRevert(IAttestations.AttestationsNoContradiction.selector);
            attestations.contradict(one, first, other, second);
        }
    }

    /// @dev Two verifiers may disagree: that is what the threshold is for. And nobody is ejected for a stranger's word.
    function test_nobody_is_ejected_for_another() public {
        IAttestations.AttestationResult memory one = result(2);
        IAttestations.AttestationResult memory other = result(1);
        (bytes memory first, bytes memory second) = (sign(keys[0], one), sign(keys[1], other));
        vm.expectRevert(IAttestations.AttestationsNoContradiction.selector);
        attestations.contradict(one, first, other, second);
        (first, second) = (sign(0xbad, one), sign(0xbad, other));
        vm.expectRevert(abi.encodeWithSelector(IAttestations.AttestationsUnknownVerifier.selector, vm.addr(0xbad)));
        attestations.contradict(one, first, other, second);
    }

    /// @dev Signed before its role was taken: what it recorded can still be held against it.
    function test_a_former_verifier_is_held_to_its_word() public {
        IAttestations.AttestationResult memory one = result(2);
        record(one, 1);
        manager.revokeRole(5, vm.addr(keys[0]));
        IAttestations.AttestationResult memory other = result(0);
        attestations.contradict(one, sign(keys[0], one), other, sign(keys[0], other));
        vm.assertTrue(attestations.hasContradicted(vm.addr(keys[0])));
    }
}
