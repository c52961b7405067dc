import { describe, expect, test } from 'vitest';
import { certificate, manifest, policy, spec, bytes32 } from '../../test/fixtures.ts';
import { datasetIdOf } from './dataset-id.ts';
import { digestDocument } from './digest-document.ts';
import { parseCertificate } from './certificate.ts';
import { datasetAdjacency, parseDatasetManifest } from './dataset-manifest.ts';
import { parseJson } from './parse-json.ts';
import { parseReleasePolicy } from './release-policy.ts';
import { parseTrainingSpec, trainingSpecDigest } from './training-spec.ts';

const documents = [
  ['TrainingSpec', spec, parseTrainingSpec],
  ['DatasetManifest', manifest, parseDatasetManifest],
  ['ReleasePolicy', policy, parseReleasePolicy],
  ['Certificate', certificate, parseCertificate],
] as const;

describe.each(documents)('%s', (name, document, parse) => {
  test('reads what it should and changes nothing, so the digest stays', () => {
    const copy: unknown = JSON.parse(JSON.stringify(document));
    expect(parse(copy)).toStrictEqual(document);
    expect(digestDocument(parse(copy))).toBe(digestDocument(document));
  });

  test('is closed: an unknown field is an error that names it', () => {
    expect(() => parse({ ...document, surprise: 1 })).toThrow(
      expect.objectContaining({ code: 'protocol.badDocument', place: 'surprise' }),
    );
  });

  test('misses no field without saying so', () => {
    for (const key of Object.keys(document)) {
      const { [key as keyof typeof document]: _, ...rest } = document;
      expect(() => parse(rest)).toThrow(expect.objectContaining({ code: 'protocol.badDocument', place: key }));
    }
  });

  test('refuses what is no object, and another version', () => {
    for (const value of [null, undefined, 1, 'x', [], [document]]) {
      expect(() => parse(value)).toThrow(expect.objectContaining({ code: 'protocol.badDocument', place: name }));
    }
    expect(() => parse({ ...document, version: 2 })).toThrow(expect.objectContaining({ place: 'version' }));
  });
});

const adaptive = { kind: 'adaptive', quantile: 0.5, rate: 0.2, share: 0.02 } as const;
const adam = {
  ...{ kind: 'adam', learningRate: 0.01, averaging: { kind: 'none' } },
  ...{ beta1: 0.9, beta2: 0.99, floor: 0.1 },
} as const;

