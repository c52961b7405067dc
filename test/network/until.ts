/**
 * The first value of `look` that is not undefined. Faults of a look count as undefined: a daemon may be away for a moment.
 *
 * @throws an error that names `what`, and the last fault, after `timeoutMs`
 */
export async function until<T>(
  what: string,
  look: () => Promise<T | undefined>,
  { timeoutMs = 30_000, everyMs = 100 }: { timeoutMs?: number; everyMs?: number } = {},
): Promise<T> {
  const deadline = performance.now() + timeoutMs;
  let fault: unknown;
  for (;;) {
    try {
      const value = await look();
      if (value !== undefined) return value;
    } catch (error) {
      fault = error;
    }
    if (performance.now() > deadline)
      throw new Error(`Waited ${timeoutMs / 1000} s in vain for ${what}.`, { cause: fault });
    await new Promise((resolve) => setTimeout(resolve, everyMs));
  }
}
