/** Epochs in which what was counted loses half its weight. */
const HALF_LIFE = 30n;
/** floor(2^127·2^(−2^i/30)), i = 0…4. */
const FACTORS = [
  0x7d1393edb1575dbb093763acc2d73ff2n,
  0x7a383fead3e4f5b97a0b77c35244bdbbn,
  0x74b3528fb150b42610bc1c4b5e66d89dn,
  0x6a6600dd9086f0bb6590710199de7d64n,
  0x587142b8587f554bc0088c60e9cd67b6n,
] as const;

/**
 * Both counters of a provider after so many epochs: floor(α·2^(−epochs/30)) and ceil(β·2^(−epochs/30)), each against the
 * provider. Twin of `ReputationMath.decay`.
 */
export function decayReputation(
  alphaGwei: bigint,
  betaGwei: bigint,
  epochs: bigint,
): { alphaGwei: bigint; betaGwei: bigint } {
  const halvings = epochs / HALF_LIFE;
  if (halvings >= 64n) return { alphaGwei: 0n, betaGwei: betaGwei === 0n ? 0n : 1n };
  const rest = epochs % HALF_LIFE;
  const factor = FACTORS.reduce(
    (product, part, i) => ((rest >> BigInt(i)) % 2n === 1n ? (product * part) >> 127n : product),
    1n << 127n,
  );
  const shift = 127n + halvings;
  return {
    alphaGwei: (alphaGwei * factor) >> shift,
    betaGwei: (betaGwei * factor + (1n << shift) - 1n) >> shift,
  };
}
