import type { Column, DatasetSchema } from './dataset-schema.ts';

/** The size of a model for tables of this schema: `inputs` features in, `outputs` logits (or the one value of a regression) out. */
export function inputsOf({ columns, target }: DatasetSchema): { inputs: number; outputs: number } {
  let inputs = 0;
  let outputs = 1;
  for (const column of columns) {
    if (column.name === target.column) outputs = inputsOfColumn(column);
    else inputs += inputsOfColumn(column);
  }
  return { inputs, outputs };
}

/** How many inputs a column becomes. */
export function inputsOfColumn(column: Column): number {
  switch (column.type) {
    case 'number':
      return 1;
    case 'category':
      return column.values.length;
    case 'image':
      return column.height * column.width * column.channels;
    case 'tokens':
      return column.length;
  }
}
