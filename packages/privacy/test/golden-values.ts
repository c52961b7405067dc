import { readFileSync } from 'node:fs';

/** One row of vectors/accountant.json; the file's `conventions` say what the fields mean. */
export interface GoldenValue {
  readonly id: string;
  readonly accountant: string;
  readonly mechanism: string;
  readonly adjacency: string;
  readonly quantity: string;
  readonly sigma: number;
  readonly q: number;
  readonly steps: number;
  readonly delta: number;
  readonly order: number;
  readonly orders?: string;
  readonly expected: number;
  readonly tolerance: number;
  readonly true_epsilon?: number | null;
  readonly accept_range?: readonly [number, number] | null;
  readonly exact_value?: number | null;
}

const file = JSON.parse(readFileSync(new URL('../../../vectors/accountant.json', import.meta.url), 'utf8')) as {
  values: GoldenValue[];
};

/** Every golden value. */
export const goldenValues: readonly GoldenValue[] = file.values;

/** The orders that a row names, such as `1.1..10.9 step 0.1, 11..63, 128,256,512,1024`. */
export function goldenOrders(text: string): number[] {
  return text.split(',').flatMap((part) => {
    const range = /^\s*([\d.]+)\.\.([\d.]+)(?: step ([\d.]+))?\s*$/.exec(part);
    if (!range) return [Number(part)];
    const [from, to, step] = [Number(range[1]), Number(range[2]), Number(range[3] ?? 1)];
    return Array.from({ length: Math.round((to - from) / step) + 1 }, (_, i) => Number((from + i * step).toFixed(6)));
  });
}
