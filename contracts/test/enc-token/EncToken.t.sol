// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IAccessManaged} from "@openzeppelin/contracts/access/manager/IAccessManaged.sol";
import {Governed} from "../../src/Governed.sol";
import {IEncToken} from "../../src/interfaces/IEncToken.sol";
import {Roles} from "../../src/libraries/Roles.sol";
import {System} from "../base/System.sol";

interface IGoverned {
    function authority() external view returns (address);
    function setAuthority(address) external;
}

contract EncTokenTest is System {
    address private minter = address(0x317e4);

    function setUp() public {
        deploySystem();
        manager.grantRole(Roles.MINTER, minter, 0);
    }

    function test_genesis() public view {
        vm.assertEq(token.CAP(), 1_000_000_000_000_000_000_000_000_000);
        vm.assertEq(token.totalSupply(), 600_000_000e18);
        vm.assertEq(token.balanceOf(address(treasury)), 300_000_000e18);
        vm.assertEq(token.balanceOf(address(ecosystem)), 200_000_000e18);
        vm.assertEq(token.balanceOf(address(vesting)), 100_000_000e18);
    }

    function test_mint_up_to_the_cap_and_no_further() public {
        vm.prank(minter);
        token.mint(address(1), 400_000_000e18);
        vm.assertEq(token.totalSupply(), 1_000_000_000e18);
        vm.expectRevert(
            abi.encodeWithSelector(IEncToken.EncCapExceeded.selector, 1_000_000_000e18 + 1, 1_000_000_000e18)
        );
        vm.prank(minter);
        token.mint(address(1), 1);
    }

    function test_mint_is_restricted() public {
        vm.expectRevert(abi.encodeWithSelector(IAccessManaged.AccessManagedUnauthorized.selector, team));
        vm.prank(team);
        token.mint(team, 1);
    }

    function test_permit_is_used_once() public {
        uint256 key = 0xca401;
        address carol = vm.addr(key);
        (uint8 v, bytes32 r, bytes32 s) = signPermit(key, carol, address(this), 7, GENESIS);
        token.permit(carol, address(this), 7, GENESIS, v, r, s);
        vm.assertEq(token.allowance(carol, address(this)), 7);
        vm.assertEq(token.nonces(carol), 1);
        vm.expectRevert();
        token.permit(carol, address(this), 7, GENESIS, v, r, s);
    }

    function test_authority_is_fixed() public {
        vm.assertEq(IGoverned(address(token)).authority(), address(manager));
        vm.expectRevert(Governed.GovernedAuthorityIsFixed.selector);
        vm.prank(address(manager));
        IGoverned(address(token)).setAuthority(address(1));
    }

    /// @dev No amount of minting passes the cap, and a transfer makes nothing.
    /// forge-config: default.fuzz.runs = 200
    function testFuzz_supply_never_exceeds_the_cap(uint128[5] memory amounts) public {
        for (uint256 i = 0; i < 5; ++i) {
            vm.prank(minter);
            try token.mint(address(this), amounts[i]) {} catch {}
            vm.assertLe(token.totalSupply(), 1_000_000_000e18);
        }
        uint256 supply = token.totalSupply();
        vm.assertTrue(token.transfer(address(1), token.balanceOf(address(this))));
        vm.assertEq(token.totalSupply(), supply);
    }
}