describe('TrainingSpec', () => {
  test('has the digest of its RFC 8785 text', () => {
    // sha256sum of the canonical text, written by hand with sorted keys.
    expect(trainingSpecDigest(spec)).toBe('0xffc654305aa8cc7933fddea5d963b037e5c75561ec1be6ef4eb9c38a382a9be6');
  });

  test('says what trains, how examples are clipped and transformed, and by which optimiser', () => {
    const full = {
      ...spec,
      ...{
        loss: 'huber',
        huberDelta: 0.5,
        trainable: 'last:2',
        augmentation: { copies: 8, flip: true, shift: 4, jitter: 0.1 },
      },
      optimiser: { ...adam, kind: 'adamw', weightDecay: 0.01, schedule: 'cosine', warmupSteps: 10 },
      privacy: { ...spec.privacy, clipping: adaptive },
    };
    expect(parseTrainingSpec(full)).toEqual(full);
    expect(parseTrainingSpec({ ...spec, classWeights: [1, 12.5] }).classWeights).toEqual([1, 12.5]);
    for (const correlation of [
      { order: 'cyclic-poisson', bands: 8 },
      { order: 'passes', bands: 8, passes: 4 },
    ] as const) {
      const banded = { ...spec, privacy: { ...spec.privacy, correlation } };
      expect(parseTrainingSpec(banded).privacy.correlation).toEqual(correlation);
    }
    for (const kind of ['flat', 'automatic', 'per-layer'] as const) {
      const clipped = { ...spec, privacy: { ...spec.privacy, clipping: { kind } } };
      expect(parseTrainingSpec(clipped).privacy.clipping).toEqual({ kind });
    }
  });

  test.each([
    ['privacy.samplingRate', { privacy: { ...spec.privacy, samplingRate: 1.01 } }],
    ['privacy.samplingRate', { privacy: { ...spec.privacy, samplingRate: 0 } }],
    ['privacy.noiseMultiplier', { privacy: { ...spec.privacy, noiseMultiplier: 0 } }],
    ['privacy.noiseMultiplier', { privacy: { ...spec.privacy, noiseMultiplier: Number.NaN } }],
    ['privacy.clipNorm', { privacy: { ...spec.privacy, clipNorm: Number.POSITIVE_INFINITY } }],
    // Below the range in which float32 squares and sums keep what a clip norm promises.
    ['privacy.clipNorm', { privacy: { ...spec.privacy, clipNorm: 9e-7 } }],
    ['privacy.clipNorm', { privacy: { ...spec.privacy, clipNorm: 1.1e6 } }],
    ['privacy.steps', { privacy: { ...spec.privacy, steps: 2.5 } }],
    ['privacy.seed', { privacy: { ...spec.privacy, seed: 7 } }],
    ['optimiser.momentum', { optimiser: { ...spec.optimiser, momentum: 1 } }],
    ['privacy.clipping.kind', { privacy: { ...spec.privacy, clipping: { kind: 'none' } } }],
    ['privacy.clipping.quantile', { privacy: { ...spec.privacy, clipping: { ...adaptive, quantile: 1 } } }],
    ['privacy.clipping.share', { privacy: { ...spec.privacy, clipping: { ...adaptive, share: 0 } } }],
    ['privacy.clipping.rate', { privacy: { ...spec.privacy, clipping: { kind: 'flat', rate: 1 } } }],
    ['privacy.correlation.order', { privacy: { ...spec.privacy, correlation: { order: 'shuffled', bands: 2 } } }],
    ['privacy.correlation.bands', { privacy: { ...spec.privacy, correlation: { order: 'cyclic-poisson', bands: 0 } } }],
    ['privacy.correlation.passes', { privacy: { ...spec.privacy, correlation: { order: 'passes', bands: 2 } } }],
    ['optimiser.beta1', { optimiser: { ...spec.optimiser, beta1: 0.9 } }],
    ['optimiser.beta1', { optimiser: { ...adam, beta1: 1 } }],
    ['optimiser.floor', { optimiser: { ...adam, floor: 0 } }],
    ['optimiser.weightDecay', { optimiser: { ...adam, weightDecay: 0.1 } }],
    ['optimiser.weightDecay', { optimiser: { ...adam, kind: 'adamw' } }],
    ['optimiser.warmupSteps', { optimiser: { ...spec.optimiser, warmupSteps: 200 } }],
    ['huberDelta', { huberDelta: 1 }],
    ['huberDelta', { loss: 'huber', huberDelta: 0 }],
    ['classWeights[1]', { classWeights: [1, -1] }],
    ['classWeights', { loss: 'mean-squared-error', classWeights: [1, 1] }],
    ['trainable', { trainable: 'lora:8' }],
    ['trainable', { trainable: 'a'.repeat(1001) }],
    ['augmentation.copies', { augmentation: { copies: 0 } }],
    ['augmentation.shift', { augmentation: { copies: 2, shift: 0.5 } }],
    ['augmentation.rotate', { augmentation: { copies: 2, rotate: 10 } }],
    ['optimiser.averaging.fromStep', { optimiser: { ...spec.optimiser, averaging: { kind: 'tail', fromStep: 200 } } }],
    ['graph', { graph: bytes32('A') }],
    ['dataset', { dataset: '0x12' }],
    ['loss', { loss: 'python' }],
    ['microBatch', { microBatch: 0 }],
    ['microBatch', { microBatch: 1025, augmentation: { copies: 64 } }],
  ])('refuses a bad %s', (place, change) => {
    expect(() => parseTrainingSpec({ ...spec, ...change })).toThrow(
      expect.objectContaining({ code: 'protocol.badDocument', place }),
    );
  });
});

