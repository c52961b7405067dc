import { expect, test } from 'vitest';
import { context, evidence } from '../../test/fixture.ts';
import { verifyEvidence } from '../verify-evidence.ts';

// Two bytes of type and four of length stand before the PEM text.
const PLACE = Buffer.from(evidence.body).indexOf('-----BEGIN CERTIFICATE') - 6;

test.each([
  [1, 'only the platform’s identifier in the clear'],
  [2, 'only the platform’s identifier, encrypted by RSA-2048'],
  [3, 'only the platform’s identifier, encrypted by RSA-3072'],
  [4, 'a PCK certificate without its chain'],
  [7, 'other certification data'],
])('certification data of type %i are refused for what they are', async (type, words) => {
  expect([evidence.body[PLACE], evidence.body[PLACE + 1]]).toEqual([5, 0]);
  const body = evidence.body.map((byte, i) => (i === PLACE ? type : byte));
  await expect(verifyEvidence({ ...evidence, body }, context)).rejects.toMatchObject({
    code: 'attestation.unsupportedCertification',
    message: `The quote carries ${words} (type ${type}), not a PCK certificate chain (type 5).`,
    hint: 'Configure the platform to put its PCK certificate chain into quotes.',
    data: { step: 'certification-data', certificationDataType: type },
  });
});
