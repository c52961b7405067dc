import type { Context } from 'hono';
import { coordinatorError } from '../errors.ts';

/**
 * The JSON body of a request.
 *
 * @throws `coordinator.badRequest`
 */
export async function readJson(context: Context): Promise<unknown> {
  const text = await context.req.text();
  // PostgreSQL can't hold the character 0 in a JSON document.
  if (text.includes('\\u0000')) throw notJson('The body holds the character 0.');
  try {
    return JSON.parse(text);
  } catch {
    throw notJson('The body is not JSON.');
  }
}

const notJson = (message: string) => coordinatorError({ code: 'coordinator.badRequest', message, place: 'body' });
