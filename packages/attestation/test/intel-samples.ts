import { fromHex, utf8 } from '@encryptech/base';
import { createEndorsementStore, vendorAnchors, type Endorsements, type VerificationContext } from '../src/index.ts';
import { sgxVerifier } from '../src/sgx/sgx-verifier.ts';
import { tdxVerifier } from '../src/tdx/tdx-verifier.ts';
import type { EvidenceClaims } from '../src/claims.ts';
import { teeSample, teeSampleCases, teeSampleText, type TeeSampleCase } from './tee-samples.ts';

/** A genuine quote with what it takes to judge it. */
export interface IntelSample {
  readonly id: string;
  readonly tee: 'tdx' | 'sgx';
  readonly body: Uint8Array;
  /** The collateral's documents as they were published. */
  readonly documents: readonly Uint8Array[];
  readonly context: VerificationContext;
  readonly expect: TeeSampleCase['expect'];
}

/** The TDX or SGX case of that name. */
export function intelSample(id: string): IntelSample {
  const found = teeSampleCases('tdx', 'sgx').find((sample) => sample.id === id);
  if (found === undefined) throw new Error(`The manifest has no case ${id}`);
  const documents = found.collateral.map(document);
  const raw = teeSample(found.evidence);
  return {
    id,
    tee: found.tee as 'tdx' | 'sgx',
    body: found.evidence.endsWith('.json')
      ? fromHex((JSON.parse(teeSampleText(found.evidence)) as { quote: string }).quote)
      : raw,
    documents,
    context: {
      now: new Date(found.evaluateAt ?? '2025-07-01T00:00:00Z'),
      anchors: { vendor: vendorAnchors, development: [] },
      endorsements: createEndorsementStore(documents),
    },
    expect: found.expect,
  };
}

/** The claims of a sample, with changes. */
export function verifySample(
  sample: IntelSample,
  change: { body?: Uint8Array; now?: Date; endorsements?: Endorsements; anchors?: VerificationContext['anchors'] } = {},
): Promise<EvidenceClaims> {
  const { body = sample.body, ...context } = change;
  const verifier = sample.tee === 'tdx' ? tdxVerifier : sgxVerifier;
  return verifier.verify({ body }, { ...sample.context, ...context });
}

/** The endorsements, with some answers replaced by type and subject; `undefined` takes the document away. */
export function endorsementsWith(
  endorsements: Endorsements,
  changes: Readonly<Record<string, Uint8Array | undefined>>,
): Endorsements {
  return {
    get(query, now) {
      const key = [`${query.type}/${query.subject}`, query.type].find((name) => Object.hasOwn(changes, name));
      return key === undefined ? endorsements.get(query, now) : Promise.resolve(changes[key]);
    },
  };
}

/** `FILE`, or `FILE#member` for one member of a JSON file. */
function document(path: string): Uint8Array {
  const [file, member] = path.split('#');
  if (member === undefined) return teeSample(file!);
  return utf8((JSON.parse(teeSampleText(file!)) as Record<string, string>)[member]!);
}
