import { describe, expect, test } from 'vitest';
import { baseMarket, charge, developer, lanes } from '../test/base-market.ts';
import { checkMatch, type ProposedMatch } from './check-match.ts';
import { reasonCodes, reasons, explainReason, type ReasonCode } from './reasons.ts';

const base: ProposedMatch = {
  order: baseMarket.orders[0]!,
  offer: baseMarket.offers[0]!,
  provider: baseMarket.providers[0]!,
  grant: baseMarket.grants[0]!,
  dataset: baseMarket.datasets[0]!,
  developer: baseMarket.developers[0]!,
  parameters: baseMarket.parameters,
  now: baseMarket.now,
};
const order = (change: object): Partial<ProposedMatch> => ({
  order: { ...base.order, order: { ...base.order.order, ...change } },
});
const orderFact = (change: object): Partial<ProposedMatch> => ({ order: { ...base.order, ...change } });
const offer = (change: object): Partial<ProposedMatch> => ({
  offer: { ...base.offer, offer: { ...base.offer.offer, ...change } },
});
const grant = (change: object): Partial<ProposedMatch> => ({
  grant: { ...base.grant!, grant: { ...base.grant!.grant, ...change } },
});
const provider = (change: object): Partial<ProposedMatch> => ({ provider: { ...base.provider!, ...change } });
const dataset = (change: object): Partial<ProposedMatch> => ({ dataset: { ...base.dataset!, ...change } });
const parameters = (change: object): Partial<ProposedMatch> => ({ parameters: { ...base.parameters, ...change } });
const ENC = 10n ** 18n;
const other = `0x${'9'.repeat(64)}`;

