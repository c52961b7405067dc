// What verifiers and coordinators ask of providers beside jobs: measurements and heartbeats. Needs Node's hashes.
export * from './check-benchmark.ts';
export * from './documents.ts';
export { OPERATIONS_OF_A_PRODUCT, SIZE } from './matrices.ts';
export * from './run-benchmark.ts';
