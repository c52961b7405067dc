import { EncryptechError, isEncryptechError } from '@encryptech/base';

/** A check that evidence passed. */
export interface PassedStep {
  /** Short name, such as `report-signature`: what a failed step is called in an error's `data.step`. */
  readonly step: string;
  /** What was found, one sentence. */
  readonly words: string;
  /** The specification that asks for the check, with section. */
  readonly source: string;
}

/** Runs checks one by one, remembers those that passed, and names the one that failed. */
export interface Steps {
  /** The result of a check; its error, if it fails, has the step's name in `data.step`. */
  run<T>(step: string, source: string, words: string | ((result: T) => string), check: () => T): T;
  /** {@link run} for checks that take WebCrypto. */
  runAsync<T>(
    step: string,
    source: string,
    words: string | ((result: T) => string),
    check: () => Promise<T>,
  ): Promise<T>;
  /** Those that passed so far, in order. */
  readonly passed: readonly PassedStep[];
}

/** An empty list of checks. */
export function createSteps(): Steps {
  const passed: PassedStep[] = [];
  return {
    passed,
    run(step, source, words, check) {
      try {
        const result = check();
        passed.push({ step, words: typeof words === 'function' ? words(result) : words, source });
        return result;
      } catch (error) {
        throw failedAt(step, error);
      }
    },
    async runAsync(step, source, words, check) {
      try {
        const result = await check();
        passed.push({ step, words: typeof words === 'function' ? words(result) : words, source });
        return result;
      } catch (error) {
        throw failedAt(step, error);
      }
    },
  };
}

function failedAt(step: string, error: unknown): unknown {
  if (!isEncryptechError(error) || 'step' in error.data) return error;
  const { code, message, place, hint, data, retry } = error;
  return new EncryptechError({ code, message, place, hint, data: { ...data, step }, retry, cause: error });
}
