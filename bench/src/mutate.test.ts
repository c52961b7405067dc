import { describe, expect, it } from 'vitest';
import { mutantsOf, sample } from './mutate.ts';

const after = (line: string) => mutantsOf('A.sol', line).map((mutant) => mutant.after.trim());

describe('mutantsOf', () => {
  it('moves a limit, turns it round, and takes the guard away', () => {
    expect(after('        if (amount > left) revert Exceeded(amount, left);')).toEqual([
      'if (amount >= left) revert Exceeded(amount, left);',
      '{}',
    ]);
  });

  it('changes one place at a time', () => {
    expect(after('        return a + b - c;')).toEqual(['return a - b - c;', 'return a + b + c;']);
  });

  it('takes modifiers away', () => {
    expect(after('    function draw(uint256 a) external onlyRole(Roles.RESERVE) {')).toEqual([
      'function draw(uint256 a) external {',
    ]);
    expect(after('    function pause() external restricted {')).toEqual(['function pause() external {']);
  });

  it('moves constants, and money not at all', () => {
    expect(after('    uint256 private constant CAP = 2_500;')).toEqual(['uint256 private constant CAP = 2_500 + 1;']);
    expect(after('        IERC20(token).safeTransfer(to, amount);')).toEqual(['{}']);
  });

  it('leaves comments, imports and loops alone', () => {
    expect(after('    // a > b')).toEqual([]);
    expect(after('    uint256 a; // b > c')).toEqual([]);
    expect(after('    for (uint256 i = 0; i < n; ++i) {')).toEqual([]);
    expect(after('import {A} from "./A.sol";')).toEqual([]);
  });
});

describe('sample', () => {
  it('is spread evenly, and all where there are few', () => {
    expect(sample([0, 1, 2, 3, 4, 5, 6, 7], 4)).toEqual([1, 3, 5, 7]);
    expect(sample([0, 1], 4)).toEqual([0, 1]);
  });
});
