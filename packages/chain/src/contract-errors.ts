export type ContractErrorCode = never;