const cases: [string, Partial<ProposedMatch>, ReasonCode[]][] = [
  ['nothing, with every limit just met', {}, []],
  ['paused', parameters({ paused: true }), ['market.paused']],
  ['no units', order({ units: 0n }), ['order.malformed']],
  ['no steps', order({ steps: 0 }), ['order.malformed']],
  ['more steps than Jobs counts', order({ steps: 2 ** 24 }), ['order.malformed']],
  ['an unknown kind', order({ kind: 2 }), ['order.malformed']],
  ['more steps paid than there are', orderFact({ state: 'Expired', paidSteps: 100 }), ['order.malformed']],
  ['steps paid before any match', orderFact({ paidSteps: 1 }), ['order.malformed']],
  ['a forged order', orderFact({ signatureValid: false }), ['order.signatureInvalid']],
  ['an expired order', order({ expiresAt: 1_799_999_999n }), ['order.expired']],
  ['a cancelled order', orderFact({ nonceCancelled: true }), ['order.cancelled']],
  ['a running job', orderFact({ state: 'Started' }), ['order.notOpen']],
  ['a settled job', orderFact({ state: 'Settled' }), ['order.notOpen']],
  ['one second beyond unbonding', parameters({ unbondingSec: 679 }), ['order.tooLong']],
  ['the last second of unbonding', parameters({ unbondingSec: 680 }), []],
  ['a wei too little', { developer: { address: developer, balance: 103n * ENC - 1n } }, ['developer.balanceTooSmall']],
  ['a retired dataset', dataset({ retired: true }), ['dataset.retired']],
  ['no budget by one micro-RDP', order(charge(1_001)), ['dataset.budgetExhausted']],
  [
    'budget in one lane only',
    { ...order({ rdpLow: 2n ** 256n - 1n, rdpHigh: 2n ** 256n - 1n - (2n ** 32n - 1n) }) },
    [],
  ],
  [
    'a ledger that overflows',
    dataset({ caps: lanes(4_000_000_000), held: [...lanes(0).slice(1), 4_294_967_000] }),
    ['dataset.budgetExhausted'],
  ],
  ['no grant', { grant: undefined }, ['grant.missing']],
  ['a forged grant', { grant: { ...base.grant!, signatureValid: false } }, ['grant.signatureInvalid']],
  ['an expired grant', grant({ expiresAt: 1_799_999_999n }), ['grant.expired']],
  ['a cancelled grant', { grant: { ...base.grant!, nonceCancelled: true } }, ['grant.cancelled']],
  ['a grant for another dataset', grant({ datasetId: other }), ['grant.otherDataset']],
  ['a grant for another developer', grant({ developer: `0x${'9'.repeat(40)}` }), ['grant.otherDeveloper']],
  ['a grant for anyone', grant({ developer: `0x${'0'.repeat(40)}` }), []],
  ['a grant under an old policy', grant({ policyDigest: other }), ['grant.outdatedPolicy']],
  ['a fee a wei above the limit', grant({ fee: 3n * ENC + 1n }), ['grant.feeAboveLimit']],
  ['a forged offer', { offer: { ...base.offer, signatureValid: false } }, ['offer.signatureInvalid']],
  ['an expired offer', offer({ expiresAt: 1_799_999_999n }), ['offer.expired']],
  ['a cancelled offer', { offer: { ...base.offer, nonceCancelled: true } }, ['offer.cancelled']],
  ['a unit too many', offer({ maxUnits: 1_999_999n }), ['offer.tooLittleWork']],
  ['a second too long', offer({ maxDurationSec: 599 }), ['offer.tooShort']],
  ['an ask above the limit', order({ maxRate: 50n * ENC - 1n }), ['offer.askAboveLimit']],
  ['a rate below the ask', { rate: 50n * ENC - 1n }, ['offer.rateOutOfRange']],
  ['a rate above the limit', { rate: 50n * ENC + 1n }, ['offer.rateOutOfRange', 'provider.stakeTooSmall']],
  [
    'a reserved job above the ask',
    { ...order({ kind: 1 }), ...offer({ ask: 49n * ENC }), rate: 50n * ENC },
    ['offer.rateOutOfRange'],
  ],
  ['a reserved job at the ask', order({ kind: 1 }), []],
  [
    'a reserved job above the posted rate',
    { ...order({ kind: 1 }), ...provider({ ask: 50n * ENC - 1n }) },
    ['offer.askNotPosted'],
  ],
  [
    'a reserved job without a posted rate',
    { ...order({ kind: 1 }), ...provider({ ask: undefined }) },
    ['offer.askNotPosted'],
  ],
  ['a market job without a posted rate', provider({ ask: 0n }), []],
  [
    'a micro-unit beyond the entitlement',
    { ...order({ kind: 1 }), developer: { ...base.developer!, entitlementLeft: 1_999_999n } },
    ['developer.entitlementTooSmall'],
  ],
  [
    'a reserved job with unknown entitlement',
    { ...order({ kind: 1 }), developer: { ...base.developer!, entitlementLeft: undefined } },
    ['developer.unknown'],
  ],
  ['a market job with no entitlement', { developer: { ...base.developer!, entitlementLeft: 0n } }, []],
  ['an inactive provider', provider({ active: false }), ['provider.inactive']],
  ['a busy provider', provider({ freeWorkers: 0 }), ['provider.busy']],
  ['the dataset’s level not met', provider({ level: 1 }), ['provider.levelTooLow']],
  ['the order’s level not met', order({ minLevel: 3 }), ['provider.levelTooLow']],
  ['the grant’s level not met', grant({ minLevel: 3 }), ['provider.levelTooLow']],
  ['a basis point of reputation too little', provider({ reputationBps: 3_332 }), ['provider.reputationTooLow']],
  ['too slow', provider({ speed: 999_999n }), ['provider.tooSlow']],
  ['a wei of stake too little', provider({ freeStake: 20n * ENC - 1n }), ['provider.stakeTooSmall']],
  ['another provider’s facts', provider({ address: other.slice(0, 42) }), ['provider.unknown']],
  [
    'all at once',
    { ...order({ minLevel: 3, minSpeed: 2_000_000n }), ...provider({ active: false }) },
    ['provider.inactive', 'provider.levelTooLow', 'provider.tooSlow'],
  ],
];

test.each(cases)('%s', (_, change, expected) => {
  expect(checkMatch({ ...base, ...change })).toStrictEqual(expected);
});

