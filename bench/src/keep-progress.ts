import { appendFileSync, existsSync, readFileSync } from 'node:fs';

/** What ended before, under its key: one line of JSON each in a file. Without a file nothing is kept beyond the run. */
export function keepProgress<T>(file: string) {
  const lines = file !== '' && existsSync(file) ? readFileSync(file, 'utf8').split('\n').filter(Boolean) : [];
  const entries = new Map(lines.map((line) => JSON.parse(line) as [string, T]));
  return {
    find: (key: string): T | undefined => entries.get(key),
    add(key: string, value: T): void {
      if (entries.has(key)) return;
      entries.set(key, value);
      if (file !== '') appendFileSync(file, `${JSON.stringify([key, value])}\n`);
    },
  };
}