describe('DatasetManifest', () => {
  test('refuses a schema that is not the digested one', () => {
    const schema = { ...manifest.schema, name: 'other' };
    expect(() => parseDatasetManifest({ ...manifest, schema })).toThrow(
      expect.objectContaining({ place: 'schemaDigest' }),
    );
  });

  test('protects units exactly when the schema names a unit column', () => {
    expect(() => parseDatasetManifest({ ...manifest, unit: 'unit' })).toThrow(
      expect.objectContaining({ place: 'unit' }),
    );
    const schema = { ...manifest.schema, unit: 'patient' };
    const withUnits = { ...manifest, schema, schemaDigest: digestDocument(schema) };
    expect(() => parseDatasetManifest(withUnits)).toThrow(expect.objectContaining({ place: 'unit' }));
    expect(parseDatasetManifest({ ...withUnits, unit: 'unit' }).unit).toBe('unit');
  });

  test.each(['0x1', '01', '-1', '1.5', '340282366920938463463374607431768211456', '1e3', ''])(
    'refuses the fee %j',
    (fee) => {
      expect(() => parseDatasetManifest({ ...manifest, fee })).toThrow(expect.objectContaining({ place: 'fee' }));
    },
  );

  test('refuses a name that could play with a terminal', () => {
    for (const name of ['a\u001b[2Jb', 'a\nb', 'a\u202eb', '']) {
      expect(() => parseDatasetManifest({ ...manifest, name })).toThrow(expect.objectContaining({ place: 'name' }));
    }
  });
});

describe('ReleasePolicy', () => {
  test('names a bad entry by its index', () => {
    expect(() => parseReleasePolicy({ ...policy, developers: [policy.developers[0], '0x1'] })).toThrow(
      expect.objectContaining({ place: 'developers[1]' }),
    );
    expect(() => parseReleasePolicy({ ...policy, measurements: [bytes32('e'), '0xee'] })).toThrow(
      expect.objectContaining({ place: 'measurements[1]' }),
    );
  });

  test('refuses an address with a wrong checksum', () => {
    const wrong = '0xF39fd6e51aad88F6F4ce6aB8827279cffFb92266';
    expect(() => parseReleasePolicy({ ...policy, developers: [wrong] })).toThrow(
      expect.objectContaining({ code: 'protocol.badDocument' }),
    );
    expect(parseReleasePolicy({ ...policy, developers: [wrong.toLowerCase()] }).developers).toStrictEqual([
      wrong.toLowerCase(),
    ]);
  });

  test('takes everyone, and nobody', () => {
    expect(parseReleasePolicy({ ...policy, developers: '*' }).developers).toBe('*');
    expect(parseReleasePolicy({ ...policy, developers: [] }).developers).toStrictEqual([]);
  });

  test('refuses a time in milliseconds', () => {
    expect(() => parseReleasePolicy({ ...policy, until: 1_900_000_000_000 })).toThrow(
      expect.objectContaining({ place: 'until' }),
    );
  });
});

describe('parseJson', () => {
  test('reads text and bytes', () => {
    expect(parseJson('{"a":[1]}')).toStrictEqual({ a: [1] });
    expect(parseJson(new TextEncoder().encode('"ü"'))).toBe('ü');
  });

  test('refuses what is not JSON without quoting it', () => {
    expect(() => parseJson('{"secret": hunter2}')).toThrow(
      expect.objectContaining({ code: 'protocol.badJson', message: 'The text is not JSON.' }),
    );
    expect(() => parseJson(Uint8Array.of(0x22, 0xff, 0x22))).toThrow(
      expect.objectContaining({ code: 'protocol.badJson' }),
    );
  });

  test('refuses what is too large', () => {
    expect(() => parseJson('[1,2,3]', 6)).toThrow(expect.objectContaining({ code: 'protocol.tooLarge' }));
  });
});

test('datasetIdOf is keccak256 of the padded owner and the digest', () => {
  expect(datasetIdOf('0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266', bytes32('c'))).toBe(
    '0x746af4ca874d0770e67f0c5655ae443361407da02f7946977bf3499e7d4e893a',
  );
});

test('a certificate says how noise is correlated exactly where it is, a manifest its neighbours where they are replaced', () => {
  const correlation = { order: 'cyclic-poisson', bands: 4 } as const;
  const banded = { ...certificate, mechanism: 'dp-mf', correlation } as const;
  expect(parseCertificate(banded)).toEqual(banded);
  for (const wrong of [
    { ...certificate, correlation },
    { ...certificate, mechanism: 'dp-mf' },
  ]) {
    expect(() => parseCertificate(wrong)).toThrow(
      expect.objectContaining({ code: 'protocol.badDocument', place: 'correlation' }),
    );
  }
  expect(datasetAdjacency(manifest)).toBe('add-or-remove-one');
  expect(datasetAdjacency(parseDatasetManifest({ ...manifest, adjacency: 'replace-one' }))).toBe('replace-one');
});
