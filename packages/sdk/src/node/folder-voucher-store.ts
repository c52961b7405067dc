import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Hex } from '@encryptech/base';
import { voucherFromJson, voucherToJson } from '@encryptech/protocol';
import type { VoucherStore } from '../channels/voucher-store.ts';
import { localError } from './errors.ts';
import { readPrivateFile, writePrivateFile } from './private-file.ts';

/**
 * A file a channel in a folder, written whole or not at all and synced before `put` resolves. A file that is there and can't
 * be read is an error, never a channel without vouchers.
 */
export function folderVoucherStore(folder: string): VoucherStore {
  const pathOf = (channelId: Hex): string => join(folder, `${channelId.toLowerCase()}.json`);
  return {
    get: async (channelId) => {
      const path = pathOf(channelId);
      let text: string;
      try {
        text = await readPrivateFile(path, 'voucher');
      } catch (error) {
        if ((error as { cause?: { code?: string } }).cause?.code === 'ENOENT') return undefined;
        throw error;
      }
      try {
        const { voucher, signature } = JSON.parse(text) as { voucher: unknown; signature: Hex };
        return { voucher: voucherFromJson(voucher), signature };
      } catch (cause) {
        throw localError({ code: 'sdk.badConfig', message: 'The voucher’s file is damaged.', place: path, cause });
      }
    },
    put: async ({ voucher, signature }) => {
      await mkdir(folder, { recursive: true, mode: 0o700 });
      const text = `${JSON.stringify({ voucher: voucherToJson(voucher), signature })}\n`;
      await writePrivateFile(pathOf(voucher.channelId), text);
    },
  };
}
