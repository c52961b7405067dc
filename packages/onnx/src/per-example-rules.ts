import type { Builder } from './build/builder.ts';
import type { PlacedCall } from './build/emit-forward.ts';
import { nodeError } from './graph/node-error.ts';
import { operators } from './operators/registry.ts';
import type { GradientCall, PerExampleRule } from './operators/operator.ts';

/**
 * The per-example-norm rule of the value `name`, which has no batch axis: of a parameter, or of what is computed from
 * parameters alone. Undefined when no gradient reaches it.
 *
 * A value that is used in several places (tied weights) has the sum of all uses as its gradient, so its norm can't be had
 * from the norms of the uses: the gradients are made and added.
 *
 * @throws `onnx.notDifferentiable` naming the node that has no rule
 */
export function perExampleRule(
  name: string,
  calls: readonly PlacedCall[],
  gradients: ReadonlyMap<string, string>,
  build: Builder,
): PerExampleRule | undefined {
  const rules: PerExampleRule[] = [];
  for (const call of calls) {
    call.node.inputs.forEach((input, index) => {
      if (input !== name) return;
      const rule = ruleOfUse({ call, index, calls, gradients, build });
      if (rule !== undefined) rules.push(rule);
    });
  }
  if (rules.length <= 1) return rules[0];
  return {
    materialise: {
      flops: rules.reduce((sum, rule) => sum + rule.materialise.flops, 0),
      moved: rules.reduce((sum, rule) => sum + 2 * rule.materialise.moved, 0),
      gradients: () =>
        rules.map((rule) => rule.materialise.gradients()).reduce((left, right) => build.emit('Add', [left, right])),
    },
  };
}

interface Use {
  readonly call: PlacedCall;
  readonly index: number;
  readonly calls: readonly PlacedCall[];
  readonly gradients: ReadonlyMap<string, string>;
  readonly build: Builder;
}

function ruleOfUse({ call, index, calls, gradients, build }: Use): PerExampleRule | undefined {
  const { node, outputs } = call;
  const operator = operators.get(node.op)!;
  const wants = node.inputs.map((_, i) => i === index);
  const withGradients: GradientCall = {
    ...call,
    gradients: node.outputs.map((name) => gradients.get(name)),
    wants,
    build,
  };
  if (outputs.some((output) => output.batchAxis !== null)) {
    if (withGradients.gradients.every((gradient) => gradient === undefined)) return undefined;
    if (operator.perExample === undefined) {
      throw nodeError(
        node,
        'onnx.notDifferentiable',
        `per-example gradients of "${node.inputs[index]!}" through ${node.op} are not supported`,
      );
    }
    return operator.perExample(withGradients, index);
  }
  // The node computes from parameters alone: take the rule of what it makes, and lead its gradients back through the node.
  const rule = perExampleRule(node.outputs[0]!, calls, gradients, build);
  if (rule === undefined) return undefined;
  const { lift } = operator;
  if (lift === undefined) {
    throw nodeError(
      node,
      'onnx.notDifferentiable',
      `parameters can't be changed by ${node.op} before they meet the data`,
    );
  }
  return {
    ...(lift.isometric && rule.ghost !== undefined ? { ghost: rule.ghost } : {}),
    materialise: {
      ...rule.materialise,
      gradients: () => lift.gradients(withGradients, rule.materialise.gradients()),
    },
  };
}
