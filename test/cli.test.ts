import { mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { commandLine, type CommandLine, type PrintedError } from './network/command-line.ts';

const ROOT = join(import.meta.dirname, '..');
const PYTORCH = join(ROOT, 'vectors/pytorch');

/** Every command there is. A new one belongs into this list. */
const COMMANDS = [
  'demo',
  'up',
  'verify',
  'doctor',
  'attest verify',
  'attest policy',
  'account new',
  'account list',
  'account show',
  'account deposit',
  'account withdraw',
  'account fund',
  'stake add',
  'stake unbond',
  'stake withdraw',
  'stake show',
  'rewards show',
  'rewards claim',
  'fault list',
  'fault report',
  'fault show',
  'fault answer',
  'fault contest',
  'fault execute',
  'fault withdraw',
  'market',
  'vouchers open',
  'vouchers add',
  'vouchers sign',
  'vouchers redeem',
  'vouchers close',
  'vouchers withdraw',
  'vouchers show',
  'team show',
  'team schedule',
  'team execute',
  'team cancel',
  'economy',
  'dataset publish',
  'dataset list',
  'dataset allow',
  'job quote',
  'job submit',
  'job watch',
  'job list',
  'job result',
  'job cancel',
  'provider register',
  'provider earnings',
  'provider start',
  'owner start',
  'owner log',
  'owner bundle',
  'owner withdraw',
  'owner erase',
  'owner delegate',
  'owner take-back',
  'delegate start',
  'verifier start',
  'verifier bond show',
  'verifier bond post',
  'verifier bond leave',
  'verifier bond withdraw',
  'coordinator start',
  'gateway start',
  'audit model',
  'model new',
  'model check',
  'model merge',
  'model search',
  'model gradients',
  'privacy calibrate',
  'privacy compare',
  'privacy delta',
  'privacy epsilon',
  'privacy plan',
];

let folder: string;
let encryptech: CommandLine;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'encryptech-cli-'));
  encryptech = commandLine(folder);
  // Examples name files of the project by their paths in it.
  for (const name of ['fixtures', 'vectors']) await symlink(join(ROOT, name), join(folder, name));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** The words of the example in a command's help, as a shell splits them. */
async function exampleOf(command: string): Promise<string[]> {
  const { out } = await encryptech(...command.split(' '), '--help');
  const [, example] = /Example:\n  \$ encryptech (.+)$/m.exec(out)!;
  return [...example!.matchAll(/'([^']*)'|"([^"]*)"|(\S+)/g)].map(([, a, b, c]) => a ?? b ?? c!);
}

describe('help', () => {
  test('the list of commands above is complete', async () => {
    const found: string[] = [];
    const walk = async (...words: string[]): Promise<void> => {
      const { code, out } = await encryptech(...words, '--help');
      expect(code).toBe(0);
      const section = out.split('Commands:')[1]?.split('\nExample:')[0] ?? '';
      for (const [, name, options] of section.matchAll(/^ {2}([a-z][a-z-]*)( \[options\])?/gm)) {
        if (name === 'help') continue;
        // Every command has options; what has none is a group.
        if (options === undefined) await walk(...words, name!);
        else found.push([...words, name].join(' '));
      }
    };
    await walk();
    expect(found.sort()).toEqual([...COMMANDS].sort());
  });

  test.each(COMMANDS)('%s --help has options and an example that names the command', async (command) => {
    const { code, out, err } = await encryptech(...command.split(' '), '--help');
    expect(code).toBe(0);
    expect(err).toBe('');
    expect(out).toContain(`Usage: encryptech ${command}`);
    expect(out).toContain('--json');
    expect(out).toMatch(new RegExp(`Example:\\n  \\$ encryptech ${command}( |$)`, 'm'));
  });

  test.each(COMMANDS)('the example of %s is a command line that is understood', async (command) => {
    const words = await exampleOf(command);
    // The one fault, so that nothing is started: it comes up when all options before it were understood.
    const { code, err } = await encryptech(...words, '--no-such-option');
    expect(code).toBe(2);
    expect(err).toContain("unknown option '--no-such-option'");
  });

  // In this order: the first makes the model of the others.
  test.each([
    ...['model new', 'model check', 'model gradients', 'model search', 'audit model'],
    ...COMMANDS.filter((command) => command.startsWith('privacy ')),
  ])('the example of %s runs as it stands', async (command) => {
    const { code, out, err } = await encryptech(...(await exampleOf(command)));
    expect(code, out + err).toBe(0);
    expect(out).not.toBe('');
  });

  test('--version prints a version', async () => {
    const { code, out } = await encryptech('--version');
    expect(code).toBe(0);
    expect(out).toMatch(/^\d+\.\d+\.\d+\n$/);
  });
});

