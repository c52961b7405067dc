import { createPlan, type PrivacyPlanOptions } from '@encryptech/privacy';
import { chargeWord, type Certificate } from '@encryptech/protocol';
import { describe, expect, test } from 'vitest';
import { accountCertificate } from './account-certificate.ts';

/** What a certificate says of a plan. */
function certificateOf(options: Partial<PrivacyPlanOptions>): Certificate {
  const plan = createPlan({
    ...{ adjacency: 'add-or-remove-one', unit: 'row', clipNorm: 1, noiseMultiplier: 4, deltaExponent: 5 },
    ...{ samplingRate: 0.1, steps: 40 },
    ...options,
  });
  const { rdpLow, rdpHigh } = plan.charge;
  const ledgerCharge = { rdpLow: chargeWord(rdpLow), rdpHigh: chargeWord(rdpHigh) };
  return { ...plan.toJSON(), delta: plan.delta, ledgerCharge } as unknown as Certificate;
}
const groups = certificateOf({ correlation: { order: 'cyclic-poisson', bands: 4 } });
const passes = certificateOf({
  ...{ correlation: { order: 'passes', bands: 10, passes: 4 }, adjacency: 'replace-one', noiseMultiplier: 9 },
});
const oks = (certificate: Certificate) => accountCertificate(certificate).map(({ ok }) => ok);

describe('a certificate’s account, computed anew', () => {
  test.each([certificateOf({}), groups, passes])('agrees with what was planned', (certificate) => {
    expect(oks(certificate)).toEqual([true, true]);
  });

  test('says what correlated noise costs as', () => {
    expect(accountCertificate(groups)[0]!.words).toContain('costs as DP-SGD of sigma 4.00000, q 0.4, 10 steps');
  });

  test.each<[string, Certificate]>([
    [
      'correlated noise priced as fresh noise at its own rate',
      { ...certificateOf({}), correlation: groups.correlation! },
    ],
    ['more bands than were paid', { ...groups, correlation: { order: 'cyclic-poisson', bands: 8 } }],
    [
      'more passes than were paid',
      { ...passes, samplingRate: 0.125, correlation: { order: 'passes', bands: 8, passes: 5 } },
    ],
  ])('refuses %s', (_, certificate) => {
    expect(oks(certificate)).toEqual([false, false]);
  });

  test.each<[string, Certificate]>([
    ['groups that are drawn more often than always', { ...groups, samplingRate: 0.3 }],
    ['passes under add-or-remove-one', { ...passes, adjacency: 'add-or-remove-one' }],
    ['passes within the bands', { ...passes, correlation: { order: 'passes', bands: 11, passes: 4 } }],
  ])('has a verdict on what no plan can be: %s', (_, certificate) => {
    expect(oks(certificate)).toEqual([false]);
  });
});
