import { describe, expect, it, test } from 'vitest';
import { goldenValues } from '../../test/golden-values.ts';
import { analyticGaussianDelta } from '../epsilon/analytic-gaussian-delta.ts';
import { epsilonOf } from '../epsilon/epsilon-of.ts';
import { compositionDelta } from './composition-delta.ts';
import { compositionEpsilon } from './composition-epsilon.ts';
import type { MechanismSteps } from './mechanism-steps.ts';

const pld = { accountant: 'pld' } as const;
const onAdd = { ...pld, adjacency: 'add-or-remove-one' } as const;
const onReplace = { ...pld, adjacency: 'replace-one' } as const;

/** δ of randomised response and a Gaussian of shift mu: Σ over losses of the first, exactly. */
function responseAndGaussian(response: number, times: number, shift: number, epsilon: number): number {
  const truth = Math.exp(response) / (1 + Math.exp(response));
  let delta = 0;
  let ways = 1;
  for (let lies = 0; lies <= times; lies++) {
    const loss = (times - 2 * lies) * response;
    const p = ways * truth ** (times - lies) * (1 - truth) ** lies;
    // δ_G at a negative epsilon: 1 − e^ε + e^ε·δ_G(−ε), the Gaussian's curve being its own mirror image.
    const rest = epsilon - loss;
    const gaussian =
      rest >= 0
        ? analyticGaussianDelta(shift, rest)
        : 1 - Math.exp(rest) + Math.exp(rest) * analyticGaussianDelta(shift, -rest);
    delta += p * gaussian;
    ways = (ways * (times - lies)) / (lies + 1);
  }
  return delta;
}

describe('compositionEpsilon', () => {
  test('of one sampled Gaussian is epsilonOf', () => {
    const run = { sigma: 1.1, q: 0.01, steps: 300 };
    const parts: MechanismSteps[] = [{ mechanism: 'sampled-gaussian', ...run }];
    expect(compositionEpsilon({ parts, ...onAdd, delta: 1e-5 })).toBe(epsilonOf({ ...run, ...onAdd, delta: 1e-5 }));
  });

  test('one run cut in three parts costs what it costs whole', () => {
    const whole = epsilonOf({ sigma: 1.1, q: 0.01, steps: 600, ...onAdd, delta: 1e-5 });
    const parts = [100, 200, 300].map((steps): MechanismSteps => ({
      ...{ mechanism: 'sampled-gaussian', sigma: 1.1, q: 0.01, steps },
    }));
    const cut = compositionEpsilon({ parts, ...onAdd, delta: 1e-5 });
    expect(Math.abs(cut - whole)).toBeLessThan(0.002);
  });

  test('Gaussians on everybody are one Gaussian (Balle and Wang 2018)', () => {
    const parts: MechanismSteps[] = [
      { mechanism: 'gaussian', sigma: 3, steps: 4 },
      { mechanism: 'sampled-gaussian', sigma: 6, q: 1, steps: 2 },
    ];
    const shift = Math.sqrt(4 / 9 + 2 / 36);
    const epsilon = compositionEpsilon({ parts, ...onAdd, delta: 1e-6 });
    expect(analyticGaussianDelta(shift, epsilon)).toBeLessThanOrEqual(1e-6);
    expect(analyticGaussianDelta(shift, epsilon - 0.002)).toBeGreaterThan(1e-6);
  });

  test('golden: five Laplace mechanisms at a tiny delta cost the sum of their epsilons', () => {
    const golden = goldenValues.find(({ id }) => id === 'dpacc-pld-laplace')!;
    const parts: MechanismSteps[] = [
      { mechanism: 'laplace', scale: 1, steps: 3 },
      { mechanism: 'laplace', scale: 2, steps: 2 },
    ];
    expect(compositionEpsilon({ parts, ...onAdd, delta: golden.delta })).toBeCloseTo(golden.expected, 6);
  });

  test('rdp is above pld, for each mechanism', () => {
    for (const part of [
      { mechanism: 'laplace', scale: 5, steps: 30 },
      { mechanism: 'randomised-response', epsilon: 0.3, categories: 4, steps: 30 },
      { mechanism: 'gaussian', sigma: 8, steps: 30 },
    ] as const) {
      const exact = compositionEpsilon({ parts: [part], ...onReplace, delta: 1e-5 });
      const rdp = compositionEpsilon({ parts: [part], ...onReplace, accountant: 'rdp', delta: 1e-5 });
      expect(rdp).toBeGreaterThan(exact);
      expect(rdp).toBeLessThan(exact * 1.25);
    }
  });

  it.each([
    [[]],
    [[{ mechanism: 'laplace', scale: 0, steps: 1 }]],
    [[{ mechanism: 'guess', steps: 1 }]],
    [[{ mechanism: 'gaussian', sigma: 1, steps: 0.5 }]],
    [[{ mechanism: 'randomised-response', epsilon: 1, categories: 2, steps: 1 }]],
  ])('refuses %j under add-or-remove-one', (parts) => {
    expect(() => compositionEpsilon({ parts: parts as MechanismSteps[], ...onAdd, delta: 1e-5 })).toThrow(
      expect.objectContaining({ code: 'privacy.badParameter' }),
    );
  });
});

