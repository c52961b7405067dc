import { fromHex } from '@encryptech/base';
import type { EndorsementQuery } from '../../verifier.ts';
import { SNP_PRODUCTS, type SnpProduct } from '../products.ts';
import { readTcb } from '../read-tcb.ts';

/** AMD's key distribution service. */
export const AMD_KDS = 'https://kdsintf.amd.com';

/** One request to the service, and how long its answer stays as it is. */
export interface KdsRequest {
  readonly url: string;
  /** A certificate never changes; a revocation list is asked for again. */
  readonly isFixed: boolean;
}

/**
 * The request that answers a query (AMD 57230, chapter 4), undefined for what the service doesn't give out: a VLEK goes to
 * its cloud provider only, and comes with the evidence.
 *
 * | query | path |
 * | --- | --- |
 * | `VCEK/Milan/CHIP/TCB` | `/vcek/v1/Milan/CHIP?blSPL=…&teeSPL=…&snpSPL=…&ucodeSPL=…`, Turin with `fmcSPL` |
 * | `SEV-Milan`, `ARK-Milan` | `/vcek/v1/Milan/cert_chain`: ASK and ARK in PEM |
 * | `SEV-VLEK-Milan` | `/vlek/v1/Milan/cert_chain`: ASVK and ARK in PEM |
 * | revocation list of `ARK-Milan` | `/vcek/v1/Milan/crl`, DER |
 */
export function kdsRequest({ kind, type, subject }: EndorsementQuery, address: string): KdsRequest | undefined {
  if (kind !== 'sev-snp') return undefined;
  const product = SNP_PRODUCTS.find((name) => subject.split(/[-/]/).includes(name));
  if (product === undefined) return undefined;
  if (type === 'revocation-list')
    return subject === `ARK-${product}` ? { url: `${address}/vcek/v1/${product}/crl`, isFixed: false } : undefined;
  if (type !== 'certificate') return undefined;
  switch (subject) {
    case `ARK-${product}`:
    case `SEV-${product}`:
      return { url: `${address}/vcek/v1/${product}/cert_chain`, isFixed: true };
    case `SEV-VLEK-${product}`:
      return { url: `${address}/vlek/v1/${product}/cert_chain`, isFixed: true };
    default:
      return vcekRequest(subject, product, address);
  }
}

function vcekRequest(subject: string, product: SnpProduct, address: string): KdsRequest | undefined {
  const match = /^VCEK\/[A-Za-z]+\/([0-9a-f]{16}|[0-9a-f]{128})\/([0-9a-f]{16})$/.exec(subject);
  if (match === null) return undefined;
  const { fmc, bootloader, tee, snp, microcode } = readTcb(fromHex(match[2]!), product);
  const parts = { fmcSPL: fmc, blSPL: bootloader, teeSPL: tee, snpSPL: snp, ucodeSPL: microcode };
  const query = Object.entries(parts)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name}=${String(value).padStart(2, '0')}`);
  return { url: `${address}/vcek/v1/${product}/${match[1]!}?${query.join('&')}`, isFixed: true };
}
