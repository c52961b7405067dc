import { errorsOf } from '@encryptech/base';

/** Every code of the gateway itself. */
export type GatewayErrorCode =
  /** The webhook has no signature, a malformed one, or one of nobody that the gateway knows. */
  | 'gateway.badSignature'
  /** The signature is right but its time is outside the tolerance: a replay, or a wrong clock. */
  | 'gateway.badTime'
  /** The signed body is not an event of the processor. */
  | 'gateway.badEvent'
  /** A payment of a test account at a production gateway, or the other way round. */
  | 'gateway.wrongMode'
  /** The secrets file is empty, malformed, or unfit for this network. */
  | 'gateway.badSecret'
  /** The payment names no account on the chain. */
  | 'gateway.noAccount'
  /** The payment is in a currency that is not credited. */
  | 'gateway.unsupportedCurrency'
  /** The payment's amount or promised ENC is not a number that can be credited. */
  | 'gateway.badAmount'
  /** The network has no fiat gateway contract, or the key does not hold the role PROCESSOR. */
  | 'gateway.notAllowed'
  /** The file of payments cannot be read or written. */
  | 'gateway.storeFailed'
  /** The body is larger than any webhook. */
  | 'gateway.bodyTooLarge'
  /** No such path or payment. */
  | 'gateway.notFound';

export const gatewayError = errorsOf<GatewayErrorCode>();
