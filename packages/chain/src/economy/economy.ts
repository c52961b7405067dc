import type { Address } from 'viem';
import { encTokenAbi } from '../abis.ts';
import type { ChainClient } from '../client/create-chain-client.ts';
import { decodingErrors } from '../client/decode-chain-error.ts';
import type { ContractName } from '../deployment.ts';
import { priceFacts, type PriceFacts } from '../prices/price-facts.ts';
import { emissionFacts, type EmissionFacts } from '../rewards/emission-facts.ts';
import { attestationsParts } from './attestations-parts.ts';
import { foundersParts } from './founders-parts.ts';
import { faultsParts } from './faults-parts.ts';
import { holdersOf } from './holders.ts';
import { sumOf, type Parts } from './holding.ts';
import { jobsParts } from './jobs-parts.ts';
import { stakingParts } from './staking-parts.ts';
import { vouchersParts } from './vouchers-parts.ts';

/** A contract that holds ENC. */
export interface Holding {
  contract: ContractName;
  /** What the token says that it holds, in wei. */
  balance: bigint;
  /** What the contract itself says it is for; `unclaimedByAny` is what somebody sent there without calling it. */
  parts: Parts;
}

/** One sum that must hold, with both of its sides in wei. */
export interface EconomyCheck {
  name: string;
  says: string;
  left: bigint;
  right: bigint;
  ok: boolean;
}

/** Where every wei of ENC is at one block. */
export interface Economy {
  block: bigint;
  /** Second of that block. */
  at: number;
  supply: { cap: bigint; total: bigint; unminted: bigint };
  holdings: Holding[];
  /** In the hands of accounts that are no contract of the economy, and how many they are. */
  inHands: { amount: bigint; accounts: number };
  /** All but treasury, ecosystem fund and what founders can't move yet. */
  circulating: bigint;
  /** The providers' part: created on claim, along its curve. */
  emission: EmissionFacts;
  /** At which price stablecoins and fiat are taken, if at any. */
  price: PriceFacts;
  checks: EconomyCheck[];
  addsUp: boolean;
}

type ReadParts = (client: ChainClient, blockNumber: bigint) => Promise<Parts>;

/** Purses are one part each; all others say what they owe to whom. */
const READERS: { [Name in ContractName]?: ReadParts | 'purse' } = {
  treasury: 'purse',
  ecosystemFund: 'purse',
  founderVesting: foundersParts,
  jobs: jobsParts,
  staking: stakingParts,
  vouchers: vouchersParts,
  faults: faultsParts,
  attestations: attestationsParts,
};

/** Made with the token, in wei: 300 M treasury, 200 M ecosystem, 100 M founders. */
const GENESIS = 600_000_000n * 10n ** 18n;

/** Of these contracts' ENC nothing circulates. */
const OUT_OF_CIRCULATION: readonly ContractName[] = ['treasury', 'ecosystemFund'];

/**
 * Where every wei of ENC is at the newest block, read from the contracts one account and one job at a time, and whether it
 * adds up: all holders’ balances to the total supply, and what each contract owes to what it holds.
 *
 * @throws `chain.unreachable` and what else the node says
 */
export async function readEconomy(client: ChainClient): Promise<Economy> {
  const { public: node, deployment } = client;
  const { contracts } = deployment;
  const { number: block, timestamp } = await decodingErrors(node.getBlock());
  const token = { address: contracts.token, abi: encTokenAbi, blockNumber: block } as const;
  const [total, cap] = await decodingErrors(
    Promise.all([
      node.readContract({ ...token, functionName: 'totalSupply' }),
      node.readContract({ ...token, functionName: 'CAP' }),
    ]),
  );
  const holders = await decodingErrors(holdersOf(client, block));
  const checks: EconomyCheck[] = [
    check('supplyWithinCap', 'The supply is at most the cap.', total, cap, total <= cap),
    equal('holdersAreSupply', 'What all holders hold is the supply.', sumOfValues(holders), total),
  ];

  const holdings: Holding[] = [];
  for (const [name, read] of Object.entries(READERS) as [ContractName, ReadParts | 'purse'][]) {
    const balance = take(holders, contracts[name]);
    const parts = read === 'purse' ? { held: balance } : await decodingErrors(read(client, block));
    const owed = sumOf(parts);
    const stray = balance - owed;
    checks.push(check(`${name}Covered`, `${name} holds what it owes.`, owed, balance, stray >= 0n));
    holdings.push({ contract: name, balance, parts: stray > 0n ? { ...parts, unclaimedByAny: stray } : parts });
  }
  const inHands = sumOfValues(holders);
  const accounts = [...holders.values()].filter((amount) => amount > 0n).length;
  const everywhere = holdings.reduce((sum, { parts }) => sum + sumOf(parts), inHands);
  checks.push(
    equal('bucketsAreSupply', 'All parts of all contracts and what is in hands are the supply.', everywhere, total),
  );
  const idle = holdings.reduce(
    (sum, { contract, balance }) => (OUT_OF_CIRCULATION.includes(contract) ? sum + balance : sum),
    0n,
  );
  const unvested = holdings.find(({ contract }) => contract === 'founderVesting')?.parts['unvested'] ?? 0n;
  const emission = await emissionFacts(client, block);
  const { remaining, allotted, minted } = emission;
  checks.push(
    equal(
      'emissionIsWhole',
      'What is left to emit and what was allotted are 400 M.',
      remaining + allotted,
      emission.total,
    ),
    check('mintedWasAllotted', 'No more was minted than allotted.', minted, allotted, minted <= allotted),
    equal(
      'supplyIsGenesisAndEmission',
      'The supply is the genesis and what was minted since.',
      GENESIS + minted,
      total,
    ),
    equal('capIsReached', 'Genesis and emission are the cap.', GENESIS + emission.total, cap),
  );
  return {
    ...{ block, at: Number(timestamp), supply: { cap, total, unminted: cap - total }, holdings },
    ...{ inHands: { amount: inHands, accounts }, circulating: total - idle - unvested, emission, checks },
    price: await priceFacts(client),
    addsUp: checks.every(({ ok }) => ok),
  };
}

const check = (name: string, says: string, left: bigint, right: bigint, ok: boolean): EconomyCheck => ({
  ...{ name, says, left, right, ok },
});

const equal = (name: string, says: string, left: bigint, right: bigint): EconomyCheck =>
  check(name, says, left, right, left === right);

const sumOfValues = (holders: ReadonlyMap<Address, bigint>): bigint =>
  [...holders.values()].reduce((sum, amount) => sum + amount, 0n);

/** The contract's balance, which is then no longer among those of people. */
function take(holders: Map<Address, bigint>, contract: Address): bigint {
  for (const [holder, amount] of holders) {
    if (holder.toLowerCase() !== contract.toLowerCase()) continue;
    holders.delete(holder);
    return amount;
  }
  return 0n;
}
