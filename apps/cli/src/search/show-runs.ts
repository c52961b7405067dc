import type { SearchProgress } from '@encryptech/learning';
import { createProgressBar, type ProgressBar } from '../progress-bar.ts';
import { progressText } from '../progress-text.ts';
import type { Terminal } from '../terminal.ts';
import { candidateText } from './describe-search.ts';
import type { Candidate } from './plan-search.ts';

/** Shows a search run by run: what it tries, and a bar for its steps with the time that is left for all runs. */
export function showRuns(terminal: Terminal, candidates: readonly Candidate[]) {
  let shown: { run: number; bar: ProgressBar } | undefined;
  return {
    update(progress: SearchProgress): void {
      const { run, runs, candidate, step, steps } = progress;
      if (shown?.run !== run) {
        shown?.bar.finish();
        terminal.err(`run ${run} of ${runs}: ${candidateText(candidates[candidate]!)}\n`);
        shown = { run, bar: createProgressBar(terminal, `run ${run}/${runs}`) };
      }
      shown.bar.update(step, steps, progressText(progress, 'epsilon of this run so far'));
    },
    finish: (): void => shown?.bar.finish(),
  };
}