describe('compositionDelta', () => {
  test.each([0.1, 0.5, 1.2])('one Laplace mechanism at epsilon %d: 1 − e^((ε − s)/2)', (epsilon) => {
    const parts: MechanismSteps[] = [{ mechanism: 'laplace', scale: 0.5, steps: 1 }];
    const exact = -Math.expm1((epsilon - 2) / 2);
    const delta = compositionDelta({ parts, ...onAdd, epsilon });
    expect(delta).toBeGreaterThanOrEqual(exact * (1 - 1e-12));
    expect(delta).toBeLessThan(exact * 1.01);
    // Exchange moves the sum twice as far.
    const twice = compositionDelta({ parts: [{ mechanism: 'laplace', scale: 1, steps: 1 }], ...onReplace, epsilon });
    expect(twice / exact).toBeCloseTo(1, 2);
  });

  test.each([
    [0.5, 10, 0.7, 1],
    [0.2, 25, 0.3, 2],
    [2, 1, 1.5, 4],
  ])(
    'randomised response %d, %d times, and a Gaussian of shift %d at epsilon %d: the exact sum',
    (epsilon, times, shift, at) => {
      const parts: MechanismSteps[] = [
        { mechanism: 'randomised-response', epsilon, categories: 2, steps: times },
        { mechanism: 'gaussian', sigma: 2 / shift, steps: 1 },
      ];
      const exact = responseAndGaussian(epsilon, times, shift, at);
      const delta = compositionDelta({ parts, ...onReplace, epsilon: at });
      expect(delta).toBeGreaterThanOrEqual(exact);
      expect(delta).toBeLessThan(exact * 1.02);
    },
  );

  test('Laplace and Gaussian together: an integral over the Laplace loss', () => {
    const [s, shift, epsilon] = [0.8, 0.6, 1.1];
    const gaussian = (rest: number) =>
      rest >= 0
        ? analyticGaussianDelta(shift, rest)
        : 1 - Math.exp(rest) + Math.exp(rest) * analyticGaussianDelta(shift, -rest);
    const cells = 20_000;
    let exact = gaussian(epsilon - s) / 2 + (Math.exp(-s) / 2) * gaussian(epsilon + s);
    for (let i = 0; i < cells; i++) {
      const loss = -s + ((i + 0.5) * 2 * s) / cells;
      exact += (0.25 * Math.exp((loss - s) / 2) * gaussian(epsilon - loss) * 2 * s) / cells;
    }
    const parts: MechanismSteps[] = [
      { mechanism: 'laplace', scale: 1 / s, steps: 1 },
      { mechanism: 'gaussian', sigma: 1 / shift, steps: 1 },
    ];
    const delta = compositionDelta({ parts, ...onAdd, epsilon });
    expect(delta).toBeGreaterThanOrEqual(exact * (1 - 1e-7));
    expect(delta).toBeLessThan(exact * 1.02);
  });
});
