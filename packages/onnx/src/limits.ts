/** Caps on what is read or compiled. Each is checked before memory is taken. */
export interface Limits {
  /** Bytes of a model file. */
  readonly modelBytes: number;
  readonly nodes: number;
  readonly initializers: number;
  /** Bytes of one initializer or constant. */
  readonly tensorBytes: number;
  /** Bytes of one value of a compiled graph at its batch size. */
  readonly valueBytes: number;
  readonly rank: number;
  /** Characters of a name or a string attribute. */
  readonly nameLength: number;
  /** Elements of one list attribute, and inputs or outputs of one node. */
  readonly listLength: number;
}

/** Caps that fit every model this platform trains today. */
export const defaultLimits: Limits = {
  modelBytes: 512 * 2 ** 20,
  nodes: 20_000,
  initializers: 20_000,
  tensorBytes: 256 * 2 ** 20,
  valueBytes: 2 ** 31,
  rank: 8,
  nameLength: 1024,
  listLength: 65_536,
};
