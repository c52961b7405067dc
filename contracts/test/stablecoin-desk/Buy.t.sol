// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IPrices} from "../../src/interfaces/IPrices.sol";
import {IStablecoinDesk} from "../../src/interfaces/IStablecoinDesk.sol";
import {ITreasury} from "../../src/interfaces/ITreasury.sol";
import {Coin, FeeCoin, LyingCoin, QuietCoin, ReentrantCoin} from "../base/Coins.sol";
import {MoneySystem} from "../base/MoneySystem.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";

contract BuyTest is MoneySystem {
    address private constant PAYER = address(0x9a);
    address private constant RECEIVER = address(0x4e);
    uint256 private deadline;

    function setUp() public {
        deploySystem();
        deployMoney();
        deadline = block.timestamp + 60;
        coin.mint(PAYER, 2_000_000e6);
        vm.prank(PAYER);
        coin.approve(address(desk), type(uint256).max);
    }

    function buy(uint256 coinIn, uint256 minOut) private returns (uint256) {
        vm.prank(PAYER);
        return desk.buy(address(coin), coinIn, minOut, RECEIVER, deadline);
    }

    function test_coins_to_the_treasury_enc_to_the_receiver() public {
        uint256 before = token.balanceOf(address(treasury));
        // 100 dollars less 0.5 % at 0.25 dollars an ENC.
        vm.expectEmit(address(desk));
        emit IStablecoinDesk.Bought(PAYER, RECEIVER, address(coin), 100e6, 398e18);
        vm.assertEq(buy(100e6, 398e18), 398e18);
        vm.assertEq(token.balanceOf(RECEIVER), 398e18);
        vm.assertEq(coin.balanceOf(address(treasury)), 100e6);
        vm.assertEq(before - token.balanceOf(address(treasury)), 398e18);
        vm.assertEq(treasury.reserve(address(token)).drawn, 398e18);
        holdsNothing();
    }

    function test_rounding_favours_the_treasury() public {
        setEnc(0.3e8);
        vm.warp(block.timestamp + 2 hours);
        setEnc(0.3e8);
        setCoinPrice(1e8);
        deadline = block.timestamp;
        // 1 dollar × 0.995 / 0.3 = 3.31666…
        vm.assertEq(buy(1e6, 0), 3_316_666_666_666_666_666);
    }

    function test_a_coin_above_a_dollar_counts_as_a_dollar() public {
        setCoinPrice(1.01e8);
        vm.assertEq(desk.quote(address(coin), 100e6), 398e18);
        setCoinPrice(0.99e8);
        vm.assertEq(desk.quote(address(coin), 100e6), 394.02e18);
    }

    function test_decimals_of_the_coin() public {
        Coin wide = new Coin(18);
        vm.startPrank(team);
        prices.setAsset(address(wide), coinTerms(), sources(coinFeedA, coinFeedB));
        desk.setCoin(address(wide), 1_000e18, 200);
        vm.stopPrank();
        vm.assertEq(desk.quote(address(wide), 100e18), 398e18);
    }

    function test_slippage() public {
        vm.expectRevert(abi.encodeWithSelector(IStablecoinDesk.DeskSlippage.selector, 398e18, 398e18 + 1));
        buy(100e6, 398e18 + 1);
    }

    function test_deadline() public {
        vm.warp(deadline);
        buy(1e6, 0);
        vm.warp(deadline + 1);
        vm.expectRevert(abi.encodeWithSelector(IStablecoinDesk.DeskExpired.selector, deadline));
        buy(1e6, 0);
    }

    function test_dust_and_zero() public {
        // 0.000251 dollars give 0.00099898 ENC: just below the smallest purchase.
        vm.expectRevert(abi.encodeWithSelector(IStablecoinDesk.DeskDust.selector, 998_980_000_000_000, 1e15));
        buy(251, 0);
        vm.expectRevert(abi.encodeWithSelector(IStablecoinDesk.DeskDust.selector, 0, 1e15));
        buy(0, 0);
        vm.assertEq(buy(252, 0), 1_002_960_000_000_000);
    }

    function test_largest_amount() public {
        vm.expectRevert(
            abi.encodeWithSelector(
                IStablecoinDesk.DeskCoinLimit.selector, address(coin), type(uint256).max, 1_000_000e6
            )
        );
        buy(type(uint256).max, 0);
    }

    function test_daily_limit_of_enc() public {
        // 125,628.14… dollars are 500,000 ENC.
        buy(125_000e6, 0);
        (, uint256 encLeft) = desk.leftToday(address(coin));
        vm.assertEq(encLeft, 2_500e18);
        vm.expectRevert(abi.encodeWithSelector(IStablecoinDesk.DeskEncLimit.selector, 2_507.4e18, 2_500e18));
        buy(630e6, 0);
        nextDay();
        buy(125_000e6, 0);
    }

    function test_daily_limit_of_enc_to_the_last_wei() public {
        IStablecoinDesk.Parameters memory terms = desk.parameters();
        terms.dailyEncLimit = 398e18;
        vm.prank(team);
        desk.setParameters(terms);
        buy(100e6, 0);
        (, uint256 encLeft) = desk.leftToday(address(coin));
        vm.assertEq(encLeft, 0);
    }

    function test_daily_limit_of_a_coin() public {
        vm.prank(team);
        desk.setCoin(address(coin), 1_000e6, 200);
        buy(600e6, 0);
        vm.expectRevert(abi.encodeWithSelector(IStablecoinDesk.DeskCoinLimit.selector, address(coin), 401e6, 400e6));
        buy(401e6, 0);
        buy(400e6, 0);
        (uint256 coinLeft,) = desk.leftToday(address(coin));
        vm.assertEq(coinLeft, 0);
        nextDay();
        buy(1_000e6, 0);
    }

    function test_reserve_of_the_treasury() public {
        vm.prank(team);
        treasury.setReserve(address(token), 398e18, 0);
        buy(100e6, 0);
        vm.expectRevert(abi.encodeWithSelector(ITreasury.TreasuryReserveExceeded.selector, 3.98e18, 0));
        buy(1e6, 0);
    }

    function test_floor_of_the_treasury() public {
        vm.prank(team);
        treasury.setReserve(address(token), 1_000_000e18, 300_000_000e18 - 100e18);
        vm.expectRevert(abi.encodeWithSelector(ITreasury.TreasuryReserveExceeded.selector, 398e18, 100e18));
        buy(100e6, 0);
    }

    function test_a_coin_off_its_peg_is_refused() public {
        setCoinPrice(0.98e8);
        buy(1e6, 0);
        setCoinPrice(0.97999999e8);
        vm.expectRevert(abi.encodeWithSelector(IStablecoinDesk.DeskDepegged.selector, address(coin), 97_999_999, 200));
        buy(1e6, 0);
        setCoinPrice(1.02000001e8);
        vm.expectRevert(abi.encodeWithSelector(IStablecoinDesk.DeskDepegged.selector, address(coin), 102_000_001, 200));
        buy(1e6, 0);
    }

    function test_unknown_coin() public {
        vm.expectRevert(abi.encodeWithSelector(IStablecoinDesk.DeskUnknownCoin.selector, address(7)));
        desk.buy(address(7), 1, 0, RECEIVER, deadline);
        vm.prank(team);
        desk.setCoin(address(coin), 0, 0);
        vm.expectRevert(abi.encodeWithSelector(IStablecoinDesk.DeskUnknownCoin.selector, address(coin)));
        buy(1e6, 0);
    }

    function test_bad_receivers() public {
        address[4] memory bad = [address(0), address(desk), address(token), address(treasury)];
        for (uint256 i = 0; i < 4; ++i) {
            vm.expectRevert(abi.encodeWithSelector(IStablecoinDesk.DeskBadReceiver.selector, bad[i]));
            desk.buy(address(coin), 1e6, 0, bad[i], deadline);
        }
    }

    /// @dev A stale oracle stops new conversions and nothing else: see also test/governance/Exits.t.sol.
    function test_stale_oracle_stops_conversions() public {
        vm.warp(block.timestamp + MAX_AGE + 1);
        deadline = block.timestamp;
        vm.expectRevert(abi.encodeWithSelector(IPrices.PricesStale.selector, address(coinFeedA), GENESIS, MAX_AGE));
        buy(1e6, 0);
        setCoinPrice(1e8);
        vm.expectRevert(abi.encodeWithSelector(IPrices.PricesStale.selector, address(encFeedA), GENESIS, MAX_AGE));
        buy(1e6, 0);
        setEnc(0.25e8);
        buy(1e6, 0);
    }

    /// @dev Nobody spends what another approved to the desk: the payer is the caller.
    function test_bob_cannot_spend_what_alice_approved() public {
        vm.expectRevert();
        vm.prank(RECEIVER);
        desk.buy(address(coin), 1e6, 0, RECEIVER, deadline);
        vm.assertEq(coin.balanceOf(PAYER), 2_000_000e6);
    }

    // ---------------------------------------------------------------- odd tokens

    function test_fee_on_transfer_is_refused() public {
        Coin odd = listed(new FeeCoin());
        expectOdd(abi.encodeWithSelector(IStablecoinDesk.DeskWrongReceipt.selector, address(odd), 100e6, 99e6), odd);
    }

    function test_a_coin_that_moves_nothing_is_refused() public {
        Coin odd = listed(new LyingCoin());
        expectOdd(abi.encodeWithSelector(IStablecoinDesk.DeskWrongReceipt.selector, address(odd), 100e6, 0), odd);
    }

    function test_a_coin_that_answers_false_is_refused() public {
        Coin odd = listed(new QuietCoin());
        expectOdd(abi.encodeWithSelector(SafeERC20.SafeERC20FailedOperation.selector, address(odd)), odd);
    }

    function test_reentrancy_through_token_hooks() public {
        ReentrantCoin odd = new ReentrantCoin();
        listed(odd);
        odd.aim(desk);
        expectOdd(abi.encodeWithSignature("ReentrancyGuardReentrantCall()"), odd);
        vm.assertEq(token.balanceOf(address(0xbad)), 0);
    }

    function expectOdd(bytes memory reason, Coin odd) private {
        odd.mint(PAYER, 1_000e6);
        vm.startPrank(PAYER);
        odd.approve(address(desk), type(uint256).max);
        vm.expectRevert(reason);
        desk.buy(address(odd), 100e6, 0, RECEIVER, deadline);
        vm.stopPrank();
        vm.assertEq(token.balanceOf(RECEIVER), 0);
        vm.assertEq(odd.balanceOf(PAYER), 1_000e6);
    }

    function listed(Coin odd) private returns (Coin) {
        vm.startPrank(team);
        prices.setAsset(address(odd), coinTerms(), sources(coinFeedA, coinFeedB));
        desk.setCoin(address(odd), 1_000_000e6, 200);
        vm.stopPrank();
        return odd;
    }

    // ---------------------------------------------------------------- nothing stays

    function test_sweep_sends_strays_to_the_treasury() public {
        coin.mint(address(desk), 5e6);
        vm.expectEmit(address(desk));
        emit IStablecoinDesk.Swept(address(coin), 5e6);
        desk.sweep(address(coin));
        vm.assertEq(coin.balanceOf(address(treasury)), 5e6);
        holdsNothing();
    }

    /// @dev However it is bought: the ENC are worth no more than the coins, and nothing stays at the desk.
    function testFuzz_never_gives_more_than_the_coins_are_worth(uint256 coinIn, uint256 encPrice, uint256 coinPrice)
        public
    {
        coinIn = clamp(coinIn, 1, 200_000e6);
        encPrice = clamp(encPrice, 0.001e8, 10e8);
        coinPrice = clamp(coinPrice, 0.98e8, 1.02e8);
        setEnc(encPrice);
        setCoinPrice(coinPrice);
        try desk.quote(address(coin), coinIn) returns (uint256 quoted) {
            vm.prank(PAYER);
            try desk.buy(address(coin), coinIn, quoted, RECEIVER, deadline) returns (uint256 encOut) {
                vm.assertEq(encOut, quoted);
                uint256 worth = coinPrice < 1e8 ? coinPrice : 1e8;
                vm.assertLe(encOut * encPrice, coinIn * 1e12 * worth * 9_950 / 10_000);
                vm.assertEq(token.balanceOf(RECEIVER), encOut);
                vm.assertEq(coin.balanceOf(address(treasury)), coinIn);
            } catch {
                vm.assertEq(token.balanceOf(RECEIVER), 0);
                vm.assertEq(coin.balanceOf(PAYER), 2_000_000e6);
            }
        } catch {}
        holdsNothing();
    }

    function holdsNothing() private view {
        vm.assertEq(coin.balanceOf(address(desk)), 0);
        vm.assertEq(token.balanceOf(address(desk)), 0);
    }

    function nextDay() private {
        vm.warp((block.timestamp / 1 days + 1) * 1 days);
        deadline = block.timestamp;
        setEnc(0.25e8);
        setCoinPrice(1e8);
    }
}
