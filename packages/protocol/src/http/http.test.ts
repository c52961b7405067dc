import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { bytes32, grant, manifest, offer, order, provider, receipt, spec } from '../../test/fixtures.ts';
import { grantToJson } from '../signing/dataset-grant.ts';
import { offerToJson } from '../signing/compute-offer.ts';
import { orderToJson } from '../signing/job-order.ts';
import { receiptToJson } from '../signing/receipt.ts';
import { parseAnswer, parseRequest, routes, type RouteAnswerJson, type RouteBodyJson } from './routes.ts';

const signature = `0x${'ab'.repeat(65)}` as const;
const body: RouteBodyJson<'postOrder'> = {
  order: orderToJson(order),
  signature,
  spec,
  preferences: { security: 2_000, performance: 3_000, cost: 5_000 },
};

describe('requests', () => {
  test('an order with its spec and preferences', () => {
    const parsed = parseRequest('postOrder', JSON.parse(JSON.stringify(body)));
    expect(parsed).toStrictEqual({ ...body, order });
  });

  test('an offer, a grant', () => {
    expect(parseRequest('postOffer', { offer: offerToJson(offer), signature })).toStrictEqual({ offer, signature });
    const request = { grant: grantToJson(grant), signature, manifest };
    expect(parseRequest('postGrant', request)).toStrictEqual({ grant, signature, manifest });
  });

  test.each([
    ['order.units', { order: { ...body.order, units: 5 } }],
    ['order.extra', { order: { ...body.order, extra: 5 } }],
    ['signature', { signature: '0x12' }],
    ['spec.privacy.epsilon', { spec: { ...spec, privacy: { ...spec.privacy, epsilon: -1 } } }],
    ['preferences', { preferences: { security: 1, performance: 1, cost: 1 } }],
    ['preferences.cost', { preferences: { security: 0, performance: 0, cost: 10_001 } }],
    ['debug', { debug: true }],
  ])('name their fault: %s', (place, change) => {
    expect(() => parseRequest('postOrder', { ...body, ...change })).toThrow(
      expect.objectContaining({ code: 'protocol.badDocument', place }),
    );
  });
});

describe('answers', () => {
  const job: RouteAnswerJson<'getJob'> = {
    jobId: bytes32('2'),
    state: 'Delivered',
    developer: order.developer,
    provider: provider.address,
    datasetId: order.datasetId,
    attempt: 1,
    steps: 200,
    step: 150,
    createdAt: 1_800_000_000,
    order: orderToJson(order),
    orderSignature: signature,
    spec,
    preferences: null,
    providerUrl: 'http://127.0.0.1:9000',
    level: 0,
    rate: '10000000000000000',
    price: '1234567890000000000',
    escrow: '4469135780000000000',
    datasetFee: '1500000000000000000',
    paidSteps: 0,
    deadline: 1_800_000_600,
    enclaveKey: provider.address,
    reasons: [],
    delivery: { receipt: receiptToJson(receipt), signature },
    timeline: [{ at: 1_800_000_000, event: 'Matched', block: 5, transaction: bytes32('8'), data: { attempt: 1 } }],
  };

  test('a job', () => {
    const parsed = parseAnswer('getJob', JSON.parse(JSON.stringify(job)));
    expect(parsed.escrow).toBe(4_469_135_780_000_000_000n);
    expect(parsed.order).toStrictEqual(order);
    expect(parsed.delivery!.receipt).toStrictEqual(receipt);
  });

  test('may say more than a client knows, not less', () => {
    expect(parseAnswer('getJob', { ...job, mood: 'good' })).not.toHaveProperty('mood');
    const { state: _, ...rest } = job;
    expect(() => parseAnswer('getJob', rest)).toThrow(expect.objectContaining({ place: 'state' }));
  });
});

test('every schema of a route can be written as JSON Schema, for the OpenAPI document', () => {
  for (const route of Object.values(routes)) {
    for (const schema of ['body' in route ? route.body : undefined, route.answer]) {
      if (schema === undefined) continue;
      const json = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' });
      expect(json.type).toBe('object');
      expect(Object.keys(json.properties!).length).toBeGreaterThan(0);
    }
  }
});
