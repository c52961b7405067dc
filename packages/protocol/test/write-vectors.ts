// Writes vectors/eip712.json: node packages/protocol/test/write-vectors.ts
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { keccak256, stringToHex } from 'viem/utils';
import {
  auditFindingCodec,
  checkpointCodec,
  delegationCodec,
  eip712Domain,
  grantCodec,
  keyReleaseCodec,
  offerCodec,
  orderCodec,
  ownerChallengeCodec,
  receiptCodec,
  registrationCodec,
  servedFindingCodec,
  signedTypes,
  type SignedTypeName,
  voucherCodec,
} from '../src/index.ts';
import {
  auditFinding,
  bytes32,
  challenge,
  delegation,
  developer,
  domain,
  enclave,
  grant,
  offer,
  order,
  owner,
  provider,
  receipt,
  registration,
  servedFinding,
  voucher,
} from './fixtures.ts';

const release = {
  jobId: bytes32('2'),
  attempt: 1,
  enclaveKey: enclave.address,
  evidenceId: bytes32('4'),
  policyDigest: bytes32('d'),
  logHead: bytes32('6'),
};
const checkpoint = { jobId: bytes32('2'), attempt: 1, step: 150, digest: bytes32('7') };
const all = [
  ['JobOrder', orderCodec, order, developer],
  ['ComputeOffer', offerCodec, offer, provider],
  ['DatasetGrant', grantCodec, grant, owner],
  ['KeyRelease', keyReleaseCodec, release, owner],
  ['Checkpoint', checkpointCodec, checkpoint, enclave],
  ['Receipt', receiptCodec, receipt, enclave],
  ['OwnerChallenge', ownerChallengeCodec, challenge, owner],
  ['Delegation', delegationCodec, delegation, owner],
  ['Voucher', voucherCodec, voucher, developer],
  ['AuditFinding', auditFindingCodec, auditFinding, provider],
  ['ServedFinding', servedFindingCodec, servedFinding, provider],
  ['Registration', registrationCodec, registration, provider],
] as const;

const typeString = (name: SignedTypeName): string =>
  `${name}(${signedTypes[name].map((field) => `${field.type} ${field.name}`).join(',')})`;
const cases = [];
for (const [name, codec, value, signer] of all) {
  const one = codec as unknown as typeof orderCodec;
  const some = value as unknown as typeof order;
  cases.push({
    type: name,
    typeString: typeString(name),
    typeHash: keccak256(stringToHex(typeString(name))),
    value: one.toJson(some),
    digest: one.hash(some, domain),
    signer: signer.address,
    signature: await one.sign(some, domain, signer),
  });
}
const path = join(import.meta.dirname, '../../../vectors/eip712.json');
writeFileSync(path, `${JSON.stringify({ domain: eip712Domain(domain), cases }, null, 2)}\n`);
