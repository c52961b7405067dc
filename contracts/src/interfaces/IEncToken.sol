// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.24;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {IERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Permit.sol";

/// @title The ENC token: ERC-20 with EIP-2612 permits, 18 decimals and a supply that can never exceed 10^9 ENC.
/// @dev No hooks, no fee on transfer, no rebasing, no blocklist. The other contracts rely on that.
interface IEncToken is IERC20, IERC20Permit {
    /// @notice A mint would lift the supply above the cap.
    /// @param supply the supply that the mint would give, in wei
    /// @param cap the most that may ever exist, in wei
    error EncCapExceeded(uint256 supply, uint256 cap);

    /// @notice The most ENC that may ever exist, in wei: 10^27.
    function CAP() external view returns (uint256);

    /// @notice Creates ENC for an account. For a role that no account holds after genesis, except the emission contract.
    /// @param to receiver
    /// @param amount wei
    function mint(address to, uint256 amount) external;
}
