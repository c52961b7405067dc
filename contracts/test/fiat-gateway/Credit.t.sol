// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Governed} from "../../src/Governed.sol";
import {IAccessManaged} from "@openzeppelin/contracts/access/manager/IAccessManaged.sol";
import {IFiatGateway} from "../../src/interfaces/IFiatGateway.sol";
import {IPrices} from "../../src/interfaces/IPrices.sol";
import {ITreasury} from "../../src/interfaces/ITreasury.sol";
import {MoneySystem} from "../base/MoneySystem.sol";
import {ScriptedFeed} from "../base/Feeds.sol";
import {Roles} from "../../src/libraries/Roles.sol";

contract CreditTest is MoneySystem {
    address private constant CUSTOMER = address(0xc5);
    bytes32 private constant RECEIPT = keccak256("stripe:pi_1");

    function setUp() public {
        deploySystem();
        deployMoney();
    }

    function credit(bytes32 id, uint96 amountE6, uint256 minOut) private returns (uint256) {
        vm.prank(processor);
        return gateway.credit(id, CUSTOMER, 840, amountE6, block.timestamp, minOut);
    }

    function test_credits_at_the_price_less_the_fee() public {
        // 50 dollars less 1 % at 0.25 dollars an ENC.
        vm.expectEmit(address(gateway));
        emit IFiatGateway.Credited(RECEIPT, CUSTOMER, 840, 50e6, 50e6, 198e18);
        vm.assertEq(credit(RECEIPT, 50e6, 198e18), 198e18);
        vm.assertEq(token.balanceOf(CUSTOMER), 198e18);
        IFiatGateway.Receipt memory receipt = gateway.receipt(RECEIPT);
        vm.assertEq(receipt.account, CUSTOMER);
        vm.assertEq(receipt.creditedAt, block.timestamp);
        vm.assertEq(receipt.currency, 840);
        vm.assertEq(receipt.amountE6, 50e6);
        vm.assertEq(receipt.encOut, 198e18);
        vm.assertEq(token.balanceOf(address(gateway)), 0);
    }

    function test_a_receipt_counts_once() public {
        credit(RECEIPT, 50e6, 0);
        vm.expectRevert(abi.encodeWithSelector(IFiatGateway.GatewayReceiptUsed.selector, RECEIPT));
        credit(RECEIPT, 50e6, 0);
        // Not even for another account or amount.
        vm.expectRevert(abi.encodeWithSelector(IFiatGateway.GatewayReceiptUsed.selector, RECEIPT));
        vm.prank(processor);
        gateway.credit(RECEIPT, address(1), 840, 1e6, block.timestamp, 0);
        vm.assertEq(token.balanceOf(CUSTOMER), 198e18);
    }

    function test_another_currency_by_its_price() public {
        ScriptedFeed a = new ScriptedFeed(8, 1.08e8);
        ScriptedFeed b = new ScriptedFeed(8, 1.08e8);
        vm.startPrank(team);
        prices.setAsset(address(978), coinTerms(), sources(a, b));
        vm.stopPrank();
        // 50 euros are 54 dollars.
        (uint256 encOut, uint256 usdE6) = gateway.quote(978, 50e6);
        vm.assertEq(usdE6, 54e6);
        vm.assertEq(encOut, 213.84e18);
        vm.prank(processor);
        vm.assertEq(gateway.credit(RECEIPT, CUSTOMER, 978, 50e6, block.timestamp, 0), 213.84e18);
        vm.expectRevert(abi.encodeWithSelector(IPrices.PricesUnknownAsset.selector, address(826)));
        vm.prank(processor);
        gateway.credit("other", CUSTOMER, 826, 50e6, block.timestamp, 0);
    }

    function test_limit_of_a_payment() public {
        credit("a", 1_000e6, 0);
        vm.expectRevert(abi.encodeWithSelector(IFiatGateway.GatewayPaymentLimit.selector, 1_000e6 + 1, 1_000e6));
        credit("b", 1_000e6 + 1, 0);
        vm.expectRevert(abi.encodeWithSelector(IFiatGateway.GatewayPaymentLimit.selector, type(uint96).max, 1_000e6));
        credit("b", type(uint96).max, 0);
    }

    /// @dev A stolen key of the processor gets a day's limit, not the treasury.
    function test_limit_of_a_day() public {
        for (uint256 i = 1; i <= 10; ++i) {
            credit(bytes32(i), 1_000e6, 0);
        }
        vm.assertEq(gateway.leftToday(), 0);
        vm.expectRevert(abi.encodeWithSelector(IFiatGateway.GatewayDailyLimit.selector, 1e6, 0));
        credit(RECEIPT, 1e6, 0);
        vm.warp((block.timestamp / 1 days + 1) * 1 days);
        vm.assertEq(gateway.leftToday(), 10_000e6);
        setEnc(0.25e8);
        credit(RECEIPT, 1e6, 0);
        vm.assertEq(gateway.leftToday(), 9_999e6);
    }

    function test_promised_least() public {
        vm.expectRevert(abi.encodeWithSelector(IFiatGateway.GatewaySlippage.selector, 198e18, 198e18 + 1));
        credit(RECEIPT, 50e6, 198e18 + 1);
    }

    function test_bad_receipts() public {
        refuse(0, CUSTOMER, 1e6);
        refuse(RECEIPT, CUSTOMER, 0);
        refuse(RECEIPT, address(0), 1e6);
        refuse(RECEIPT, address(gateway), 1e6);
        refuse(RECEIPT, address(token), 1e6);
        refuse(RECEIPT, address(treasury), 1e6);
    }

    function test_age_of_a_payment() public {
        vm.startPrank(processor);
        vm.expectRevert(abi.encodeWithSelector(IFiatGateway.GatewayBadTime.selector, block.timestamp + 1));
        gateway.credit(RECEIPT, CUSTOMER, 840, 1e6, block.timestamp + 1, 0);
        vm.expectRevert(abi.encodeWithSelector(IFiatGateway.GatewayBadTime.selector, block.timestamp - 7 days - 1));
        gateway.credit(RECEIPT, CUSTOMER, 840, 1e6, block.timestamp - 7 days - 1, 0);
        gateway.credit(RECEIPT, CUSTOMER, 840, 1e6, block.timestamp - 7 days, 0);
    }

    function test_processor_only() public {
        vm.expectRevert(abi.encodeWithSelector(Governed.GovernedMissingRole.selector, address(this), Roles.PROCESSOR));
        gateway.credit(RECEIPT, CUSTOMER, 840, 1e6, block.timestamp, 0);
        manager.revokeRole(Roles.PROCESSOR, processor);
        vm.expectRevert(abi.encodeWithSelector(Governed.GovernedMissingRole.selector, processor, Roles.PROCESSOR));
        credit(RECEIPT, 1e6, 0);
    }

    function test_stale_oracle_stops_credits() public {
        vm.warp(block.timestamp + MAX_AGE + 1);
        vm.expectRevert(abi.encodeWithSelector(IPrices.PricesStale.selector, address(encFeedA), GENESIS, MAX_AGE));
        credit(RECEIPT, 1e6, 0);
        // The receipt is not used up: it is credited once there is a price.
        setEnc(0.25e8);
        credit(RECEIPT, 1e6, 0);
    }

    function test_reserve_of_the_treasury() public {
        vm.prank(team);
        treasury.setReserve(address(token), 100e18, 0);
        vm.expectRevert(abi.encodeWithSelector(ITreasury.TreasuryReserveExceeded.selector, 198e18, 100e18));
        credit(RECEIPT, 50e6, 0);
        vm.assertEq(gateway.receipt(RECEIPT).creditedAt, 0);
    }

    function test_paused() public {
        vm.prank(guardian);
        gateway.pause();
        vm.expectRevert(abi.encodeWithSignature("EnforcedPause()"));
        credit(RECEIPT, 1e6, 0);
        vm.prank(team);
        gateway.unpause();
        credit(RECEIPT, 1e6, 0);
    }

    function test_parameters_have_bounds() public {
        IFiatGateway.Parameters memory p = gatewayParameters();
        p.dailyUsdE6 = 1e12 + 1;
        refuse(p, 1);
        p = gatewayParameters();
        p.paymentUsdE6 = 1e6 - 1;
        refuse(p, 2);
        p.paymentUsdE6 = p.dailyUsdE6 + 1;
        refuse(p, 2);
        (p.paymentUsdE6, p.maxAgeSec) = (1e6, 60);
        vm.prank(team);
        gateway.setParameters(p);
        vm.assertEq(gateway.parameters().paymentUsdE6, 1e6);
        p = gatewayParameters();
        p.maxAgeSec = 59;
        refuse(p, 3);
        p.maxAgeSec = 30 days + 1;
        refuse(p, 3);
        p = gatewayParameters();
        p.feeBps = 501;
        refuse(p, 4);
        p = IFiatGateway.Parameters({dailyUsdE6: 1e12, paymentUsdE6: 1e12, maxAgeSec: 30 days, feeBps: 500});
        vm.expectEmit(address(gateway));
        emit IFiatGateway.ParametersSet(p);
        vm.prank(team);
        gateway.setParameters(p);
        vm.assertEq(gateway.parameters().feeBps, 500);
        (IFiatGateway.Parameters memory least, IFiatGateway.Parameters memory most) = gateway.parameterBounds();
        vm.assertEq(least.paymentUsdE6, 1e6);
        vm.assertEq(most.dailyUsdE6, 1e12);
    }

    function test_restricted() public {
        bytes memory refusal = abi.encodeWithSelector(IAccessManaged.AccessManagedUnauthorized.selector, processor);
        vm.startPrank(processor);
        vm.expectRevert(refusal);
        gateway.setParameters(gatewayParameters());
        vm.expectRevert(refusal);
        gateway.pause();
        vm.expectRevert(refusal);
        gateway.unpause();
    }

    /// @dev However payments come: a day never gives more than its limit is worth, and a receipt is paid once.
    /// forge-config: default.fuzz.runs = 300
    function testFuzz_a_day_never_gives_more_than_its_limit(uint96[12] memory amounts, uint8[12] memory ids) public {
        for (uint256 i = 0; i < 12; ++i) {
            vm.prank(processor);
            try gateway.credit(
                bytes32(uint256(ids[i] % 8)), CUSTOMER, 840, uint96(clamp(amounts[i], 0, 2_000e6)), block.timestamp, 0
            ) {}
                catch {}
        }
        // 10,000 dollars less 1 % at 0.25.
        vm.assertLe(token.balanceOf(CUSTOMER), 39_600e18);
        uint256 sum = 0;
        for (uint256 id = 0; id < 8; ++id) {
            sum += gateway.receipt(bytes32(id)).encOut;
        }
        vm.assertEq(sum, token.balanceOf(CUSTOMER));
    }

    function refuse(bytes32 id, address account, uint96 amountE6) private {
        vm.expectRevert(IFiatGateway.GatewayBadReceipt.selector);
        vm.prank(processor);
        gateway.credit(id, account, 840, amountE6, block.timestamp, 0);
    }

    function refuse(IFiatGateway.Parameters memory p, uint8 which) private {
        vm.expectRevert(abi.encodeWithSelector(IFiatGateway.GatewayBadParameters.selector, which));
        vm.prank(team);
        gateway.setParameters(p);
    }
}
