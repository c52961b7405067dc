// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";
import {IJobs} from "../../src/interfaces/IJobs.sol";

/// @title A token that calls its receiver, as ERC-777 does.
contract HookToken is ERC20 {
    constructor() ERC20("Hook", "HOOK") {}

    function mint(address to, uint256 amount) external {
        _mint(to, amount);
    }

    function _update(address from, address to, uint256 value) internal override {
        super._update(from, to, value);
        if (from != address(0) && to.code.length > 0) {
            (bool ignored,) = to.call(abi.encodeCall(Reentrant.tokensReceived, ()));
            ignored;
        }
    }
}

/// @title Withdraws again from inside the first withdrawal.
contract Reentrant {
    IJobs private immutable _JOBS;
    HookToken private immutable _TOKEN;
    uint256 private _again;
    bool public reentered;

    constructor(IJobs jobs, HookToken token) {
        _JOBS = jobs;
        _TOKEN = token;
    }

    function deposit(uint256 amount) external {
        _TOKEN.approve(address(_JOBS), amount);
        _JOBS.deposit(amount);
    }

    function withdrawTwice(uint256 amount) external {
        _again = amount;
        _JOBS.withdraw(amount);
    }

    function tokensReceived() external {
        if (_again == 0) return;
        reentered = true;
        uint256 amount = _again;
        _again = 0;
        try _JOBS.withdraw(amount) {} catch {}
    }
}
