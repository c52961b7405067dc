import { expect, test } from 'vitest';
import type { Certificate } from '@encryptech/protocol';
import { describeTraining } from './describe-training.ts';

const of = (facts: Partial<Certificate>) =>
  describeTraining({ clipNorm: 0.5, unit: 'row', ...facts } as Certificate).join(' ');

test('a certificate’s training in words', () => {
  // Of one from before there was a choice.
  expect(of({})).toBe('The gradient of one row was clipped to norm 0.5.');
  expect(of({ clipping: { kind: 'per-layer' }, trained: { selection: 'all', parameters: 1234 } })).toBe(
    'All 1,234 parameters were trained. The gradient of one row was clipped layer by layer, to norm 0.5 all together.',
  );
  expect(of({ clipping: { kind: 'automatic' } })).toContain('was scaled to norm 0.5');
  const adaptive = of({
    clipping: { kind: 'adaptive', quantile: 0.6, rate: 0.2, share: 0.05, lastClipNorm: 0.123456 },
    trained: { selection: 'last:1', parameters: 62 },
  });
  expect(adaptive).toContain('only "last:1" were trained, 62 numbers');
  expect(adaptive).toContain(
    'began at 0.5, followed the 0.6 quantile of the norms by noised counts, and ended at 0.1235',
  );
});
