import { floatTensor, intTensor, type Attribute, type Graph, type Node, type Tensor } from '@encryptech/onnx';
import { learningError } from '../errors.ts';
import { cosineBasis, fourierBasis } from './frequency-basis.ts';
import { gaussian, morlet, type Filter } from './wavelet.ts';

export interface ScatteringOptions {
  /** Height and width of the pictures: multiples of 4, from 8 to 256. Grey pictures only. */
  height: number;
  width: number;
  /** Classes, or 1 for a regression. */
  outputs: number;
}

const DIRECTIONS = 8;
/** Paths: the mean, 2 scales × 8 directions, and 8 × 8 pairs of a fine and a coarse one. */
const CHANNELS = 1 + 2 * DIRECTIONS + DIRECTIONS ** 2;
/** Directions of one scale, or of a coarse wave after one fine one: these share a normalisation. */
const GROUPS = (CHANNELS - 1) / DIRECTIONS;
const SLANT = 4 / DIRECTIONS;
/** Gives pictures norms around the root of their number of features, so that usual learning rates serve. */
const SCALE = 0.22;

/**
 * A linear classifier of grey pictures on their scattering coefficients, as one ONNX graph from pixels to logits.
 *
 * The coefficients are means, over windows of a Gaussian, of the moduli of wavelet transforms, and of the moduli of wavelet
 * transforms of those (Bruna and Mallat 2013; second order, J = 2, L = 8): 81 channels at a quarter of the height and width. Of
 * all but the first, the mean of the pixels, it takes the root, which evens out bright and faint pictures; then the directions
 * of each scale, and those of each pair of scales after one fine direction, are normalised together within each picture. They are
 * handed on as frequencies over directions and places, slow ones with less weight: the slow ones say how large and how bright a
 * thing is, at norms that drown the rest, so that a noisy classifier would learn little else. For the same reason the many pairs
 * count no more than a scale or the mean, and what a mirror turns the sign of counts half: things look alike from both sides.
 * All of this is fixed constants, computed from formulas, so it costs no privacy; only the classifier trains. Small ε on small
 * pictures is where this beats trained convolutions (Tramèr and Boneh 2021).
 *
 * Beyond its border a picture counts as black. Inputs: `input` of ['batch', 1, height, width]. Parameters: `head.weight`,
 * `head.bias`, which begin as zeros.
 *
 * @throws `learning.badFeatures`
 */
