import { readFileSync } from 'node:fs';

const PERIOD_MS = 500;

/**
 * Calls `onExceeded` once when the process holds more than `limitMiB` of resident memory. V8's own limit covers its
 * heap only, while tables and tensors lie outside of it. Reads /proc; where there is none (macOS, Windows) it watches nothing.
 *
 * @returns a function that stops watching
 */
export function watchMemory(
  pid: number | undefined,
  limitMiB: number,
  onExceeded: (residentMiB: number) => void,
): () => void {
  if (pid === undefined || process.platform !== 'linux') return () => undefined;
  const timer = setInterval(() => {
    const residentMiB = residentOf(pid);
    if (residentMiB <= limitMiB) return;
    clearInterval(timer);
    onExceeded(residentMiB);
  }, PERIOD_MS);
  timer.unref();
  return () => clearInterval(timer);
}

/** The resident set of a process in MiB, rounded up; 0 when it is gone. */
function residentOf(pid: number): number {
  try {
    const kib = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
    return Math.ceil(Number(kib?.[1] ?? 0) / 1024);
  } catch {
    return 0;
  }
}
