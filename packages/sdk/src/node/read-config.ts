import { dirname, resolve } from 'node:path';
import type { z } from 'zod';
import { localError } from './errors.ts';
import { readTextFile } from './read-text-file.ts';

/**
 * The configuration in a JSON file or an object, once it fits the schema, and the folder that its relative paths start from:
 * the file's own, or the working directory for an object.
 *
 * @throws `sdk.badConfig` with the path of the first fault as `place`, `sdk.noFile`
 */
export async function readConfig<Schema extends z.ZodType>(
  schema: Schema,
  source: string | object,
  name: string,
): Promise<{ config: z.output<Schema>; base: string }> {
  const value = typeof source === 'string' ? parseText(await readTextFile(source, name), source, name) : source;
  const parsed = schema.safeParse(value);
  if (parsed.success)
    return { config: parsed.data, base: typeof source === 'string' ? dirname(resolve(source)) : process.cwd() };
  const [first] = parsed.error.issues;
  const unknownKey = first?.code === 'unrecognized_keys' ? first.keys.slice(0, 1) : [];
  const place = [...(first?.path ?? []), ...unknownKey].map(String).join('.');
  throw localError({
    code: 'sdk.badConfig',
    message: `The ${name} is not right: ${first?.message ?? 'it does not fit'}.`,
    place: place === '' ? name : place,
    ...(typeof source === 'string' ? { data: { file: source } } : {}),
  });
}

function parseText(text: string, file: string, name: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The parser's message quotes the text, which may hold what should not be in a log.
    throw localError({ code: 'sdk.badConfig', message: `The ${name} is not JSON.`, place: file });
  }
}
