import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { utf8 } from '@encryptech/base';
import { expect, test } from 'vitest';
import { parseSchema } from '../src/data/parse-schema.ts';
import { readCsv } from '../src/data/read-csv.ts';

const root = join(import.meta.dirname, '../../..');
const PLANS = 'packages/privacy/test/pitfalls.test.ts';
const GRAPHS = 'packages/onnx/src/pitfalls.test.ts';
const LOOP = 'packages/learning/src/training/train-privately.test.ts';
const SEARCH = 'packages/learning/src/tuning/tune-privately.test.ts';

/** Each way in which private training is known to go wrong, and the test that shows that it does not here. */
const PITFALLS: readonly (readonly [pitfall: string, file: string, title: string])[] = [
  ['shuffled or fixed-size batches', PLANS, 'shuffled or fixed-size batches under Poisson accounting'],
  ['sampling rate rounded', PLANS, 'q rounded'],
  ['steps rounded', PLANS, 'steps rounded'],
  ['empty batch', LOOP, 'an empty batch is a step of pure noise'],
  ['last partial batch', LOOP, 'last partial batch'],
  ['mean over the real batch', LOOP, 'divides by the public expected batch'],
  ['loss averaged before clipping', GRAPHS, 'loss averaged before clipping'],
  ['norm that is not a number', GRAPHS, 'clip factor of a norm that is not a number'],
  ['clipping by layer or joint', GRAPHS, 'clip per layer or joint'],
  ['tied weights', GRAPHS, 'tied weights'],
  ['ghost norms that differ from the gradients', GRAPHS, 'ghost norms that differ'],
  ['gradient accumulation', LOOP, 'noise is added once, however many micro-batches there are'],
  ['microbatches of several examples', GRAPHS, 'microbatches of several examples'],
  ['batch normalisation', GRAPHS, 'batch normalisation'],
  ['statistics of the rows', 'packages/learning/test/pitfalls.test.ts', 'normalisation statistics'],
  ['loss curves and progress', LOOP, 'progress and result tell nothing of the rows'],
  ['time that tells the batch', LOOP, 'makes the same number of graph calls'],
  ['search over settings', SEARCH, 'charges the whole search'],
  ['search scored on private rows', SEARCH, 'scores by private units that no training sees'],
  ['search begun anew after a break', SEARCH, 'goes on from any checkpoint to the same end'],
  ['adjacency mixed, in a plan', PLANS, 'adjacency mixed'],
  ['adjacency mixed, in a ledger', 'apps/owner/src/judgement/judge-job.test.ts', 'adjacency mixed'],
  ['adjacency mixed, in an enclave', 'apps/provider/src/enclave/check-job.test.ts', 'adjacency mixed'],
  ['GDP or CLT accountant', PLANS, 'GDP accountant'],
  ['floating-point noise', PLANS, 'floating-point noise'],
  ['poor random numbers', PLANS, 'PRNG quality'],
  ['noise reused over runs', PLANS, 'noise reuse'],
  ['noise reused after a restart', LOOP, 'a resumed run never reuses noise for other data'],
  ['batches repeated after a restart', LOOP, 'steps after a resumption draw what they would have drawn'],
  ['results that do not repeat', LOOP, 'equal root, job and rows repeat the model'],
  ['adaptive clipping not paid for', PLANS, 'adaptive clipping'],
  ['dataset size in receipts', PLANS, 'dataset size in receipts'],
  ['accounting one step short', PLANS, 'accounting one step short'],
  [
    'correlated noise: overlapping parts',
    'packages/privacy/test/planted-correlation.test.ts',
    'a group comes back one step early',
  ],
  ['correlated noise: not correlated', 'packages/privacy/test/planted-correlation.test.ts', 'noise is not correlated'],
  [
    'correlated noise: sums in checkpoints',
    'packages/learning/src/training/checkpoint.test.ts',
    'which is private, for the root alone',
  ],
];

test.each(PITFALLS)('%s: has its test', (_, file, title) => {
  expect(readFileSync(join(root, file), 'utf8')).toContain(title);
});

test('normalisation statistics: a row becomes the same inputs whatever the other rows are', async () => {
  const schema = parseSchema({
    version: 1,
    name: 'Pressure',
    columns: [
      { name: 'age', type: 'number', min: 0, max: 110 },
      { name: 'stage', type: 'category', values: ['one', 'two', 'three'] },
      { name: 'stroke', type: 'category', values: ['no', 'yes'] },
    ],
    target: { column: 'stroke', task: 'classification' },
  });
  const first = async (others: string) => {
    const { features, width } = await readCsv(utf8(`age,stage,stroke\n41,two,no\n${others}`), schema);
    return [...features.subarray(0, width)];
  };
  const alone = await first('');
  expect(alone).toEqual([Math.fround((2 * 41) / 110 - 1), 0, 1, 0]);
  expect(await first('109,one,yes\n108,one,yes\n')).toEqual(alone);
  expect(await first('1,three,no\n'.repeat(50))).toEqual(alone);
});
