/**
 * The orthonormal cosine transform of `size` places in a row (DCT-II): row k is the wave of k half periods. Its product with a
 * row of places, slow waves first, has the norm of the places.
 */
export function cosineBasis(size: number): number[][] {
  return Array.from({ length: size }, (_, k) =>
    Array.from(
      { length: size },
      (_, place) => Math.sqrt((k === 0 ? 1 : 2) / size) * Math.cos((Math.PI * (place + 0.5) * k) / size),
    ),
  );
}

/**
 * The orthonormal Fourier transform of an even number of directions around a circle, in real numbers: the mean, then cosine and
 * sine of 1, 2, … periods, last the alternating signs. Row r is of frequency ⌈r / 2⌉.
 */
export function fourierBasis(size: number): number[][] {
  return Array.from({ length: size }, (_, row) => {
    const frequency = Math.ceil(row / 2);
    const wave = row % 2 === 1 ? Math.cos : Math.sin;
    const isAlone = row === 0 || row === size - 1;
    return Array.from({ length: size }, (_, k) => {
      const value = row === 0 ? 1 : wave((2 * Math.PI * frequency * k) / size);
      return value * Math.sqrt((isAlone ? 1 : 2) / size);
    });
  });
}
