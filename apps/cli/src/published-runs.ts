/** A run whose epsilon was published, with the settings that it was published with; all at delta 1e-5, add-or-remove-one. */
export interface PublishedRun {
  source: string;
  sigma: number;
  q: number;
  steps: number;
  published: number;
}

const opacus = { source: 'Opacus, README of its MNIST example', q: 0.004 };
const tensorflow = { source: 'TensorFlow Privacy, table of its MNIST tutorial', q: 256 / 60_000 };

/** Numbers that people still quote. */
export const PUBLISHED_RUNS: readonly PublishedRun[] = [
  { ...opacus, sigma: 1.3, steps: 3_750, published: 1.16 },
  { ...opacus, sigma: 1.1, steps: 15_000, published: 2.91 },
  { ...opacus, sigma: 0.7, steps: 11_250, published: 6.86 },
  { ...tensorflow, sigma: 1.3, steps: 3_515, published: 1.19 },
  { ...tensorflow, sigma: 1.1, steps: 14_062, published: 3.01 },
  { ...tensorflow, sigma: 0.7, steps: 10_546, published: 7.1 },
];
