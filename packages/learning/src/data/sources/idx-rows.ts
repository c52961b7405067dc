import { learningError } from '../../errors.ts';
import type { DatasetSchema, ImageColumn } from '../dataset-schema.ts';
import { categoryIndex } from '../cell-reader.ts';
import type { Row } from '../rows/row.ts';
import { readIdx } from './read-idx.ts';

export interface IdxFiles {
  /** Pictures: [count, height, width], or [count, height, width, 3] in colour. */
  images: Uint8Array;
  /** Labels: [count], the places of the classes among the target's values. */
  labels: Uint8Array;
  /** Names of the two files, for errors. */
  names: { images: string; labels: string };
}

/**
 * Rows of two IDX files under a schema of one picture and one class.
 *
 * @throws `learning.malformedIdx`, `learning.wrongImage`, `learning.unknownLabel` at the file and the row, `learning.unfitSource`
 */
export function* idxRows(
  { images: imageBytes, labels: labelBytes, names }: IdxFiles,
  schema: DatasetSchema,
): Generator<Row> {
  const { columns, target, unit } = schema;
  const imageIndex = columns.findIndex((column) => column.type === 'image');
  const label = columns.find((column) => column.name === target.column)!;
  if (columns.length !== 2 || imageIndex < 0 || label.type !== 'category' || unit !== undefined) {
    throw learningError({
      code: 'learning.unfitSource',
      message: 'IDX files hold one picture and one class a row; the schema declares something else.',
      hint: 'Declare one column of type "image", the target of type "category", and no unit.',
    });
  }
  const { height, width, channels } = columns[imageIndex] as ImageColumn;
  const images = readIdx(imageBytes, names.images);
  const labels = readIdx(labelBytes, names.labels);
  const [count, ...shape] = images.dims;
  const wanted = channels === 1 ? [height, width] : [height, width, channels];
  if (shape.join() !== wanted.join()) {
    throw learningError({
      code: 'learning.wrongImage',
      message: `The pictures are ${shape.join(' × ')}; the schema declares ${wanted.join(' × ')}.`,
      place: names.images,
      hint: 'Declare the height, width and channels that the file has.',
    });
  }
  if (labels.dims.length !== 1 || labels.dims[0] !== count) {
    throw learningError({
      code: 'learning.malformedIdx',
      message: `There are ${count} pictures and labels of shape ${labels.dims.join(' × ')}.`,
      place: names.labels,
      hint: 'Name the file of labels that belongs to these pictures.',
    });
  }
  // The index is checked by the same rule as a name, so that its error is the same.
  const index = categoryIndex(
    label.values.map((_, i) => String(i)),
    'learning.unknownLabel',
  );
  const size = height * width;
  for (let row = 0; row < count!; row++) {
    const stored = images.values.subarray(row * size * channels, (row + 1) * size * channels);
    const pixels = channels === 1 ? stored : channelsFirst(stored, size, channels);
    const named = index(String(labels.values[row]), () => `${names.labels}, row ${row + 1}`);
    yield { values: imageIndex === 0 ? [pixels, named] : [named, pixels] };
  }
}

function channelsFirst(stored: Uint8Array, size: number, channels: number): Uint8Array {
  const out = new Uint8Array(stored.length);
  for (let i = 0; i < size; i++)
    for (let channel = 0; channel < channels; channel++) out[channel * size + i] = stored[i * channels + channel]!;
  return out;
}
