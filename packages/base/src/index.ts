export * from './amount.ts';
export * from './bytes.ts';
export * from './canonical-json.ts';
export * from './digest.ts';
export * from './encryptech-error.ts';
export * from './identifier.ts';
