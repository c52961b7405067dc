import { errorsOf } from './encryptech-error.ts';

const fail = errorsOf<'base.notCanonical'>();

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json | undefined };

/**
 * The one text of a JSON value: keys sorted by UTF-16 code unit, no white space, numbers as ECMAScript prints them,
 * `undefined` members left out (RFC 8785, JSON Canonicalization Scheme).
 *
 * @throws `base.notCanonical` for non-finite numbers and for what JSON can't say
 */
export function canonicalJson(value: Json): string {
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return JSON.stringify(value);
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) throw fail({ code: 'base.notCanonical', message: `${value} has no JSON form.` });
    return JSON.stringify(value);
  }
  if (Array.isArray(value)) return `[${value.map((item: Json) => canonicalJson(item)).join(',')}]`;
  if (typeof value === 'object') {
    const members = Object.entries(value as Record<string, Json | undefined>)
      .filter((entry): entry is [string, Json] => entry[1] !== undefined)
      .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
    return `{${members.map(([key, item]) => `${JSON.stringify(key)}:${canonicalJson(item)}`).join(',')}}`;
  }
  throw fail({ code: 'base.notCanonical', message: `A ${typeof value} has no JSON form.` });
}
