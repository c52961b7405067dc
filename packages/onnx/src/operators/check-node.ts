import type { Node } from '../graph/graph.ts';
import { nodeError } from '../graph/node-error.ts';
import type { Operator } from './operator.ts';
import { operators } from './registry.ts';

/**
 * The table's entry for the node.
 *
 * @throws `onnx.unsupportedOperator`, `onnx.unsupportedAttribute`, `onnx.malformed` (number of inputs or outputs), or what
 * the operator's own check finds
 */
export function checkNode(node: Node, opset: number): Operator {
  const operator = operators.get(node.op);
  if (operator === undefined) {
    throw nodeError(
      node,
      'onnx.unsupportedOperator',
      `the operator ${node.op} is not supported`,
      `Supported: ${[...operators.keys()].sort().join(', ')}`,
    );
  }
  for (const name of node.attributes.keys()) {
    if (!operator.attributes.includes(name)) {
      throw nodeError(node, 'onnx.unsupportedAttribute', `attribute "${name}" is not supported`);
    }
  }
  const [fewestInputs, mostInputs] = operator.inputs;
  const given = node.inputs.slice(0, fewestInputs).filter((input) => input !== '').length;
  if (given < fewestInputs || node.inputs.length > mostInputs) {
    throw nodeError(
      node,
      'onnx.malformed',
      `has ${node.inputs.length} inputs; ${fewestInputs} to ${mostInputs} are right`,
    );
  }
  const [fewestOutputs, mostOutputs] = operator.outputs ?? [1, 1];
  const made = node.outputs.filter((output) => output !== '').length;
  if (made < fewestOutputs || node.outputs.length > mostOutputs || node.outputs[0] === '') {
    throw nodeError(
      node,
      'onnx.malformed',
      `has ${node.outputs.length} outputs; ${fewestOutputs} to ${mostOutputs} are right`,
    );
  }
  operator.check?.(node, opset);
  return operator;
}
