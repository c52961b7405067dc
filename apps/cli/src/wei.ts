import type { Json } from '@encryptech/base';

/** A value as JSON, with every bigint as a decimal string: scripts read amounts in wei exactly. */
export function wei(value: unknown): Json {
  if (typeof value === 'bigint') return value.toString();
  if (Array.isArray(value)) return value.map(wei);
  if (typeof value !== 'object' || value === null) return (value ?? null) as Json;
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, member]) => (member === undefined ? [] : [[key, wei(member)]])),
  );
}
