import type { TrustAnchors } from '@encryptech/attestation';
import { fromHex } from '@encryptech/base';
import type { NetworkFile } from '@encryptech/sdk/node';

/** The roots that an owner on this network trusts: of vendors none yet, and the development root that the network file names. */
export const anchorsOf = ({ developmentAnchor: anchor }: Pick<NetworkFile, 'developmentAnchor'>): TrustAnchors => ({
  vendor: {},
  development:
    anchor === undefined ? [] : [{ fingerprint: anchor.fingerprint, certificate: fromHex(anchor.certificate) }],
});
