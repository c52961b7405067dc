// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {MoneySystem} from "../base/MoneySystem.sol";

/// @title Buyers, a processor, a treasurer, strangers, moving prices, dead feeds, pauses and time, in any order.
contract MoneyHandler is MoneySystem {
    address[3] private _buyers = [address(0xb1), address(0xb2), address(0xb3)];
    address public constant SPENT_TO = address(0x5e47);
    uint256 private constant PERIOD = 30 days;

    /// @dev What left the treasury and what lay there, by period, counted from outside.
    uint256 public left;
    uint256 public lay;
    uint256 public period;
    uint256 public bought;
    uint256 public credited;
    uint256 public spent;
    uint256 public donated;
    uint256 public coinsIn;
    uint256 public creditedToday;
    uint256 public today;
    /// @dev Set for ever when something was sold below its price.
    bool public soldTooCheap;
    uint256 private _receipts;

    constructor() {
        deploySystem();
        deployMoney();
        for (uint256 i = 0; i < 3; ++i) {
            coin.mint(_buyers[i], type(uint128).max);
            vm.prank(_buyers[i]);
            coin.approve(address(desk), type(uint256).max);
        }
        vm.startPrank(team);
        treasury.setBudget(address(token), type(uint112).max);
        treasury.setReserve(address(token), type(uint112).max, 0);
        vm.stopPrank();
        lay = token.balanceOf(address(treasury));
        period = block.timestamp / PERIOD;
    }

    function system() external view returns (address, address, address, address, address) {
        return (address(token), address(treasury), address(desk), address(gateway), address(coin));
    }

    function buyerAt(uint256 i) external view returns (address) {
        return _buyers[i % 3];
    }

    function buy(uint256 who, uint256 coinIn, uint256 minOut) external {
        coinIn = coinIn % 5 == 0 ? coinIn : clamp(coinIn, 0, 300_000e6);
        (, int256 price,,,) = encFeedA.latestRoundData();
        uint256 before = token.balanceOf(address(treasury));
        vm.prank(_buyers[who % 3]);
        try desk.buy(address(coin), coinIn, minOut % 1e24, _buyers[who % 3], block.timestamp) returns (uint256 out) {
            bought += out;
            coinsIn += coinIn;
            // Both feeds say the same here: never more than a dollar a coin, less the fee.
            if (out * uint256(price) > coinIn * 1e12 * 1e8) soldTooCheap = true;
            count(before);
        } catch {}
    }

    function credit(uint256 who, uint256 id, uint256 amountE6) external {
        uint96 amount = uint96(clamp(amountE6, 0, 1_500e6));
        bytes32 receiptId = id % 3 == 0 ? bytes32(id % (_receipts + 1)) : bytes32(++_receipts);
        uint256 before = token.balanceOf(address(treasury));
        if (today != block.timestamp / 1 days) (today, creditedToday) = (block.timestamp / 1 days, 0);
        vm.prank(processor);
        try gateway.credit(receiptId, _buyers[who % 3], 840, amount, block.timestamp, 0) returns (uint256 out) {
            credited += out;
            creditedToday += amount;
            count(before);
        } catch {}
    }

    function spend(uint256 amount) external {
        uint256 before = token.balanceOf(address(treasury));
        vm.prank(team);
        try treasury.spend(address(token), SPENT_TO, clamp(amount, 0, 90_000_000e18), "") {
            spent += before - token.balanceOf(address(treasury));
            count(before);
        } catch {}
    }

    /// @dev Strays at the desk, and gifts to the treasury.
    function donate(uint256 who, uint256 amount, bool toTreasury) external {
        amount = clamp(amount, 0, token.balanceOf(_buyers[who % 3]) / 2);
        uint256 before = token.balanceOf(address(treasury));
        vm.prank(_buyers[who % 3]);
        vm.assertTrue(token.transfer(address(toTreasury ? address(treasury) : address(desk)), amount));
        if (!toTreasury) desk.sweep(address(token));
        roll(before);
        lay += amount;
        donated += amount;
    }

    function movePrice(uint256 bps, bool up) external {
        (, int256 answer,,,) = encFeedA.latestRoundData();
        uint256 next = uint256(answer) * (up ? 10_000 + bps % 2_000 : 10_000 - bps % 2_000) / 10_000;
        setEnc(clamp(next, 0.01e8, 9e8));
        setCoinPrice(1e8);
    }

    function breakFeed(uint256 kind) external {
        if (kind % 4 == 0) encFeedA.set(0, block.timestamp);
        if (kind % 4 == 1) encFeedB.set(-1, block.timestamp);
        if (kind % 4 == 2) coinFeedA.set(0.8e8, block.timestamp);
        if (kind % 4 == 3) setEnc(0.25e8);
    }

    function pauseOrResume(bool stop) external {
        vm.prank(stop ? guardian : team);
        if (stop) try desk.pause() {} catch {} else try desk.unpause() {} catch {}
        vm.prank(stop ? guardian : team);
        if (stop) try gateway.pause() {} catch {} else try gateway.unpause() {} catch {}
    }

    function wait(uint256 seconds_) external {
        vm.warp(block.timestamp + clamp(seconds_, 1, 3 days));
        (, int256 answer,,,) = encFeedA.latestRoundData();
        setEnc(answer > 0 ? uint256(answer) : 0.25e8);
        setCoinPrice(1e8);
        try prices.refresh(address(token)) {} catch {}
    }

    function count(uint256 before) private {
        uint256 balance = token.balanceOf(address(treasury));
        roll(before);
        left += before - balance;
    }

    function roll(uint256 balance) private {
        if (period == block.timestamp / PERIOD) return;
        period = block.timestamp / PERIOD;
        (lay, left) = (balance, 0);
    }
}