export function newScattering({ height, width, outputs }: ScatteringOptions): Graph {
  for (const side of [height, width]) {
    if (!Number.isSafeInteger(side) || side < 8 || side > 256 || side % 4 !== 0) {
      throw learningError({
        code: 'learning.badFeatures',
        message: 'Scattering needs pictures whose height and width are multiples of 4 from 8 to 256.',
        hint: 'Pad the pictures, or train a convolutional network.',
      });
    }
  }
  const build = graphBuilder();
  const waves = [0, 1].map((scale) =>
    Array.from({ length: DIRECTIONS }, (_, k) =>
      morlet({
        sigma: 0.8 * 2 ** scale,
        frequency: (0.75 * Math.PI) / 2 ** scale,
        angle: (k * Math.PI) / DIRECTIONS,
        slant: SLANT,
        side: scale === 0 ? 9 : 16,
      }),
    ),
  );
  const [fine, coarse] = waves.map((set) => [...set.map(({ real }) => real), ...set.map((wave) => wave.imaginary)]);
  const smooth = gaussian(1.6, 10);
  const smoothHalf = gaussian(0.8, 6);

  const mean = build.filter('input', [smooth], { stride: 4, groups: 1 });
  // Moduli at full size (fine) and at half of it (coarse).
  const first = build.modulus(build.filter('input', fine!, { stride: 1, groups: 1 }), 1);
  const second = build.modulus(build.filter('input', coarse!, { stride: 2, groups: 1 }), 1);
  const pairs = build.modulus(build.filter(first, coarse!, { stride: 2, groups: DIRECTIONS }), DIRECTIONS);
  const smoothed = [
    build.filter(first, [smooth], { stride: 4, groups: DIRECTIONS }),
    build.filter(second, [smoothHalf], { stride: 2, groups: DIRECTIONS }),
    build.filter(pairs, [smoothHalf], { stride: 2, groups: DIRECTIONS ** 2 }),
  ];
  const floor = build.constant(floatTensor([1], [1e-4]));
  const moduli = build.node('Sqrt', [build.node('Add', [build.concat(smoothed), floor])]);
  const [rows, columns] = [height / 4, width / 4];
  const places = build.concat([
    build.normalised(mean, { channels: 1, groups: 1, rows, columns }),
    build.normalised(moduli, { channels: CHANNELS - 1, groups: GROUPS, rows, columns }),
  ]);
  const directed = build.node('Conv', [places, build.constant(directionFrequencies())], {
    kernel_shape: { kind: 'ints', value: [1, 1] },
  });
  const across = build.node('MatMul', [directed, build.constant(cosines(columns))]);
  const turned = build.node('Transpose', [across], { perm: { kind: 'ints', value: [0, 1, 3, 2] } });
  const down = build.node('MatMul', [turned, build.constant(cosines(rows))]);
  const weighted = build.node('Mul', [down, build.constant(frequencyWeights(columns, rows))]);
  const features = CHANNELS * rows * columns;
  const flat = build.node('Reshape', [weighted, build.constant(intTensor([2], [0, features]))]);
  const logits: Node = {
    name: '/head/Gemm',
    op: 'Gemm',
    inputs: [flat, 'head.weight', 'head.bias'],
    outputs: ['output'],
    attributes: new Map([['transB', { kind: 'int', value: 1 }]]),
  };
  return {
    name: 'scattering',
    opset: 17,
    nodes: [...build.nodes, logits],
    initializers: new Map([
      ['head.weight', floatTensor([outputs, features], new Float32Array(outputs * features))],
      ['head.bias', floatTensor([outputs], new Float32Array(outputs))],
    ]),
    inputs: [{ name: 'input', type: 'float32', dims: ['batch', 1, height, width] }],
    outputs: [{ name: 'output', type: 'float32', dims: ['batch', outputs] }],
  };
}

/** Frequencies over directions in place of directions, of the same norm: a convolution of 1 × 1. */
function directionFrequencies(): Tensor {
  const values = new Float32Array(CHANNELS ** 2);
  values[0] = 1;
  const basis = fourierBasis(DIRECTIONS);
  for (const start of [1, 1 + DIRECTIONS])
    for (const [row, wave] of basis.entries())
      for (const [k, value] of wave.entries()) values[(start + row) * CHANNELS + start + k] = value;
  const start = 1 + 2 * DIRECTIONS;
  for (const [row, fine] of basis.entries())
    for (const [column, coarse] of basis.entries()) {
      const at = (start + row * DIRECTIONS + column) * CHANNELS + start;
      for (const [k, a] of fine.entries())
        for (const [l, b] of coarse.entries()) values[at + k * DIRECTIONS + l] = a * b;
    }
  return floatTensor([CHANNELS, CHANNELS, 1, 1], values);
}

/** To be multiplied by from the right: what turns a row of so many places into its cosine frequencies. */
function cosines(places: number): Tensor {
  const basis = cosineBasis(places);
  return floatTensor(
    [places, places],
    Array.from({ length: places }, (_, place) => basis.map((wave) => wave[place]!)).flat(),
  );
}

/**
 * What each frequency counts, channels by frequencies across by frequencies down: (1 + the one over directions) times the root
 * of (1 + the one over places), half of that where a mirror turns the sign; times the root of how many pairs there are for each
 * channel of its kind, so that the mean, each scale and the pairs count alike; and {@link SCALE} of all.
 */
