export * from './engine/create-node-engine.ts';
export * from './engine/device.ts';
