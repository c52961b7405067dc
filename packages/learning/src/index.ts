export { auditTraining, type AuditTrainingOptions } from './audit/audit-training.ts';
export type { Attack, TrainingAudit } from './audit/training-audit.ts';
export type {
  CategoryColumn,
  Column,
  DatasetSchema,
  ImageColumn,
  NumberColumn,
  TokensColumn,
  Transform,
} from './data/dataset-schema.ts';
export { inputsOf } from './data/inputs-of.ts';
export { parseSchema } from './data/parse-schema.ts';
export { readCsv, type ReadCsvOptions } from './data/read-csv.ts';
export { readTable } from './data/read-table.ts';
export { packRows, type PackRowsOptions } from './data/rows/pack-rows.ts';
export { readPackedRows } from './data/rows/read-packed-rows.ts';
export type { Row, RowValue } from './data/rows/row.ts';
export type { ByteSource } from './data/read-records.ts';
export { splitCsv, type SplitCsvOptions } from './data/split-csv.ts';
export type { Table } from './data/table.ts';
export { createEngine, type CreateEngineOptions } from './engine/create-engine.ts';
export type { Engine, EngineSession, Tensors } from './engine/engine.ts';
export { newScattering, type ScatteringOptions } from './features/new-scattering.ts';
export { newWaveletCnn, type WaveletCnnOptions } from './features/new-wavelet-cnn.ts';
export { withScattering } from './features/with-scattering.ts';
export { precomputeFrozen, type PrecomputeFrozenOptions } from './features/precompute-frozen.ts';
export { evaluate, type Evaluation } from './inference/evaluate.ts';
export { predict, type Predictions } from './inference/predict.ts';
export type { LearningErrorCode } from './errors.ts';
export { defaultTraining, type DefaultTraining } from './training/default-training.ts';
export { measureTraining, type MeasuredTraining } from './training/measure-training.ts';
export type { Progress } from './training/progress-meter.ts';
export { trainPrivately, type TrainedModel, type TrainPrivatelyOptions } from './training/train-privately.ts';
export type { Adam, Augmentation, Averaging, Loss, Optimiser, Sgd, TrainingJob } from './training/training-job.ts';
export type { SearchProgress } from './tuning/search-meter.ts';
export {
  tunePrivately,
  type HeldOut,
  type Score,
  type TunedModel,
  type TunePrivatelyOptions,
} from './tuning/tune-privately.ts';
