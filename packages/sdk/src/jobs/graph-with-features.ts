import { withScattering, type DatasetSchema } from '@encryptech/learning';
import { readModel, writeModel } from '@encryptech/onnx';
import { sdkError } from '../errors.ts';

/** Public transforms of rows that can stand before a model. */
export type Features = 'scattering';

/**
 * The graph with the features before it, as one graph from the dataset's rows to the model's outputs; the graph itself without.
 * The features are constants of the graph: they never train, and an enclave computes them once per row.
 *
 * @throws `sdk.badOption` for a dataset whose rows aren't one grey picture each; `learning.badFeatures`, `learning.mismatch`
 */
export function graphWithFeatures(
  graph: Uint8Array,
  features: Features | undefined,
  schema: DatasetSchema,
): Uint8Array {
  if (features === undefined) return graph;
  const inputs = schema.columns.filter(({ name }) => name !== schema.target.column);
  const [picture] = inputs;
  if (inputs.length !== 1 || picture?.type !== 'image' || picture.channels !== 1) {
    throw sdkError({
      code: 'sdk.badOption',
      message: 'Scattering features are of grey pictures; the rows of this dataset are something else.',
      place: 'features',
      hint: 'Leave the features out, or put such a transform into the model yourself.',
    });
  }
  return writeModel(withScattering(readModel(graph), picture));
}
