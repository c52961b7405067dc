import { isEncryptechError } from '@encryptech/base';

/** The error for people: what, where, the next step, and the code to search for. */
export function renderError(error: unknown): string {
  if (!isEncryptechError(error)) {
    const message = error instanceof Error ? error.message : String(error);
    return `Unexpected error: ${message}\nThis is a defect of encryptech; set ENCRYPTECH_DEBUG=1 to see where it happened.`;
  }
  return [
    `Error: ${error.message}`,
    ...(error.place === undefined ? [] : [`  at:   ${error.place}`]),
    ...(error.hint === undefined ? [] : [`  next: ${error.hint}`]),
    `  code: ${error.code}`,
  ].join('\n');
}

/** The error for scripts: one flat JSON object with `ok: false`, the code, and the facts of the case. */
export function errorJson(error: unknown): string {
  const body = isEncryptechError(error)
    ? {
        ...error.data,
        code: error.code,
        message: error.message,
        place: error.place,
        hint: error.hint,
        retry: error.retry,
      }
    : { code: 'cli.unexpected', message: error instanceof Error ? error.message : String(error) };
  return JSON.stringify({ ok: false, ...body }, null, 2);
}
