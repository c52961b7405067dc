export { coordinatorConfigSchema, type CoordinatorConfig } from './config.ts';
export { startCoordinator, type Coordinator, type CoordinatorDeps } from './start-coordinator.ts';
