export { gatewayConfigSchema, type GatewayConfig } from './config.ts';
export type { GatewayErrorCode } from './errors.ts';
export type { PaymentRecord, PaymentState } from './payments/payment-store.ts';
export { receiptIdOf } from './payments/to-credit.ts';
export { startGateway, type Gateway, type GatewayDeps } from './start-gateway.ts';
export { DEVELOPMENT_PREFIX } from './stripe/read-secrets.ts';
export { signWebhook } from './stripe/sign-webhook.ts';
