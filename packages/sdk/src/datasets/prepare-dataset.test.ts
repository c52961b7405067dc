import { describe, expect, test } from 'vitest';
import { digestOf, utf8 } from '@encryptech/base';
import { datasetIdOf, releasePolicyDigest } from '@encryptech/protocol';
import { decryptFile, deriveDataKey } from '@encryptech/sealing';
import { prepareDataset, unitDigest, type PrepareDatasetOptions } from './prepare-dataset.ts';

const schema = {
  version: 1,
  name: 'Pressure',
  columns: [
    { name: 'age', type: 'number', min: 0, max: 110 },
    { name: 'stroke', type: 'category', values: ['no', 'yes'] },
  ],
  target: { column: 'stroke', task: 'classification' },
};
const CSV = 'age,stroke\n41,no\n130,yes\n66,yes\n';
const options = (change: Partial<PrepareDatasetOptions> = {}): PrepareDatasetOptions => ({
  owner: '0x00000000000000000000000000000000000000A1',
  name: 'Pressure',
  table: utf8(CSV),
  schema,
  nominalRows: 4,
  epsilonCap: 10,
  deltaExponent: 5,
  fee: 2n,
  policy: { developers: '*', minLevel: 0, maxEpsilonPerJob: 3, measurements: [], until: 2_000_000_000 },
  secret: new Uint8Array(32).fill(7),
  ...change,
});

describe('prepareDataset', () => {
  test('encrypts the table, names it by its ciphertext, and binds schema and policy', async () => {
    const { id, manifest, policy, ciphertext, rows, clippedCells } = await prepareDataset(options());
    expect(new TextDecoder().decode(await decryptFile(deriveDataKey(options().secret), ciphertext))).toBe(CSV);
    expect(new TextDecoder('latin1').decode(ciphertext)).not.toContain('stroke');
    expect(manifest.blob).toBe(digestOf(ciphertext));
    expect(id).toBe(datasetIdOf(manifest.owner, manifest.blob));
    expect(policy.dataset).toBe(id);
    expect(manifest.policyDigest).toBe(releasePolicyDigest(policy));
    expect(manifest.epsilonCapMicro).toBe(10_000_000);
    expect({ rows, clippedCells }).toEqual({ rows: 3, clippedCells: 1 });
  });

  test('the manifest says nothing that depends on the rows but digest and size of the ciphertext', async () => {
    const { manifest } = await prepareDataset(options());
    const other = await prepareDataset(options({ table: utf8('age,stroke\n90,no\n12,yes\n33,no\n') }));
    const { blob: _a, bytes: _b, policyDigest: _c, ...same } = manifest;
    const { blob: _d, bytes: _e, policyDigest: _f, ...others } = other.manifest;
    expect(others).toEqual(same);
  });

  test('a cell that does not fit is named by line and column', async () => {
    const bad = prepareDataset(options({ table: utf8('age,stroke\n41,no\nold,yes\n') }));
    await expect(bad).rejects.toMatchObject({ code: 'learning.badCell', place: 'line 3, column "age"' });
  });

  test.each([0, Number.NaN, -1])('a budget of epsilon %d is refused', async (epsilonCap) => {
    await expect(prepareDataset(options({ epsilonCap }))).rejects.toMatchObject({ code: 'sdk.badOption' });
  });
});

test('the unit of privacy is the digest of the unit column, or zero for rows', async () => {
  const { manifest } = await prepareDataset(options());
  expect(unitDigest(manifest)).toBe(`0x${'00'.repeat(32)}`);
  const table = utf8('patient,age,stroke\na,41,no\na,60,yes\n');
  const withUnit = await prepareDataset(options({ table, schema: { ...schema, unit: 'patient' } }));
  expect(unitDigest(withUnit.manifest)).toBe(digestOf(utf8('patient')));
});
