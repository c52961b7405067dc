import fc from 'fast-check';
import { expect, test } from 'vitest';
import { codeOf, policy, repeat } from '../../test/fixture.ts';
import { appraisalPolicyDigest } from './appraisal-policy-digest.ts';
import { parseAppraisalPolicy } from './parse-appraisal-policy.ts';

test('reads a policy from a value and from text, member for member', () => {
  expect(parseAppraisalPolicy(policy)).toEqual(policy);
  expect(parseAppraisalPolicy(JSON.stringify(policy, null, 2))).toEqual(policy);
  const { insecureAllowDevelopment: _, ...strict } = policy;
  expect(parseAppraisalPolicy(strict)).toEqual(strict);
  expect(Object.isFrozen(parseAppraisalPolicy(policy).measurements)).toBe(true);
  const snpMinimumTcb = {
    Milan: { bootloader: 4, tee: 0, snp: 27, microcode: 222 },
    Turin: { fmc: 1, bootloader: 1, tee: 1, snp: 4, microcode: 80 },
  };
  const read = parseAppraisalPolicy({ ...policy, snpMinimumTcb });
  expect(read).toEqual({ ...policy, snpMinimumTcb });
  expect(Object.isFrozen(read.snpMinimumTcb?.Milan)).toBe(true);
});

// The digest was computed with Python's json and hashlib.
test('the digest is that of the canonical JSON, whatever the order and white space', () => {
  const digest = '0x4ebb8a42484c68a10533e1744b948a64d1e4d1997dedd18493d6376a19460949';
  expect(appraisalPolicyDigest(policy)).toBe(digest);
  const reversed = JSON.stringify(Object.fromEntries(Object.entries(policy).reverse()), null, 4);
  expect(appraisalPolicyDigest(parseAppraisalPolicy(reversed))).toBe(digest);
  expect(appraisalPolicyDigest({ ...policy, minLevel: 1 })).not.toBe(digest);
});

test.each(Object.keys(policy).filter((name) => !name.startsWith('insecure')))('%s must be there', (name) => {
  const { [name as 'kinds']: _, ...rest } = policy;
  expect(() => parseAppraisalPolicy(rest)).toThrow(
    expect.objectContaining({ code: 'attestation.badPolicy', place: name }),
  );
});

const bad: [string, unknown][] = [
  ['version', 2],
  ['version', '1'],
  ['kinds', 'software'],
  ['kinds', ['software', 'software']],
  ['kinds', ['trustzone']],
  ['measurements', [repeat(1, 20)]],
  ['measurements', [repeat(0xab, 48).toUpperCase().replace('0X', '0x')]],
  ['measurements', Array.from({ length: 1_001 }, (_, i) => `0x${i.toString(16).padStart(64, '0')}`)],
  ['measurements', new Array(1)],
  ['measurements', { 0: repeat(1, 48) }],
  ['minLevel', 4],
  ['minLevel', -1],
  ['minLevel', '1'],
  ['minLevel', null],
  ['acceptedAdvisories', ['intel-sa-1']],
  ['acceptedAdvisories', [1]],
  ['tcbGraceSec', -1],
  ['tcbGraceSec', 1.5],
  ['tcbGraceSec', Number.POSITIVE_INFINITY],
  ['minEvaluationNumber', '17'],
  ['collateralSoftAgeSec', undefined],
  ['deniedDevices', [repeat(1, 16)]],
  ['registeredDevices', [repeat(1, 48)]],
  ['reproducibleMeasurements', ['']],
  ['insecureAllowDevelopment', 'true'],
  ['insecureAllowServiceTd', 1],
  ['insecureAllowSeptVe', null],
  ['insecureAllowVmpl', 'yes'],
  ['snpMinimumTcb', []],
  ['snpMinimumTcb', { Rome: { bootloader: 1, tee: 1, snp: 1, microcode: 1 } }],
  ['snpMinimumTcb', { Milan: { bootloader: 1, tee: 1, snp: 1 } }],
  ['snpMinimumTcb', { Milan: { fmc: 1, bootloader: 1, tee: 1, snp: 1, microcode: 1 } }],
  ['snpMinimumTcb', { Turin: { bootloader: 1, tee: 1, snp: 1, microcode: 1 } }],
  ['snpMinimumTcb', { Genoa: { bootloader: 256, tee: 1, snp: 1, microcode: 1 } }],
  ['snpMinimumTcb', { Genoa: { bootloader: 1, tee: 1, snp: 1, toString: 1 } }],
  ['insecureAllowDebug', true],
  ['comment', 'mine'],
  ['toString', true],
];
test.each(bad)('a bad or unknown %s is refused', (place, value) => {
  expect(() => parseAppraisalPolicy({ ...policy, [place]: value })).toThrow(
    expect.objectContaining({ code: 'attestation.badPolicy', place }),
  );
});

test('no text or value but a policy is one', async () => {
  for (const text of [
    '',
    '{',
    'null',
    '[]',
    JSON.stringify(policy).replace('{', '{"__proto__":{},'),
    ' '.repeat(262_145),
  ])
    expect(await codeOf(() => parseAppraisalPolicy(text))).toBe('attestation.badPolicy');
  await fc.assert(
    fc.asyncProperty(fc.jsonValue(), async (value) => {
      expect(await codeOf(() => parseAppraisalPolicy(value))).toBe('attestation.badPolicy');
    }),
  );
});
