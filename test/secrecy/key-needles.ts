import type { Needle } from './needle-scanner.ts';

/** Every way in which a secret of bytes could lie around that a scanner's own layers don't cover. */
export const keyNeedles = (name: string, secret: Uint8Array): Needle[] => [
  { name, bytes: Uint8Array.from(secret) },
  { name: `${name}, reversed`, bytes: Uint8Array.from(secret).reverse() },
  { name: `${name}, as a list of numbers`, bytes: Buffer.from([...secret].join(',')) },
  { name: `${name}, as a spaced list of numbers`, bytes: Buffer.from([...secret].join(', ')) },
  { name: `${name}, as an integer`, bytes: Buffer.from(BigInt(`0x${Buffer.from(secret).toString('hex')}`).toString()) },
  {
    name: `${name}, as an object of numbers`,
    bytes: Buffer.from(JSON.stringify(Object.fromEntries([...secret].entries())).slice(1, -1)),
  },
];
