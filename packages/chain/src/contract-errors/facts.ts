import type { ErrorFacts } from '@encryptech/base';

/** What a custom error means to the person who met it, and what to do next. */
export type ContractErrorFacts = Pick<ErrorFacts<string>, 'message' | 'hint' | 'retry'>;

export const SIGN_AGAIN = 'Sign the document again with the named account, for this chain and these contracts.';
export const NOT_FOR_USERS = 'This points at a fault of the program: please report it.';
export const BOUNDS_HINT = '`encryptech team show` lists the bounds.';
