import { attestationError } from '../errors.ts';

type Json = Readonly<Record<string, unknown>>;

/** Reads the members of one parsed JSON object, each of a stated type; whatever is missing or different is refused. */
export interface JsonFields {
  text(name: string): string;
  /** Hex of either case, of exactly that many bytes. */
  bytes(name: string, length: number): Uint8Array;
  /** Hex of either case, of any length. */
  hex(name: string): Uint8Array;
  /** A whole number from 0 to `most`. */
  integer(name: string, most: number): number;
  /** ISO 8601 in UTC with whole seconds, the one form that Intel uses. */
  date(name: string): Date;
  object(name: string): JsonFields;
  /** Objects; an absent list is empty only where that is said to be allowed. */
  objects(name: string, absent?: 'absent-is-empty'): JsonFields[];
  texts(name: string, absent?: 'absent-is-empty'): string[];
  has(name: string): boolean;
}

const MAX_ITEMS = 256;

/**
 * The members of a JSON text that should be an object. `document` names it in errors; lists have at most `maxItems`.
 *
 * @throws `attestation.badEndorsement`, as each of its readers does
 */
export function jsonFields(text: string, document: string, maxItems: number = MAX_ITEMS): JsonFields {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw bad(document, 'is not JSON');
  }
  return fieldsOf(value, document, maxItems);
}

function fieldsOf(value: unknown, place: string, maxItems: number): JsonFields {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw bad(place, 'is not an object');
  const json = value as Json;
  const get = (name: string): unknown => (Object.hasOwn(json, name) ? json[name] : undefined);
  const refuse = (name: string, what: string) => bad(`${place}.${name}`, `is not ${what}`);
  const list = (name: string, absent: string | undefined): readonly unknown[] => {
    const items = get(name);
    if (items === undefined && absent !== undefined) return [];
    if (!Array.isArray(items) || items.length > maxItems) throw refuse(name, 'a list');
    return items as unknown[];
  };
  const fields: JsonFields = {
    has: (name) => get(name) !== undefined,
    text(name) {
      const item = get(name);
      if (typeof item !== 'string') throw refuse(name, 'a text');
      return item;
    },
    bytes(name, length) {
      const bytes = fields.hex(name);
      if (bytes.length !== length) throw refuse(name, `${length} bytes of hex`);
      return bytes;
    },
    hex(name) {
      const hex = fields.text(name);
      if (hex.length % 2 !== 0 || !/^[0-9a-fA-F]*$/.test(hex)) throw refuse(name, 'hex');
      return Uint8Array.from({ length: hex.length / 2 }, (_, i) => Number.parseInt(hex.slice(2 * i, 2 * i + 2), 16));
    },
    integer(name, most) {
      const item = get(name);
      if (typeof item !== 'number' || !Number.isInteger(item) || item < 0 || item > most)
        throw refuse(name, `a whole number from 0 to ${most}`);
      return item;
    },
    date(name) {
      const text = fields.text(name);
      const date = new Date(text);
      if (Number.isNaN(date.getTime()) || date.toISOString() !== text.replace(/Z$/, '.000Z'))
        throw refuse(name, 'a date');
      return date;
    },
    object: (name) => fieldsOf(get(name), `${place}.${name}`, maxItems),
    objects: (name, absent) =>
      list(name, absent).map((item, index) => fieldsOf(item, `${place}.${name}[${index}]`, maxItems)),
    texts: (name, absent) =>
      list(name, absent).map((item) => {
        if (typeof item !== 'string' || item.length > 64) throw refuse(name, 'a list of texts');
        return item;
      }),
  };
  return fields;
}

const bad = (place: string, message: string): Error =>
  attestationError({
    code: 'attestation.badEndorsement',
    message: `A document of the vendor can't be read: ${place} ${message}.`,
    place,
  });
