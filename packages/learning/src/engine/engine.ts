import type { Tensor } from 'onnxruntime-common';

/** Tensors by the name of the graph's input or output. */
export type Tensors = Record<string, Tensor>;

/** A loaded graph. */
export interface EngineSession {
  /**
   * The named outputs for these inputs. Nothing of the call stays behind.
   *
   * @throws `learning.engineFailed`
   */
  run(inputs: Tensors, outputs: readonly string[]): Promise<Tensors>;
  /** Frees the graph's memory; no call may follow. */
  close(): Promise<void>;
}

/** ONNX Runtime, whichever one runs here: what training and inference compute on. */
export interface Engine {
  /** What computes, for people: `onnxruntime-node 1.30.0, cpu, 2 threads`. */
  readonly name: string;
  /**
   * A session for the model's bytes (ONNX protobuf).
   *
   * @throws `learning.engineFailed`
   */
  open(model: Uint8Array): Promise<EngineSession>;
  /**
   * From 1 to `most` sessions for the model, as many as there are cores for: their calls run at the same time, and inputs of one of
   * several sessions may be written to again as soon as `run` has returned. Left out where calls only follow one another.
   *
   * @throws `learning.engineFailed`
   */
  openParallel?(model: Uint8Array, most: number): Promise<readonly EngineSession[]>;
}
