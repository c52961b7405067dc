import { digestOf, type DatasetId, type JobId } from '@encryptech/base';
import { datasetBudget, jobState, type ChainClient } from '@encryptech/chain';
import { unpackLanes } from '@encryptech/privacy';
import { parseCertificateFile, verifyCertificateFile } from '@encryptech/protocol';
import { accountCertificate } from './account-certificate.ts';
import { describeTraining } from './describe-training.ts';

/** One thing that was checked, in plain words. */
export interface CertificateCheck {
  /** Stable name for scripts. */
  check: 'signature' | 'level' | 'model' | 'epsilon' | 'charge' | 'chain' | 'enclave-key' | 'delivered' | 'budget';
  ok: boolean;
  words: string;
}

export interface CertificateVerdict {
  ok: boolean;
  checks: CertificateCheck[];
  /** What was trained and how it was clipped, in sentences: the enclave's word, bound to the spec that was ordered. */
  training: readonly string[];
  /** What the certificate's reader must know, whatever was checked. */
  warnings: readonly string[];
  level: number;
  epsilon: number;
  delta: number;
}

/**
 * Checks everything that a certificate file says: against itself, the model, the accountant and the chain. A file that is no
 * certificate is an error; one that says something wrong is a verdict with `ok: false`.
 *
 * @throws `protocol.badDocument` with the place of the first fault, `chain.unreachable`
 */
export async function verifyCertificate({
  file,
  model,
  client,
}: {
  file: unknown;
  model?: Uint8Array | undefined;
  client: ChainClient;
}): Promise<CertificateVerdict> {
  const parsed = parseCertificateFile(file);
  const { certificate, receipt } = parsed;
  const checks: CertificateCheck[] = [];
  const say = (check: CertificateCheck['check'], ok: boolean, words: string): void =>
    void checks.push({ check, ok, words });

  const signer = await verifyCertificateFile(parsed).catch((error: unknown) =>
    error instanceof Error ? error : new Error(String(error)),
  );
  say(
    'signature',
    !(signer instanceof Error),
    signer instanceof Error
      ? signer.message
      : `certificate and receipt agree and are signed by the enclave key ${signer}`,
  );

  // The level is what the enclave says of itself, and no evidence comes with a certificate.
  const { kind, level } = certificate.evidence;
  say(
    'level',
    level === 0,
    level === 0
      ? `security level 0 (${kind}): nothing is claimed that would need evidence`
      : `security level ${level} (${kind}) is claimed, and this version can not verify evidence of hardware`,
  );

  if (model !== undefined) {
    const matches = digestOf(model) === certificate.model;
    say(
      'model',
      matches,
      matches ? 'the model is the one that the certificate names' : 'the model is another than the certificate names',
    );
  }

  for (const { check, ok, words } of accountCertificate(certificate)) say(check, ok, words);

  const { deployment } = client;
  const isHere = certificate.chain.id === deployment.chainId && same(certificate.chain.jobs, deployment.contracts.jobs);
  say(
    'chain',
    isHere,
    isHere
      ? `it is about chain ${deployment.chainId} and its Jobs contract`
      : `it is about chain ${certificate.chain.id} and contract ${certificate.chain.jobs}, not this network`,
  );
  if (isHere) {
    const job = await jobState(client, certificate.job as JobId);
    const isKey =
      same(job.enclaveKey, certificate.enclaveKey) &&
      job.attempt === certificate.attempt &&
      same(job.provider, certificate.provider);
    say(
      'enclave-key',
      isKey,
      isKey
        ? `the chain knows this enclave key for attempt ${job.attempt} of the job, registered by ${job.provider}`
        : 'the chain knows another enclave key, attempt or provider for the job',
    );
    const isDelivered = job.state === 'Delivered' || job.state === 'Settled';
    say('delivered', isDelivered, `the job is ${job.state} on chain`);
    const { spent, caps } = await datasetBudget(client, certificate.dataset as DatasetId);
    const lanes = unpackLanes(receipt);
    const isSpent = spent.every((lane, i) => lane >= Math.min(lanes[i]!, caps[i]! + 1));
    say(
      'budget',
      isSpent,
      isSpent
        ? 'the dataset’s ledger on chain holds the charge as spent'
        : 'the dataset’s ledger on chain does not hold the charge',
    );
  }
  return {
    ok: checks.every(({ ok }) => ok),
    checks,
    training: describeTraining(certificate),
    warnings: certificate.warnings,
    level,
    epsilon: certificate.epsilon,
    delta: certificate.delta,
  };
}

const same = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase();
