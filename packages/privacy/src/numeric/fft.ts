const twiddles = new Map<number, { cos: Float64Array; sin: Float64Array }>();

function twiddlesOf(size: number): { cos: Float64Array; sin: Float64Array } {
  const known = twiddles.get(size);
  if (known) return known;
  const cos = new Float64Array(size / 2);
  const sin = new Float64Array(size / 2);
  for (let k = 0; k < size / 2; k++) {
    cos[k] = Math.cos((2 * Math.PI * k) / size);
    sin[k] = Math.sin((2 * Math.PI * k) / size);
  }
  // Calls of one calibration repeat a size or two; older tables are not worth their memory.
  if (twiddles.size >= 3) twiddles.clear();
  twiddles.set(size, { cos, sin });
  return { cos, sin };
}

/**
 * Replaces the complex vector by its discrete Fourier transform Σ_n x_n·e^(−2πikn/N), in place; N is a power of two.
 *
 * Every output is within (log₂N)·7·2⁻⁵³·Σ|x| of the exact one (Higham 2002, "Accuracy and Stability of Numerical
 * Algorithms", Theorem 24.2, read per component). Swap `re` and `im` in and out for the inverse times N.
 */
export function fft(re: Float64Array, im: Float64Array): void {
  const size = re.length;
  const { cos, sin } = twiddlesOf(size);
  for (let i = 1, j = 0; i < size; i++) {
    let bit = size >> 1;
    for (; j & bit; bit >>= 1) j ^= bit;
    j ^= bit;
    if (i < j) {
      const a = re[i]!;
      re[i] = re[j]!;
      re[j] = a;
      const b = im[i]!;
      im[i] = im[j]!;
      im[j] = b;
    }
  }
  for (let half = 1; half < size; half <<= 1) {
    const stride = size / (2 * half);
    for (let start = 0; start < size; start += 2 * half) {
      for (let k = 0, t = 0; k < half; k++, t += stride) {
        const a = start + k;
        const b = a + half;
        const c = cos[t]!;
        const s = sin[t]!;
        const x = re[b]! * c + im[b]! * s;
        const y = im[b]! * c - re[b]! * s;
        re[b] = re[a]! - x;
        im[b] = im[a]! - y;
        re[a] = re[a]! + x;
        im[a] = im[a]! + y;
      }
    }
  }
}
