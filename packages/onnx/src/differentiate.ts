import type { Builder } from './build/builder.ts';
import type { PlacedCall } from './build/emit-forward.ts';
import { nodeError } from './graph/node-error.ts';
import { operators } from './operators/registry.ts';
import type { Value } from './operators/operator.ts';

/** Which gradients a sweep computes, and from which it starts. */
export interface Sweep {
  /** Names in the model of the values whose gradients are wanted. */
  readonly wanted: (name: string) => boolean;
  /** Known gradients by the model's names; filled with those that are computed. */
  readonly gradients: Map<string, string>;
  /** The gradient of an output as the node's rule shall see it, e.g. weighted by example. */
  readonly incoming?: (gradient: string, output: Value) => string;
  /** An input or output as the node's rule shall see it. */
  readonly shown?: (value: Value) => Value;
}

/**
 * Reverse-mode differentiation: emits the gradients of every wanted value and puts their names in `sweep.gradients`.
 *
 * `calls` are the model's nodes in order. A gradient has its value's shape; where several nodes use a value, their parts are
 * added.
 *
 * @throws `onnx.notDifferentiable` naming the node that has no gradient rule
 */
export function differentiate(calls: readonly PlacedCall[], build: Builder, sweep: Sweep): void {
  const { wanted, gradients, incoming = (gradient) => gradient, shown = (value) => value } = sweep;
  for (const call of calls.toReversed()) {
    const { node } = call;
    const wants = node.inputs.map((name) => name !== '' && wanted(name));
    const arriving = node.outputs.map((name, i) => {
      const gradient = gradients.get(name);
      return gradient === undefined ? undefined : incoming(gradient, call.outputs[i]!);
    });
    if (!wants.includes(true) || arriving.every((gradient) => gradient === undefined)) continue;
    const { vjp } = operators.get(node.op)!;
    if (vjp === undefined) throw nodeError(node, 'onnx.notDifferentiable', `the operator ${node.op} has no gradient`);
    const inputs = call.inputs.map((value) => (value === undefined ? undefined : shown(value)));
    const outputs = call.outputs.map((value) => (value.name === '' ? value : shown(value)));
    const parts = vjp({ ...call, inputs, outputs, gradients: arriving, wants, build });
    node.inputs.forEach((name, i) => {
      const part = wants[i] ? parts[i] : undefined;
      if (part === undefined) return;
      const before = gradients.get(name);
      gradients.set(name, before === undefined ? part : build.emit('Add', [before, part]));
    });
  }
}
