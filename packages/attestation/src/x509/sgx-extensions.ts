import { toHex } from '@encryptech/base';
import { derContent, derElement, derItems } from '../der/der-reader.ts';
import { der, derInteger, derOctets, derOid, derSequence } from '../der/der-writer.ts';
import { attestationError } from '../errors.ts';

const ROOT = '1.2.840.113741.1.13.1';
const SVNS = 16;

/** What a PCK certificate says about its platform (Intel SGX PCK Certificate and CRL Profile Specification, 1.3.5). */
export interface SgxExtensions {
  /** Names the processor package, 16 bytes. */
  readonly ppid: Uint8Array;
  readonly cpuSvn: Uint8Array;
  readonly pceSvn: number;
  /** The security version of each of the 16 SGX components. */
  readonly componentSvns: readonly number[];
  readonly pceId: Uint8Array;
  /** Names the kind of platform, 6 bytes: what TCB info is looked up by. */
  readonly fmspc: Uint8Array;
}

/**
 * The content of the SGX extension. Items that aren't needed (SGX type, platform instance, configuration) are skipped.
 *
 * @throws `attestation.badCertificate`
 */
export function readSgxExtensions(content: Uint8Array): SgxExtensions {
  const items = byOid(content, ROOT);
  const tcb = byOid(required(items, `${ROOT}.2`), `${ROOT}.2`);
  const svn = (index: number) => integer(required(tcb, `${ROOT}.2.${index}`));
  return {
    ppid: octets(required(items, `${ROOT}.1`), 16),
    cpuSvn: octets(required(tcb, `${ROOT}.2.18`), 16),
    pceSvn: svn(SVNS + 1),
    componentSvns: Array.from({ length: SVNS }, (_, i) => svn(i + 1)),
    pceId: octets(required(items, `${ROOT}.3`), 2),
    fmspc: octets(required(items, `${ROOT}.4`), 6),
  };
}

/** The content of the SGX extension of a standard platform. */
export function writeSgxExtensions(facts: SgxExtensions): Uint8Array {
  const item = (oid: string, value: Uint8Array) => derSequence(derOid(`${ROOT}.${oid}`), value);
  const number = (value: number) => derInteger(Uint8Array.of(value >>> 8, value & 0xff));
  return derSequence(
    item('1', derOctets(facts.ppid)),
    item(
      '2',
      derSequence(
        ...facts.componentSvns.map((svn, i) => item(`2.${i + 1}`, number(svn))),
        item('2.17', number(facts.pceSvn)),
        item('2.18', derOctets(facts.cpuSvn)),
      ),
    ),
    item('3', derOctets(facts.pceId)),
    item('4', derOctets(facts.fmspc)),
    item('5', der(0x0a, Uint8Array.of(0))),
  );
}

/** The raw values of a sequence of (object identifier, value) pairs; each identifier once. */
function byOid(bytes: Uint8Array, place: string): ReadonlyMap<string, Uint8Array> {
  const found = new Map<string, Uint8Array>();
  for (const pair of derItems(derElement(bytes, 0x30), 0x30)) {
    const [oid, value, ...rest] = derItems(pair, 0x30);
    derContent(oid, 0x06);
    if (value === undefined || rest.length > 0) throw bad(place);
    const name = toHex(oid!.raw);
    if (found.has(name)) throw bad(place);
    found.set(name, value.raw);
  }
  return found;
}

function required(items: ReadonlyMap<string, Uint8Array>, oid: string): Uint8Array {
  const value = items.get(toHex(derOid(oid)));
  if (value === undefined) throw bad(oid);
  return value;
}

function octets(raw: Uint8Array, length: number): Uint8Array {
  const { content } = derElement(raw, 0x04);
  if (content.length !== length) throw bad('octet string');
  return content;
}

function integer(raw: Uint8Array): number {
  const { content } = derElement(raw, 0x02);
  if (content.length < 1 || content.length > 3 || content[0]! >= 0x80) throw bad('integer');
  return content.reduce((sum, byte) => sum * 256 + byte, 0);
}

const bad = (place: string): Error =>
  attestationError({
    code: 'attestation.badCertificate',
    message: "A PCK certificate's SGX extension can't be read.",
    place,
  });
