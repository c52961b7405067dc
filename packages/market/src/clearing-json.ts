import type { Json } from '@encryptech/base';
import type { Clearing } from './clearing.ts';

/** The JSON form of a clearing: amounts as decimal strings. Equal clearings have equal canonical text. */
export const clearingToJson = ({ matches, refusals }: Clearing): Json => ({
  matches: matches.map((match) => ({
    ...match,
    rate: match.rate.toString(),
    price: match.price.toString(),
    escrow: match.escrow.toString(),
    datasetFee: match.datasetFee.toString(),
  })),
  refusals: refusals.map(({ orderId, reasons }) => ({ orderId, reasons })),
});
