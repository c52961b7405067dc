export {
  readVerifierConfig,
  verifierConfigSchema,
  type VerifierConfig,
  type VerifierConfigInput,
} from './config/verifier-config.ts';
export type { VerifierErrorCode } from './errors.ts';
export { startVerifier, type Verifier, type VerifierDeps } from './start-verifier.ts';
