import { checkCorrelation, epsilonOf, ledgerCharge, planMechanism } from '@encryptech/privacy';
import { chargeWord, type Certificate } from '@encryptech/protocol';
import type { CertificateCheck } from './verify-certificate.ts';

/** Relative difference that is no difference between two computations of epsilon. */
const SAME = 1e-6;

/** Whether the certificate's epsilon and ledger charge are what its mechanism costs, computed anew. */
export function accountCertificate(certificate: Certificate): CertificateCheck[] {
  const { correlation, delta, accountant, adjacency, epsilon } = certificate;
  try {
    if (correlation !== undefined) checkCorrelation(correlation, certificate);
    const run = planMechanism(certificate);
    const computed = epsilonOf({ ...run, delta, accountant });
    const charge = ledgerCharge(run);
    const isCharged =
      chargeWord(charge.rdpLow) === certificate.ledgerCharge.rdpLow &&
      chargeWord(charge.rdpHigh) === certificate.ledgerCharge.rdpHigh;
    const equal = correlation === undefined ? '' : 'correlated noise costs as DP-SGD of ';
    return [
      {
        check: 'epsilon',
        ok: computed <= epsilon * (1 + SAME),
        words: `${equal}sigma ${run.sigma.toPrecision(6)}, q ${run.q}, ${run.steps} steps give epsilon ${computed.toFixed(4)} at delta ${delta} (${adjacency}, ${accountant.toUpperCase()}); the certificate says ${epsilon}`,
      },
      {
        check: 'charge',
        ok: isCharged,
        words: isCharged
          ? 'the ledger charge is what this mechanism costs at all 16 Rényi orders'
          : 'the ledger charge is not what this mechanism costs',
      },
    ];
  } catch (error) {
    // Numbers that no plan can have: a verdict, not a failure of whoever verifies.
    return [{ check: 'epsilon', ok: false, words: error instanceof Error ? error.message : String(error) }];
  }
}
