import { protocolError } from '../errors.ts';

export const blobMissing = (cid: string) =>
  protocolError({
    code: 'protocol.blobMissing',
    message: `There is no blob ${cid} here.`,
    hint: 'Ask another store, or whoever published it.',
    data: { cid },
  });

export const blobAltered = (cid: string, actual: string) =>
  protocolError({
    code: 'protocol.blobAltered',
    message: `The bytes of blob ${cid} have another digest.`,
    hint: 'The copy is damaged or forged: put the blob again, or ask another store.',
    data: { cid, actual },
  });

export const blobTooLarge = (maxBytes: number) =>
  protocolError({
    code: 'protocol.blobTooLarge',
    message: `The blob is over ${maxBytes} bytes.`,
    data: { maxBytes },
  });
