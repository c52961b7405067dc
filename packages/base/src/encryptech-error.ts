/** What a caller may do about an error: nothing, try again later, or try again at once. */
export type Retry = 'never' | 'later' | 'now';

/** JSON-safe facts about an error. Never a secret, never private data. */
export type ErrorData = Readonly<Record<string, string | number | boolean | null | readonly (string | number)[]>>;

export interface ErrorFacts<Code extends string> {
  /** Stable, dotted, starting with the package: `onnx.unsupportedOperator`. */
  code: Code;
  /** What happened, one sentence. */
  message: string;
  /** Where: `line 12, column "age"`, `node "Conv_3"`, a file. */
  place?: string | undefined;
  /** The next step for the person who reads this. */
  hint?: string | undefined;
  data?: ErrorData | undefined;
  cause?: unknown;
  retry?: Retry | undefined;
}

/**
 * The one error class of Encryptech: data first, so that it can be logged, sent and matched by `code`.
 *
 * Compare `code`, not the class: two copies of a package give two classes.
 */
export class EncryptechError<Code extends string = string> extends Error {
  readonly code: Code;
  readonly place: string | undefined;
  readonly hint: string | undefined;
  readonly data: ErrorData;
  readonly retry: Retry;

  constructor(facts: ErrorFacts<Code>) {
    super(facts.message, facts.cause === undefined ? undefined : { cause: facts.cause });
    this.name = 'EncryptechError';
    this.code = facts.code;
    this.place = facts.place;
    this.hint = facts.hint;
    this.data = facts.data ?? {};
    this.retry = facts.retry ?? 'never';
  }

  /** The error as JSON for logs, `--json` and the wire; the cause stays behind, it may hold more than others should see. */
  toJSON(): { code: Code; message: string; place?: string; hint?: string; data: ErrorData; retry: Retry } {
    return {
      code: this.code,
      message: this.message,
      ...(this.place === undefined ? {} : { place: this.place }),
      ...(this.hint === undefined ? {} : { hint: this.hint }),
      data: this.data,
      retry: this.retry,
    };
  }
}

/** True for an {@link EncryptechError} of any copy of this package, with that code if one is given. */
export function isEncryptechError(value: unknown, code?: string): value is EncryptechError {
  return (
    value instanceof Error &&
    value.name === 'EncryptechError' &&
    'code' in value &&
    (code === undefined || value.code === code)
  );
}

/** A constructor of errors whose codes come from one package's closed list. */
export function errorsOf<Code extends string>(): (facts: ErrorFacts<Code>) => EncryptechError<Code> {
  return (facts) => new EncryptechError(facts);
}
