import type { z } from 'zod';
import { protocolError, type ProtocolErrorCode } from '../errors.ts';

/** `privacy.samplingRate`, `developers[2]`, or the document's name for the whole. */
const pathOf = (path: readonly PropertyKey[], name: string): string =>
  path.reduce<string>(
    (text, key) => (typeof key === 'number' ? `${text}[${key}]` : text === '' ? String(key) : `${text}.${String(key)}`),
    '',
  ) || name;

/**
 * The value, once it fits the schema.
 *
 * @throws `protocol.badDocument` (or the given code) with `place` = path of the first fault and `data.faults` = up to
 * eight faults as `path: what is wrong`
 */
export function parseDocument<Schema extends z.ZodType>(
  schema: Schema,
  name: string,
  value: unknown,
  code: ProtocolErrorCode = 'protocol.badDocument',
): z.output<Schema> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.map(innermost).map((issue) => {
    // A key that the schema does not know is the place itself.
    const extra = issue.code === 'unrecognized_keys' ? issue.keys.slice(0, 1) : [];
    return { place: pathOf([...issue.path, ...extra], name).slice(0, 200), message: issue.message.slice(0, 300) };
  });
  const first = faults[0] ?? { place: name, message: 'does not fit' };
  throw protocolError({
    code,
    message: `${name}: ${first.place}: ${first.message}`,
    place: first.place,
    data: { document: name, faults: faults.slice(0, 8).map((fault) => `${fault.place}: ${fault.message}`) },
  });
}

/** Of a value that fits no branch of a union, the fault of the branch that came furthest. */
function innermost(issue: z.core.$ZodIssue): z.core.$ZodIssue {
  if (issue.code !== 'invalid_union') return issue;
  const nested = issue.errors.flatMap((branch) => branch.slice(0, 1)).map(innermost);
  const furthest = nested.reduce<z.core.$ZodIssue | undefined>(
    (best, next) => (best === undefined || next.path.length > best.path.length ? next : best),
    undefined,
  );
  return furthest === undefined || furthest.path.length === 0
    ? issue
    : { ...furthest, path: [...issue.path, ...furthest.path] };
}