function frequencyWeights(across: number, down: number): Tensor {
  const turns = Array.from({ length: DIRECTIONS }, (_, row) => ({ frequency: Math.ceil(row / 2), odd: isSine(row) }));
  const scale = turns.map((turn) => ({ share: Math.sqrt(DIRECTIONS), ...turn }));
  const channels = [
    { share: DIRECTIONS, frequency: 0, odd: false },
    ...scale,
    ...scale,
    ...turns.flatMap((fine) =>
      turns.map((coarse) => ({
        share: 1,
        frequency: Math.hypot(fine.frequency, coarse.frequency),
        odd: fine.odd !== coarse.odd,
      })),
    ),
  ];
  const values = channels.flatMap(({ share, frequency, odd }) =>
    Array.from({ length: across * down }, (_, i) => {
      const [u, v] = [Math.floor(i / down), i % down];
      const mirrored = odd !== (u % 2 === 1);
      return SCALE * share * (mirrored ? 0.5 : 1) * (1 + frequency) * Math.sqrt(1 + Math.hypot(u, v));
    }),
  );
  return floatTensor([CHANNELS, across, down], values);
}

/** Whether a row of {@link fourierBasis} of the directions is a sine: a mirror that swaps left and right turns its sign. */
const isSine = (row: number): boolean => row > 0 && row % 2 === 0;

type Attributes = Readonly<Record<string, Attribute>>;

function graphBuilder() {
  const nodes: Node[] = [];
  const node = (op: string, inputs: string[], attributes: Attributes = {}): string => {
    const output = `/scattering/${op}_${nodes.length}`;
    nodes.push({ name: output, op, inputs, outputs: [output], attributes: new Map(Object.entries(attributes)) });
    return output;
  };
  // Constants, not initializers: these never train.
  const constant = (value: Tensor): string => node('Constant', [], { value: { kind: 'tensor', value } });
  const channel = (value: string, from: number, to: number): string =>
    node('Slice', [value, ...[from, to, 1].map((at) => constant(intTensor([1], [at])))]);
  const concat = (parts: string[]): string => node('Concat', parts, { axis: { kind: 'int', value: 1 } });
  return {
    nodes,
    node,
    constant,
    concat,
    /** Channels in groups of neighbours, each group with mean 0 and deviation 1 within each picture. */
    normalised(
      value: string,
      { channels, groups, rows, columns }: Record<'channels' | 'groups' | 'rows' | 'columns', number>,
    ) {
      const grouped = node('Reshape', [value, constant(intTensor([3], [0, groups, -1]))]);
      const ones = constant(floatTensor([groups], new Float32Array(groups).fill(1)));
      const zeros = constant(floatTensor([groups], new Float32Array(groups)));
      const normalised = node('InstanceNormalization', [grouped, ones, zeros], {
        epsilon: { kind: 'float', value: 1e-5 },
      });
      return node('Reshape', [normalised, constant(intTensor([4], [0, channels, rows, columns]))]);
    },
    /**
     * Each channel of `value` under each filter, in the order of the channels; what lies at a place is from around the middle of
     * the `stride` × `stride` pixels that it stands for.
     */
    filter(value: string, filters: Filter[], { stride, groups }: { stride: number; groups: number }): string {
      const { side } = filters[0]!;
      const pad = (side - stride) / 2;
      const bank = filters.flatMap(({ values }) => [...values]);
      const weights = floatTensor(
        [filters.length * groups, 1, side, side],
        Array.from({ length: groups }, () => bank).flat(),
      );
      const list = (values: number[]): Attribute => ({ kind: 'ints', value: values });
      return node('Conv', [value, constant(weights)], {
        kernel_shape: list([side, side]),
        strides: list([stride, stride]),
        pads: list([pad, pad, pad, pad]),
        dilations: list([1, 1]),
        group: { kind: 'int', value: groups },
      });
    },
    /** The moduli of complex numbers whose real parts are the first 8 channels of each group, the imaginary ones the last 8. */
    modulus(value: string, groups: number): string {
      const squares = node('Mul', [value, value]);
      const parts = Array.from({ length: groups }, (_, group) => {
        const start = 2 * DIRECTIONS * group;
        return node('Add', [
          channel(squares, start, start + DIRECTIONS),
          channel(squares, start + DIRECTIONS, start + 2 * DIRECTIONS),
        ]);
      });
      return node('Sqrt', [parts.length === 1 ? parts[0]! : concat(parts)]);
    },
  };
}
