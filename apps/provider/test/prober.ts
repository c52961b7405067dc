// Run as an enclave worker by launch-enclave.test.ts: does what each line tells it and answers how that went.
import { spawnSync } from 'node:child_process';
import { readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
import { createInterface } from 'node:readline';

const attempts: Record<string, (argument: string) => unknown> = {
  read: (path) => readFileSync(path, 'utf8'),
  write: (path) => writeFileSync(path, 'written'),
  link: (path) => symlinkSync(path, 'link'),
  spawn: (command) => spawnSync(command).status,
  thread: (code) => new Worker(code, { eval: true }),
  evaluate: (code) => new Function(code)() as unknown,
  environment: () => Object.keys(process.env).join(','),
  argv: () => process.execArgv.join(' '),
  load: async (name) => Object.keys((await import(name)) as object).length > 0,
  fill: () => {
    const held: Uint8Array[] = [];
    for (;;) held.push(new Uint8Array(16 * 1024 * 1024).fill(1));
  },
  shout: () => process.stderr.write('x'.repeat(100_000)),
};

for await (const line of createInterface({ input: process.stdin })) {
  const [name, argument] = JSON.parse(line) as [string, string];
  let answer: unknown;
  try {
    answer = await attempts[name]!(argument);
  } catch (error) {
    answer = (error as { code?: string }).code ?? (error as Error).name;
  }
  process.stdout.write(`${String(answer)}\n`);
}
