export { folderVoucherStore } from './folder-voucher-store.ts';
export type { LocalErrorCode } from './errors.ts';
export { networkFileSchema, readNetworkFile, type NetworkFile } from './network-file.ts';
export { oneAtATime, type OneAtATime } from './one-at-a-time.ts';
export { readPrivateFile, writePrivateFile } from './private-file.ts';
export { readConfig } from './read-config.ts';
export { readPassphrase, type PassphraseSource } from './read-passphrase.ts';
export { unlockKeystore } from './unlock-keystore.ts';
export { openWatchState, type WatchState } from './watch-state.ts';
