/** Why a match is not made: every code, with its sentence. The list is closed; codes are stable. */
export const reasons = {
  'market.paused': 'New matches are paused.',
  'market.unknown': 'The parameters of the market are not all known.',
  'market.noOffers': 'Nobody offers computing at the moment.',
  'order.unknown': 'Not all is known about the order.',
  'order.malformed': 'The order asks for no work, no steps, or something of an unknown kind.',
  'order.signatureInvalid': 'The order is not signed by its developer.',
  'order.expired': 'The order has expired.',
  'order.cancelled': 'The developer cancelled the order.',
  'order.notOpen': 'The order’s job is running or has ended.',
  'order.tooLong': 'The job may take longer than the provider’s stake stays at risk.',
  'developer.unknown': 'The developer’s balance is not known.',
  'developer.balanceTooSmall': 'The developer’s deposit does not cover the escrow.',
  'developer.entitlementTooSmall': 'The developer has less reserved computing left in this epoch.',
  'dataset.unknown': 'Not all is known about the dataset.',
  'dataset.retired': 'The dataset takes no new jobs.',
  'dataset.budgetExhausted': 'The dataset’s privacy budget has no room for the job.',
  'grant.missing': 'The dataset’s owner has granted nothing for this dataset.',
  'grant.unknown': 'Not all is known about the grant.',
  'grant.signatureInvalid': 'The grant is not signed by the dataset’s owner.',
  'grant.expired': 'The grant has expired.',
  'grant.cancelled': 'The owner cancelled the grant.',
  'grant.otherDataset': 'The grant is for another dataset.',
  'grant.otherDeveloper': 'The grant is for another developer.',
  'grant.outdatedPolicy': 'The grant was given under a policy that the owner has replaced.',
  'grant.feeAboveLimit': 'The owner’s fee is above the order’s limit.',
  'offer.unknown': 'Not all is known about the offer.',
  'offer.signatureInvalid': 'The offer is not signed by its provider.',
  'offer.expired': 'The offer has expired.',
  'offer.cancelled': 'The provider cancelled the offer.',
  'offer.tooLittleWork': 'The job is more work than the provider takes on.',
  'offer.tooShort': 'The job may take longer than the provider allows.',
  'offer.askAboveLimit': 'The provider asks for more than the order’s limit.',
  'offer.askNotPosted': 'The provider asks for more than it has posted for reserved orders.',
  'offer.rateOutOfRange': 'The rate is not between the provider’s ask and the order’s limit.',
  'provider.unknown': 'Not all is known about the provider.',
  'provider.inactive': 'The provider takes no new jobs.',
  'provider.busy': 'All workers of the provider have a job.',
  'provider.levelTooLow': 'The provider’s security level is below what order, grant or dataset demand.',
  'provider.reputationTooLow': 'The provider’s reputation is below what the order demands.',
  'provider.tooSlow': 'The provider is slower than the order demands.',
  'provider.stakeTooSmall': 'The provider’s free stake does not cover the job.',
} as const;

export type ReasonCode = keyof typeof reasons;

/** All codes, in the order in which lists of reasons are sorted. */
export const reasonCodes = Object.keys(reasons) as ReasonCode[];

/** The sentence of a code. */
export const explainReason = (code: ReasonCode): string => reasons[code];
