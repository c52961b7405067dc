import type { Command } from 'commander';
import { leaf } from '../leaf.ts';
import { announceReady } from '../network/daemon-process.ts';
import type { Terminal } from '../terminal.ts';
import { delegationCommands } from './delegation.ts';
import { ownerRecordCommands } from './owner-records.ts';
import { providerEarningsCommand } from './provider-earnings.ts';
import { providerRegisterCommand } from './provider-register.ts';
import { verifierBondCommands } from './verifier-bond.ts';

interface Daemon {
  stop(): Promise<void>;
}

/** Starts the daemon, tells the parent, and keeps it until Ctrl-C, SIGTERM or the end of the parent. */
async function serve(terminal: Terminal, start: () => Promise<Daemon>): Promise<void> {
  const daemon = await start();
  announceReady();
  await new Promise<void>((resolve) => {
    terminal.signal.addEventListener('abort', () => resolve(), { once: true });
    process.once('disconnect', () => resolve());
    if (terminal.signal.aborted) resolve();
  });
  await daemon.stop();
}

const withConfig = (command: Command): void =>
  void command.requiredOption('--config <file>', 'configuration file (JSON); the docs list its fields');

/** `encryptech coordinator start`, `provider start`, `owner start`, `verifier start`, `gateway start`: the daemons, in the foreground. */
export function coordinatorCommands(program: Command, terminal: Terminal): void {
  leaf<{ config: string }>(
    terminal,
    program.command('coordinator').description('order book, matcher and index of the chain'),
    {
      usage: 'start',
      description: 'run a coordinator until Ctrl-C',
      example: 'encryptech coordinator start --config .encryptech/coordinator/config.json',
      configure: withConfig,
      run: async (_args, { config }) => {
        const { startCoordinator } = await import('@encryptech/coordinator');
        await serve(terminal, () => startCoordinator(config, { env: terminal.env }));
        return undefined;
      },
    },
  );
}

export function providerCommands(program: Command, terminal: Terminal): void {
  const group = program.command('provider').description('offer computing power');
  providerRegisterCommand(terminal, group);
  leaf<{ config: string }>(terminal, group, {
    usage: 'start',
    description: 'run a provider until Ctrl-C: offers, enclave workers, earnings line by line in its log',
    example: 'encryptech provider start --config .encryptech/providers/alpha/config.json',
    configure: withConfig,
    run: async (_args, { config }) => {
      const { startProvider } = await import('@encryptech/provider');
      await serve(terminal, () => startProvider(config));
      return undefined;
    },
  });
  providerEarningsCommand(terminal, group);
}

export function ownerCommands(program: Command, terminal: Terminal): void {
  const group = program.command('owner').description('watch over your datasets');
  leaf<{ config: string }>(terminal, group, {
    usage: 'start',
    description: 'run the owner’s agent until Ctrl-C: it checks enclaves and releases keys by your policy',
    example: 'encryptech owner start --config .encryptech/owners/hospital/config.json',
    configure: withConfig,
    run: async (_args, { config }) => {
      const { startOwner } = await import('@encryptech/owner');
      await serve(terminal, () => startOwner(config));
      return undefined;
    },
  });
  ownerRecordCommands(terminal, group);
  delegationCommands(terminal, group);
}

/** `encryptech delegate start`. */
export function delegateCommands(program: Command, terminal: Terminal): void {
  leaf<{ config: string }>(terminal, program.command('delegate').description('run enclaves for owners who are away'), {
    usage: 'start',
    description: 'run a host of delegates until Ctrl-C: its enclaves decide about keys in the place of owners',
    example: 'encryptech delegate start --config .encryptech/delegates/cloud/config.json',
    configure: withConfig,
    run: async (_args, { config }) => {
      const { startDelegateHost } = await import('@encryptech/owner');
      await serve(terminal, () => startDelegateHost(config));
      return undefined;
    },
  });
}

/** `encryptech verifier start` and `verifier bond …`. */
export function verifierCommands(program: Command, terminal: Terminal): void {
  const group = program.command('verifier').description('judge the evidence of enclaves');
  leaf<{ config: string }>(terminal, group, {
    usage: 'start',
    description: 'run a verifier until Ctrl-C: it signs with its peers what evidence is worth, and records it on chain',
    example: 'encryptech verifier start --config .encryptech/verifier/config.json',
    configure: withConfig,
    run: async (_args, { config }) => {
      const { startVerifier } = await import('@encryptech/verifier');
      await serve(terminal, () => startVerifier(config, { env: terminal.env }));
      return undefined;
    },
  });
  verifierBondCommands(terminal, group);
}

/** `encryptech gateway start`. */
export function gatewayCommands(program: Command, terminal: Terminal): void {
  leaf<{ config: string }>(
    terminal,
    program.command('gateway').description('turn a payment processor’s signed webhooks into ENC, each payment once'),
    {
      usage: 'start',
      description:
        'run a fiat gateway until Ctrl-C: it verifies webhooks (Stripe’s scheme) and credits ENC within the contract’s limits',
      example: 'encryptech gateway start --config gateway/config.json',
      configure: (command) => {
        withConfig(command);
        command.addHelpText('after', GATEWAY_CONFIG);
      },
      run: async (_args, { config }) => {
        const { startGateway } = await import('@encryptech/gateway');
        await serve(terminal, () => startGateway(config, { env: terminal.env }));
        return undefined;
      },
    },
  );
}

const GATEWAY_CONFIG = `
The configuration, paths relative to its file; apps/gateway/README.md says what each member is:
  {
    "dir": "state",                    payments and transactions are written down here
    "networkFile": "../network.json",
    "listen": { "host": "127.0.0.1", "port": 8095 },
    "keystore": "keystore.json",       an account with the role PROCESSOR
    "passphraseFile": "passphrase",    mode 0600
    "secretsFile": "secrets"           signing secrets of the webhook, one a line, mode 0600
  }`;
