import { describe, expect, it } from 'vitest';
import { expectGradients } from '../../test/expect-gradients.ts';
import { between, graphOf, node } from '../../test/graphs.ts';
import { elementCount } from '../graph/element-count.ts';
import { inferShapes } from '../infer-shapes.ts';

const layers = [
  { channels: 1, size: [5, 5], weight: [2, 1, 3, 3], attributes: {} },
  { channels: 1, size: [6, 7], weight: [2, 1, 3, 2], attributes: { strides: [2, 3], pads: [1, 0, 0, 1] } },
  { channels: 2, size: [5, 5], weight: [3, 2, 3, 3], attributes: { pads: [1, 1, 1, 1] } },
  { channels: 2, size: [6, 6], weight: [3, 2, 2, 3], attributes: { strides: [2, 2], pads: [1, 0, 1, 2] } },
  { channels: 2, size: [7, 6], weight: [2, 2, 2, 2], attributes: { dilations: [2, 3], strides: [2, 1] } },
  { channels: 3, size: [4, 4], weight: [2, 3, 1, 1], attributes: {} },
  { channels: 3, size: [5, 4], weight: [2, 3, 1, 1], attributes: { strides: [2, 2] } },
  { channels: 2, size: [5, 5], weight: [2, 2, 3, 3], attributes: { auto_pad: 'SAME_UPPER', strides: [2, 2] } },
  { channels: 2, size: [5, 4], weight: [2, 2, 2, 2], attributes: { auto_pad: 'SAME_LOWER' } },
  { channels: 1, size: [9, 4], weight: [1, 1, 2, 2], attributes: { dilations: [3, 1], pads: [0, 1, 0, 0] } },
  // Groups, and a group for each channel.
  { channels: 4, size: [4, 4], weight: [6, 2, 2, 2], attributes: { group: 2, pads: [1, 0, 0, 1] } },
  { channels: 4, size: [5, 5], weight: [2, 2, 3, 3], attributes: { group: 2, strides: [2, 2], dilations: [2, 1] } },
  { channels: 3, size: [5, 4], weight: [3, 1, 3, 3], attributes: { group: 3, pads: [1, 1, 1, 1] } },
  { channels: 2, size: [6, 6], weight: [4, 1, 2, 3], attributes: { group: 2, strides: [2, 1], pads: [0, 1, 1, 0] } },
  // Signals.
  { channels: 2, size: [7], weight: [3, 2, 3], attributes: { pads: [1, 1] } },
  { channels: 2, size: [9], weight: [3, 2, 2], attributes: { strides: [2], dilations: [3] } },
  { channels: 1, size: [8], weight: [2, 1, 4], attributes: { strides: [3], pads: [2, 0] } },
  { channels: 4, size: [6], weight: [4, 2, 2], attributes: { group: 2 } },
  { channels: 3, size: [6], weight: [3, 1, 3], attributes: { group: 3, auto_pad: 'SAME_UPPER' } },
  // Windows as rows: two columns of 16 channels, and one of 32, side by side.
  { channels: 16, size: [7, 5], weight: [2, 16, 2, 2], attributes: { strides: [2, 2], pads: [1, 0, 0, 1] } },
  { channels: 32, size: [4], weight: [1, 32, 3], attributes: { strides: [2], pads: [1, 1] } },
  // Few positions and a large weight: ghost norms.
  { channels: 12, size: [3, 3], weight: [12, 12, 3, 3], attributes: {}, batch: 2 },
  { channels: 16, size: [2, 2], weight: [16, 8, 2, 2], attributes: { group: 2 }, batch: 2 },
  { channels: 16, size: [4], weight: [16, 8, 3], attributes: { group: 2 }, batch: 2 },
];

describe('Conv', () => {
  it.each(layers)(
    '$channels channels of $size by $weight with $attributes has the gradients of finite differences',
    async (layer) => {
      const { channels, size, weight, attributes, batch } = { batch: 3, ...layer };
      const input = [channels, ...size];
      const probe = graphOf({ input, initializers: { w: weight }, nodes: [node('Conv', ['x', 'w'], 'y', attributes)] });
      const width = elementCount(inferShapes(probe, { batch: 1 }).get('y')!.dims);
      await expectGradients({
        batch,
        graph: between({
          input,
          width,
          initializers: { w: weight, b: [weight[0]!] },
          nodes: [node('Conv', ['h', 'w', 'b'], 'z', attributes)],
        }),
      });
    },
  );

  it('is refused with groups that do not fit its channels', () => {
    const graph = graphOf({
      input: [3, 5, 5],
      initializers: { w: [2, 1, 3, 3] },
      nodes: [node('Conv', ['x', 'w'], 'y', { group: 2 })],
    });
    expect(() => inferShapes(graph, { batch: 1 })).toThrow(
      expect.objectContaining({
        code: 'onnx.shape',
        data: { node: 'Conv of y', op: 'Conv', reason: 'has 3 channels in its input and 1 in its weight in 2 groups' },
      }),
    );
  });

  it('is refused with windows beyond all bounds', () => {
    const graph = graphOf({
      input: [1, 5, 5],
      initializers: { w: [1, 1, 3, 3] },
      nodes: [node('Conv', ['x', 'w'], 'y', { pads: [2 ** 24, 2 ** 24, 2 ** 24, 2 ** 24] })],
    });
    expect(() => inferShapes(graph, { batch: 1 })).toThrow(expect.objectContaining({ code: 'onnx.tooLarge' }));
  });
});
