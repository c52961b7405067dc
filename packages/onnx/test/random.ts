/** Numbers in [−1, 1) that depend on the seed alone (a linear congruential generator: for test data only). */
export function randomNumbers(seed: number): (count: number) => Float32Array {
  let state = (seed * 2654435761 + 1) >>> 0;
  return (count) =>
    Float32Array.from({ length: count }, () => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      return state / 2 ** 31 - 1;
    });
}
