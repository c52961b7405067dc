import type { TeeKind } from './evidence.ts';

const REPORT_BYTES = 1_184;

/**
 * The kind of a quote, report or document by its first bytes, undefined if it looks like none. It is only a guess which
 * verifier to ask. Software enclaves make quotes like TDX's: theirs are told apart by the root alone.
 */
export function detectKind(body: Uint8Array): TeeKind | undefined {
  if (body.length < 48) return undefined;
  const view = new DataView(body.buffer, body.byteOffset, body.byteLength);
  const version = view.getUint32(0, true);
  if (body.length === REPORT_BYTES && version >= 2 && version <= 5) return 'sev-snp';
  // COSE_Sign1: an array of four, or tag 18 around it.
  if (body[0] === 0x84 || (body[0] === 0xd2 && body[1] === 0x84)) return 'nitro';
  const [quoteVersion, keyType, teeType] = [view.getUint16(0, true), view.getUint16(2, true), view.getUint32(4, true)];
  if (quoteVersion < 3 || quoteVersion > 5 || keyType !== 2) return undefined;
  return teeType === 0x81 ? 'tdx' : quoteVersion === 3 || teeType === 0 ? 'sgx' : undefined;
}
