import { expect, test } from 'vitest';
import { convergeStatus } from './converge-status.ts';

// The tables of Intel's library, convergeTcbStatusWithQeTcbStatus.
test.each([
  ['UpToDate', 'UpToDate', 'UpToDate'],
  ['UpToDate', 'OutOfDate', 'OutOfDate'],
  ['SWHardeningNeeded', 'UpToDate', 'SWHardeningNeeded'],
  ['SWHardeningNeeded', 'OutOfDate', 'OutOfDate'],
  ['ConfigurationNeeded', 'OutOfDate', 'OutOfDateConfigurationNeeded'],
  ['ConfigurationAndSWHardeningNeeded', 'OutOfDate', 'OutOfDateConfigurationNeeded'],
  ['OutOfDate', 'OutOfDate', 'OutOfDate'],
  ['OutOfDateConfigurationNeeded', 'OutOfDate', 'OutOfDateConfigurationNeeded'],
  ['UpToDate', 'Revoked', 'Revoked'],
  ['Revoked', 'UpToDate', 'Revoked'],
  ['Revoked', 'OutOfDate', 'Revoked'],
  ['UpToDate', 'NotSupported', 'NotSupported'],
  ['NotSupported', 'UpToDate', 'NotSupported'],
] as const)('%s with a part that is %s is %s', (platform, part, whole) => {
  expect(convergeStatus(platform, part)).toBe(whole);
});
