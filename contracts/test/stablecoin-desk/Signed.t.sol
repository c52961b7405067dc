// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IStablecoinDesk} from "../../src/interfaces/IStablecoinDesk.sol";
import {FeeCoin} from "../base/Coins.sol";
import {MoneySystem} from "../base/MoneySystem.sol";

/// @title Payment by signature: ERC-2612 and EIP-3009.
contract SignedTest is MoneySystem {
    uint256 private constant KEY = 0xca11e;
    address private constant RECEIVER = address(0x4e);
    address private payer;
    uint256 private deadline;

    function setUp() public {
        deploySystem();
        deployMoney();
        payer = vm.addr(KEY);
        deadline = block.timestamp + 60;
        coin.mint(payer, 1_000e6);
    }

    function permit(uint256 amount) private view returns (uint8 v, bytes32 r, bytes32 s) {
        bytes32 structHash = keccak256(
            abi.encode(
                keccak256("Permit(address owner,address spender,uint256 value,uint256 nonce,uint256 deadline)"),
                payer,
                address(desk),
                amount,
                coin.nonces(payer),
                deadline
            )
        );
        return vm.sign(KEY, keccak256(abi.encodePacked("\x19\x01", coin.DOMAIN_SEPARATOR(), structHash)));
    }

    function test_permit() public {
        (uint8 v, bytes32 r, bytes32 s) = permit(100e6);
        vm.prank(payer);
        desk.buyWithPermit(address(coin), 100e6, 398e18, RECEIVER, deadline, v, r, s);
        vm.assertEq(token.balanceOf(RECEIVER), 398e18);
    }

    /// @dev permit griefing: somebody sends the permit first.
    function test_permit_that_was_used_already() public {
        (uint8 v, bytes32 r, bytes32 s) = permit(100e6);
        coin.permit(payer, address(desk), 100e6, deadline, v, r, s);
        vm.prank(payer);
        desk.buyWithPermit(address(coin), 100e6, 398e18, RECEIVER, deadline, v, r, s);
        vm.assertEq(token.balanceOf(RECEIVER), 398e18);
    }

    function test_permit_of_another_moves_nothing() public {
        (uint8 v, bytes32 r, bytes32 s) = permit(100e6);
        vm.expectRevert();
        vm.prank(RECEIVER);
        desk.buyWithPermit(address(coin), 100e6, 0, RECEIVER, deadline, v, r, s);
        vm.assertEq(coin.balanceOf(payer), 1_000e6);
    }

    // ---------------------------------------------------------------- EIP-3009

    function newAuthorization() private view returns (IStablecoinDesk.Authorization memory) {
        return IStablecoinDesk.Authorization({
            coin: address(coin),
            payer: payer,
            coinIn: 100e6,
            minOut: 398e18,
            receiver: RECEIVER,
            validAfter: block.timestamp - 1,
            validBefore: deadline,
            salt: "salt"
        });
    }

    function sign(IStablecoinDesk.Authorization memory a) private view returns (uint8 v, bytes32 r, bytes32 s) {
        bytes32 nonce = desk.authorizationNonce(a);
        return
            vm.sign(KEY, coin.authorizationDigest(a.payer, address(desk), a.coinIn, a.validAfter, a.validBefore, nonce));
    }

    function test_authorization_is_sent_by_anybody() public {
        IStablecoinDesk.Authorization memory a = newAuthorization();
        (uint8 v, bytes32 r, bytes32 s) = sign(a);
        vm.prank(address(0x4e1a));
        vm.assertEq(desk.buyWithAuthorization(a, v, r, s), 398e18);
        vm.assertEq(token.balanceOf(RECEIVER), 398e18);
        vm.assertEq(coin.balanceOf(address(treasury)), 100e6);
        vm.assertEq(coin.balanceOf(address(desk)), 0);
    }

    function test_authorization_works_once() public {
        IStablecoinDesk.Authorization memory a = newAuthorization();
        (uint8 v, bytes32 r, bytes32 s) = sign(a);
        desk.buyWithAuthorization(a, v, r, s);
        vm.expectRevert(bytes("used"));
        desk.buyWithAuthorization(a, v, r, s);
    }

    /// @dev The payer signed receiver and least ENC through the nonce: whoever sends it can change neither.
    function test_authorization_binds_receiver_and_least_enc() public {
        IStablecoinDesk.Authorization memory a = newAuthorization();
        (uint8 v, bytes32 r, bytes32 s) = sign(a);
        a.receiver = address(0xbad);
        vm.expectRevert(bytes("bad signature"));
        desk.buyWithAuthorization(a, v, r, s);
        a = newAuthorization();
        a.minOut = 1;
        vm.expectRevert(bytes("bad signature"));
        desk.buyWithAuthorization(a, v, r, s);
        a = newAuthorization();
        a.coinIn = 101e6;
        vm.expectRevert(bytes("bad signature"));
        desk.buyWithAuthorization(a, v, r, s);
    }

    function test_authorization_nonce_names_chain_and_desk() public {
        bytes32 here = desk.authorizationNonce(newAuthorization());
        vm.chainId(5);
        vm.assertTrue(here != desk.authorizationNonce(newAuthorization()));
    }

    function test_authorization_that_expired() public {
        IStablecoinDesk.Authorization memory a = newAuthorization();
        (uint8 v, bytes32 r, bytes32 s) = sign(a);
        vm.warp(deadline + 1);
        vm.expectRevert(abi.encodeWithSelector(IStablecoinDesk.DeskExpired.selector, deadline));
        desk.buyWithAuthorization(a, v, r, s);
    }

    /// @dev What came to the desk before does not pay for anybody.
    function test_authorization_of_a_coin_with_a_fee_is_refused() public {
        coin = new FeeCoin();
        vm.startPrank(team);
        prices.setAsset(address(coin), coinTerms(), sources(coinFeedA, coinFeedB));
        desk.setCoin(address(coin), 1_000_000e6, 200);
        vm.stopPrank();
        coin.mint(payer, 1_000e6);
        coin.mint(address(desk), 1_000e6);
        IStablecoinDesk.Authorization memory a = newAuthorization();
        (uint8 v, bytes32 r, bytes32 s) = sign(a);
        vm.expectRevert(abi.encodeWithSelector(IStablecoinDesk.DeskWrongReceipt.selector, address(coin), 100e6, 99e6));
        desk.buyWithAuthorization(a, v, r, s);
    }
}
