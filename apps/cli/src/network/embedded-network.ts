import {
  startEmbeddedChain,
  type ChainClient,
  type ChainKeys,
  type DeployConfig,
  type EmbeddedChain,
} from '@encryptech/chain';
import type { NetworkFile } from '@encryptech/sdk/node';
import type { Home } from '../home/home.ts';
import type { Terminal } from '../terminal.ts';
import { keepDevelopmentPrices } from './keep-development-prices.ts';
import { startDaemonProcess, type DaemonProcess } from './daemon-process.ts';
import { openSession } from './session.ts';
import { setupEmbedded } from './setup-embedded.ts';
import { hadTrial, runTrialJob } from './trial-job.ts';

/** The provider that a new network begins with. */
const FIRST = 'provider-beta';

/** A network that runs on this machine: the chain and the daemons, each a process of its own. */
export interface EmbeddedNetwork {
  network: NetworkFile;
  client: ChainClient;
  chain: EmbeddedChain;
  /** By name: coordinator, provider-alpha, …, owner-hospital. */
  daemons: Map<string, DaemonProcess>;
  /** Starts a daemon again, after it ended. */
  restart(name: string): Promise<void>;
  /** Stops everything that this network started, nothing else. */
  stop(): Promise<void>;
  /** Resolves when a process ends that nobody stopped. */
  broken: Promise<{ name: string; code: number | null }>;
}

/**
 * Starts the embedded network of a state directory, or brings a stopped one back with everything that it held.
 *
 * @param say is told what is being done, in a word or two
 * @param deployConfig parameters of a new chain; those of `embeddedDeployConfig` if left out
 * @param trial makes one provider of a new network do a small job before the other is there, so that their reputations differ
 * @throws `cli.startFailed`, `chain.alreadyRunning` when another process runs it
 */
export async function startEmbeddedNetwork(
  terminal: Terminal,
  home: Home,
  {
    say,
    withDaemons = true,
    trial = false,
    deployConfig,
  }: {
    say: (words: string) => void;
    withDaemons?: boolean;
    trial?: boolean;
    deployConfig?: (keys: ChainKeys) => DeployConfig;
  },
): Promise<EmbeddedNetwork> {
  say('chain');
  const chain = await startEmbeddedChain({ dir: home.chainDir });
  const daemons = new Map<string, DaemonProcess>();
  const commands = new Map<string, readonly string[]>();
  let isStopping = false;
  let prices: { stop: () => Promise<void> } | undefined;
  let reportBroken: (broken: { name: string; code: number | null }) => void = () => undefined;
  const broken = new Promise<{ name: string; code: number | null }>((resolve) => (reportBroken = resolve));

  const start = async (name: string): Promise<void> => {
    const daemon = await startDaemonProcess({
      name,
      args: commands.get(name)!,
      logFile: home.logFile(name),
      env: terminal.env,
    });
    daemons.set(name, daemon);
    void daemon.exited.then((code) => {
      if (!isStopping && daemons.get(name) === daemon) reportBroken({ name, code });
    });
  };
  const stop = async (): Promise<void> => {
    isStopping = true;
    // Those that write to the chain go first, the chain last.
    await Promise.all([...[...daemons.values()].map((daemon) => daemon.stop()), prices?.stop()]);
    await chain.stop();
  };
  void chain.exited.then(({ expected }) => expected || reportBroken({ name: 'chain', code: null }));

  try {
    const setup = await setupEmbedded(terminal, home, chain, say, deployConfig);
    commands.set('coordinator', ['coordinator', 'start', '--config', setup.coordinatorConfig]);
    for (const { name, file } of setup.providerConfigs)
      commands.set(`provider-${name}`, ['provider', 'start', '--config', file]);
    for (const { name, file } of setup.ownerConfigs)
      commands.set(`owner-${name}`, ['owner', 'start', '--config', file]);
    commands.set('verifier', ['verifier', 'start', '--config', setup.verifierConfig]);
    if (withDaemons) {
      say('coordinator');
      await start('coordinator');
      prices = await keepDevelopmentPrices(home, chain, setup.client);
      const session = await openSession(terminal, home.root);
      const [first, ...others] =
        trial && !(await hadTrial(session))
          ? [FIRST, ...[...commands.keys()].filter((name) => name.startsWith('owner-'))]
          : [];
      if (first !== undefined) {
        say(`${first} and owner’s agent`);
        await Promise.all([first, ...others].map(start));
        say(`${first} earns its first reputation with a small paid job on a made-up table`);
        await runTrialJob(terminal, session);
      }
      say('providers, verifier and owner’s agent');
      await Promise.all([...commands.keys()].filter((name) => !daemons.has(name)).map(start));
    }
    return {
      network: setup.network,
      client: setup.client,
      chain,
      daemons,
      broken,
      stop,
      restart: async (name) => {
        await daemons.get(name)?.exited;
        await start(name);
      },
    };
  } catch (error) {
    await stop();
    throw error;
  }
}
