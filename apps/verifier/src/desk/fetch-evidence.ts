import type { Address } from '@encryptech/base';
import { submissionSchema, type Submission } from '@encryptech/protocol';
import { verifierError } from '../errors.ts';
import { parseRequest } from '../finding/submission.ts';
import { readCapped } from '../peers/read-capped.ts';

const ANSWER_TIMEOUT_MS = 10_000;
const MOST_BYTES = 300_000;

/**
 * New evidence of a provider over a block: `GET URL/v1/evidence?block=N`.
 *
 * @throws `verifier.noEvidence`, `verifier.badRequest`
 */
export async function fetchEvidence(
  { subject, url }: { subject: Address; url: string },
  block: bigint,
): Promise<Submission> {
  let answer: unknown;
  try {
    const response = await fetch(`${url.replace(/\/+$/, '')}/v1/evidence?block=${block}`, {
      redirect: 'error',
      signal: AbortSignal.timeout(ANSWER_TIMEOUT_MS),
    });
    if (!response.ok) {
      await response.body?.cancel();
      throw new Error(`status ${response.status}`);
    }
    answer = JSON.parse(await readCapped(response, MOST_BYTES));
  } catch (cause) {
    throw verifierError({
      ...{ code: 'verifier.noEvidence', message: 'The provider gives no evidence.', place: url, cause, retry: 'later' },
    });
  }
  const submission = parseRequest(submissionSchema, answer);
  if (submission.subject.toLowerCase() === subject.toLowerCase()) return submission;
  throw verifierError({
    ...{ code: 'verifier.noEvidence', message: 'The provider answers for another account.', place: url },
  });
}
