import { toHex } from '@encryptech/base';
import { attestationError } from '../errors.ts';
import type { TeeKind } from '../evidence.ts';
import { CHIP_ID } from '../sev-snp/oids.ts';
import type { EndorsementQuery, Endorsements } from '../verifier.ts';
import { commonNameOf } from '../x509/common-name.ts';
import { sortDocument, type SortedDocument } from './sort-document.ts';

const MAX_DOCUMENTS = 64;

type Of<Type extends SortedDocument['type']> = Extract<SortedDocument, { type: Type }>;

/**
 * Endorsements out of documents that are at hand: any mix of Intel PCS bodies and bundles, certificates and revocation lists
 * (see {@link sortDocument}). Nothing is fetched and nothing is believed: the store only finds what a verifier asks for, and
 * of several documents for one subject gives the newest that is valid at the time. Where none is about the subject but one
 * is of the type, that one comes back, so that the verifier can say what doesn't fit.
 *
 * @throws the codes of {@link sortDocument}, with the document's index in `data.index`; `attestation.tooLarge`
 */
export function createEndorsementStore(documents: readonly Uint8Array[]): Endorsements {
  if (documents.length > MAX_DOCUMENTS) {
    throw attestationError({
      code: 'attestation.tooLarge',
      message: `At most ${MAX_DOCUMENTS} endorsements are read, not ${documents.length}.`,
    });
  }
  const sorted = documents.flatMap(sortDocument);
  return { get: (query, now) => Promise.resolve(find(sorted, query, now)) };
}

function find(documents: readonly SortedDocument[], query: EndorsementQuery, now: Date): Uint8Array | undefined {
  const of = <Type extends SortedDocument['type']>(type: Type) =>
    documents.filter((document): document is Of<Type> => document.type === type);
  switch (query.type) {
    case 'tcb-info': {
      const all = of('tcb-info');
      const exact = all.filter(({ id, fmspc }) => id === intelId(query.kind) && fmspc === query.subject.toLowerCase());
      const sameKind = all.filter(({ id }) => id === intelId(query.kind));
      return newest([exact, sameKind, all], ({ issuedAt, endsAt }) => [issuedAt, endsAt], now);
    }
    case 'enclave-identity': {
      const all = of('enclave-identity');
      const exact = all.filter(({ id }) => id === query.subject);
      return newest([exact, all], ({ issuedAt, endsAt }) => [issuedAt, endsAt], now);
    }
    case 'issuer-chain': {
      const all = of('issuer-chain');
      const exact = all.filter(({ subject }) => subject === query.subject);
      return (exact.at(-1) ?? all.filter(({ subject }) => subject === undefined).at(-1) ?? all.at(-1))?.bytes;
    }
    case 'revocation-list': {
      const exact = of('revocation-list').filter(({ list }) => commonNameOf(list.issuer) === query.subject);
      return newest([exact], ({ list }) => [list.thisUpdate, list.nextUpdate], now);
    }
    case 'certificate':
      return findCertificate(of('certificate'), query, now);
  }
}

/** A VEK is looked for by its chip, an authority by its common name; another VEK of the type is better than none. */
function findCertificate(all: readonly Of<'certificate'>[], { subject }: EndorsementQuery, now: Date) {
  const [name, product, chipId] = subject.split('/');
  const known = { VCEK: 'SEV-VCEK', VLEK: 'SEV-VLEK', PCK: 'Intel SGX PCK Certificate' }[name!] ?? name;
  const named = all.filter(({ certificate }) => commonNameOf(certificate.subject) === known);
  const issuer = { VCEK: `SEV-${product}`, VLEK: `SEV-VLEK-${product}` }[name!];
  const issued = named.filter(({ certificate }) => commonNameOf(certificate.issuer) === issuer);
  const exact = issued.filter(
    ({ certificate }) =>
      chipId !== undefined && toHex(certificate.extensions.get(CHIP_ID) ?? new Uint8Array(0)).endsWith(chipId),
  );
  return newest([exact, issued, named], ({ certificate }) => [certificate.notBefore, certificate.notAfter], now);
}

const intelId = (kind: TeeKind): string => (kind === 'sgx' ? 'SGX' : 'TDX');

/** From the first list that isn't empty: the latest start among those valid at the time, else the last one. */
function newest<Document extends { readonly bytes: Uint8Array }>(
  lists: readonly (readonly Document[])[],
  dates: (document: Document) => readonly [from: Date, to: Date],
  now: Date,
): Uint8Array | undefined {
  const list = lists.find(({ length }) => length > 0) ?? [];
  const current = list.filter((document) => {
    const [from, to] = dates(document);
    return from.getTime() <= now.getTime() && now.getTime() <= to.getTime();
  });
  const [best] = current.toSorted((a, b) => dates(b)[0].getTime() - dates(a)[0].getTime());
  return (best ?? list.at(-1))?.bytes;
}
