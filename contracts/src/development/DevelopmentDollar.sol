// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";
import {ERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/ERC20Permit.sol";

/// @title A coin for embedded chains, where no stablecoin lives. It is worth nothing: nobody redeems it.
/// @notice Six decimals and permits, as the large dollar coins have them. The whole supply is made once.
contract DevelopmentDollar is ERC20, ERC20Permit {
    uint256 private constant SUPPLY = 1_000_000e6;

    /// @param holder who gets the whole supply
    constructor(address holder) ERC20("Development dollar (worthless)", "devUSD") ERC20Permit("Development dollar") {
        _mint(holder, SUPPLY);
    }

    /// @inheritdoc ERC20
    function decimals() public pure override returns (uint8) {
        return 6;
    }
}
