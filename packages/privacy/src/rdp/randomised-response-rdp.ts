/**
 * The Rényi divergence of order α > 1 between the answers to two truths under randomised response with `categories`
 * answers, in nats: of the definition, since there are three different ratios only.
 */
export function randomisedResponseRdp(epsilon: number, categories: number, order: number): number {
  // Probabilities times (e^ε + k − 1), divided by e^ε: 1 for the truth, e^(−ε) for any other.
  const other = Math.exp(-epsilon);
  const total = 1 + (categories - 1) * other;
  // Σ p^α·q^(1−α), over the largest of its terms e^((α−1)ε).
  const sum =
    1 + other * Math.exp(-2 * (order - 1) * epsilon) + (categories - 2) * other * Math.exp(-(order - 1) * epsilon);
  return epsilon + Math.log(sum / total) / (order - 1);
}
