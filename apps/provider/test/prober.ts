// Run as an enclave worker by launch-enclave.test.ts: does what it is told in frames and reports how that went.
import { spawnSync } from 'node:child_process';
import { readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
import { encodeFrame, readFrames } from '../src/enclave/frames.ts';

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
  silence: () => new Promise(() => setInterval(() => undefined, 1000)),
};

for await (const frame of readFrames(process.stdin)) {
  const [name, argument] = JSON.parse(new TextDecoder().decode(frame)) as [string, string];
  let answer: unknown;
  try {
    answer = await attempts[name]!(argument);
  } catch (error) {
    answer = (error as { code?: string }).code ?? (error as Error).name;
  }
  process.stdout.write(encodeFrame(new TextEncoder().encode(String(answer))));
}
