import { BOUNDS_HINT, NOT_FOR_USERS, SIGN_AGAIN, type ContractErrorFacts } from './facts.ts';

/** Errors of faults and their penalties. */
export const faultErrors = {
  FaultsUnknown: { message: 'There is no such fault.', hint: '`encryptech fault list` shows all.' },
  FaultsWrongState: { message: 'The fault’s state does not allow this.', hint: '`encryptech fault list` shows it.' },
  FaultsAlreadyProposed: { message: 'This fault is open already, or was decided.' },
  FaultsTooLate: { message: 'The window for this is over.' },
  FaultsTooEarly: { message: 'The window still runs.', hint: 'Try again after the time given.', retry: 'later' },
  FaultsJobRunning: { message: 'The job still runs.', hint: 'It ends by its deadline.', retry: 'later' },
  FaultsWrongEvidence: { message: 'The evidence is about another fault, or not of the sort that is asked for now.' },
  FaultsAuditorHeard: { message: 'This auditor was heard about this fault already.' },
  FaultsTooFewAuditors: { message: 'Fewer auditors than needed.' },
  FaultEvidenceNoSuchAttempt: { message: 'The job has no such attempt, or none of which this can be said now.' },
  FaultEvidenceMismatch: { message: 'A document names another job, attempt or fault, or two documents are the same.' },
  FaultEvidenceBadSignature: { message: 'A document is not signed by the one who should have.', hint: SIGN_AGAIN },
  FaultEvidenceNoFault: { message: 'The evidence is genuine and shows no fault.' },
  FaultEvidenceNotCleared: { message: 'The counter-evidence does not clear the provider.' },
  FaultEvidenceBadAuditor: { message: 'A finding is not signed by an auditor, or the lists differ in length.' },
  StringsInsufficientHexLength: { message: 'A digest does not fit its text.', hint: NOT_FOR_USERS },
  FaultsNotAllowed: { message: 'The caller is not the party that may do this.' },
  FaultsNotLower: { message: 'A penalty can only be lowered.' },
  FaultsNoReason: { message: 'The team must say why it lowers a penalty.' },
  FaultsNothingTaken: { message: 'Nothing is left to take from.' },
  FaultsZeroAmount: { message: 'The amount is zero.', hint: 'Give an amount above zero.' },
  FaultsInsufficientBalance: { message: 'The account’s balance in the faults’ contract is smaller.' },
  FaultsBadParameter: { message: 'A parameter of the faults lies outside its bounds.', hint: BOUNDS_HINT },
} as const satisfies Record<string, ContractErrorFacts>;
