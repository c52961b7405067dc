import { attribute } from './graph/attributes.ts';
import type { Attribute, Graph, Node } from './graph/graph.ts';
import { intTensor } from './graph/tensor.ts';
import { inferShapes } from './infer-shapes.ts';
import type { TypedValue } from './operators/operator.ts';

/** Two batch sizes that tell an axis as long as the batch from one of fixed length; no file has both by chance. */
const BATCHES = [1009, 1013] as const;

/** An axis of `size` entries, times the batch when `batched`. */
interface Axis {
  readonly size: number;
  readonly batched: boolean;
}

/** A value whose axes are kept apart: for each axis of the model's value, those that it is made of, in row-major order. */
interface Apart {
  readonly name: string;
  readonly axes: readonly (readonly Axis[])[];
}

/**
 * The same graph, in which the batch is an axis of its own where the model merges it with another one for a while.
 *
 * PyTorch's multi-head attention reshapes [time, batch, heads · width] to [time, batch · heads, width], and linear layers
 * [time, batch, width] to [time · batch, width], to undo it some nodes later. That an example stays in its entries of such an
 * axis can't be said by naming one axis, so the nodes between are rewritten to work on the axes apart. What can't be
 * rewritten is left as it is, whole graph and all, and refused where examples could meet.
 *
 * The result computes the same; proof and compiled step are both made from it.
 */
export function splitMergedAxes(graph: Graph): Graph {
  if (!graph.nodes.some(({ op }) => op === 'Reshape' || op === 'Flatten')) return graph;
  const types = BATCHES.map((batch) => inferShapes(graph, { batch, valueBytes: Number.MAX_SAFE_INTEGER }));
  const axesOf = (name: string): Axis[] | undefined => symbolic(types[0]!.get(name), types[1]!.get(name));
  const apart = new Map<string, Apart>();
  const nodes: Node[] = [];
  const emitter = createEmitter(graph, nodes);
  for (const node of graph.nodes) {
    const regroups = node.op === 'Reshape' || node.op === 'Flatten';
    const output = regroups ? axesOf(node.outputs[0] ?? '') : undefined;
    const merges = output?.some(({ size, batched }) => batched && size > 1) ?? false;
    if (!merges && !node.inputs.some((name) => apart.has(name))) {
      nodes.push(node);
      continue;
    }
    const read = (name: string): Apart | undefined => {
      const axes = apart.get(name)?.axes ?? axesOf(name)?.map((axis) => [axis]);
      return axes === undefined ? undefined : { name: apart.get(name)?.name ?? name, axes };
    };
    const made = regroups
      ? regrouped(node, read(node.inputs[0] ?? ''), output, emitter)
      : rewritten(node, node.inputs.map(read), (name) => apart.has(name), emitter);
    if (made === undefined) return graph;
    if (made.axes.some((parts) => parts.length > 1)) apart.set(node.outputs[0]!, made);
  }
  return apart.size === 0 || graph.outputs.some(({ name }) => apart.has(name)) ? graph : { ...graph, nodes };
}

/** Emits nodes of the rewritten graph; each is named after the node that it stands for, so that errors name that one. */
interface Emitter {
  node(origin: Node, op: string, inputs: readonly string[], attributes: Attributes, output?: string): string;
  ints(origin: Node, values: readonly number[]): string;
}
type Attributes = ReadonlyMap<string, Attribute>;

const none: Attributes = new Map();

function createEmitter(graph: Graph, nodes: Node[]): Emitter {
  const taken = new Set([...graph.initializers.keys(), ...graph.nodes.flatMap(({ outputs }) => outputs)]);
  let counter = 0;
  const fresh = (origin: Node): string => {
    let name: string;
    do name = `${origin.outputs[0] ?? ''}#apart${++counter}`;
    while (taken.has(name));
    return name;
  };
  const emitter: Emitter = {
    node(origin, op, inputs, attributes, output = fresh(origin)) {
      nodes.push({ name: origin.name, op, inputs, outputs: [output], attributes });
      return output;
    },
    ints: (origin, values) =>
      emitter.node(
        origin,
        'Constant',
        [],
        new Map([['value', { kind: 'tensor', value: intTensor([values.length], values) }]]),
      ),
  };
  return emitter;
}

function symbolic(one: TypedValue | undefined, other: TypedValue | undefined): Axis[] | undefined {
  const axes = one?.dims.map((dim, i): Axis | undefined => {
    const next = other?.dims[i];
    if (next === dim) return { size: dim, batched: false };
    const size = dim / BATCHES[0];
    return Number.isSafeInteger(size) && next === size * BATCHES[1] ? { size, batched: true } : undefined;
  });
  return axes?.every((axis) => axis !== undefined) === true ? axes : undefined;
}

