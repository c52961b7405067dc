/** Rows (or units) as the dataset declares them: the expected batch over the sampling rate. Public, unlike the rows' number. */
export const declaredRows = ({
  expectedBatch,
  plan,
}: {
  expectedBatch: number;
  plan: { samplingRate: number };
}): number => Math.round(expectedBatch / plan.samplingRate);
