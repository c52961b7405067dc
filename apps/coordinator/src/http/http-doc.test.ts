import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { routes } from '@encryptech/protocol';
import { expect, test } from 'vitest';
import { createHttpApp, type HttpDeps } from './http-app.ts';
import { openApi } from './open-api.ts';
import { ownStatus } from './status-of.ts';

const page = readFileSync(join(import.meta.dirname, '../../HTTP.md'), 'utf8');
const found = (pattern: RegExp) => [...page.matchAll(pattern)].map((match) => match.slice(1).join(' ')).sort();

test('HTTP.md names every route of the app, and the protocol knows no other', () => {
  // Nothing is asked of the app, so it needs nothing to answer from.
  const app = createHttpApp({ book: {} } as unknown as HttpDeps, {
    ...{ disk: '.', maxBlobBytes: 1, minFreeDiskBytes: 0, requestsPerMinute: 1, behindProxy: false },
  });
  const served = app.routes.filter(({ method }) => method !== 'ALL').map(({ method, path }) => `${method} ${path}`);
  const documented = found(/^\| `([A-Z]+) (\/[^`]*)`/gm);
  expect(documented).toEqual(served.sort());
  expect(documented.length).toBeGreaterThan(10);
  for (const { method, path } of Object.values(routes)) expect(documented).toContain(`${method} ${path}`);
});

test('the OpenAPI document has every route of the protocol, with its schemas', () => {
  for (const { method, path } of Object.values(routes)) {
    const operation = openApi.paths[path.replace(':id', '{id}')]?.[method.toLowerCase()];
    expect(operation).toMatchObject({ summary: expect.any(String) as string, responses: { default: {} } });
    expect('requestBody' in operation!).toBe(method === 'POST');
  }
  const order = openApi.paths['/v1/orders']!['post']!.requestBody!.content['application/json'].schema;
  expect(order).toMatchObject({ required: ['order', 'signature', 'spec'], additionalProperties: false });
  expect(JSON.parse(JSON.stringify(openApi))).toEqual(openApi);
});

test('HTTP.md names every code with its status', () => {
  const documented = found(/^\| `(coordinator\.\w+)`\s*\| (\d{3})/gm);
  expect(documented).toEqual(
    Object.entries(ownStatus)
      .map(([code, status]) => `${code} ${status}`)
      .sort(),
  );
});
