import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import {
  appraise,
  appraiseEvidence,
  createDevelopmentPki,
  createEndorsementStore,
  createSoftwareAttester,
  encodeRuntimeData,
  strictAppraisalPolicy,
  vendorAnchors,
  verifyEvidence,
  verifyEvidenceBody,
} from '@encryptech/attestation';
import { toHex } from '@encryptech/base';
import type { Figure } from './figure.ts';
import { interleave } from './interleave.ts';
import { releaseRoundTrip } from './release-round-trip.ts';

const ROUNDS = 51;

/**
 * Times the appraisal of a genuine TDX quote from bytes to verdict (collateral read, chains, CRLs, TCB, policy), where the
 * folder of genuine evidence is at hand, and that of a software enclave's evidence with development collateral everywhere;
 * and tells the gas of recording a result that two verifiers signed, from the snapshot that CI holds the contracts to.
 */
export async function attestation(): Promise<Figure[]> {
  const genuine = genuineAppraisal();
  const candidates = [await softwareAppraisal(), ...(genuine === undefined ? [] : [genuine])];
  const { timings } = await interleave(candidates, { rounds: ROUNDS, warmups: 5 });
  const [software, tdx] = timings;
  const settings = { rounds: ROUNDS, node: process.version, evidence: 'bytes to verdict, nothing cached' };
  const figures: Figure[] = [];
  if (tdx === undefined) {
    console.error(
      'No genuine evidence here: set ENCRYPTECH_TEE_SAMPLES to a folder of it to time a genuine TDX quote.',
    );
  }
  const judged = tdx ?? software!;
  figures.push({
    name: `attestation.tdx-appraisal${tdx === undefined ? '.development' : ''}`,
    figure: judged.medianMs,
    unit: 'ms',
    goal: '<= 25',
    holds: judged.medianMs <= 25,
    settings: { ...settings, spreadMs: judged.spreadMs.toFixed(2) },
  });
  if (tdx !== undefined) {
    const reported = { unit: 'ms', goal: null, holds: null } as const;
    const spreadMs = software!.spreadMs.toFixed(2);
    figures.push({
      name: 'attestation.software-appraisal',
      figure: software!.medianMs,
      ...reported,
      settings: { ...settings, spreadMs },
    });
  }
  return [...figures, await releaseRoundTrip(), await releaseRoundTrip({ kem: 'x-wing' }), recordingGas()];
}

/** A Phala TDX quote of version 4 with the collateral of its time. */
function genuineAppraisal(): (() => Promise<void>) | undefined {
  const folder = samplesFolder();
  if (folder === undefined) return undefined;
  const read = (name: string) => new Uint8Array(readFileSync(join(folder, 'tdx/v4-uptodate', name)));
  const [body, collateral] = [read('quote.bin'), read('collateral.json')];
  const now = new Date('2025-07-01T00:00:00Z');
  const anchors = { vendor: vendorAnchors, development: [] };
  return async () => {
    const endorsements = createEndorsementStore([collateral]);
    const claims = await verifyEvidenceBody({ kind: 'tdx', body }, { now, anchors, endorsements });
    const verdict = appraiseEvidence(claims, strictAppraisalPolicy(['tdx'], [claims.measurement]), now);
    if (verdict.level !== 2) throw new Error(`The genuine quote has level ${verdict.level}, not 2.`);
  };
}

function samplesFolder(): string | undefined {
  const named = process.env['ENCRYPTECH_TEE_SAMPLES'];
  const candidates = named === undefined ? [] : [named];
  for (let at = import.meta.dirname; at !== dirname(at); at = dirname(at))
    candidates.push(join(at, 'shared/tee-samples'));
  return candidates.find((folder) => existsSync(join(folder, 'manifest.json')));
}

async function softwareAppraisal(): Promise<() => Promise<void>> {
  const now = new Date('2026-07-01T12:00:00Z');
  const pki = createDevelopmentPki(new Uint8Array(32).fill(1));
  const measurement = new Uint8Array(48).fill(2);
  const attester = createSoftwareAttester({ platform: pki.platform('bench'), measurement });
  const hex = (byte: number, length: number) => toHex(new Uint8Array(length).fill(byte));
  const asked = {
    purpose: 'release',
    audience: { owner: hex(1, 20), chainId: 1, contract: hex(2, 20) },
    nonce: hex(3, 32),
    job: hex(4, 32),
    attempt: 0,
    dataset: hex(5, 32),
    configuration: hex(6, 32),
  } as const;
  const evidence = await attester.attest(
    encodeRuntimeData({ version: 1, ...asked, hpkePublicKey: hex(7, 32), signer: hex(8, 20) }),
  );
  const { documents } = pki.collateral({ issuedAt: new Date('2026-06-20T00:00:00Z') });
  const strict = strictAppraisalPolicy(['software'], [toHex(measurement)]);
  const policy = { ...strict, minLevel: 0, insecureAllowDevelopment: true } as const;
  const anchors = { vendor: {}, development: [pki.anchor] };
  return async () => {
    const endorsements = createEndorsementStore(documents);
    const claims = await verifyEvidence(evidence, { now, anchors, endorsements });
    const result = appraise(claims, policy, { ...asked, issuedAt: now, expiresAt: now }, now);
    if (result.decision !== 'allow') throw new Error(`Refused: ${result.reasons.join(', ')}`);
  };
}

function recordingGas(): Figure {
  const path = new URL('../../contracts/snapshots/Attestations.json', import.meta.url);
  const gas = Number(
    (JSON.parse(readFileSync(path, 'utf8')) as Record<string, string>)['record: first of a provider, 2 signers'],
  );
  if (!Number.isSafeInteger(gas))
    throw new Error('The gas snapshot of Attestations lacks the first record with two signers.');
  const settings = { source: 'contracts/snapshots, checked by CI', bytecode: 'release', isolated: true };
  return {
    name: 'attestation.record-two-signers',
    figure: gas,
    unit: 'gas',
    goal: '<= 120000',
    holds: gas <= 120_000,
    settings,
  };
}
