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

let worker: EnclaveProcess | undefined;
afterEach(() => worker?.kill());

function launch(memoryMiB = 1024, onMemoryExceeded?: (residentMiB: number) => void) {
  worker = launchEnclave({
    jobFolder,
    memoryMiB,
    entry: prober,
    ...(onMemoryExceeded === undefined ? {} : { onMemoryExceeded }),
  });
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
    expect(await ask('thread', '1')).toBe('ERR_ACCESS_DENIED');
    expect(await ask('evaluate', 'return 1')).toBe('EvalError');
  });

  test('sees no environment but PATH', async () => {
    const { ask } = launch();
    expect(await ask('environment')).toBe('PATH');
  });

  test('is killed when it takes more memory than it may', async () => {
    let resident = 0;
    const { worker, ask } = launch(300, (residentMiB) => (resident = residentMiB));
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