/** The value reshaped so that the batch stays an axis of its own; undefined where axes don't divide each other. */
function regrouped(node: Node, input: Apart | undefined, to: Axis[] | undefined, emit: Emitter): Apart | undefined {
  if (input === undefined || to === undefined) return undefined;
  // The batch as a token between fixed factors, on both sides.
  const before = input.axes.flat();
  const at = before.findIndex(({ batched }) => batched);
  if (at < 0 || before.filter(({ batched }) => batched).length !== 1 || before[at]!.size !== 1) return undefined;
  let left = before.slice(0, at).reduce((product, { size }) => product * size, 1);
  const axes: Axis[][] = [];
  const fixed = (size: number): Axis[] => (size === 1 ? [] : [{ size, batched: false }]);
  let passed = false;
  for (const axis of to) {
    if (!axis.batched) {
      if (!passed && left % axis.size !== 0) return undefined;
      if (!passed) left /= axis.size;
      axes.push([axis]);
      continue;
    }
    // What is left of the axes before the batch comes first in this one.
    if (passed || axis.size % left !== 0) return undefined;
    passed = true;
    axes.push([...fixed(left), { size: 1, batched: true }, ...fixed(axis.size / left)]);
  }
  if (!passed) return undefined;
  const merged = axes.some((parts) => parts.length > 1);
  const shape = emit.ints(
    node,
    axes.flat().map(({ size, batched }) => (batched ? -1 : size)),
  );
  return {
    name: emit.node(node, 'Reshape', [input.name, shape], none, merged ? undefined : node.outputs[0]!),
    axes,
  };
}

/** Operators that work on each element, so that they don't care how axes are named. */
const elementwise = new Set(
  (
    'Abs Add Cast Clip Cos Div Dropout Elu Erf Exp Gelu HardSigmoid HardSwish Identity LeakyRelu Log Max Min Mul Neg Pow ' +
    'Reciprocal Relu Selu Sigmoid Sin Softplus Sqrt Sub Tanh Where'
  ).split(' '),
);

/** The node on values whose axes are apart; undefined for one that is not known here. */
function rewritten(
  node: Node,
  inputs: readonly (Apart | undefined)[],
  isApart: (name: string) => boolean,
  emit: Emitter,
): Apart | undefined {
  const [first, second] = inputs;
  const same = (axes: Apart['axes'], extra: Attributes = node.attributes): Apart => ({
    name: emit.node(node, node.op, [first!.name, ...node.inputs.slice(1)], extra, outputOf(node, axes)),
    axes,
  });
  if (elementwise.has(node.op)) {
    const widest = inputs.reduce((most, input) =>
      (input?.axes.length ?? 0) > (most?.axes.length ?? 0) ? input : most,
    );
    const layout = inputs.find((input) => input?.axes.some((parts) => parts.length > 1));
    if (layout === undefined || widest!.axes.length !== layout.axes.length) return undefined;
    const names = node.inputs.map((name, i) => (name === '' ? '' : aligned(node, inputs[i], layout.axes, emit)));
    if (names.includes(undefined)) return undefined;
    return {
      name: emit.node(node, node.op, names as string[], node.attributes, outputOf(node, layout.axes)),
      axes: layout.axes.map((parts, i) => (isOne(parts) ? widestAt(inputs, layout.axes.length, i) : parts)),
    };
  }
  if (first === undefined || !isApart(node.inputs[0]!)) {
    return node.op === 'MatMul' && first !== undefined && second !== undefined
      ? product(node, first, second, emit)
      : undefined;
  }
  const rank = first.axes.length;
  switch (node.op) {
    case 'Transpose': {
      const perm = attribute(node, 'perm', 'ints') ?? [...first.axes.keys()].reverse();
      const starts = startsOf(first.axes);
      const whole = perm.flatMap((axis) => first.axes[axis]!.map((_, i) => starts[axis]! + i));
      return same(
        perm.map((axis) => first.axes[axis]!),
        new Map([['perm', { kind: 'ints', value: whole }]]),
      );
    }
    case 'Softmax':
    case 'LogSoftmax': {
      const axis = ((attribute(node, 'axis', 'int') ?? -1) + rank) % rank;
      if (first.axes[axis]!.length !== 1) return undefined;
      return same(first.axes, new Map([['axis', { kind: 'int', value: startsOf(first.axes)[axis]! }]]));
    }
    case 'MatMul':
      return second === undefined ? undefined : product(node, first, second, emit);
    case 'Gemm':
      return dense(node, first, inputs, emit);
    case 'Shape':
      return shapeOf(node, first, emit);
    default:
      return undefined;
  }
}

const outputOf = (node: Node, axes: Apart['axes']): string | undefined =>
  axes.some((parts) => parts.length > 1) ? undefined : node.outputs[0]!;

const isOne = (parts: readonly Axis[]): boolean => parts.length === 1 && parts[0]!.size === 1 && !parts[0]!.batched;

