// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title Mean of a Beta distribution with a sceptical prior. Twin: packages/market/src/reputation.ts.
library ReputationMath {
    /// @dev The prior (1, 2) in gwei: one ENC of work done, two not done.
    uint256 internal constant PRIOR_ALPHA_GWEI = 1e9;
    uint256 internal constant PRIOR_BETA_GWEI = 2e9;

    /// @dev floor(10^4·(α₀ + α)/(α₀ + α + β₀ + β)); both counters in gwei of ENC.
    function bpsDown(uint64 alphaGwei, uint64 betaGwei) internal pure returns (uint16) {
        uint256 good = PRIOR_ALPHA_GWEI + alphaGwei;
        // At most 10^4.
        // forge-lint: disable-next-line(unsafe-typecast)
        return uint16(10_000 * good / (good + PRIOR_BETA_GWEI + betaGwei));
    }
}
