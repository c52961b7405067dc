import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ROOT } from './contracts-copy.ts';
import type { Figure } from './figure.ts';
import { buildRelease, runForge } from './run-forge.ts';

const OPEN_JOBS = 10_000;

/**
 * What users pay in gas, on release bytecode, each call a transaction of its own with its base cost and cold storage:
 * contracts/test/gas/BenchGas.t.sol measures, this reports.
 */
export async function gas(): Promise<Figure[]> {
  await buildRelease(ROOT);
  const snapshots = mkdtempSync(join(tmpdir(), 'encryptech-gas-'));
  try {
    const run = await runForge(
      ['test', '--match-path', 'contracts/test/gas/BenchGas.t.sol', '--isolate', '--gas-limit', '1000000000000'],
      {
        cwd: ROOT,
        env: {
          ...{ BENCH: '1', OPEN_JOBS: String(OPEN_JOBS) },
          ...{ CONTRACTS_OUT: 'contracts/out-release', FOUNDRY_SNAPSHOTS: snapshots },
        },
      },
    );
    if (!run.ok) throw new Error(`The measurement failed:\n${run.text.slice(-4_000)}`);
    return figuresOf(JSON.parse(readFileSync(join(snapshots, 'Bench.json'), 'utf8')) as Record<string, string>);
  } finally {
    rmSync(snapshots, { recursive: true, force: true });
  }
}

function figuresOf(measured: Readonly<Record<string, string>>): Figure[] {
  const settings = { bytecode: 'release: via-IR, optimizer 10,000 runs', evm: 'cancun', isolated: true };
  const at = (name: string): number => {
    const value = Number(measured[name]);
    if (!Number.isSafeInteger(value) || value <= 0) throw new Error(`The measurement "${name}" is missing.`);
    return value;
  };
  const most = (name: string, figure: number, limit: number, more: Figure['settings'] = {}): Figure => ({
    ...{ name, figure, unit: 'gas', goal: `<= ${limit}`, holds: figure <= limit, settings: { ...settings, ...more } },
  });
  const [alone, crowded] = [at('alone'), at('crowded')];
  const difference = (100 * Math.abs(crowded - alone)) / alone;
  return [
    most('match + start + deliver + settle, one job', at('job'), 450_000, { parties: 'have traded before' }),
    most('match, one of a batch of 50', at('batch'), 150_000),
    { ...{ name: 'a job with 1 open job beside it', figure: alone, unit: 'gas' }, goal: null, holds: null, settings },
    {
      ...{ name: `a job with ${OPEN_JOBS} open jobs beside it`, figure: crowded, unit: 'gas' },
      ...{ goal: null, holds: null, settings: { ...settings, openJobs: OPEN_JOBS } },
    },
    {
      ...{ name: 'difference of the two', figure: difference, unit: '%', goal: '<= 1', holds: difference <= 1 },
      settings: { ...settings, openJobs: OPEN_JOBS },
    },
    most('privacy ledger: reserve + commit', at('ledger'), 80_000, { without: 'base cost of a transaction' }),
    most('voucher: close by the payee', at('voucher close'), 90_000),
    most('voucher: close, first ever of both parties', at('first voucher close'), 90_000),
  ];
}