const startsOf = (axes: Apart['axes']): number[] => {
  let next = 0;
  return axes.map((parts) => (next += parts.length) - parts.length);
};

const key = (parts: readonly Axis[]): string => parts.map(({ size, batched }) => `${batched ? 'B' : ''}${size}`).join();

function widestAt(inputs: readonly (Apart | undefined)[], rank: number, axis: number): readonly Axis[] {
  for (const input of inputs) {
    const parts = input?.axes[axis - rank + input.axes.length];
    if (parts !== undefined && !isOne(parts)) return parts;
  }
  return [{ size: 1, batched: false }];
}

/** The value with axes that broadcast against `layout`, or undefined where it varies along an axis that is kept apart. */
function aligned(node: Node, input: Apart | undefined, layout: Apart['axes'], emit: Emitter): string | undefined {
  if (input === undefined) return undefined;
  const lead = layout.length - input.axes.length;
  const dims: Axis[] = [];
  let changed = false;
  for (const [i, parts] of input.axes.entries()) {
    const wanted = layout[lead + i]!;
    if (wanted.length === 1) {
      if (parts.length > 1) return undefined;
      dims.push(...parts);
    } else if (isOne(parts)) {
      changed = true;
      dims.push(...wanted.map(() => ({ size: 1, batched: false })));
    } else if (key(parts) === key(wanted)) dims.push(...parts);
    else return undefined;
  }
  if (!changed) return input.name;
  const shape = dims.map(({ size, batched }) => (batched ? -1 : size));
  return emit.node(node, 'Reshape', [input.name, emit.ints(node, shape)], none);
}

/** A·B where the merged axes come before the last two, or the rows of A are merged and B is one matrix. */
function product(node: Node, a: Apart, b: Apart, emit: Emitter): Apart | undefined {
  const inner = a.axes.at(-1)!;
  const [columns] = [b.axes.at(-1)!];
  if (inner.length !== 1 || columns.length !== 1 || a.axes.length < 2) return undefined;
  if (b.axes.length === 2) {
    if (b.axes[0]!.length !== 1) return undefined;
  } else if (
    a.axes.length !== b.axes.length ||
    a.axes.at(-2)!.length !== 1 ||
    b.axes.at(-2)!.length !== 1 ||
    a.axes.slice(0, -2).some((parts, i) => key(parts) !== key(b.axes[i]!))
  ) {
    return undefined;
  }
  const axes = [...a.axes.slice(0, -1), columns];
  return { name: emit.node(node, 'MatMul', [a.name, b.name], none, outputOf(node, axes)), axes };
}

/** A dense layer on merged rows: a product with one matrix, and a bias. */
function dense(node: Node, x: Apart, [, w, bias]: readonly (Apart | undefined)[], emit: Emitter): Apart | undefined {
  const float = (name: string) => attribute(node, name, 'float') ?? 1;
  const plain = float('alpha') === 1 && (bias === undefined || float('beta') === 1);
  if (!plain || (attribute(node, 'transA', 'int') ?? 0) !== 0 || w === undefined || (bias?.axes.length ?? 1) !== 1)
    return undefined;
  if (x.axes[1]!.length !== 1 || w.axes.some((parts) => parts.length !== 1)) return undefined;
  const turned = (attribute(node, 'transB', 'int') ?? 0) !== 0;
  const weight = turned
    ? emit.node(node, 'Transpose', [w.name], new Map([['perm', { kind: 'ints', value: [1, 0] }]]))
    : w.name;
  const axes = [x.axes[0]!, w.axes[turned ? 0 : 1]!];
  const output = outputOf(node, axes);
  const result = emit.node(node, 'MatMul', [x.name, weight], none, bias === undefined ? output : undefined);
  return { name: bias === undefined ? result : emit.node(node, 'Add', [result, bias.name], none, output), axes };
}

/** The shape of the model's value, out of that of the value apart: known before any data is. */
function shapeOf(node: Node, x: Apart, emit: Emitter): Apart | undefined {
  if (node.attributes.size > 0 && [...node.attributes].some(([name, { value }]) => name !== 'start' || value !== 0))
    return undefined;
  const whole = emit.node(node, 'Shape', [x.name], none);
  const starts = startsOf(x.axes);
  const entry = (axis: number) =>
    emit.node(node, 'Gather', [whole, emit.ints(node, [axis])], new Map([['axis', { kind: 'int', value: 0 }]]));
  const sizes = x.axes.map((parts, axis) =>
    parts.map((_, i) => entry(starts[axis]! + i)).reduce((left, right) => emit.node(node, 'Mul', [left, right], none)),
  );
  const name = emit.node(node, 'Concat', sizes, new Map([['axis', { kind: 'int', value: 0 }]]), node.outputs[0]!);
  return { name, axes: [[{ size: x.axes.length, batched: false }]] };
}
