import type { IncomingMessage, ServerResponse } from 'node:http';
import { isEncryptechError } from '@encryptech/base';
import type { Log } from '@encryptech/chain';
import { wireErrorOf } from '@encryptech/protocol';
import { gatewayError, type GatewayErrorCode } from '../errors.ts';
import type { PaymentStore } from '../payments/payment-store.ts';
import { takeEvent } from '../payments/take-event.ts';
import { readEvent } from '../stripe/read-event.ts';
import { verifySignature } from '../stripe/verify-signature.ts';
import { readBody } from './read-body.ts';

/** An event of Stripe is at most some tens of kilobytes. */
const MOST_BODY_BYTES = 256 * 1024;

const STATUS: { readonly [Code in GatewayErrorCode]?: number } = {
  'gateway.badSignature': 400,
  'gateway.badTime': 400,
  'gateway.badEvent': 400,
  'gateway.wrongMode': 400,
  'gateway.bodyTooLarge': 413,
  'gateway.notFound': 404,
  'gateway.storeFailed': 503,
};

export interface RequestDeps {
  store: PaymentStore;
  secrets: readonly string[];
  profile: 'embedded' | 'production';
  nowSec: () => number;
  /** Told when something new waits. */
  onTaken: () => void;
  /** What keeps the gateway from working; empty = nothing. */
  problems: () => string[];
  log: Log;
}

/**
 * Answers one request: `POST /v1/webhooks/stripe`, `GET /v1/receipts/:receiptId`, `GET /health`. A webhook is answered with
 * 200 once it is on the disk, so the processor stops sending it, and with anything else while it is not, so it goes on.
 */
export async function handleRequest(deps: RequestDeps, request: IncomingMessage, response: ServerResponse) {
  try {
    const { status, body } = await answer(deps, request);
    send(response, status, body);
  } catch (error) {
    const status = isEncryptechError(error) ? (STATUS[error.code as GatewayErrorCode] ?? 500) : 500;
    const facts = { status, path: pathOf(request), error: isEncryptechError(error) ? error.code : String(error) };
    deps.log[status >= 500 ? 'error' : 'warn'](facts, 'A request was refused');
    send(response, status, { error: wireErrorOf(error) });
  }
}

async function answer(deps: RequestDeps, request: IncomingMessage): Promise<{ status: number; body: unknown }> {
  const path = pathOf(request);
  if (request.method === 'POST' && path === '/v1/webhooks/stripe') {
    return { status: 200, body: { result: await takeWebhook(deps, request) } };
  }
  if (request.method === 'GET' && path === '/health') {
    const problems = deps.problems();
    const body = { status: problems.length === 0 ? 'ok' : 'degraded', problems, payments: deps.store.count() };
    return { status: problems.length === 0 ? 200 : 503, body };
  }
  const receiptId = /^\/v1\/receipts\/(0x[0-9a-f]{64})$/.exec(path)?.[1] as `0x${string}` | undefined;
  const record = request.method === 'GET' && receiptId !== undefined ? deps.store.find(receiptId) : undefined;
  if (record === undefined) {
    throw gatewayError({ code: 'gateway.notFound', message: 'There is no such path or payment.', place: path });
  }
  const { state, transaction, encOutWei, reason, reversed } = record;
  return { status: 200, body: { receiptId, state, transaction, encOutWei, reason, reversed } };
}

async function takeWebhook(deps: RequestDeps, request: IncomingMessage): Promise<string> {
  const { store, secrets, profile, nowSec, onTaken } = deps;
  const body = await readBody(request, MOST_BODY_BYTES);
  const header = request.headers['stripe-signature'];
  // Nothing of the body is looked at before its signature holds.
  verifySignature({ body, header: Array.isArray(header) ? header[0] : header, secrets, nowSec: nowSec() });
  const result = await takeEvent(store, readEvent(body, profile));
  if (result === 'taken') onTaken();
  return result;
}

const pathOf = (request: IncomingMessage): string => (request.url ?? '/').split('?', 1)[0]!;

function send(response: ServerResponse, status: number, body: unknown): void {
  const text = JSON.stringify(body);
  response.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' });
  response.end(text);
}
