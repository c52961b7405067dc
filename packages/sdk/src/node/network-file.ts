import { digestOf, fromHex, type Hex } from '@encryptech/base';
import { z } from 'zod';
import { readConfig } from './read-config.ts';

const hex = (min: number, max: number) =>
  z.custom<Hex>(
    (value) => typeof value === 'string' && new RegExp(`^0x([0-9a-f]{2}){${min},${max}}$`).test(value),
    `must be 0x and lower-case hex digits of ${min === max ? min : `${min} to ${max}`} bytes`,
  );

/**
 * network.json: where a network is and which contracts it trusts. `deployment` is what `@encryptech/chain` wrote when it
 * deployed; that package checks its inside.
 */
export const networkFileSchema = z
  .strictObject({
    rpcUrl: z.url({ protocol: /^(https?|wss?)$/ }),
    coordinatorUrl: z.url({ protocol: /^https?$/ }),
    chainId: z.number().int().positive(),
    deployment: z.record(z.string(), z.unknown()),
    /** The root that this network's software enclaves are signed under: its DER and that DER's SHA-256. */
    developmentAnchor: z
      .strictObject({ fingerprint: hex(32, 32), certificate: hex(1, 8192) })
      .refine(({ fingerprint, certificate }) => digestOf(fromHex(certificate)) === fingerprint, {
        path: ['fingerprint'],
        message: 'must be the SHA-256 of the certificate',
      })
      .optional(),
    profile: z.enum(['embedded', 'production']),
  })
  .refine((network) => network.profile !== 'production' || network.developmentAnchor === undefined, {
    path: ['developmentAnchor'],
    message: 'a production network accepts no development anchor',
  });

export type NetworkFile = z.infer<typeof networkFileSchema>;

/**
 * The network that a file (or an object of its form) describes.
 *
 * @throws `sdk.badConfig` with the path of the first fault as `place`, `sdk.noFile`
 */
export const readNetworkFile = async (source: string | object): Promise<NetworkFile> =>
  (await readConfig(networkFileSchema, source, 'network file')).config;
