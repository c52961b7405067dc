import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { ROOT } from './contracts-copy.ts';

export interface ForgeRun {
  ok: boolean;
  /** Standard output and standard error together. */
  text: string;
  seconds: number;
  /** True when it was stopped for taking too long. */
  timedOut: boolean;
}

/** Runs forge in a folder. What it prints is kept, not shown. */
export function runForge(
  args: readonly string[],
  { cwd, env = {}, timeoutMs }: { cwd: string; env?: Record<string, string>; timeoutMs?: number },
): Promise<ForgeRun> {
  const bin = join(ROOT, 'node_modules', '.bin');
  const started = performance.now();
  return new Promise((resolve) => {
    const child = spawn(join(bin, 'forge'), args, {
      cwd,
      env: { ...process.env, ...env, PATH: `${bin}:${process.env['PATH'] ?? ''}`, FORCE_COLOR: '0', NO_COLOR: '1' },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let text = '';
    let timedOut = false;
    const timer =
      timeoutMs === undefined
        ? undefined
        : setTimeout(() => {
            timedOut = true;
            child.kill('SIGKILL');
          }, timeoutMs);
    const done = (ok: boolean): void => {
      clearTimeout(timer);
      resolve({ ok, text, seconds: (performance.now() - started) / 1000, timedOut });
    };
    child.stdout.on('data', (chunk: Buffer) => (text += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (text += chunk.toString()));
    child.on('error', (error) => {
      text += error.message;
      done(false);
    });
    child.on('close', (code) => done(code === 0));
  });
}

/** Builds what is deployed, with the settings that it is deployed with, in a folder; throws with forge's words. */
export async function buildRelease(cwd: string): Promise<void> {
  const manager = 'node_modules/@openzeppelin/contracts/access/manager/AccessManager.sol';
  const build = await runForge(['build', 'contracts/src', manager], { cwd, env: { FOUNDRY_PROFILE: 'release' } });
  if (!build.ok) throw new Error(`The release build failed:\n${build.text.slice(-4_000)}`);
}
