// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title Mean of a Beta distribution with a sceptical prior, whose evidence fades. Twins: packages/market/src/{reputation,
/// reputation-decay}.ts.
library ReputationMath {
    /// @dev The prior (1, 2) in gwei: one ENC of work done, two not done.
    uint256 internal constant PRIOR_ALPHA_GWEI = 1e9;
    uint256 internal constant PRIOR_BETA_GWEI = 2e9;
    /// @dev Epochs in which what was counted loses half its weight.
    uint256 internal constant HALF_LIFE = 30;

    /// @dev floor(10^4·(α₀ + α)/(α₀ + α + β₀ + β)); both counters in gwei of ENC.
    function bpsDown(uint64 alphaGwei, uint64 betaGwei) internal pure returns (uint16) {
        uint256 good = PRIOR_ALPHA_GWEI + alphaGwei;
        // At most 10^4.
        // forge-lint: disable-next-line(unsafe-typecast)
        return uint16(10_000 * good / (good + PRIOR_BETA_GWEI + betaGwei));
    }

    /// @dev Both counters after so many epochs: floor(α·2^(−epochs/30)) and ceil(β·2^(−epochs/30)), each against the provider.
    function decay(uint64 alphaGwei, uint64 betaGwei, uint256 epochs) internal pure returns (uint64, uint64) {
        if (epochs == 0 || alphaGwei | betaGwei == 0) return (alphaGwei, betaGwei);
        uint256 halvings = epochs / HALF_LIFE;
        if (halvings >= 64) return (0, betaGwei == 0 ? 0 : 1);
        uint256 factor = _factor(epochs % HALF_LIFE);
        uint256 shift = 127 + halvings;
        // Neither wraps: counter times factor is below 2^191. Neither result exceeds its counter: the factor is at most 2^127.
        // forge-lint: disable-start(unsafe-typecast, incorrect-shift)
        unchecked {
            return (uint64(alphaGwei * factor >> shift), uint64((betaGwei * factor + (1 << shift) - 1) >> shift));
        }
        // forge-lint: disable-end(unsafe-typecast, incorrect-shift)
    }

    /// @dev 2^127·2^(−rest/30), at most five units below; rest < 30. Its constants are floor(2^127·2^(−2^i/30)).
    function _factor(uint256 rest) private pure returns (uint256 factor) {
        // Each product is below 2^254.
        unchecked {
            factor = 1 << 127;
            if (rest & 1 != 0) factor = (factor * 0x7d1393edb1575dbb093763acc2d73ff2) >> 127;
            if (rest & 2 != 0) factor = (factor * 0x7a383fead3e4f5b97a0b77c35244bdbb) >> 127;
            if (rest & 4 != 0) factor = (factor * 0x74b3528fb150b42610bc1c4b5e66d89d) >> 127;
            if (rest & 8 != 0) factor = (factor * 0x6a6600dd9086f0bb6590710199de7d64) >> 127;
            if (rest & 16 != 0) factor = (factor * 0x587142b8587f554bc0088c60e9cd67b6) >> 127;
        }
    }
}
