import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Figure } from './figure.ts';
import type { PeakRequest } from './peak-memory.ts';

const MICRO_BATCH = 256;
const MIB = 2 ** 20;

/** What is measured: the model, its name among the figures, and the batches. */
const CASES = [
  { model: 16, name: 'width-16', what: 'transformer, 2 blocks, 12 tokens', batches: [64, 256, 1024, 4096] },
  { model: 128, name: 'width-128', what: 'transformer, 2 blocks, 12 tokens', batches: [64, 256, 1024, 4096] },
  // Scores of 20,000 tokens and their softmax take 7 GiB in a batch of 4096, private or not.
  {
    model: 'tied head',
    name: 'tied-head',
    what: '20,000 tokens × 64, one table for both ends',
    batches: [64, 256, 1024],
  },
] as const;

/**
 * Peak resident memory of steps over batches of 64 to 4096 examples, each in a process of its own: private, and not private, of
 * the same graph; and private with the largest batch in calls of 256. The graphs are transformers of two widths, and a language
 * model whose table of tokens is its output head.
 *
 * Beside them stands what a gradient of each example would take alone: batch × parameters × 4 bytes. What the empty process
 * takes (the runtime, the graph) is left out of all of them and stands in the settings.
 */
export function memory(): Promise<Figure[]> {
  const figures: Figure[] = [];
  for (const { model, name: label, what, batches } of CASES) {
    const of = (batch: number, kind: PeakRequest['kind'], call = batch) => peak({ model, batch, call, kind });
    const width = model === 'tied head' ? 64 : model;
    const settings = { model: what, width, parameters: of(1, 'idle').parameters };
    const { bytes: idle } = of(64, 'idle');
    const largest = batches.at(-1)!;
    for (const batch of batches) {
      const [plain, clipped] = [of(batch, 'plain').bytes - idle, of(batch, 'private').bytes - idle];
      const name = `memory.${label}.batch-${batch}`;
      const rows = { ...settings, batch, processMiB: Math.round(idle / MIB) };
      const reported = { unit: 'MiB', goal: null, holds: null, settings: rows };
      figures.push(
        { name: `${name}.non-private`, figure: plain / MIB, ...reported },
        { name: `${name}.private`, figure: clipped / MIB, ...reported },
        { name: `${name}.batch-times-parameters`, figure: (4 * batch * settings.parameters) / MIB, ...reported },
      );
      if (batch !== largest) continue;
      const ratio = clipped / plain;
      figures.push({
        ...{
          name: `${name}.ratio`,
          figure: ratio,
          unit: 'ratio',
          goal: '<= 1.25',
          holds: ratio <= 1.25,
          settings: rows,
        },
      });
    }
    const bounded = of(largest, 'private', MICRO_BATCH).bytes - idle;
    const whole = of(MICRO_BATCH, 'private').bytes - idle;
    const ratio = bounded / whole;
    figures.push({
      ...{
        name: `memory.${label}.batch-${largest}-in-calls-of-${MICRO_BATCH}`,
        figure: ratio,
        unit: 'ratio',
        goal: '<= 1.25',
      },
      ...{ holds: ratio <= 1.25, settings: { ...settings, callMiB: Math.round(whole / MIB) } },
    });
  }
  return Promise.resolve(figures);
}

/** Peak resident bytes of a fresh process that takes a few such steps. */
function peak(request: PeakRequest): { bytes: number; parameters: number } {
  const script = fileURLToPath(new URL('peak-memory.ts', import.meta.url));
  const { status, stdout, stderr } = spawnSync(process.execPath, [script, JSON.stringify(request)], {
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(stderr);
  return JSON.parse(stdout) as { bytes: number; parameters: number };
}
