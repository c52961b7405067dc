// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IAggregatorV3} from "../../src/interfaces/IAggregatorV3.sol";

/// @title A feed whose every word a test sets.
contract ScriptedFeed is IAggregatorV3 {
    uint8 public decimals;
    string public constant description = "scripted";
    uint256 public constant version = 1;
    uint80 private _round = 1;
    int256 private _answer;
    uint256 private _startedAt;
    uint256 private _updatedAt;
    uint80 private _answeredIn = 1;

    constructor(uint8 decimals_, int256 answer) {
        decimals = decimals_;
        set(answer, block.timestamp);
    }

    function set(int256 answer, uint256 updatedAt) public {
        (_answer, _startedAt, _updatedAt) = (answer, updatedAt, updatedAt);
    }

    function setDecimals(uint8 decimals_) external {
        decimals = decimals_;
    }

    function setRound(uint80 round, uint80 answeredIn) external {
        (_round, _answeredIn) = (round, answeredIn);
    }

    function setStartedAt(uint256 startedAt) external {
        _startedAt = startedAt;
    }

    function getRoundData(uint80) external view returns (uint80, int256, uint256, uint256, uint80) {
        return latestRoundData();
    }

    function latestRoundData() public view returns (uint80, int256, uint256, uint256, uint80) {
        return (_round, _answer, _startedAt, _updatedAt, _answeredIn);
    }
}

/// @title A feed that misbehaves in a chosen way.
contract BrokenFeed {
    enum Way {
        Reverts,
        BurnsGas,
        ReturnsLittle,
        ReturnsABomb,
        RevertsWithABomb
    }

    Way private immutable _WAY;

    constructor(Way way) {
        _WAY = way;
    }

    fallback() external {
        if (_WAY == Way.Reverts) revert();
        if (_WAY == Way.BurnsGas) while (true) {}
        uint256 size = _WAY == Way.ReturnsLittle ? 31 : 20_000;
        bool isRevert = _WAY == Way.RevertsWithABomb;
        assembly {
            if isRevert { revert(0, size) }
            return(0, size)
        }
    }
}
