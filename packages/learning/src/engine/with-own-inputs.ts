import { Tensor } from 'onnxruntime-common';
import type { EngineSession, Tensors } from './engine.ts';

/** The session with a copy of the inputs made at each call: who calls may write to them again at once. */
export function withOwnInputs(session: EngineSession): EngineSession {
  return {
    ...session,
    run: (inputs, outputs) =>
      session.run(
        Object.fromEntries(
          Object.entries(inputs).map(([name, { type, data, dims }]) => [name, new Tensor(type, data.slice(), dims)]),
        ) as Tensors,
        outputs,
      ),
  };
}
