import { errorsOf } from '@encryptech/base';

/** Every code of the coordinator itself. */
export type CoordinatorErrorCode =
  /** The document's own time limit has passed. */
  | 'coordinator.expired'
  /** The book has a newer document of the same signer for the same purpose. */
  | 'coordinator.superseded'
  /** The graph of an order is not among the blobs. */
  | 'coordinator.graphMissing'
  /** The work that an order declares is not what its graph and spec give. */
  | 'coordinator.unitsMismatch'
  /** The privacy loss of an order's plan is above what the order reserves. */
  | 'coordinator.chargeTooSmall'
  /** The graph and plan of an order could not be looked through in time and memory. */
  | 'coordinator.checkFailed'
  /** The developer has more open orders than the book keeps of one. */
  | 'coordinator.tooManyOrders'
  /** The dataset is not registered on this chain, or not as the manifest says. */
  | 'coordinator.unknownDataset'
  /** The provider is not registered on this chain. */
  | 'coordinator.unknownProvider'
  /** There is no such path, job, dataset or clearing. */
  | 'coordinator.notFound'
  /** More requests from one address than allowed. */
  | 'coordinator.tooManyRequests'
  /** The coordinator has more to do than it can keep up with. */
  | 'coordinator.busy'
  /** The disk has no room for blobs. */
  | 'coordinator.storageFull'
  /** The body is not JSON, or a parameter of the path or query is malformed. */
  | 'coordinator.badRequest'
  /** A JSON body is over its cap. */
  | 'coordinator.bodyTooLarge';

export const coordinatorError = errorsOf<CoordinatorErrorCode>();
