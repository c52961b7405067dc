import { spawnSync } from 'node:child_process';
import { cpus, freemem, totalmem } from 'node:os';
import { createRequire } from 'node:module';
import type { Command } from 'commander';
import { EXIT } from '../exit-code.ts';
import { leaf } from '../leaf.ts';
import type { Terminal } from '../terminal.ts';

interface Finding {
  check: string;
  ok: boolean;
  found: string;
  next?: string;
}

const GIB = 2 ** 30;

const versionOf = (command: string): string | undefined => {
  const { status, stdout } = spawnSync(command, ['--version'], { encoding: 'utf8' });
  return status === 0 ? stdout.trim().split('\n')[0] : undefined;
};

async function onnxRuntime(): Promise<Finding> {
  const check = 'ONNX Runtime loads';
  try {
    await import('onnxruntime-node');
    const { version } = createRequire(import.meta.url)('onnxruntime-node/package.json') as { version: string };
    return { check, ok: true, found: `onnxruntime-node ${version}` };
  } catch (error) {
    return {
      check,
      ok: false,
      found: error instanceof Error ? error.message : 'no',
      next: 'Run "npm ci" in the clone.',
    };
  }
}

/** `encryptech doctor`: what this machine has and lacks for running Encryptech, with the next step for each gap. */
export function doctorCommand(program: Command, terminal: Terminal): void {
  leaf(terminal, program, {
    usage: 'doctor',
    description: 'check this machine: Node, tools, memory, ONNX Runtime',
    example: 'encryptech doctor --json',
    run: async () => {
      const major = Number(process.versions.node.split('.')[0]);
      const anvil = versionOf('anvil');
      const forge = versionOf('forge');
      const findings: Finding[] = [
        {
          check: 'Node 24 or newer',
          ok: major >= 24,
          found: process.version,
          ...(major >= 24 ? {} : { next: 'Run "npm ci" in the clone.' }),
        },
        await onnxRuntime(),
        {
          check: 'anvil (the embedded chain)',
          ok: anvil !== undefined,
          found: anvil ?? 'none',
          ...(anvil === undefined ? { next: 'On Linux x64 run "npm ci"; elsewhere install Foundry 1.7.' } : {}),
        },
        {
          check: 'forge (for people who change contracts)',
          ok: forge !== undefined,
          found: forge ?? 'none',
          ...(forge === undefined ? { next: 'Only "npm test" and "npm run check" need it.' } : {}),
        },
        { check: 'two cores', ok: cpus().length >= 2, found: `${cpus().length}` },
        {
          check: '2 GiB of free memory',
          ok: freemem() >= 2 * GIB,
          found: `${(freemem() / GIB).toFixed(1)} of ${(totalmem() / GIB).toFixed(1)} GiB`,
        },
      ];
      const ok = findings.every((finding) => finding.ok);
      return {
        json: { ok, findings: findings.map((finding) => ({ ...finding })) },
        text: findings
          .map(
            ({ check, ok: isOk, found, next }) =>
              `${isOk ? 'ok     ' : 'MISSING'} ${check.padEnd(42)} ${found}${next === undefined ? '' : `\n        next: ${next}`}`,
          )
          .join('\n'),
        exitCode: ok ? EXIT.ok : EXIT.unavailable,
      };
    },
  });
}
