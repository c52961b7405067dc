import type { Builder } from './build/builder.ts';
import type { PlacedCall } from './build/emit-forward.ts';
import { nodeError } from './graph/node-error.ts';
import { operators } from './operators/registry.ts';
import type { GradientCall, PerExampleRule, SharedUse } from './operators/operator.ts';
import { sharedWeightRule } from './operators/shared-weight.ts';

/** More nodes than this between a parameter and the data are refused: no layer has them, and the search is recursive. */
const LONGEST_PATH = 64;

/** What {@link perExampleRule} works on. */
export interface RuleSearch {
  readonly build: Builder;
  /** Where each value is used, by the model's names. */
  readonly uses: ReadonlyMap<string, readonly Use[]>;
  /** Gradients of each example's loss by the batched values. */
  readonly gradients: ReadonlyMap<string, string>;
  readonly batch: number;
  /** Rules that were found before, by the model's names. Without them a chain of w + w would be followed 2ⁿ times. */
  readonly found: Map<string, PerExampleRule | undefined>;
}

/** One use of a value: the node, and at which of its inputs. */
export interface Use {
  readonly call: PlacedCall;
  readonly index: number;
}

/** Where each value is used. */
export function usesOf(calls: readonly PlacedCall[]): Map<string, Use[]> {
  const uses = new Map<string, Use[]>();
  for (const call of calls) {
    call.node.inputs.forEach((name, index) => {
      const known = uses.get(name);
      if (known === undefined) uses.set(name, [{ call, index }]);
      else known.push({ call, index });
    });
  }
  return uses;
}

/**
 * The per-example-norm rule of the value `name`, which has no batch axis: of a parameter, or of what is computed from
 * parameters alone. Undefined when no gradient reaches it.
 *
 * A value that is used in several places (tied weights) has the sum of all uses as its gradient, so its norm can't be had
 * from the norms of the uses. Where all of them are products and lookups, `sharedWeightRule` knows better than to make the
 * gradients; else they are made and added.
 *
 * @throws `onnx.notDifferentiable` naming the node that has no rule
 */
export function perExampleRule(name: string, search: RuleSearch, depth = 0): PerExampleRule | undefined {
  const { uses, build, found } = search;
  if (found.has(name)) return found.get(name);
  const rule = added(
    build,
    (uses.get(name) ?? []).flatMap((use) => ruleOfUse(use, search, depth) ?? []),
  );
  found.set(name, rule === undefined ? undefined : emittedOnce(rule));
  return found.get(name);
}

function emittedOnce(rule: PerExampleRule): PerExampleRule {
  let made: string | undefined;
  return { ...rule, materialise: { ...rule.materialise, gradients: () => (made ??= rule.materialise.gradients()) } };
}

/** The rule of a value whose gradient is the sum of what these rules give. */
function added(build: Builder, rules: readonly PerExampleRule[]): PerExampleRule | undefined {
  if (rules.length <= 1) return rules[0];
  const uses = rules.flatMap<SharedUse | undefined>((rule) => rule.uses ?? [undefined]);
  if (uses.every((use) => use !== undefined)) return sharedWeightRule(build, uses);
  return {
    materialise: {
      flops: rules.reduce((sum, rule) => sum + rule.materialise.flops, 0),
      moved: rules.reduce((sum, rule) => sum + 2 * rule.materialise.moved, 0),
      gradients: () =>
        rules.map((rule) => rule.materialise.gradients()).reduce((left, right) => build.emit('Add', [left, right])),
    },
  };
}

function ruleOfUse({ call, index }: Use, search: RuleSearch, depth: number): PerExampleRule | undefined {
  const { gradients, build, batch } = search;
  const { node, outputs } = call;
  const operator = operators.get(node.op)!;
  const wants = node.inputs.map((_, i) => i === index);
  const withGradients: GradientCall = {
    ...call,
    gradients: node.outputs.map((name) => gradients.get(name)),
    wants,
    build,
  };
  if (operator.untrained?.includes(index)) return undefined;
  if (outputs.every(({ type }) => type !== 'float32')) return undefined;
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
  // The node computes from parameters alone: take the rules of what it makes, and lead their gradients back through the node.
  if (depth >= LONGEST_PATH) {
    throw nodeError(
      node,
      'onnx.notDifferentiable',
      `a parameter passes more than ${LONGEST_PATH} nodes before the data`,
    );
  }
  const rules = node.outputs.flatMap((name, output) => {
    const rule = name === '' ? undefined : perExampleRule(name, search, depth + 1);
    return rule === undefined ? [] : [{ rule, output }];
  });
  if (rules.length === 0) return undefined;
  const { lift } = operator;
  if (lift === undefined) {
    throw nodeError(
      node,
      'onnx.notDifferentiable',
      `parameters can't be changed by ${node.op} before they meet the data`,
    );
  }
  return added(
    build,
    rules.map(({ rule, output }): PerExampleRule => {
      const uses = rule.uses?.map((use) => lift.use?.(call, use));
      if (uses?.every((use) => use !== undefined)) return sharedWeightRule(build, uses);
      return {
        ...(lift.isometric && rule.ghost !== undefined ? { ghost: rule.ghost } : {}),
        materialise: {
          flops: rule.materialise.flops,
          moved: rule.materialise.moved,
          gradients: () => lift.gradients(withGradients, rule.materialise.gradients(), { batch, output }),
        },
      };
    }),
  );
}
