import { createRequire } from 'node:module';
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';
import { afterAll, afterEach, describe, expect, test } from 'vitest';
import { installRoot } from './enclave-measurement.ts';
import { launchEnclave, type EnclaveProcess } from './launch-enclave.ts';

const scratch = mkdtempSync(join(tmpdir(), 'launch-'));
const jobFolder = mkdtempSync(join(scratch, 'job-'));
const outside = join(scratch, 'outside.txt');
writeFileSync(outside, 'of somebody else');
afterAll(() => rmSync(scratch, { recursive: true }));

// A worker reads its job folder and nothing else of the file system, so what it runs here is put there.
const prober = join(jobFolder, 'prober.ts');
copyFileSync(join(installRoot, 'apps/provider/test/prober.ts'), prober);
/** A thread that tries what its process may not do, and says how that went. */
const thief = join(jobFolder, 'thief.mjs');
writeFileSync(
  thief,
  `import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { parentPort } from 'node:worker_threads';
const path = ${JSON.stringify(outside)};
const said = [() => readFileSync(path), () => writeFileSync(path, ''), () => spawnSync('true')].map((attempt) => {
  try { attempt(); return 'done'; } catch ({ code }) { return code; }
});
parentPort.postMessage([...said, Object.keys(process.env).join()].join(' '));
`,
);

let worker: EnclaveProcess | undefined;
afterEach(() => worker?.kill());

function launch({ memoryMiB = 1024, ...others }: Partial<Parameters<typeof launchEnclave>[0]> = {}) {
  worker = launchEnclave({ jobFolder, memoryMiB, entry: prober, ...others });
  const answers = createInterface({ input: worker.stdout })[Symbol.asyncIterator]();
  const ask = async (name: string, argument = ''): Promise<string> => {
    worker!.stdin.write(`${JSON.stringify([name, argument])}\n`);
    return (await answers.next()).value as string;
  };
  return { worker, ask };
}

describe('launchEnclave: what a worker can do', () => {
  test('reads and writes its own folder', async () => {
    const { ask } = launch();
    expect(await ask('write', join(jobFolder, 'mine'))).toBe('undefined');
    expect(await ask('read', join(jobFolder, 'mine'))).toBe('written');
  });

  test('loads ONNX Runtime and the packages', async () => {
    const { ask } = launch();
    for (const name of ['onnxruntime-node', '@encryptech/base', 'zod', 'viem']) {
      expect(await ask('load', pathToFileURL(createRequire(import.meta.url).resolve(name)).href)).toBe('true');
    }
  });

  test('reads nothing outside: other folders, the daemon, the keys, /proc', async () => {
    const { ask } = launch();
    for (const path of [
      outside,
      '/etc/passwd',
      '/proc/self/environ',
      join(installRoot, 'apps/provider/src/index.ts'),
    ]) {
      expect(await ask('read', path)).toBe('ERR_ACCESS_DENIED');
    }
    expect(await ask('read', join(jobFolder, '..', 'outside.txt'))).toBe('ERR_ACCESS_DENIED');
  });

  test('writes nothing outside, the installed sources neither, and makes no links', async () => {
    const { ask } = launch();
    expect(await ask('write', outside)).toBe('ERR_ACCESS_DENIED');
    expect(await ask('write', join(installRoot, 'apps/provider/src/enclave/written'))).toBe('ERR_ACCESS_DENIED');
    expect(await ask('link', outside)).toBe('ERR_ACCESS_DENIED');
    expect(readFileSync(outside, 'utf8')).toBe('of somebody else');
  });

  test('starts neither processes nor threads, and evaluates no text', async () => {
    const { ask } = launch();
    expect(await ask('spawn', 'true')).toBe('ERR_ACCESS_DENIED');
    expect(await ask('thread', thief)).toBe('ERR_ACCESS_DENIED');
    expect(await ask('evaluate', 'return 1')).toBe('EvalError');
  });

  test('computes in several threads where it is told to, and these may do no more than it', async () => {
    const { ask } = launch({ threads: 2 });
    expect(await ask('thread', thief)).toBe('ERR_ACCESS_DENIED ERR_ACCESS_DENIED ERR_ACCESS_DENIED PATH');
    expect(readFileSync(outside, 'utf8')).toBe('of somebody else');
    const [one, two] = [1, 2].map((threads) => JSON.stringify({ packages: join(installRoot, 'packages'), threads }));
    const model = await ask('train', two);
    expect(model).toMatch(/^0x[0-9a-f]{64}$/);
    expect(await ask('train', one)).toBe(model);
  });

  test('sees no environment but PATH', async () => {
    const { ask } = launch();
    expect(await ask('environment')).toBe('PATH');
  });

  test('is killed when it takes more memory than it may', async () => {
    let resident = 0;
    const { worker, ask } = launch({ memoryMiB: 300, onMemoryExceeded: (residentMiB) => (resident = residentMiB) });
    void ask('fill');
    expect((await worker.exited).signal).toBe('SIGKILL');
    expect(resident).toBeGreaterThan(300);
  });

  test('ends when it is killed; writing to it then throws nothing; what it wrote to stderr is capped', async () => {
    const { worker, ask } = launch();
    await ask('shout');
    worker.kill();
    const exit = await worker.exited;
    expect(exit.signal).toBe('SIGKILL');
    expect(exit.stderr.length).toBe(16 * 1024);
    const failed = await new Promise((resolve) => worker.stdin.write('late', resolve));
    expect(failed).toBeInstanceOf(Error);
  });
});
