export {
  createCoordinatorClient,
  type CoordinatorClient,
  type CoordinatorClientOptions,
  type CoordinatorErrorCode,
} from './create-coordinator-client.ts';
