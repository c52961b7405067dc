import { Command, CommanderError } from 'commander';
import { EXIT, exitCodeOf } from './exit-code.ts';
import { errorJson, renderError } from './render-error.ts';
import type { Terminal } from './terminal.ts';

type AddCommands = (program: Command, terminal: Terminal) => void;

/** The first word of a command line and where its commands are; only what is asked for is loaded. */
const nouns: Record<string, () => Promise<AddCommands>> = {
  demo: async () => (await import('./commands/demo.ts')).demoCommand,
  up: async () => (await import('./commands/up.ts')).upCommand,
  account: async () => (await import('./commands/account.ts')).accountCommands,
  stake: async () => (await import('./commands/stake.ts')).stakeCommands,
  vouchers: async () => (await import('./commands/vouchers.ts')).vouchersCommands,
  rewards: async () => (await import('./commands/rewards.ts')).rewardsCommands,
  fault: async () => (await import('./commands/fault.ts')).faultCommands,
  market: async () => (await import('./commands/market.ts')).marketCommand,
  team: async () => (await import('./commands/team.ts')).teamCommands,
  economy: async () => (await import('./commands/economy.ts')).economyCommand,
  dataset: async () => (await import('./commands/dataset.ts')).datasetCommands,
  job: async () => (await import('./commands/job.ts')).jobCommands,
  attest: async () => (await import('./commands/attest.ts')).attestCommands,
  verify: async () => (await import('./commands/verify.ts')).verifyCommand,
  provider: async () => (await import('./commands/daemons.ts')).providerCommands,
  owner: async () => (await import('./commands/daemons.ts')).ownerCommands,
  delegate: async () => (await import('./commands/daemons.ts')).delegateCommands,
  coordinator: async () => (await import('./commands/daemons.ts')).coordinatorCommands,
  verifier: async () => (await import('./commands/daemons.ts')).verifierCommands,
  audit: async () => (await import('./commands/audit.ts')).auditCommands,
  gateway: async () => (await import('./commands/daemons.ts')).gatewayCommands,
  model: async () => (await import('./commands/model.ts')).modelCommands,
  privacy: async () => (await import('./commands/privacy.ts')).privacyCommands,
  doctor: async () => (await import('./commands/doctor.ts')).doctorCommand,
};

/** Runs one command line and returns the exit code. Never throws. */
export async function run(argv: readonly string[], terminal: Terminal): Promise<number> {
  const program = new Command('encryptech')
    .description('Privacy-preserving machine learning between data owners, developers and compute providers.')
    .version('0.1.0')
    .exitOverride()
    .configureOutput({ writeOut: (text) => terminal.out(text.trimEnd()), writeErr: (text) => terminal.err(text) })
    .showHelpAfterError('(add --help for the options and an example)');
  const noun = argv.find((word) => !word.startsWith('-'));
  const wanted = noun !== undefined && Object.hasOwn(nouns, noun) ? [nouns[noun]!] : Object.values(nouns);
  process.exitCode = undefined;
  try {
    for (const load of wanted) (await load())(program, terminal);
    await program.parseAsync(argv, { from: 'user' });
    return typeof process.exitCode === 'number' ? process.exitCode : EXIT.ok;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.refused;
    if (terminal.signal.aborted) {
      terminal.err('Interrupted.\n');
      return EXIT.interrupted;
    }
    if (argv.includes('--json')) terminal.out(errorJson(error));
    else terminal.err(`${renderError(error)}\n`);
    if (terminal.env['ENCRYPTECH_DEBUG'] === '1' && error instanceof Error) terminal.err(`${error.stack ?? ''}\n`);
    return exitCodeOf(error);
  }
}
