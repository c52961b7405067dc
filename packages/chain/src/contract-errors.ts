import type { ContractErrorName as ErrorNameOf } from 'viem';
import type { everyAbi } from './abis.ts';
import { channelErrors } from './contract-errors/channels.ts';
import { NOT_FOR_USERS, SIGN_AGAIN, type ContractErrorFacts } from './contract-errors/facts.ts';
import { faultErrors } from './contract-errors/faults.ts';
import { moneyInErrors } from './contract-errors/money-in.ts';
import { rewardErrors } from './contract-errors/rewards.ts';

/** The name of every custom error that a contract of the economy can revert with. */
export type ContractErrorName = ErrorNameOf<typeof everyAbi>;

/** The error's code: `chain.` and its name in camel case. */
export type ContractErrorCode<Name extends ContractErrorName = ContractErrorName> = Name extends `ERC${infer Rest}`
  ? `chain.erc${Rest}`
  : Name extends `ECDSA${infer Rest}`
    ? `chain.ecdsa${Rest}`
    : `chain.${Uncapitalize<Name>}`;

const ROLE_HINT = 'Use the account that holds the role; `encryptech team` lists who does.';

/** What each custom error of the contracts means to the person who met it, and what to do next. */
export const contractErrors: Readonly<Record<ContractErrorName, ContractErrorFacts>> = {
  // Jobs
  JobsOnlySelf: { message: 'Only the Jobs contract may call this.', hint: 'Propose matches with matchBatch.' },
  JobsBadSignature: { message: 'A document’s signature is not its signer’s.', hint: SIGN_AGAIN },
  JobsDocumentExpired: { message: 'The order, offer or grant has expired.', hint: 'Sign a new one.' },
  JobsNonceCancelled: {
    message: 'Its signer cancelled the order, offer or grant.',
    hint: 'Sign one with another nonce.',
  },
  JobsBadOrder: {
    message: 'The order has no steps, no work, an unknown kind or an impossible amount.',
    hint: 'Make the order with the client library, which fills these members.',
  },
  JobsWrongState: { message: 'The job’s state does not allow this.', hint: 'Look at the job’s timeline.' },
  JobsRateOutOfRange: { message: 'The rate lies outside what order and offer allow.' },
  JobsAskNotPosted: {
    message: 'The offer asks for more than the provider has posted for reserved orders.',
    hint: 'The provider posts its rate on chain; or order on the market.',
  },
  JobsTooMuchWork: { message: 'The job is more work than the offer takes on.' },
  JobsDurationTooLong: { message: 'The order allows more time than the offer, or than stake stays slashable.' },
  JobsGrantMismatch: { message: 'The grant is for another dataset or another developer.' },
  JobsDatasetFeeTooHigh: {
    message: 'The data owner asks for more than the order allows.',
    hint: 'Raise the order’s limit of the dataset’s fee.',
  },
  JobsProviderInactive: { message: 'The provider is not registered, or takes no jobs now.' },
  JobsProviderTooSlow: { message: 'The provider is slower than the order demands.' },
  JobsReputationTooLow: { message: 'The provider’s reputation is below what the order demands.' },
  JobsLevelTooLow: { message: 'The provider’s security level is below what order, grant or dataset demand.' },
  JobsInsufficientBalance: {
    message: 'The account’s deposit is too small.',
    hint: 'Deposit more ENC: `encryptech account deposit`.',
  },
  JobsZeroAmount: { message: 'The amount is zero.', hint: 'Give an amount above zero.' },
  JobsNotAllowed: { message: 'The caller is not the party that may do this.', hint: 'Use the account of that party.' },
  JobsTooLate: { message: 'The deadline has passed.', hint: 'The job can be expired, and matched again.' },
  JobsTooEarly: { message: 'The time for this has not come.', hint: 'Try again after the time given.', retry: 'later' },
  JobsBadEnclaveKey: { message: 'The enclave’s key is zero.', hint: NOT_FOR_USERS },
  JobsBadStep: { message: 'A checkpoint must cover more steps than the last one and fewer than all.' },
  JobsDocumentMismatch: { message: 'The signed document names another job, attempt or key than the running one.' },
  JobsNoBudgetHeld: { message: 'The job holds no reservation of privacy loss.' },
  JobsBadParameter: {
    message: 'A parameter lies outside its bounds.',
    hint: 'The bounds are constants of the contract.',
  },
  JobsOutOfGas: {
    message: 'The batch of matches ran out of gas, so nothing of it was done.',
    hint: 'Send fewer matches at once, or a higher gas limit.',
  },
  // Datasets
  DatasetsUnknown: { message: 'There is no such dataset.', hint: 'Check its id; `encryptech dataset list` shows all.' },
  DatasetsAlreadyRegistered: {
    message: 'The same encrypted file is registered already.',
    hint: 'Use the dataset’s id in `data`, or publish again with fresh encryption.',
  },
  DatasetsBadTerms: { message: 'A digest is zero, or ε, δ or the level lies outside its bounds.' },
  DatasetsBadDelegation: {
    message: 'A delegation needs a key and an end within 90 days; withdrawing it needs neither.',
  },
  DatasetsNotOwner: { message: 'Only the dataset’s owner may do this.' },
  DatasetsRetired: { message: 'The dataset’s owner retired it.', hint: 'No new job can use it.' },
  DatasetsPolicyMismatch: {
    message: 'The owner replaced the dataset’s policy after signing the grant.',
    hint: 'Ask the owner for a grant under the current policy.',
  },
  DatasetsBudgetExhausted: {
    message: 'The dataset’s privacy budget has no room for this job.',
    hint: 'Ask for less: more noise, fewer steps, or a smaller sampling rate.',
  },
  DatasetsLossAboveReservation: { message: 'The receipt spends more privacy than the order reserved.' },
  DatasetsLaneOverflow: { message: 'The privacy loss is too large for the ledger.' },
  DatasetsLaneUnderflow: { message: 'More would be taken off a reservation than is reserved.', hint: NOT_FOR_USERS },
  // Providers
  ProvidersUnknown: { message: 'The account is not registered as a provider.', hint: 'Register it first.' },
  ProvidersAlreadyRegistered: {
    message: 'The account is registered as a provider already.',
    hint: 'Update it instead.',
  },
  ProvidersBadTerms: { message: 'The speed is zero, or the URL is empty or longer than 256 bytes.' },
  ProvidersAskOutOfRange: {
    message: 'A posted rate changes by a quarter an epoch at most.',
    hint: 'Take a rate between the two given, or go on in the next epoch.',
  },
  ProvidersEpochGone: { message: 'Work is known for the running epoch and the one before.' },
  // Staking
  StakingZeroAmount: { message: 'The amount is zero.', hint: 'Give an amount above zero.' },
  StakingInsufficient: {
    message: 'The account has too little stake that counts and is free.',
    hint: 'Stake more; new stake counts from the next epoch, and running jobs lock some of it.',
    retry: 'later',
  },
  StakingLockTooSmall: { message: 'More would be unlocked or slashed than is locked.', hint: NOT_FOR_USERS },
  StakingUnknownRequest: { message: 'There is no such unbonding request, or it was paid out.' },
  StakingStillUnbonding: {
    message: 'The stake is still unbonding.',
    hint: 'Try again after the time given.',
    retry: 'later',
  },
  StakingShareRange: {
    message: 'The amount gives no share of the pot, or too many.',
    hint: 'After a heavy slash, first withdraw what is left.',
  },
  StakingBadParameter: { message: 'The epoch’s length or the unbonding period lies outside its bounds.' },
  StakingRequestOutOfReach: { message: 'That stake unbonded before the fault’s job ended.', hint: NOT_FOR_USERS },
  StakingFutureEpoch: { message: 'That epoch has not begun.', retry: 'later' },
  StakeHistoryOutOfOrder: { message: 'The history of stakes would run backwards.', hint: NOT_FOR_USERS },
  // Attestations
  AttestationsUnknownVerifier: { message: 'The signer is not a registered verifier.', hint: ROLE_HINT },
  AttestationsBadLevel: { message: 'There is no such security level; they run from 0 to 3.' },
  AttestationsBadTimes: { message: 'The result is dated in the future, expired, or valid for too long.' },
  AttestationsSuperseded: { message: 'A result as new as this one is on record.' },
  AttestationsVerifierEjected: { message: 'The verifier was ejected: what it signs counts no more.' },
  AttestationsUnorderedSigners: {
    message: 'A verifier signed twice, or the signatures are not in the order of their signers.',
    hint: 'Join them with joinFindingSignatures.',
  },
  AttestationsBadSignatures: { message: 'There are no signatures, too many, or one is cut.' },
  AttestationsTooFewSigners: {
    message: 'Fewer verifiers signed than must, and the result does not lower the recorded one.',
    hint: 'Collect the signatures of more verifiers.',
    retry: 'later',
  },
  AttestationsIncomplete: { message: 'A result above level 0 names no measurement, device or policy.' },
  AttestationsDenied: { message: 'The measurement, device or policy is denied.' },
  AttestationsDeviceTaken: { message: 'A result as new gave the machine to another provider under the same policy.' },
  AttestationsNoSeat: { message: 'The register has no seat left for another verifier.', hint: NOT_FOR_USERS },
  AttestationsBadThreshold: { message: 'A result needs 1 to 16 verifiers.' },
  AttestationsBadListing: { message: 'The value is no address of a verifier, or a digest of zeros.' },
  AttestationsUnbonded: {
    message: 'A verifier’s bond is too small, or on its way out.',
    hint: 'The verifier posts a bond first: encryptech verifier bond post NAME AMOUNT.',
  },
  AttestationsZeroAmount: { message: 'There is nothing to post, or no bond to take back.' },
  AttestationsBondState: { message: 'The bond leaves already, or was not asked for.' },
  AttestationsStillUnbonding: { message: 'The bond is still unbonding.', retry: 'later' },
  AttestationsBadBond: { message: 'A bond of more than ten million ENC can’t be asked for.' },
  AttestationsNoContradiction: { message: 'Both results can be true, or they have different signers.' },
  // EncToken and ERC-20
  EncCapExceeded: { message: 'The mint would lift the supply of ENC above its cap.' },
  ERC20InsufficientAllowance: {
    message: 'The account has not approved that many ENC.',
    hint: 'Approve the contract for the amount first.',
  },
  ERC20InsufficientBalance: {
    message: 'The account holds too few ENC.',
    hint: '`encryptech account` shows what it holds.',
  },
  ERC20InvalidApprover: { message: 'The zero address cannot approve.' },
  ERC20InvalidReceiver: { message: 'ENC cannot be sent to the zero address.' },
  ERC20InvalidSender: { message: 'ENC cannot come from the zero address.' },
  ERC20InvalidSpender: { message: 'The zero address cannot be approved.' },
  ERC2612ExpiredSignature: { message: 'The permit has expired.', hint: 'Sign a new one.' },
  ERC2612InvalidSigner: { message: 'The permit’s signature is not the owner’s.', hint: SIGN_AGAIN },
  InvalidAccountNonce: { message: 'The permit was used, or another one was.', hint: 'Sign a new one.' },
  SafeERC20FailedOperation: { message: 'The token refused the transfer.' },
  // Treasury
  TreasuryBudgetExceeded: { message: 'The payment takes more than is left of the period’s budget.', retry: 'later' },
  TreasuryZeroReceiver: { message: 'Nothing can be paid to the zero address.' },
  // Roles, delays and pauses
  GovernedAuthorityIsFixed: { message: 'A contract’s authority was chosen at its deployment and cannot change.' },
  GovernedMissingRole: { message: 'The account does not hold the role for this.', hint: ROLE_HINT },
  AccessManagedUnauthorized: { message: 'The account does not hold the role for this.', hint: ROLE_HINT },
  AccessManagedRequiredDelay: {
    message: 'The role acts with a delay.',
    hint: 'Schedule the call in the AccessManager, then execute it after the delay.',
  },
  AccessManagedInvalidAuthority: { message: 'The new authority is not a contract.' },
  AccessManagerAlreadyScheduled: { message: 'The operation is scheduled already.' },
  AccessManagerBadConfirmation: { message: 'A role can only be renounced by its holder.' },
  AccessManagerExpired: { message: 'The scheduled operation was not executed in time.', hint: 'Schedule it again.' },
  AccessManagerLockedFunction: { message: 'The manager’s own functions cannot be given to a role.' },
  AccessManagerLockedRole: { message: 'The roles ADMIN and PUBLIC cannot be changed.' },
  AccessManagerInvalidInitialAdmin: { message: 'The first admin cannot be the zero address.' },
  AccessManagerNotReady: { message: 'The operation’s delay is not over.', retry: 'later' },
  AccessManagerNotScheduled: { message: 'The operation is not scheduled.', hint: 'Schedule it first.' },
  AccessManagerUnauthorizedAccount: { message: 'The account does not hold the role for this.', hint: ROLE_HINT },
  AccessManagerUnauthorizedCall: { message: 'The account does not hold the role for this call.', hint: ROLE_HINT },
  AccessManagerUnauthorizedCancel: { message: 'Only who scheduled an operation, or a guardian, may cancel it.' },
  AccessManagerUnauthorizedConsume: { message: 'Only the called contract may use up a scheduled operation.' },
  EnforcedPause: {
    message: 'New business is paused.',
    hint: 'Running jobs, refunds, settlement and unbonding go on.',
    retry: 'later',
  },
  ExpectedPause: { message: 'Nothing is paused.' },
  // Libraries under the contracts
  ECDSAInvalidSignature: { message: 'The signature is malformed.', hint: SIGN_AGAIN },
  ECDSAInvalidSignatureLength: { message: 'The signature has the wrong length.', hint: SIGN_AGAIN },
  ECDSAInvalidSignatureS: { message: 'The signature is malleable (its s is in the upper half).', hint: SIGN_AGAIN },
  AddressEmptyCode: { message: 'There is no contract at that address.' },
  FailedCall: { message: 'A call to another contract failed.' },
  InsufficientBalance: { message: 'The contract holds too little of the chain’s own coin.' },
  InvalidShortString: { message: 'A short string is malformed.', hint: NOT_FOR_USERS },
  StringTooLong: { message: 'A string is too long.', hint: NOT_FOR_USERS },
  SafeCastOverflowedUintDowncast: { message: 'A number does not fit its type.', hint: 'Use a smaller amount.' },
  ...channelErrors,
  ...moneyInErrors,
  ...rewardErrors,
  ...faultErrors,
};
