import { EncryptechError, type Retry } from '@encryptech/base';
import { describe, expect, test } from 'vitest';
import { untilDone } from './until-done.ts';

const fault = (code: string, retry: Retry) => new EncryptechError({ code, message: code, retry });

/** Work that fails with these errors, one after the other, and then gives `done`. */
function failing(...errors: Error[]) {
  const retried: unknown[] = [];
  const abort = new AbortController();
  const work = () => {
    const error = errors.shift();
    return error === undefined ? Promise.resolve('done') : Promise.reject(error);
  };
  const options = { signal: abort.signal, onRetry: (error: unknown) => retried.push(error), firstPauseMs: 1 };
  return { work, options, retried, abort, left: errors };
}

describe('untilDone', () => {
  test('the chain, the coordinator or the blob store is away for a while: tries again', async () => {
    const { work, options, retried } = failing(fault('chain.unreachable', 'later'), fault('protocol.timeout', 'now'));
    expect(await untilDone(work, options)).toBe('done');
    expect(retried).toHaveLength(2);
  });

  test('what will not pass is thrown at once, as is what nobody knows', async () => {
    for (const error of [fault('chain.jobsTooLate', 'never'), new TypeError('a bug')]) {
      const { work, options, retried } = failing(error);
      await expect(untilDone(work, options)).rejects.toBe(error);
      expect(retried).toEqual([]);
    }
  });

  test('codes that pass with time can be named', async () => {
    const { work, options } = failing(fault('protocol.blobMissing', 'never'));
    expect(await untilDone(work, { ...options, alsoRetry: ['protocol.blobMissing'] })).toBe('done');
  });

  test('the signal ends the tries with the last error', async () => {
    const error = fault('chain.unreachable', 'later');
    const { work, options, abort, left } = failing(error, error, error);
    const tried = untilDone(work, {
      ...options,
      onRetry: () => {
        if (left.length === 1) abort.abort();
      },
    });
    await expect(tried).rejects.toBe(error);
    expect(left).toHaveLength(1);
  });
});
