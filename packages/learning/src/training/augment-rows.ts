import type { ValueInfo } from '@encryptech/onnx';
import type { Keystream } from '@encryptech/privacy';
import { learningError } from '../errors.ts';
import type { Augmentation } from './training-job.ts';

/** Makes the transformed copies of a row. */
export interface RowAugmenter {
  readonly copies: number;
  /**
   * Calls `put` with each copy in turn; the array is used again for the next. Bytes stand for 255ths. How long it takes doesn't
   * depend on what the words or the numbers are.
   */
  write(source: Float32Array | Uint8Array, words: Keystream, put: (copy: number, row: Float32Array) => void): void;
}

/**
 * The augmenter for rows of the graph's input: [batch, channels, height, width] where pictures are flipped or moved.
 *
 * @throws `learning.mismatch` for transforms that such an input doesn't have
 */
export function createRowAugmenter(
  { copies, flip = false, shift = 0, jitter = 0 }: Augmentation,
  input: ValueInfo,
): RowAugmenter {
  const dims = (input.dims as readonly number[]).slice(1);
  const size = dims.reduce((product, dim) => product * dim, 1);
  const isPicture = input.type === 'float32' && dims.length === 3;
  if (input.type !== 'float32' || ((flip || shift > 0) && !isPicture)) {
    throw learningError({
      code: 'learning.mismatch',
      message:
        isPicture || input.type !== 'float32'
          ? `The model's input "${input.name}" is of type ${input.type}: whole numbers aren't transformed.`
          : `Flips and shifts are for pictures, [batch, channels, height, width]; the model's input has ${dims.length + 1} axes.`,
      hint: 'Leave the augmentation out, or use jitter for tables.',
    });
  }
  const [height, width] = isPicture ? (dims.slice(1) as [number, number]) : [1, size];
  const planes = size / height / width;
  const row = new Float32Array(size);
  const upTo = (words: Keystream) => Math.floor((words.next() / 2 ** 32) * (2 * shift + 1)) - shift;
  return {
    copies,
    write(source, words, put) {
      const scale = source instanceof Uint8Array ? 1 / 255 : 1;
      for (let copy = 0; copy < copies; copy++) {
        const isFlipped = flip && words.next() >= 2 ** 31;
        const [down, right] = shift === 0 ? [0, 0] : [upTo(words), upTo(words)];
        let at = 0;
        for (let plane = 0; plane < planes; plane++) {
          for (let y = 0; y < height; y++) {
            const fromY = y - down;
            const start = (plane * height + fromY) * width;
            for (let x = 0; x < width; x++) {
              const moved = x - right;
              const fromX = isFlipped ? width - 1 - moved : moved;
              const isInside = fromY >= 0 && fromY < height && fromX >= 0 && fromX < width;
              row[at++] = isInside ? source[start + fromX]! * scale : 0;
            }
          }
        }
        if (jitter > 0) addGaussian(row, jitter, words);
        put(copy, row);
      }
    },
  };
}

/** Adds independent normal numbers (Box and Muller 1958). Plain floating point will do: nobody is protected by them. */
function addGaussian(row: Float32Array, deviation: number, words: Keystream): void {
  for (let i = 0; i < row.length; i += 2) {
    const radius = deviation * Math.sqrt(-2 * Math.log((words.next() + 1) / 2 ** 32));
    const angle = (2 * Math.PI * words.next()) / 2 ** 32;
    row[i]! += radius * Math.cos(angle);
    if (i + 1 < row.length) row[i + 1]! += radius * Math.sin(angle);
  }
}
