// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {SignatureCheck} from "../../src/libraries/SignatureCheck.sol";
import {Test} from "../base/Test.sol";
import {BombWallet, HungryWallet, OwnedWallet, ShortWallet, SlowWallet} from "../base/Wallets.sol";

contract SignatureCheckTest is Test {
    uint256 private constant KEY = 0xa11ce;
    uint256 private constant ORDER = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141;
    bytes32 private constant DIGEST = keccak256("digest");

    function testFuzz_accepts_the_key_only(uint256 key, uint256 other, bytes32 digest) public view {
        key = clamp(key, 1, ORDER - 1);
        other = clamp(other, 1, ORDER - 1);
        vm.assume(key != other);
        bytes memory signature = sign(key, digest);
        vm.assertTrue(this.isSignature(vm.addr(key), digest, signature));
        vm.assertTrue(this.isKeySignature(vm.addr(key), digest, signature));
        vm.assertFalse(this.isSignature(vm.addr(other), digest, signature));
        vm.assertFalse(this.isSignature(vm.addr(key), keccak256(abi.encode(digest)), signature));
    }

    function test_rejects_the_mirrored_signature() public view {
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(KEY, DIGEST);
        bytes memory mirrored = abi.encodePacked(r, bytes32(ORDER - uint256(s)), v == 27 ? uint8(28) : uint8(27));
        vm.assertFalse(this.isSignature(vm.addr(KEY), DIGEST, mirrored));
    }

    function test_rejects_other_lengths_and_the_zero_address() public view {
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(KEY, DIGEST);
        vm.assertFalse(this.isSignature(vm.addr(KEY), DIGEST, ""));
        vm.assertFalse(this.isSignature(vm.addr(KEY), DIGEST, abi.encodePacked(r, s)));
        vm.assertFalse(this.isSignature(vm.addr(KEY), DIGEST, abi.encodePacked(r, s, v, uint8(0))));
        vm.assertFalse(this.isSignature(address(0), DIGEST, abi.encodePacked(r, s, uint8(29))));
        vm.assertFalse(this.isSignature(address(0), DIGEST, new bytes(65)));
    }

    function test_accepts_a_wallet() public {
        OwnedWallet wallet = new OwnedWallet(vm.addr(KEY));
        vm.assertTrue(this.isSignature(address(wallet), DIGEST, sign(KEY, DIGEST)));
        vm.assertFalse(this.isSignature(address(wallet), DIGEST, sign(KEY + 1, DIGEST)));
        vm.assertFalse(this.isKeySignature(address(wallet), DIGEST, sign(KEY, DIGEST)));
    }

    /// @dev An account that delegated its code (EIP-7702) to something without ERC-1271 still signs by its key.
    function test_accepts_the_key_of_an_account_with_code() public {
        vm.etch(vm.addr(KEY), hex"00");
        vm.assertTrue(this.isSignature(vm.addr(KEY), DIGEST, sign(KEY, DIGEST)));
    }

    function test_wallet_cannot_burn_the_gas_of_a_batch() public {
        HungryWallet wallet = new HungryWallet();
        uint256 before = gasleft();
        vm.assertFalse(this.isSignature(address(wallet), DIGEST, sign(KEY, DIGEST)));
        vm.assertLt(before - gasleft(), 200_000);
    }

    function test_wallet_cannot_bomb_with_return_data() public {
        BombWallet wallet = new BombWallet();
        uint256 before = gasleft();
        vm.assertFalse(this.isSignature(address(wallet), DIGEST, sign(KEY, DIGEST)));
        vm.assertLt(before - gasleft(), 200_000);
    }

    function test_rejects_a_short_answer() public {
        vm.assertFalse(this.isSignature(address(new ShortWallet()), DIGEST, ""));
    }

    /// @dev A good signature of a wallet is never called bad for lack of gas: the check fails as if gas ran out.
    function testFuzz_wallet_with_any_gas(uint256 gas) public {
        address wallet = address(new SlowWallet());
        try this.isSignature{gas: clamp(gas, 5_000, 200_000)}(wallet, DIGEST, "") returns (bool good) {
            vm.assertTrue(good);
        } catch (bytes memory reason) {
            vm.assertEq(reason.length, 0);
        }
    }

    function isSignature(address signer, bytes32 digest, bytes calldata signature) external view returns (bool) {
        return SignatureCheck.isSignature(signer, digest, signature);
    }

    function isKeySignature(address signer, bytes32 digest, bytes calldata signature) external pure returns (bool) {
        return SignatureCheck.isKeySignature(signer, digest, signature);
    }

    function sign(uint256 key, bytes32 digest) private pure returns (bytes memory) {
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(key, digest);
        return abi.encodePacked(r, s, v);
    }
}
