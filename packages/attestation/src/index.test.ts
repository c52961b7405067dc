import { expect, test } from 'vitest';
import * as attestation from './index.ts';

test('exports these names', () => {
  expect(Object.keys(attestation).sort()).toEqual([
    'ATTESTATION_RESULT_TYPES',
    'REASONS',
    'TEE_KINDS',
    'appraisalPolicyDigest',
    'appraise',
    'appraiseEvidence',
    'assertProduction',
    'createDevelopmentPki',
    'createEndorsementStore',
    'createSoftwareAttester',
    'decodeEvidence',
    'decodeRuntimeData',
    'describeReason',
    'detectKind',
    'encodeEvidence',
    'encodeRuntimeData',
    'nitroVerifier',
    'noEndorsements',
    'parseAppraisalPolicy',
    'readEvidence',
    'replayEventLog',
    'reportDataOf',
    'sevSnpVerifier',
    'sgxVerifier',
    'softwareVerifier',
    'strictAppraisalPolicy',
    'tdxVerifier',
    'toEarJwt',
    'toTypedResult',
    'vendorAnchors',
    'verifyEvidence',
    'verifyEvidenceBody',
  ]);
});
