// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

// The clock of tests is ours.
// forge-lint: disable-start(block-timestamp)

import {IAttestations} from "../../src/interfaces/IAttestations.sol";
import {Roles} from "../../src/libraries/Roles.sol";
import {ChannelsHandler} from "./ChannelsHandler.sol";

/// @title Bonds of two verifiers: posted, left, withdrawn, lost by a contradiction that anybody proves; the team admits again.
abstract contract VerifiersHandler is ChannelsHandler {
    uint256[2] private _keys = [verifierKey, 0xb0b1];
    uint256 public bondsLost;

    constructor() {
        for (uint256 i = 0; i < 2; ++i) {
            address account = vm.addr(_keys[i]);
            manager.grantRole(Roles.VERIFIER, account, 0);
            fund(account, 5_000e18);
            vm.prank(account);
            token.approve(address(attestations), type(uint256).max);
        }
    }

    /// @dev Nothing more ends a way out, nothing at all is refused.
    function postVerifierBond(uint256 who, uint256 amount) external checked {
        address account = vm.addr(_keys[who % 2]);
        (, uint256 availableAt) = attestations.bondOf(account);
        amount = clamp(amount, 0, token.balanceOf(account));
        if (amount == 0 && availableAt == 0) return;
        vm.prank(account);
        attestations.postBond(amount);
    }

    function leaveVerifierBond(uint256 who) external checked {
        address account = vm.addr(_keys[who % 2]);
        (uint256 bond, uint256 availableAt) = attestations.bondOf(account);
        if (bond == 0 || availableAt != 0) return;
        vm.prank(account);
        attestations.leaveBond();
    }

    function withdrawVerifierBond(uint256 who) external checked {
        address account = vm.addr(_keys[who % 2]);
        (uint256 bond, uint256 availableAt) = attestations.bondOf(account);
        if (availableAt == 0 || availableAt > block.timestamp) return;
        uint256 before = token.balanceOf(account);
        vm.prank(account);
        attestations.withdrawBond();
        vm.assertEq(token.balanceOf(account) - before, bond);
    }

    /// @dev The whole bond goes, leaving or not: a fifth to the reporter, the rest to the treasury.
    function contradict(uint256 who, uint256 reporter, bool readmitted) external checked {
        uint256 key = _keys[who % 2];
        address verifier = vm.addr(key);
        if (attestations.isDenied(IAttestations.Listed.Verifier, _listed(verifier))) return _readmit(verifier);
        IAttestations.AttestationResult memory one = _resultOf(2);
        IAttestations.AttestationResult memory other = _resultOf(1);
        (bytes memory first, bytes memory second) =
            (sign(key, attestations.hashResult(one)), sign(key, attestations.hashResult(other)));
        (uint256 bond,) = attestations.bondOf(verifier);
        address account = _anybody(reporter);
        (uint256 mine, uint256 theTreasurys) = (token.balanceOf(account), token.balanceOf(address(treasury)));
        vm.prank(account);
        attestations.contradict(one, first, other, second);
        vm.assertEq(token.balanceOf(account) - mine, bond / 5);
        vm.assertEq(token.balanceOf(address(treasury)) - theTreasurys, bond - bond / 5);
        if (bond > 0) ++bondsLost;
        if (readmitted) _readmit(verifier);
    }

    /// @dev Bonds one by one, and their sum as the contract keeps it.
    function verifierBonds() external view returns (uint256 sum, uint256 total) {
        for (uint256 i = 0; i < 2; ++i) {
            (uint256 bond,) = attestations.bondOf(vm.addr(_keys[i]));
            sum += bond;
        }
        total = attestations.totalBonds();
    }

    function _readmit(address verifier) private {
        vm.prank(team);
        attestations.allow(IAttestations.Listed.Verifier, _listed(verifier));
    }

    function _listed(address verifier) private pure returns (bytes32) {
        return bytes32(uint256(uint160(verifier)));
    }

    function _resultOf(uint8 level) private view returns (IAttestations.AttestationResult memory) {
        return IAttestations.AttestationResult({
            subject: address(0x50b),
            level: level,
            evidenceId: keccak256("contradicted"),
            policyDigest: policyDigest,
            measurement: keccak256("another measurement"),
            device: keccak256("another device"),
            // Times fit.
            // forge-lint: disable-next-item(unsafe-typecast)
            issuedAt: uint64(block.timestamp),
            expiresAt: uint64(block.timestamp + 1 days)
        });
    }
}
// forge-lint: disable-end(block-timestamp)
