import { isEncryptechError } from '@encryptech/base';
import type { CoordinatorErrorCode } from '../errors.ts';

type Status = 400 | 404 | 409 | 413 | 422 | 429 | 500 | 503 | 507;

/** Status of each of the coordinator's own errors on HTTP. */
export const ownStatus: Readonly<Record<CoordinatorErrorCode, Status>> = {
  'coordinator.badRequest': 400,
  'coordinator.notFound': 404,
  'coordinator.superseded': 409,
  'coordinator.unknownDataset': 409,
  'coordinator.unknownProvider': 409,
  'coordinator.graphMissing': 409,
  'coordinator.bodyTooLarge': 413,
  'coordinator.expired': 422,
  'coordinator.unitsMismatch': 422,
  'coordinator.chargeTooSmall': 422,
  'coordinator.checkFailed': 422,
  'coordinator.tooManyRequests': 429,
  'coordinator.tooManyOrders': 429,
  'coordinator.busy': 503,
  'coordinator.storageFull': 507,
};

const protocolStatus: Readonly<Record<string, Status>> = {
  'protocol.wrongSigner': 422,
  'protocol.badSignature': 422,
  'protocol.orderMismatch': 422,
  'protocol.blobTooLarge': 413,
  // A blob of ours that is damaged, found while looking through an order.
  'protocol.blobAltered': 500,
};

/** By the package that refused: what came in was wrong, or something behind the coordinator is out of order. */
const packageStatus: Readonly<Record<string, Status>> = {
  ...{ protocol: 400, base: 400, onnx: 422, privacy: 422, market: 422, chain: 503 },
};

/** The HTTP status of an error. */
export function statusOf(error: unknown): Status {
  if (!isEncryptechError(error)) return 500;
  const { code } = error;
  const own = (ownStatus as Readonly<Record<string, Status>>)[code];
  return own ?? protocolStatus[code] ?? packageStatus[code.split('.')[0]!] ?? 500;
}
