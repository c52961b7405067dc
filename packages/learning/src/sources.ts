export { packDataset, type DatasetKind, type PackDatasetOptions } from './data/sources/pack-dataset.ts';
