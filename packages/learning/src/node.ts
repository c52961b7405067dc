export * from './engine/create-node-engine.ts';
