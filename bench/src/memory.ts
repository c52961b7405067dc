import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Figure } from './figure.ts';
import type { PeakRequest } from './peak-memory.ts';

const BATCHES = [64, 256, 1024, 4096];
const LARGEST = 4096;
const MICRO_BATCH = 256;
const MIB = 2 ** 20;

/**
 * Peak resident memory of steps of a transformer over batches of 64 to 4096 examples, each in a process of its own: private,
 * and not private, of the same graph; and private with the batch in calls of 256.
 *
 * Beside them stands what a gradient of each example would take alone: batch × parameters × 4 bytes. What the empty process
 * takes (the runtime, the graph) is left out of all of them and stands in the settings.
 */
export function memory(): Promise<Figure[]> {
  const figures: Figure[] = [];
  for (const width of [16, 128]) {
    const of = (batch: number, kind: PeakRequest['kind'], call = batch) => peak({ width, batch, call, kind });
    const settings = { model: 'transformer, 2 blocks, 12 tokens', width, parameters: of(1, 'idle').parameters };
    const { bytes: idle } = of(64, 'idle');
    for (const batch of BATCHES) {
      const [plain, clipped] = [of(batch, 'plain').bytes - idle, of(batch, 'private').bytes - idle];
      const name = `memory.width-${width}.batch-${batch}`;
      const rows = { ...settings, batch, processMiB: Math.round(idle / MIB) };
      const reported = { unit: 'MiB', goal: null, holds: null, settings: rows };
      figures.push(
        { name: `${name}.non-private`, figure: plain / MIB, ...reported },
        { name: `${name}.private`, figure: clipped / MIB, ...reported },
        { name: `${name}.batch-times-parameters`, figure: (4 * batch * settings.parameters) / MIB, ...reported },
      );
      if (batch !== LARGEST) continue;
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
    const bounded = of(LARGEST, 'private', MICRO_BATCH).bytes - idle;
    const whole = of(MICRO_BATCH, 'private').bytes - idle;
    const ratio = bounded / whole;
    figures.push({
      ...{
        name: `memory.width-${width}.batch-${LARGEST}-in-calls-of-${MICRO_BATCH}`,
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
