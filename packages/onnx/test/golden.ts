import { readdirSync, readFileSync } from 'node:fs';

/** A case of vectors/pytorch: see the README there. */
export interface GoldenCase {
  readonly name: string;
  readonly model: Uint8Array;
  readonly file: unknown;
  readonly expect: string;
  readonly clipNorm: number;
  readonly perExampleLoss: readonly number[];
  readonly perExampleGradientNorm: readonly number[];
  readonly clippedGradientSum: Readonly<
    Record<
      string,
      {
        readonly shape: readonly number[];
        readonly norm: number;
        readonly data: readonly number[];
        readonly stride: number;
      }
    >
  >;
}

const folder = new URL('../../../vectors/pytorch/', import.meta.url);

/** Every case, in alphabetical order. */
export function goldenCases(): GoldenCase[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => {
      const file = JSON.parse(readFileSync(new URL(`${name}/case.json`, folder), 'utf8')) as GoldenCase;
      return { ...file, name, file, model: readFileSync(new URL(`${name}/model.onnx`, folder)) };
    })
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}
