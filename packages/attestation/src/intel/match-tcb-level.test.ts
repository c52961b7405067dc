import { expect, test } from 'vitest';
import { matchTcbLevel } from './match-tcb-level.ts';
import type { TcbLevel } from './tcb-info.ts';

const sixteen = (...first: number[]) => Array.from({ length: 16 }, (_, index) => first[index] ?? 0);
const level = (name: string, sgx: number[], pceSvn: number, tdx: number[] = []): TcbLevel => ({
  sgxComponents: sixteen(...sgx),
  pceSvn,
  tdxComponents: sixteen(...tdx),
  status: 'UpToDate',
  date: new Date('2024-01-01T00:00:00Z'),
  advisories: [name],
});
const levels = [level('high', [3, 3], 11, [5, 0, 3]), level('middle', [2, 2], 11, [5, 0, 2]), level('low', [2, 2], 5)];
const match = (components: number[], pceSvn: number, tee?: number[]) => {
  const platform = { componentSvns: sixteen(...components), pceSvn };
  const found = matchTcbLevel(levels, platform, tee && Uint8Array.from(sixteen(...tee)));
  return [found.sgx?.advisories[0], found.tdx?.advisories[0]];
};

test('a level is reached only with every component and the PCE version', () => {
  expect(match([3, 3], 11)).toEqual(['high', undefined]);
  expect(match([9, 2], 11)).toEqual(['middle', undefined]);
  expect(match([9, 9], 10)).toEqual(['low', undefined]);
  expect(match([1, 9], 11)).toEqual([undefined, undefined]);
  expect(match([9, 9], 4)).toEqual([undefined, undefined]);
});

test('a TD needs the TDX components of the level as well', () => {
  expect(match([3, 3], 11, [5, 0, 3])).toEqual(['high', 'high']);
  expect(match([3, 3], 11, [5, 0, 2])).toEqual(['high', 'middle']);
  expect(match([3, 3], 11, [4, 0, 3])).toEqual(['high', 'low']);
});

// A genuine platform, whose module of version 1 has security version 4 where the level says 5, depends on this.
test("components 0 and 1 are the module's where it has a version of its own", () => {
  expect(match([3, 3], 11, [4, 1, 3])).toEqual(['high', 'high']);
  expect(match([3, 3], 11, [0, 1, 2])).toEqual(['high', 'middle']);
});
