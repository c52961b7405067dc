import { errorsOf } from '@encryptech/base';

/** Every code that the verifier raises. */
export type VerifierErrorCode =
  /** A request is not of its form; `place` is the member. */
  | 'verifier.badRequest'
  /** The block that the evidence's nonce is made from is unknown or too old. */
  | 'verifier.staleBlock'
  /** The evidence is not signed by the provider in whose name it comes. */
  | 'verifier.notSubject'
  /** The evidence is about something else than this provider, register and block. */
  | 'verifier.unbound'
  /** The provider is not registered on chain. */
  | 'verifier.unknownSubject'
  /** The evidence does not verify; the cause has the step. */
  | 'verifier.unverified'
  /** A finding that this verifier already signed says something else about the same evidence at the same time. */
  | 'verifier.contradiction'
  /** A peer is not one of the configuration's, or its answer is not its signature. */
  | 'verifier.badPeer'
  /** The provider gives no evidence. */
  | 'verifier.noEvidence'
  /** The provider's capacity could not be measured: no answer, a refusal, or wrong results. */
  | 'verifier.notMeasured'
  | 'verifier.unknownPath';

export const verifierError = errorsOf<VerifierErrorCode>();
