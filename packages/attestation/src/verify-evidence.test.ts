import { toHex } from '@encryptech/base';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { codeOf, context, evidence, pki } from '../test/fixture.ts';
import { assertProduction } from './assert-production.ts';
import { decodeEvidence, encodeEvidence } from './evidence-file.ts';
import type { TeeKind } from './evidence.ts';
import { verifyEvidence } from './verify-evidence.ts';

test('evidence survives its encoding', async () => {
  const bytes = encodeEvidence(evidence);
  expect(decodeEvidence(bytes)).toEqual(evidence);
  expect((await verifyEvidence(decodeEvidence(bytes), context)).anchor).toBe('development');
});

test('certificates and event log survive too', () => {
  const whole = { ...evidence, certificates: [Uint8Array.of(1), Uint8Array.of(2, 3)], eventLog: Uint8Array.of(4) };
  expect(decodeEvidence(encodeEvidence(whole))).toEqual(whole);
});

test('kinds that are not known are refused with a hint', async () => {
  for (const kind of ['toString', '__proto__', ''] as string[] as TeeKind[])
    await expect(verifyEvidence({ ...evidence, kind }, context)).rejects.toMatchObject({
      code: 'attestation.unsupportedKind',
      hint: expect.stringContaining('software') as string,
    });
});

test('an error names the step that failed', async () => {
  const body = evidence.body.map((byte, i) => (i === 600 ? byte ^ 1 : byte));
  await expect(verifyEvidence({ ...evidence, body }, context)).rejects.toMatchObject({
    code: 'attestation.badSignature',
    data: { step: 'quote-signature' },
  });
  const { steps } = await verifyEvidence(evidence, context);
  expect(steps.map(({ step }) => step)).toEqual([
    'quote-format',
    'certification-data',
    'certificate-chain',
    'collateral',
    'qe-report-signature',
    'qe-report-data',
    'qe-debug',
    'quote-signature',
    'runtime-data',
  ]);
});

test('a container that is cut, changed in form or of another content is refused', async () => {
  const bytes = encodeEvidence(evidence);
  for (let length = 0; length < bytes.length; length += 7)
    expect(await codeOf(() => decodeEvidence(bytes.subarray(0, length)))).toBe('attestation.malformed');
  for (const change of [{ kind: 'other' }, { body: 'text' }, { certificates: [1] }, { eventLog: 'x' }, { extra: 'x' }])
    expect(await codeOf(() => decodeEvidence(encodeEvidence({ ...evidence, ...change } as never)))).toMatch(
      'extra' in change ? /ok/ : /malformed/,
    );
  expect(await codeOf(() => decodeEvidence(new Uint8Array(65_537)))).toBe('attestation.tooLarge');
  expect(await codeOf(() => decodeEvidence(new Uint8Array(65_536).fill(0x81)))).toBe('attestation.malformed');
  await fc.assert(
    fc.asyncProperty(fc.uint8Array(), async (garbage) => {
      expect(await codeOf(() => decodeEvidence(garbage))).toBe('attestation.malformed');
    }),
  );
});

test('a production configuration with a development anchor is refused', async () => {
  expect(await codeOf(() => assertProduction({ vendor: {}, development: [] }))).toBe('ok');
  expect(await codeOf(() => assertProduction({ vendor: { tdx: [pki.anchor] }, development: [] }))).toBe('ok');
  expect(await codeOf(() => assertProduction(context.anchors))).toBe('attestation.developmentAnchor');
});

test('no error shows runtime data or keys', async () => {
  const wrong = { ...evidence, body: evidence.body.map((byte, i) => (i === 600 ? byte ^ 1 : byte)) };
  const error: unknown = await verifyEvidence(wrong, context).catch((caught: unknown) => caught);
  expect(JSON.stringify(error)).not.toContain(toHex(evidence.runtimeData).slice(2, 40));
});
