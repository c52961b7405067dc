import { vendorAnchors, type TrustAnchors } from '@encryptech/attestation';
import { fromHex } from '@encryptech/base';
import type { NetworkFile } from '@encryptech/sdk/node';

/** The roots that an owner on this network trusts: the vendors' own, pinned, and the development root that the network file names. */
export const anchorsOf = ({ developmentAnchor: anchor }: Pick<NetworkFile, 'developmentAnchor'>): TrustAnchors => ({
  vendor: vendorAnchors,
  development:
    anchor === undefined ? [] : [{ fingerprint: anchor.fingerprint, certificate: fromHex(anchor.certificate) }],
});
