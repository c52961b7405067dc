import { describe, expect, test } from 'vitest';
import { searchSettings, settingsText } from './search-settings.ts';
import { settingsChoices } from './settings-choices.ts';

describe('searchSettings', () => {
  test('are all combinations of what is tried', () => {
    expect(searchSettings(['learning-rate=0.5,1', 'clip-norm=0.1'], undefined, '')).toEqual([
      { 'learning-rate': '0.5', 'clip-norm': '0.1' },
      { 'learning-rate': '1', 'clip-norm': '0.1' },
    ]);
    expect(searchSettings([], undefined, '')).toEqual([{}]);
  });

  test('of a file: values, lists of them, and lists of such entries, each with what is tried', () => {
    const file = [
      { optimiser: 'sgd', 'learning-rate': [1, 2] },
      { optimiser: 'adam', 'learning-rate': 0.02 },
    ];
    const all = searchSettings(['steps=50'], file, 'grid.json');
    expect(all.map(settingsText)).toEqual([
      'optimiser sgd, learning-rate 1, steps 50',
      'optimiser sgd, learning-rate 2, steps 50',
      'optimiser adam, learning-rate 0.02, steps 50',
    ]);
  });

  test.each<[string, string[], unknown, string]>([
    ['no values', ['learning-rate'], undefined, '--try'],
    [
      'more than a thousand',
      ['steps=1,2,3,4,5,6,7,8,9,10', 'momentum=1,2,3,4,5,6,7,8,9,10', 'beta1=1,2,3,4,5,6,7,8,9,10,11'],
      undefined,
      '--try',
    ],
    ['a file of another form', [], { 'learning-rate': { from: 1 } }, 'grid.json'],
    ['an empty file', [], {}, 'grid.json'],
    ['a list of nothing', [], [], 'grid.json'],
  ])('%s: refused with the place', (_, tries, file, place) => {
    expect(() => searchSettings(tries, file, 'grid.json')).toThrow(expect.objectContaining({ place }));
  });
});

describe('settingsChoices', () => {
  test('reads settings as the options of the same names, over what stands for all', () => {
    const choices = settingsChoices(
      { 'learning-rate': '2', average: 'ema:0.9' },
      { learningRate: '1', momentum: '0.5' },
    );
    expect(choices).toMatchObject({ learningRate: 2, momentum: 0.5, averaging: { kind: 'ema', decay: 0.9 } });
  });

  test.each([
    ['epsilon', '1'],
    ['learning-rate', 'fast'],
    ['optimiser', 'lion'],
  ])('refuses %s %s', (name, value) => {
    expect(() => settingsChoices({ [name]: value }, {})).toThrow(expect.objectContaining({ code: 'cli.badOption' }));
  });
});
