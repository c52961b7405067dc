import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  createDevelopmentPki,
  createSoftwareAttester,
  encodeRuntimeData,
  strictAppraisalPolicy,
  type DevelopmentPki,
  type RuntimeData,
} from '@encryptech/attestation';
import { digestOf, fromHex, toHex, type Address, type Hex } from '@encryptech/base';
import {
  accessManagerAbi,
  chainTime,
  postBond,
  registerProvider,
  setAttestationThreshold,
  verifierBond,
} from '@encryptech/chain';
import { encryptKeystore } from '@encryptech/sealing';
import { registrationNonce, registrationOf, signRegistration, type Submission } from '@encryptech/protocol';
import { pino } from 'pino';
import { encodeFunctionData, type HDAccount } from 'viem';
import { startNetwork, type TestNetwork } from '../../../packages/chain/test/start-network.ts';
import { startVerifier, type Verifier } from '../src/start-verifier.ts';
import { verifyAsVendor } from './verify-as-vendor.ts';

export const MEASUREMENT: Hex = `0x${'aa'.repeat(48)}`;
const ZERO: Hex = `0x${'00'.repeat(32)}`;
const DAY_MS = 86_400_000;

/** A chain with a registered provider, a vendor of our own making, and verifiers as separate servers. */
export interface VerifierNetwork {
  readonly net: TestNetwork;
  readonly pki: DevelopmentPki;
  readonly provider: HDAccount;
  readonly dir: string;
  /** Publishes the vendor's documents: what verifiers read at their next look. */
  publish(options?: Partial<Parameters<DevelopmentPki['collateral']>[0]>): Promise<void>;
  /** Evidence of the provider over the newest block. */
  evidence(change?: {
    says?: Partial<RuntimeData>;
    device?: string;
    kind?: 'tdx' | 'software';
    /** In whose name it comes; the provider's if left out. */
    subject?: Address;
    signer?: HDAccount;
    /** In the place of what the enclave says. */
    body?: Hex;
  }): Promise<Submission>;
  start(
    name: string,
    account: HDAccount,
    peers?: { address: Address; url: string }[],
    providerUrl?: string,
  ): Promise<Verifier>;
  stop(): Promise<void>;
}

export async function startVerifierNetwork(): Promise<VerifierNetwork> {
  const net = await startNetwork();
  const { client, chain, deployment } = net;
  const dir = mkdtempSync(join(tmpdir(), 'verifier-'));
  const pki = createDevelopmentPki(new Uint8Array(32).fill(5));
  const provider = chain.keys.user(0);
  await registerProvider(net.writer(provider), { url: 'http://127.0.0.1:1', speed: 1_000_000n });
  const manager = net.writer(chain.keys.named('team'));
  const grant = encodeFunctionData({
    ...{ abi: accessManagerAbi, functionName: 'grantRole', args: [5n, chain.keys.user(1).address, 0] },
  });
  await manager.send({ key: 'second verifier', to: deployment.contracts.accessManager, data: grant });
  const { leastBond } = await verifierBond(client, chain.keys.user(1).address);
  await net.give(chain.keys.user(1).address, leastBond);
  await postBond(net.writer(chain.keys.user(1)), { amount: leastBond, key: 'bond' });
  await setAttestationThreshold(manager, { threshold: 2, key: 'two' });
  const documents = join(dir, 'endorsements');
  mkdirSync(documents);
  writeFileSync(join(dir, 'policy.json'), JSON.stringify(strictAppraisalPolicy(['tdx'], [MEASUREMENT])));
  const network = {
    ...{ rpcUrl: chain.rpcUrl, coordinatorUrl: 'http://127.0.0.1:1', chainId: deployment.chainId },
    ...{ deployment, profile: 'embedded' },
    developmentAnchor: { fingerprint: pki.anchor.fingerprint, certificate: toHex(pki.anchor.certificate) },
  };
  writeFileSync(join(dir, 'network.json'), JSON.stringify(network));
  const running: Verifier[] = [];

  return {
    ...{ net, pki, provider, dir },
    publish: async (options = {}) => {
      const issuedAt = new Date((await chainTime(client)) * 1000 - DAY_MS);
      const collateral = pki.collateral({ issuedAt, ...options });
      collateral.documents.forEach((bytes, i) => writeFileSync(join(documents, `${i}`), bytes));
    },
    evidence: async ({
      says = {},
      device = 'machine',
      kind = 'tdx',
      subject = provider.address,
      signer = provider,
      ...other
    } = {}) => {
      const block = await client.public.getBlock();
      const { attestations } = deployment.contracts;
      const nonce = registrationNonce({ blockHash: block.hash, subject, attestations });
      const data: RuntimeData = {
        ...{ version: 1, purpose: 'register' },
        audience: { owner: subject, chainId: deployment.chainId, contract: attestations },
        nonce,
        ...{ job: ZERO, attempt: 0, dataset: ZERO, configuration: ZERO, hpkePublicKey: digestOf(new Uint8Array(1)) },
        ...{ signer: provider.address, ...says },
      };
      const attester = createSoftwareAttester({ platform: pki.platform(device), measurement: fromHex(MEASUREMENT) });
      const { body, runtimeData } = await attester.attest(encodeRuntimeData(data));
      const made = {
        subject,
        block: Number(block.number),
        kind,
        body: toHex(body),
        runtimeData: toHex(runtimeData),
        ...other,
      };
      const domain = { chainId: deployment.chainId, attestations };
      return { ...made, signature: await signRegistration(registrationOf(made, nonce), domain, signer) };
    },
    start: async (name, account, peers = [], providerUrl) => {
      const home = join(dir, name);
      mkdirSync(home, { recursive: true });
      const secret = account.getHdKey().privateKey!;
      const keystore = await encryptKeystore(secret, 'open', { insecureFastKdf: true });
      writeFileSync(join(home, 'keystore.json'), JSON.stringify(keystore), { mode: 0o600 });
      writeFileSync(join(home, 'passphrase'), 'open', { mode: 0o600 });
      const config = {
        ...{ name, dir: '.', networkFile: '../network.json', keystore: 'keystore.json', passphraseFile: 'passphrase' },
        ...{ production: false, policyFile: '../policy.json', endorsementsDir: '../endorsements' },
        ...{ listen: { host: '127.0.0.1', port: 0 }, peers, lookEverySec: 3600, logLevel: 'silent' },
        providers: providerUrl === undefined ? [] : [{ subject: provider.address, url: providerUrl }],
      };
      writeFileSync(join(home, 'config.json'), JSON.stringify(config));
      const verifier = await startVerifier(join(home, 'config.json'), {
        log: pino({ level: 'silent' }),
        verify: verifyAsVendor(pki),
      });
      running.push(verifier);
      return verifier;
    },
    stop: async () => {
      for (const one of running) await one.stop();
      await net.stop();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

/** What a server answers to JSON. */
export async function post(url: string, body: unknown): Promise<{ status: number; json: Record<string, unknown> }> {
  const response = await fetch(url, { method: 'POST', body: JSON.stringify(body) });
  return { status: response.status, json: (await response.json()) as Record<string, unknown> };
}
