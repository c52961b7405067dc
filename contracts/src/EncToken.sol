// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";
import {ERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/ERC20Permit.sol";
import {IERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Permit.sol";
import {Governed} from "./Governed.sol";
import {IEncToken} from "./interfaces/IEncToken.sol";

/// @title ENC.
/// @notice Genesis mints 300 M to the treasury, 200 M to the ecosystem fund and 100 M to the founders' vesting. The providers' 400 M
/// are minted by `Emissions`, the only holder of the role MINTER, as they are earned.
contract EncToken is ERC20, ERC20Permit, Governed, IEncToken {
    /// @inheritdoc IEncToken
    uint256 public constant CAP = 1_000_000_000e18;
    uint256 private constant TREASURY_GENESIS = 300_000_000e18;
    uint256 private constant ECOSYSTEM_GENESIS = 200_000_000e18;
    uint256 private constant FOUNDERS_GENESIS = 100_000_000e18;

    /// @param authority_ the `AccessManager`
    /// @param treasury gets 300 M
    /// @param ecosystemFund gets 200 M
    /// @param founderVesting gets 100 M; deployed next, since it checks that it did
    constructor(address authority_, address treasury, address ecosystemFund, address founderVesting)
        ERC20("Encryptech", "ENC")
        ERC20Permit("Encryptech")
        Governed(authority_)
    {
        _mint(treasury, TREASURY_GENESIS);
        _mint(ecosystemFund, ECOSYSTEM_GENESIS);
        _mint(founderVesting, FOUNDERS_GENESIS);
    }

    /// @inheritdoc IEncToken
    function mint(address to, uint256 amount) external restricted {
        _mint(to, amount);
    }

    /// @inheritdoc IERC20Permit
    function nonces(address owner) public view override(ERC20Permit, IERC20Permit) returns (uint256) {
        return super.nonces(owner);
    }

    function _update(address from, address to, uint256 value) internal override {
        super._update(from, to, value);
        if (from == address(0) && totalSupply() > CAP) revert EncCapExceeded(totalSupply(), CAP);
    }
}
