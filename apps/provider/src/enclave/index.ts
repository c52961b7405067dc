// What others need to know of the enclave to judge it; light, and without the worker itself.
export { announcementNonce } from './announcement-nonce.ts';
export { createChallengeGuard, type AcceptedChallenge, type ChallengeScope } from './challenge-guard.ts';
export { configurationDigest, type EnclaveConfiguration } from './configuration-digest.ts';
export { enclaveTypes } from './enclave-pipe.ts';
export type { EnclaveErrorCode } from './errors.ts';