describe('what is not understood exits with 2', () => {
  test.each([
    ['an unknown command', ['dance']],
    ['an unknown subcommand', ['job', 'dance']],
    ['an unknown option', ['doctor', '--loud']],
    ['a missing argument', ['model', 'check']],
    ['a missing option', ['privacy', 'epsilon', '--sigma', '1']],
    ['an argument too many', ['doctor', 'everything']],
    ['a choice that is none', ['account', 'new', 'eve', '--role', 'spy']],
  ])('%s', async (_what, argv) => {
    const { code, out, err } = await encryptech(...argv);
    expect(code).toBe(2);
    expect(err).toMatch(/error:/);
    expect(out).toBe('');
  });

  test('a command that needs a network says how to start one', async () => {
    const { code, json } = await encryptech('job', 'list', '--json');
    expect(code).toBe(2);
    const error = json<PrintedError>();
    expect(error.code).toBe('cli.noNetwork');
    expect(error.place).toContain('network.json');
    expect(error.hint).toContain('encryptech up');
  });

  test('the same without --json goes to the error stream, in words', async () => {
    const { code, out, err } = await encryptech('job', 'list');
    expect(code).toBe(2);
    expect(out).toBe('');
    expect(err).toContain('There is no network in the state directory.');
    expect(err).toContain('cli.noNetwork');
  });
});

describe('privacy epsilon', () => {
  interface Row {
    id: string;
    sigma: number;
    q: number;
    steps: number;
    delta: number;
    adjacency: string;
    true_epsilon?: number;
    mechanism: string;
    quantity: string;
  }
  const epsilon = async (row: Row, accountant: string): Promise<number> => {
    const { code, json } = await encryptech(
      ...['privacy', 'epsilon', '--json', '--accountant', accountant],
      ...['--sigma', String(row.sigma), '--q', String(row.q), '--steps', String(row.steps)],
      ...['--delta', String(row.delta), '--adjacency', row.adjacency.replaceAll('_', '-')],
    );
    expect(code).toBe(0);
    const result = json<{ epsilon: number; mechanism: string }>();
    expect(result.mechanism).toBe('poisson-subsampled-gaussian');
    return result.epsilon;
  };

  test.each(['opacus-prv-s0.8-q0.001-n100', 'exec-pld-0'])(
    'is above the true value of %s by a fiftieth at most; RDP is above that',
    async (id) => {
      const { values } = JSON.parse(await readFile(join(ROOT, 'vectors/accountant.json'), 'utf8')) as { values: Row[] };
      const row = values.find((value) => value.id === id)!;
      const truth = row.true_epsilon!;
      const pld = await epsilon(row, 'pld');
      expect(pld).toBeGreaterThanOrEqual(truth);
      expect(pld).toBeLessThanOrEqual(1.02 * truth);
      expect(await epsilon(row, 'rdp')).toBeGreaterThan(pld);
    },
  );

  test('replace-one costs more than add-or-remove-one', async () => {
    const row = { sigma: 2, q: 0.01, steps: 200, delta: 1e-5 } as Row;
    const addOrRemove = await epsilon({ ...row, adjacency: 'add-or-remove-one' }, 'pld');
    expect(await epsilon({ ...row, adjacency: 'replace-one' }, 'pld')).toBeGreaterThan(1.3 * addOrRemove);
  });

  test.each([
    ['--sigma', 'much', 'cli.badOption'],
    ['--sigma', '-1', 'privacy.'],
    ['--q', '1.5', 'privacy.'],
    ['--delta', '0', 'privacy.'],
    ['--adjacency', 'sideways', 'privacy.'],
    ['--accountant', 'guess', 'privacy.'],
  ])('%s %s is refused with a code', async (flag, value, code) => {
    const given = { '--sigma': '1', '--q': '0.1', '--steps': '10', '--delta': '1e-5', [flag]: value };
    const result = await encryptech('privacy', 'epsilon', '--json', ...Object.entries(given).flat());
    expect(result.code).toBe(2);
    const error = result.json<PrintedError>();
    expect(error.code.startsWith(code)).toBe(true);
    expect(error.message).not.toBe('');
  });
});

