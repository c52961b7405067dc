import type { DatasetSchema } from './dataset-schema.ts';

/** The size of a model for tables of this schema: `inputs` features in, `outputs` logits (or the one value of a regression) out. */
export function inputsOf({ columns, target }: DatasetSchema): { inputs: number; outputs: number } {
  let inputs = 0;
  let outputs = 1;
  for (const column of columns) {
    const size = column.type === 'number' ? 1 : column.values.length;
    if (column.name === target.column) outputs = size;
    else inputs += size;
  }
  return { inputs, outputs };
}
