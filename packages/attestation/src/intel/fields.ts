import { attestationError } from '../errors.ts';

/** A fixed structure: the name, offset and length of each field. Bytes between fields are reserved. */
export type Layout<Name extends string> = readonly (readonly [name: Name, offset: number, length: number])[];

/** A structure's fields as bytes. */
export type Fields<Name extends string> = Readonly<Record<Name, Uint8Array>>;

/** The fields of a structure, as views into its bytes. The caller has checked the length. */
export function readFields<Name extends string>(layout: Layout<Name>, bytes: Uint8Array): Fields<Name> {
  return Object.fromEntries(
    layout.map(([name, offset, length]) => [name, bytes.subarray(offset, offset + length)]),
  ) as Fields<Name>;
}

/**
 * A structure of `size` bytes: the given fields at their places, zero elsewhere.
 *
 * @throws `attestation.badArgument` for a field of another length
 */
export function writeFields<Name extends string>(
  layout: Layout<Name>,
  size: number,
  fields: Partial<Fields<Name>>,
): Uint8Array {
  const out = new Uint8Array(size);
  for (const [name, offset, length] of layout) {
    const value = fields[name];
    if (value === undefined) continue;
    if (value.length !== length) {
      throw attestationError({
        code: 'attestation.badArgument',
        message: `The field ${name} has ${value.length} bytes; it must have ${length}.`,
        place: name,
      });
    }
    out.set(value, offset);
  }
  return out;
}
