/** A square filter: row after row. The middle of an even one lies between its four middle entries. */
export interface Filter {
  side: number;
  values: Float32Array;
}

/** A wavelet of one scale and direction: its filter's real and imaginary part. */
export interface Wavelet {
  real: Filter;
  imaginary: Filter;
}

export interface WaveletOptions {
  /** Deviation of the envelope along the wave, pixels. */
  sigma: number;
  /** Direction of the wave, radians. */
  angle: number;
  /** Frequency of the wave, radians a pixel. */
  frequency: number;
  /** Deviation along the wave over the one across it: below 1, the envelope is long across. */
  slant: number;
  /** Entries in a row of the filter. */
  side: number;
}

/**
 * The Morlet wavelet (Bruna and Mallat 2013, section 2): a plane wave under an elliptic Gaussian, less as much of the Gaussian
 * as makes the sum of all entries zero. The Gaussian has sum 1 before the filter is cut at its side.
 */
export function morlet({ sigma, angle, frequency, slant, side }: WaveletOptions): Wavelet {
  const envelope = new Float64Array(side * side);
  const waves = [new Float64Array(side * side), new Float64Array(side * side)];
  for (let i = 0; i < side * side; i++) {
    const [x, y] = fromMiddle(i, side);
    const along = x * Math.cos(angle) + y * Math.sin(angle);
    const across = y * Math.cos(angle) - x * Math.sin(angle);
    const exponent = -(along ** 2 + (slant * across) ** 2) / (2 * sigma ** 2);
    envelope[i] = (Math.exp(exponent) * slant) / (2 * Math.PI * sigma ** 2);
    waves[0]![i] = envelope[i]! * Math.cos(frequency * along);
    waves[1]![i] = envelope[i]! * Math.sin(frequency * along);
  }
  const [real, imaginary] = waves.map((wave) => {
    const share = sum(wave) / sum(envelope);
    return { side, values: Float32Array.from(wave, (value, i) => value - share * envelope[i]!) };
  });
  return { real: real!, imaginary: imaginary! };
}

/** The Gaussian of this deviation, cut at its side, with sum 1: a weighted mean of what is near. */
export function gaussian(sigma: number, side: number): Filter {
  const values = Float64Array.from({ length: side * side }, (_, i) => {
    const [x, y] = fromMiddle(i, side);
    return Math.exp(-(x ** 2 + y ** 2) / (2 * sigma ** 2));
  });
  const total = sum(values);
  return { side, values: Float32Array.from(values, (value) => value / total) };
}

/** Where an entry of a square filter lies: across and down from its middle. */
const fromMiddle = (i: number, side: number): [number, number] => [
  (i % side) - (side - 1) / 2,
  Math.floor(i / side) - (side - 1) / 2,
];

const sum = (values: Float64Array): number => values.reduce((total, value) => total + value, 0);
