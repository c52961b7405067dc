import { concatBytes, digestOf, toHex, utf8, type Hex } from '@encryptech/base';
import { readSgxAttributes } from '../sgx/sgx-attributes.ts';
import { readTdAttributes } from '../tdx/td-attributes.ts';
import type { EvidenceClaims } from '../claims.ts';
import type { SgxExtensions } from '../x509/sgx-extensions.ts';
import { TD_BODY } from './quote-layout.ts';
import type { Quote, QuoteBody } from './read-quote.ts';

/** What a quote's body says of the workload: measurements, report data, and attributes. */
export function workloadClaims({
  body,
}: Pick<Quote, 'body'>): Pick<EvidenceClaims, 'measurement' | 'measurements' | 'reportData' | 'debug' | 'flags'> {
  const measurements = measurementsOf(body);
  const reportData = toHex(body.fields.reportData);
  if (body.tee === 'sgx') {
    const { debug, ...flags } = readSgxAttributes(body.fields.attributes);
    return { measurement: toHex(body.fields.mrEnclave), measurements, reportData, debug, flags };
  }
  const { debug, ...flags } = readTdAttributes(body.fields.tdAttributes);
  // A body of TD 1.0 has no field for a service TD.
  const serviceTd = body.td15?.mrServiceTd.some((byte) => byte !== 0) ?? false;
  return {
    measurement: toHex(body.fields.mrTd),
    measurements,
    reportData,
    debug,
    flags: { ...flags, serviceTd },
  };
}

/** Names a machine by its processor package, without telling the package's identifier. */
export const deviceIdHash = ({ ppid }: Pick<SgxExtensions, 'ppid'>): Hex =>
  digestOf(concatBytes(utf8('encryptech/device/v1'), ppid));

function measurementsOf(body: QuoteBody): Record<string, Hex> {
  if (body.tee === 'sgx') {
    const { mrEnclave, mrSigner, isvProdId, isvSvn, configId, configSvn } = body.fields;
    const all = { mrEnclave, mrSigner, isvProdId, isvSvn, configId, configSvn };
    return Object.fromEntries(Object.entries(all).map(([name, value]) => [name, toHex(value)]));
  }
  const names = TD_BODY.map(([name]) => name).filter((name) => name.startsWith('mr') || name.startsWith('rtmr'));
  return {
    ...Object.fromEntries(names.map((name) => [name, toHex(body.fields[name])])),
    ...(body.td15 === undefined ? {} : { mrServiceTd: toHex(body.td15.mrServiceTd) }),
  };
}
