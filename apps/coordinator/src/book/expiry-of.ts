/** The last second at which a document counts, as the database holds it: what lies past the range of a number is never. */
export const expiryOf = ({ expiresAt }: { readonly expiresAt: bigint }): number =>
  expiresAt > BigInt(Number.MAX_SAFE_INTEGER) ? Number.MAX_SAFE_INTEGER : Number(expiresAt);
