import { toHex } from '@encryptech/base';
import { describe, expect, test } from 'vitest';
import { encodeRuntimeData, verifyEvidence, type Attester, type VerificationContext } from '../src/index.ts';
import { codeOf, repeat, runtimeBytes, runtimeData } from './fixture.ts';

/** What every attester must do, whatever it runs on. The context's anchors are those under which it attests. */
export function attesterCompliance(name: string, attester: Attester, context: VerificationContext): void {
  describe(`${name} as an attester`, () => {
    test('its evidence verifies, names its kind and carries the runtime data untouched', async () => {
      const evidence = await attester.attest(runtimeBytes);
      expect(evidence.kind).toBe(attester.kind);
      expect(toHex(evidence.runtimeData)).toBe(toHex(runtimeBytes));
      const claims = await verifyEvidence(evidence, context);
      expect(claims.kind).toBe(attester.kind);
      expect(claims.runtimeData).toEqual(runtimeData);
      expect(claims.debug).toBe(false);
    });

    test('other runtime data are other evidence from the same machine and code', async () => {
      const other = encodeRuntimeData({ ...runtimeData, nonce: repeat(0x99, 32) });
      const [a, b] = await Promise.all(
        [runtimeBytes, other].map(async (bytes) => verifyEvidence(await attester.attest(bytes), context)),
      );
      expect(a!.evidenceId).not.toBe(b!.evidenceId);
      expect([b!.measurement, b!.deviceIdHash]).toEqual([a!.measurement, a!.deviceIdHash]);
    });

    test('it attests to nothing but runtime data', async () => {
      for (const bytes of [new Uint8Array(0), runtimeBytes.subarray(1), new Uint8Array(64)])
        expect(await codeOf(() => attester.attest(bytes))).toBe('attestation.badRuntimeData');
    });
  });
}
