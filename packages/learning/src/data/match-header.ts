import { learningError } from '../errors.ts';
import type { DatasetSchema } from './dataset-schema.ts';

/**
 * For each column of the schema, then for the unit column if there is one, its place in the header.
 *
 * @throws `learning.missingColumn`, `learning.extraColumn`, `learning.duplicateColumn`
 */
export function matchHeader(header: string[], { columns, unit }: DatasetSchema, line: number): number[] {
  return matchNames(header, [...columns.map((column) => column.name), ...(unit === undefined ? [] : [unit])], line);
}

/** The places of the wanted names in a header that has these and no others, in any order. @throws as {@link matchHeader} */
export function matchNames(header: string[], wanted: string[], line: number): number[] {
  const places = new Map<string, number>();
  for (const [i, name] of header.entries()) {
    const place = `line ${line}, column "${name}"`;
    if (places.has(name)) {
      throw learningError({ code: 'learning.duplicateColumn', message: `Column "${name}" is there twice.`, place });
    }
    places.set(name, i);
  }
  for (const name of wanted) {
    if (places.has(name)) continue;
    throw learningError({
      code: 'learning.missingColumn',
      message: `The table has no column "${name}", which its schema declares.`,
      place: `line ${line}, column "${name}"`,
      hint: `The header must name: ${wanted.slice(0, 40).join(', ')}${wanted.length > 40 ? ', …' : ''}`,
    });
  }
  const known = new Set(wanted);
  for (const name of header) {
    if (known.has(name)) continue;
    throw learningError({
      code: 'learning.extraColumn',
      message: `The table has a column "${name}", which its schema does not declare.`,
      place: `line ${line}, column "${name}"`,
      hint: 'Take the column out of the file, or declare it in the schema with its public range.',
    });
  }
  return wanted.map((name) => places.get(name)!);
}
