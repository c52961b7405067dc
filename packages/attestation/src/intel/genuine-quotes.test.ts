import { describe, expect, test } from 'vitest';
import { intelSample, verifySample } from '../../test/intel-samples.ts';
import { TEE_SAMPLES_MISSING, teeSampleCases, teeSamplesFolder } from '../../test/tee-samples.ts';

const cases = teeSampleCases('tdx', 'sgx');

if (teeSamplesFolder === undefined) test.skip(`genuine TDX and SGX quotes: ${TEE_SAMPLES_MISSING}`, () => undefined);

describe('genuine quotes end as their manifest says', () => {
  for (const { id, expect: wanted } of cases) {
    if (wanted['signatures'] !== 'valid') continue;
    test(id, async () => {
      const claims = await verifySample(intelSample(id));
      const [moduleId, isvSvn, status, date] = (wanted['tdxModule'] as [string, number, string, string] | null) ?? [];
      const { mrServiceTdNonZero, einittoken, ...flags } = wanted['flags'] as Record<string, boolean>;
      const { debug, ...others } = flags;
      expect(claims).toMatchObject({
        anchor: 'vendor',
        debug,
        flags: {
          ...others,
          ...(mrServiceTdNonZero === undefined ? {} : { serviceTd: mrServiceTdNonZero }),
          ...(einittoken === undefined ? {} : { einitTokenKey: einittoken }),
        },
        tcb: { status: wanted['tcbStatus'] === 'TCB_NOT_SUPPORTED' ? 'NotSupported' : wanted['tcbStatus'] },
        measurement: `0x${String(wanted['measurement'])}`,
        reportData: `0x${String(wanted['reportData'])}`,
        revocation: id === 'sgx-v3-sw-hardening-2022' ? 'unknown' : 'checked',
        intel: {
          fmspc: `0x${String(wanted['fmspc'])}`,
          quoteVersion: wanted['quoteVersion'],
          trailingBytes: wanted['trailingBytes'],
        },
      });
      expect(claims.tcb.date ?? null).toEqual(wanted['tcbDate'] === null ? null : new Date(String(wanted['tcbDate'])));
      expect(claims.tcb.advisories.toSorted()).toEqual((wanted['advisoryIDs'] as string[]).toSorted());
      expect(claims.intel!.bodyType ?? null).toBe(wanted['bodyType']);
      if (moduleId !== undefined)
        expect(claims.intel!.module).toEqual({ id: moduleId, isvSvn, status, date: new Date(date!) });
    });
  }

  test.skipIf(cases.length === 0)('sgx-v3-wrong-signing-chain: a genuine chain of another signer', async () => {
    const sample = intelSample('sgx-v3-wrong-signing-chain');
    await expect(verifySample(sample)).rejects.toMatchObject({
      code: 'attestation.badSignature',
      data: { step: 'collateral-signers' },
    });
  });

  test.skipIf(cases.length === 0)('sgx-v3-encrypted-ppid: no certificates in the quote', async () => {
    const sample = intelSample('sgx-v3-encrypted-ppid');
    await expect(verifySample(sample)).rejects.toMatchObject({
      code: 'attestation.unsupportedCertification',
      data: { step: 'certification-data', certificationDataType: 3 },
    });
  });

  test.skipIf(cases.length === 0)('every case of the manifest is tested here', () => {
    const others = cases.filter(({ expect: wanted }) => wanted['signatures'] !== 'valid').map(({ id }) => id);
    expect(others).toEqual(['sgx-v3-wrong-signing-chain', 'sgx-v3-encrypted-ppid']);
    expect(cases.length).toBe(13);
  });
});
