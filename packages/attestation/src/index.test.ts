import { expect, test } from 'vitest';
import * as attestation from './index.ts';

test('exports these names', () => {
  expect(Object.keys(attestation).sort()).toEqual([
    'REASONS',
    'TEE_KINDS',
    'appraisalPolicyDigest',
    'appraise',
    'assertProduction',
    'createDevelopmentPki',
    'createSoftwareAttester',
    'decodeEvidence',
    'decodeRuntimeData',
    'describeReason',
    'encodeEvidence',
    'encodeRuntimeData',
    'noEndorsements',
    'parseAppraisalPolicy',
    'reportDataOf',
    'softwareVerifier',
    'verifyEvidence',
    'verifyEvidenceBody',
  ]);
});
