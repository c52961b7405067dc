import type { Address } from '@encryptech/base';
import { verifierError } from '../errors.ts';
import { parseRequest, submissionSchema, type Submission } from '../finding/submission.ts';

const ANSWER_TIMEOUT_MS = 30_000;
const MOST_CHARACTERS = 300_000;

/**
 * New evidence of a provider over a block: `GET URL/v1/evidence?block=N`.
 *
 * @throws `verifier.noEvidence`, `verifier.badRequest`
 */
export async function fetchEvidence(
  { subject, url }: { subject: Address; url: string },
  block: bigint,
): Promise<Submission> {
  let text: string;
  try {
    const response = await fetch(`${url.replace(/\/+$/, '')}/v1/evidence?block=${block}`, {
      redirect: 'error',
      signal: AbortSignal.timeout(ANSWER_TIMEOUT_MS),
    });
    text = await response.text();
    if (!response.ok || text.length > MOST_CHARACTERS) throw new Error(`status ${response.status}`);
  } catch (cause) {
    throw verifierError({
      ...{ code: 'verifier.noEvidence', message: 'The provider gives no evidence.', place: url, cause, retry: 'later' },
    });
  }
  const submission = parseRequest(submissionSchema, JSON.parse(text));
  if (submission.subject.toLowerCase() === subject.toLowerCase()) return submission;
  throw verifierError({
    ...{ code: 'verifier.noEvidence', message: 'The provider answers for another account.', place: url },
  });
}
