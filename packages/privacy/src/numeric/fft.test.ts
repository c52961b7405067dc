import { expect, it } from 'vitest';
import { fft } from './fft.ts';

const signal = (size: number) => ({
  re: Float64Array.from({ length: size }, (_, i) => Math.sin(3 * i + 1)),
  im: Float64Array.from({ length: size }, (_, i) => Math.cos(i * i)),
});

it.each([2, 4, 64, 512])('is the discrete Fourier transform of %d points, within its bound', (size) => {
  const { re, im } = signal(size);
  const [outRe, outIm] = [re.slice(), im.slice()];
  fft(outRe, outIm);
  const bound = 7 * Math.log2(size) * 2 ** -53 * re.reduce((sum, value, i) => sum + Math.hypot(value, im[i]!), 0);
  for (let k = 0; k < size; k++) {
    let [a, b] = [0, 0];
    for (let n = 0; n < size; n++) {
      const angle = (-2 * Math.PI * ((k * n) % size)) / size;
      a += re[n]! * Math.cos(angle) - im[n]! * Math.sin(angle);
      b += re[n]! * Math.sin(angle) + im[n]! * Math.cos(angle);
    }
    // The naive sum errs too, by more.
    expect(Math.hypot(outRe[k]! - a, outIm[k]! - b)).toBeLessThan(bound + size * 1e-15);
  }
});

it('is undone by itself with swapped arguments', () => {
  const { re, im } = signal(1 << 14);
  const [outRe, outIm] = [re.slice(), im.slice()];
  fft(outRe, outIm);
  fft(outIm, outRe);
  for (let i = 0; i < re.length; i++) {
    expect(Math.abs(outRe[i]! / re.length - re[i]!)).toBeLessThan(1e-14);
    expect(Math.abs(outIm[i]! / re.length - im[i]!)).toBeLessThan(1e-14);
  }
});
