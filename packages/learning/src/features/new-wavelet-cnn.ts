import { floatTensor, intTensor, newMlp, type Attribute, type Graph, type Node, type Tensor } from '@encryptech/onnx';
import { learningError } from '../errors.ts';
import { morlet } from './wavelet.ts';

export interface WaveletCnnOptions {
  /** Height and width of the pictures, from 8 to 256. */
  height: number;
  width: number;
  /** 1 for grey pictures (if left out), 3 for colours. */
  channels?: 1 | 3 | undefined;
  /** Classes, or 1 for a regression. */
  outputs: number;
  /** Any bytes; equal seeds give equal first weights. */
  seed: Uint8Array;
}

const DIRECTIONS = 8;
const RADIUS = 3;
const CHANNELS = 32;
const GROUPS = 8;

/**
 * A small convolutional network of pictures for private training, all of whose weights train: 32 filters of 7 × 7 with
 * stride 2, 32 of 3 × 3 with stride 2, each followed by a normalisation within the picture (8 groups) and tanh, then one linear
 * layer that begins as zeros.
 *
 * The first filters begin as Morlet wavelets of two scales and eight directions, real and imaginary parts, of norm 1: a public
 * formula that spares the noisy first steps of finding edges. Of colours they begin with the same share of each, which is the
 * brightness, and train apart. The second ones begin uniform in ±1/√(inputs), as PyTorch's do.
 * tanh after normalisation bounds what the last layer sees, so that clipping cuts all examples alike (Papernot et al. 2021).
 *
 * @throws `learning.badFeatures`
 */
export function newWaveletCnn({ height, width, channels = 1, outputs, seed }: WaveletCnnOptions): Graph {
  if (channels !== 1 && channels !== 3) {
    throw learningError({ code: 'learning.badFeatures', message: 'Pictures have one channel or three.' });
  }
  for (const side of [height, width]) {
    if (!Number.isSafeInteger(side) || side < 8 || side > 256) {
      throw learningError({
        code: 'learning.badFeatures',
        message: 'The network takes pictures whose height and width are from 8 to 256.',
      });
    }
  }
  const half = (side: number): number => Math.ceil(side / 2);
  const [rows, columns] = [half(half(height)), half(half(width))];
  const features = CHANNELS * rows * columns;
  const nodes: Node[] = [];
  const node = (op: string, inputs: string[], attributes: Readonly<Record<string, Attribute>> = {}): string => {
    const output = op === 'Gemm' ? 'output' : `/${op}_${nodes.length}`;
    nodes.push({
      name: `/${op}_${nodes.length}`,
      op,
      inputs,
      outputs: [output],
      attributes: new Map(Object.entries(attributes)),
    });
    return output;
  };
  const constant = (value: Tensor): string => node('Constant', [], { value: { kind: 'tensor', value } });
  const layer = (value: string, name: string, radius: number, high: number, wide: number): string => {
    const made = node('Conv', [value, `${name}.weight`, `${name}.bias`], {
      kernel_shape: ints([2 * radius + 1, 2 * radius + 1]),
      strides: ints([2, 2]),
      pads: ints([radius, radius, radius, radius]),
    });
    const grouped = node('Reshape', [made, constant(intTensor([3], [0, GROUPS, -1]))]);
    const ones = constant(floatTensor([GROUPS], new Float32Array(GROUPS).fill(1)));
    const zeros = constant(floatTensor([GROUPS], new Float32Array(GROUPS)));
    const normalised = node('InstanceNormalization', [grouped, ones, zeros], {
      epsilon: { kind: 'float', value: 1e-5 },
    });
    return node('Tanh', [node('Reshape', [normalised, constant(intTensor([4], [0, CHANNELS, high, wide]))])]);
  };
  const first = layer('input', '0', RADIUS, half(height), half(width));
  const second = layer(first, '1', 1, rows, columns);
  const flat = node('Reshape', [second, constant(intTensor([2], [0, features]))]);
  node('Gemm', [flat, 'head.weight', 'head.bias'], { transB: { kind: 'int', value: 1 } });

  const uniform = newMlp({ inputs: 9 * CHANNELS, hidden: [], outputs: CHANNELS, activation: 'tanh', seed });
  const zeros = (dims: number[]): Tensor =>
    floatTensor(dims, new Float32Array(dims.reduce((size, dim) => size * dim, 1)));
  return {
    name: 'wavelet cnn',
    opset: 17,
    nodes,
    initializers: new Map([
      ['0.weight', floatTensor([CHANNELS, channels, 7, 7], wavelets(channels))],
      ['0.bias', zeros([CHANNELS])],
      ['1.weight', { ...uniform.initializers.get('0.weight')!, dims: [CHANNELS, CHANNELS, 3, 3] }],
      ['1.bias', zeros([CHANNELS])],
      ['head.weight', zeros([outputs, features])],
      ['head.bias', zeros([outputs])],
    ]),
    inputs: [{ name: 'input', type: 'float32', dims: ['batch', channels, height, width] }],
    outputs: [{ name: 'output', type: 'float32', dims: ['batch', outputs] }],
  };
}

const ints = (value: number[]): Attribute => ({ kind: 'ints', value });

/** Wavelets of norm 1 over all channels, alike in each; real and imaginary part of one beside each other. */
function wavelets(channels: number): number[] {
  return [0, 1].flatMap((scale) =>
    Array.from({ length: DIRECTIONS }, (_, k) => {
      const { real, imaginary } = morlet({
        sigma: 0.8 * 2 ** scale,
        frequency: (0.75 * Math.PI) / 2 ** scale,
        angle: (k * Math.PI) / DIRECTIONS,
        slant: 0.5,
        side: 2 * RADIUS + 1,
      });
      return [real, imaginary].flatMap(({ values }) => {
        const norm = Math.hypot(...values) * Math.sqrt(channels);
        return Array.from({ length: channels }, () => [...values].map((value) => value / norm)).flat();
      });
    }).flat(),
  );
}
