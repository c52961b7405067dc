import type { Figure } from './figure.ts';

const benches: Record<string, { what: string; load: () => Promise<() => Promise<Figure[]>> }> = {
  'dp-step': {
    what: 'one compiled private step of four networks against the non-private step of the same graph',
    load: async () => (await import('./dp-step.ts')).dpStep,
  },
  peers: {
    what: 'examples a second of private training over Opacus on PyTorch, which is installed with pip into a folder of its own',
    load: async () => (await import('./peers.ts')).peers,
  },
  memory: {
    what: 'peak memory of private and non-private steps of a transformer and of a tied language model, over batches of 64 to 4096',
    load: async () => (await import('./memory.ts')).memory,
  },
  tabular: {
    what: 'accuracy on a small table (WDBC) at epsilon 1 and 3 and on one of 6,524 rows (flchain, by pip) at epsilon 1, five splits',
    load: async () => (await import('./tabular.ts')).tabular,
  },
  correlated: {
    what: 'accuracy under correlated noise beside fresh noise at the same epsilon, drawn by chance and in passes, two tables, 30 trainings each',
    load: async () => (await import('./correlated.ts')).correlated,
  },
  'fashion-mnist': {
    what: 'accuracy on Fashion-MNIST (Debian package dataset-fashion-mnist): a network end to end and scattering features',
    load: async () => (await import('./fashion-mnist.ts')).fashionMnist,
  },
  attestation: {
    what: 'appraisal of a genuine TDX quote from bytes to verdict, and the gas of recording a result',
    load: async () => (await import('./attestation.ts')).attestation,
  },
  noise: {
    what: 'samples of exact discrete Gaussian noise a second on one core, keystream included',
    load: async () => (await import('./noise.ts')).noise,
  },
  accountants: {
    what: 'how far above the truth the PLD accountant is, up to 50,000 steps, and how long it takes',
    load: async () => (await import('./accountants.ts')).accountants,
  },
  gas: {
    what: 'gas of a job, of one in a batch, at 10,000 open jobs, of the privacy ledger and of a voucher, on release bytecode',
    load: async () => (await import('./gas.ts')).gas,
  },
  invariants: {
    what: 'a million stateful calls against the invariants of the economy (ENCRYPTECH_CALLS asks for another number)',
    load: async () => (await import('./invariants.ts')).invariants,
  },
  mutation: {
    what: 'small faults put into the contracts that move money: how many the tests notice (ENCRYPTECH_MUTANTS)',
    load: async () => (await import('./mutation.ts')).mutation,
  },
  'fuzz-evidence': {
    what: 'a million changed inputs for each parser of evidence and endorsements (ENCRYPTECH_INPUTS asks for another number)',
    load: async () => (await import('./fuzz-evidence.ts')).fuzzEvidence,
  },
};

const usage = (): string =>
  [
    'npm run bench -- NAME [--json]',
    '',
    ...Object.entries(benches).map(([name, { what }]) => `  ${name.padEnd(12)} ${what}`),
    '',
    'With --json: one line a figure. Example: npm run bench -- dp-step --json',
  ].join('\n');

const isJson = process.argv.includes('--json');
const name = process.argv.slice(2).find((argument) => !argument.startsWith('--'));
const bench = name === undefined ? undefined : benches[name];
if (bench === undefined) {
  console.error(name === undefined ? usage() : `There is no bench "${name}".\n\n${usage()}`);
  process.exit(2);
}

const figures = await (await bench.load())();
if (isJson) {
  for (const figure of figures) console.log(JSON.stringify(figure));
} else {
  const verdict = ({ holds }: Figure): string => (holds === null ? 'reported' : holds ? 'holds' : 'MISSED');
  for (const figure of figures) {
    const value = Number.isInteger(figure.figure) ? String(figure.figure) : figure.figure.toPrecision(4);
    console.log(
      `${figure.name.padEnd(44)} ${value.padStart(10)} ${figure.unit.padEnd(8)} ${(figure.goal ?? '').padEnd(12)} ${verdict(figure)}`,
    );
  }
  const settings = new Set(figures.map((figure) => JSON.stringify(figure.settings)));
  for (const line of settings) console.log(`settings: ${line}`);
}
