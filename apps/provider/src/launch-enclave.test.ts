import { createRequire } from 'node:module';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, afterEach, describe, expect, test } from 'vitest';
import { installRoot } from './enclave-measurement.ts';
import { launchEnclave, type EnclaveProcess } from './launch-enclave.ts';

const scratch = mkdtempSync(join(tmpdir(), 'launch-'));
const jobFolder = mkdtempSync(join(scratch, 'job-'));
const outside = join(scratch, 'outside.txt');
writeFileSync(outside, 'of somebody else');
afterAll(() => rmSync(scratch, { recursive: true }));

// The prober stands outside of the enclave's folder, so its own file is put where the worker may read: the job folder.
function prober(): string {
  const path = join(jobFolder, 'prober.ts');
  const source = readFileSync(join(installRoot, 'apps/provider/test/prober.ts'), 'utf8');
  writeFileSync(path, source.replace('../src/enclave/', join(installRoot, 'apps/provider/src/enclave/')));
  return path;
}

let worker: EnclaveProcess | undefined;
afterEach(() => worker?.kill());

function launch(memoryMiB = 1024, onMemoryExceeded?: (residentMiB: number) => void) {
  worker = launchEnclave({
    jobFolder,
    memoryMiB,
    entry: prober(),
    ...(onMemoryExceeded === undefined ? {} : { onMemoryExceeded }),
  });
  const answers = worker.frames[Symbol.asyncIterator]();
  const ask = async (name: string, argument = ''): Promise<string> => {
    await worker!.send(new TextEncoder().encode(JSON.stringify([name, argument])));
    const { value } = await answers.next();
    return new TextDecoder().decode(value as Uint8Array);
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
    const { worker } = launch(300, (residentMiB) => (resident = residentMiB));
    await worker.send(new TextEncoder().encode('["fill",""]'));
    expect((await worker.exited).signal).toBe('SIGKILL');
    expect(resident).toBeGreaterThan(300);
  });

  test('ends when it is killed; sending to it then is a typed error; what it wrote to stderr is capped', async () => {
    const { worker, ask } = launch();
    await ask('shout');
    worker.kill();
    const exit = await worker.exited;
    expect(exit.signal).toBe('SIGKILL');
    expect(exit.stderr.length).toBe(16 * 1024);
    await expect(worker.send(new Uint8Array(1))).rejects.toMatchObject({ code: 'provider.enclaveGone' });
  });
});