describe('model', () => {
  test('new writes the same file from the same seed, and not over another', async () => {
    const options = ['--inputs', '30', '--hidden', '16', '--outputs', '2', '--seed', '11'.repeat(32), '--json'];
    const first = await encryptech('model', 'new', 'mlp', ...options, '--out', 'one.onnx');
    const second = await encryptech('model', 'new', 'mlp', ...options, '--out', 'two.onnx');
    expect([first.code, second.code]).toEqual([0, 0]);
    expect(first.json()['parameters']).toBe(30 * 16 + 16 + 16 * 2 + 2);
    expect(first.json()['digest']).toBe(second.json()['digest']);
    const again = await encryptech('model', 'new', 'mlp', ...options, '--out', 'one.onnx');
    expect(again.code).toBe(2);
    expect(again.json<PrintedError>().code).toBe('cli.fileExists');
  });

  test.each(['mlp-relu', 'mnist-cnn', 'logistic', 'regression'])('check takes the PyTorch export %s', async (name) => {
    const { code, json } = await encryptech('model', 'check', join(PYTORCH, name, 'model.onnx'), '--json');
    expect(code).toBe(0);
    const facts = json<{ ok: boolean; digest: string; parameters: number; flopsPerExample: number }>();
    expect(facts.ok).toBe(true);
    expect(facts.digest).toMatch(/^0x[0-9a-f]{64}$/);
    expect(facts.parameters).toBeGreaterThan(0);
    expect(facts.flopsPerExample).toBeGreaterThan(facts.parameters);
  });

  test.each(['batch-centred', 'batchnorm-train'])(
    'check refuses %s, which mixes the examples of a batch',
    async (name) => {
      const { code, json } = await encryptech('model', 'check', join(PYTORCH, name, 'model.onnx'), '--json');
      expect(code).toBe(2);
      const error = json<PrintedError & { reason?: string }>();
      expect(error.ok).toBe(false);
      expect(error.code).toMatch(/^onnx\./);
      expect(error.node, 'the node is named').toBeTruthy();
      expect(error.reason ?? error.message).toBeTruthy();
    },
  );

  test('check refuses a file that is no model', async () => {
    await writeFile(join(folder, 'poem.onnx'), 'Shall I compare thee to a summer’s day?');
    const { code, json } = await encryptech('model', 'check', 'poem.onnx', '--json');
    expect(code).toBe(2);
    expect(json<PrintedError>().code).toMatch(/^onnx\./);
    const missing = await encryptech('model', 'check', 'nowhere.onnx', '--json');
    expect(missing.code).toBe(2);
    expect(missing.json<PrintedError>().code).toBe('cli.fileMissing');
  });

  interface CaseFile {
    clipNorm: number;
    perExampleLoss: number[];
    perExampleGradientNorm: number[];
    clippedGradientSum: Record<string, { shape: number[]; norm: number; data: number[]; stride: number }>;
  }

  test.each(['logistic', 'mlp-relu', 'mnist-cnn'])('gradients of %s are PyTorch’s within 1e-5', async (name) => {
    const caseFile = join(PYTORCH, name, 'case.json');
    const { code, json } = await encryptech(
      'model',
      'gradients',
      join(PYTORCH, name, 'model.onnx'),
      caseFile,
      '--json',
    );
    expect(code).toBe(0);
    const ours = json<CaseFile>();
    const truth = JSON.parse(await readFile(caseFile, 'utf8')) as CaseFile;
    const close = (mine: number, theirs: number): void =>
      expect(Math.abs(mine - theirs)).toBeLessThanOrEqual(1e-5 * Math.max(1e-3, Math.abs(theirs)));
    expect(ours.perExampleLoss).toHaveLength(truth.perExampleLoss.length);
    truth.perExampleLoss.forEach((loss, row) => close(ours.perExampleLoss[row]!, loss));
    truth.perExampleGradientNorm.forEach((norm, row) => close(ours.perExampleGradientNorm[row]!, norm));
    expect(Object.keys(ours.clippedGradientSum).sort()).toEqual(Object.keys(truth.clippedGradientSum).sort());
    for (const [initializer, sum] of Object.entries(truth.clippedGradientSum)) {
      expect(ours.clippedGradientSum[initializer]!.shape).toEqual(sum.shape);
      close(ours.clippedGradientSum[initializer]!.norm, sum.norm);
    }
  });

  test('gradients refuses a case of another model', async () => {
    const { code, json } = await encryptech(
      ...['model', 'gradients', join(PYTORCH, 'logistic/model.onnx'), join(PYTORCH, 'mnist-cnn/case.json'), '--json'],
    );
    expect(code).toBe(2);
    expect(json<PrintedError>().code).toMatch(/^onnx\./);
  });
});

describe('accounts without a network', () => {
  test('new keeps the key encrypted and the passphrase in a file of its own; list shows both', async () => {
    const made = await encryptech('account', 'new', 'alice', '--json');
    expect(made.code).toBe(0);
    const { address } = made.json<{ address: string }>();
    const keystore = await readFile(join(folder, '.encryptech/developers/alice/keystore.json'), 'utf8');
    expect(JSON.parse(keystore)).toMatchObject({ version: 3 });
    const listed = (await encryptech('account', 'list', '--json')).json<unknown[]>();
    expect(listed).toEqual([{ role: 'developer', name: 'alice', address }]);
  });

  test('a name that is taken, or is none, is refused', async () => {
    const taken = await encryptech('account', 'new', 'alice', '--json');
    expect(taken.code).toBe(2);
    expect(taken.json<PrintedError>().code).toBe('cli.accountExists');
    const bad = await encryptech('account', 'new', '../alice', '--json');
    expect(bad.code).toBe(2);
    expect(bad.json<PrintedError>().code).toBe('cli.badOption');
  });
});

test('doctor looks at this machine', async () => {
  const { code, json } = await encryptech('doctor', '--json');
  const { ok, findings } = json<{ ok: boolean; findings: { check: string; ok: boolean; found: string }[] }>();
  expect(code).toBe(ok ? 0 : 3);
  expect(findings.map(({ check }) => check)).toContain('ONNX Runtime loads');
  expect(findings.find(({ check }) => check === 'Node 24 or newer')?.ok).toBe(true);
});
