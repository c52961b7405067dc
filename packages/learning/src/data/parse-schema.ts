import { z } from 'zod';
import { learningError } from '../errors.ts';
import type { DatasetSchema } from './dataset-schema.ts';

const name = z.string().min(1).max(200);
const numberColumn = z.strictObject({
  name,
  type: z.literal('number'),
  min: z.number(),
  max: z.number(),
  transform: z.enum(['linear', 'sqrt', 'log']).optional(),
});
const categoryColumn = z.strictObject({ name, type: z.literal('category'), values: z.array(name).min(2).max(10_000) });
const side = z.number().int().min(1).max(4096);
const imageColumn = z.strictObject({
  name,
  type: z.literal('image'),
  height: side,
  width: side,
  channels: z.union([z.literal(1), z.literal(3)]),
});
const tokensColumn = z.strictObject({
  name,
  type: z.literal('tokens'),
  length: z.number().int().min(1).max(65_536),
  // Every whole number up to here is a float32, which tokens are held in.
  vocabulary: z
    .number()
    .int()
    .min(2)
    .max(2 ** 24),
  padding: z.number().int().min(0).optional(),
});
const schema = z.strictObject({
  version: z.literal(1),
  name,
  columns: z
    .array(z.discriminatedUnion('type', [numberColumn, categoryColumn, imageColumn, tokensColumn]))
    .min(2)
    .max(10_000),
  target: z.strictObject({ column: name, task: z.enum(['classification', 'regression']) }),
  unit: name.optional(),
});

const bad = (message: string, place?: string, hint?: string) =>
  learningError({ code: 'learning.badSchema', message, place, hint });

/**
 * The dataset schema in a JSON value or text, with every rule checked that holds between its members.
 *
 * @throws `learning.badSchema` with the place in the JSON, such as `columns.3.min`
 */
export function parseSchema(json: unknown): DatasetSchema {
  let value = json;
  if (typeof json === 'string') {
    try {
      value = JSON.parse(json);
    } catch (cause) {
      throw learningError({ code: 'learning.badSchema', message: 'The schema is not JSON.', cause });
    }
  }
  const parsed = schema.safeParse(value);
  if (!parsed.success) {
    const issue = parsed.error.issues[0]!;
    throw bad(`The schema is not of version 1: ${issue.message}.`, issue.path.join('.') || 'the top level');
  }
  checkMembers(parsed.data);
  return parsed.data;
}

function checkMembers({ columns, target, unit }: DatasetSchema): void {
  const seen = new Set<string>();
  for (const [i, column] of columns.entries()) {
    const place = `columns.${i}`;
    if (seen.has(column.name)) throw bad(`Two columns are named "${column.name}".`, place);
    seen.add(column.name);
    if (column.type === 'category') {
      if (new Set(column.values).size < column.values.length) throw bad('A category is listed twice.', place);
      continue;
    }
    if (column.type === 'image') continue;
    if (column.type === 'tokens') {
      if ((column.padding ?? 0) >= column.vocabulary) throw bad('The padding is not in the vocabulary.', place);
      continue;
    }
    if (!(column.min < column.max)) throw bad('The range is empty: min must be below max.', place);
    if (column.transform === 'log' && column.min <= 0) throw bad('A log scale needs min above 0.', place);
    if (column.transform === 'sqrt' && column.min < 0) throw bad('A sqrt scale needs min at or above 0.', place);
  }
  if (unit !== undefined && seen.has(unit)) {
    throw bad(
      `The unit column "${unit}" is also a feature or the target.`,
      'unit',
      'Take it out of columns: it is never an input.',
    );
  }
  const column = columns.find((each) => each.name === target.column);
  if (!column) throw bad(`The target "${target.column}" is not among the columns.`, 'target.column');
  const wanted = target.task === 'classification' ? 'category' : 'number';
  if (column.type !== wanted) {
    throw bad(`The target of a ${target.task} must be a ${wanted} column.`, 'target.column');
  }
  if (column.type === 'number' && (column.transform ?? 'linear') !== 'linear') {
    throw bad('The target of a regression is scaled linearly.', 'target.column', 'Leave its transform out.');
  }
}