test('a new attempt costs the remaining steps only, owes the owner nothing again, and reserves no budget again', () => {
  const attempt = orderFact({ state: 'Expired', paidSteps: 75 });
  // 100 ENC for 100 steps: 25 are left. A fifth of the price is locked.
  const poor = { developer: { address: developer, balance: 25n * ENC }, ...provider({ freeStake: 5n * ENC }) };
  expect(checkMatch({ ...base, ...attempt, ...poor, ...dataset({ held: lanes(10_000) }) })).toStrictEqual([]);
  const poorer = {
    developer: { address: developer, balance: 25n * ENC - 1n },
    ...provider({ freeStake: 5n * ENC - 1n }),
  };
  expect(checkMatch({ ...base, ...attempt, ...poorer })).toStrictEqual([
    'developer.balanceTooSmall',
    'provider.stakeTooSmall',
  ]);
});

describe('what is not known refuses', () => {
  const facts = [
    ['order', ['signatureValid', 'nonceCancelled', 'state'], 'order.unknown'],
    ['offer', ['signatureValid', 'nonceCancelled'], 'offer.unknown'],
    ['grant', ['signatureValid', 'nonceCancelled'], 'grant.unknown'],
    ['provider', ['active', 'level', 'reputationBps', 'speed', 'freeStake', 'freeWorkers'], 'provider.unknown'],
    ['dataset', ['retired', 'minLevel', 'policyDigest', 'caps', 'held'], 'dataset.unknown'],
    ['developer', ['balance'], 'developer.unknown'],
    [
      'parameters',
      ['paused', 'feeBps', 'stakeRatioBps', 'startWindowSec', 'contestWindowSec', 'unbondingSec'],
      'market.unknown',
    ],
  ] as const;
  for (const [part, names, code] of facts) {
    test.each([...names])(`${part}.%s`, (name) => {
      const { [name]: _, ...rest } = base[part] as unknown as Record<string, unknown>;
      expect(checkMatch({ ...base, [part]: rest } as ProposedMatch)).toContain(code);
      // A value that is no value is not known either.
      const value = (base[part] as unknown as Record<string, unknown>)[name];
      if (typeof value === 'number') {
        for (const bad of [Number.NaN, -1, 0.5]) {
          expect(checkMatch({ ...base, [part]: { ...rest, [name]: bad } } as ProposedMatch)).toContain(code);
        }
      }
    });
  }

  test.each(['provider', 'dataset', 'developer'] as const)('%s', (part) => {
    expect(checkMatch({ ...base, [part]: undefined })).toContain(`${part}.unknown`);
  });

  test('numbers of the documents that are none', () => {
    for (const bad of [undefined, Number.NaN, -1, null]) {
      expect(checkMatch({ ...base, ...order({ minLevel: bad }) })).toContain('order.malformed');
      expect(checkMatch({ ...base, ...order({ expiresAt: bad }) })).toContain('order.malformed');
      expect(checkMatch({ ...base, ...offer({ maxDurationSec: bad }) })).toContain('offer.unknown');
      expect(checkMatch({ ...base, ...offer({ expiresAt: bad }) })).toContain('offer.unknown');
      expect(checkMatch({ ...base, ...grant({ expiresAt: bad }) })).toContain('grant.unknown');
      expect(checkMatch({ ...base, ...grant({ minLevel: bad }) })).toContain('grant.unknown');
    }
  });
});

test('accounts are the same in any spelling', () => {
  const upper = (text: string): string => `0x${text.slice(2).toUpperCase()}`;
  const change = { ...grant({ developer: upper(developer) }), ...provider({ address: upper(base.provider!.address) }) };
  expect(checkMatch({ ...base, ...change })).toStrictEqual([]);
});

test('every code but those of the round is caused above, and has a sentence', () => {
  const caused = new Set(cases.flatMap(([, , codes]) => codes));
  const elsewhere = reasonCodes.filter((code) => !caused.has(code));
  expect(elsewhere).toStrictEqual([
    'market.unknown',
    'market.noOffers',
    'order.unknown',
    'dataset.unknown',
    'grant.unknown',
    'offer.unknown',
  ]);
  for (const code of reasonCodes) expect(explainReason(code)).toMatch(/^[A-Z].*\.$/);
  expect(Object.keys(reasons).length).toBe(41);
});
