import { and, eq, gte } from 'drizzle-orm';
import { zeroAddress } from 'viem';
import {
  capacityAbi,
  chainTime,
  decodingErrors,
  encTokenAbi,
  eventsTable,
  FAULT_KINDS,
  faultBalance,
  faultEvidence,
  faultsAbi,
  listProviders,
  proposeFault,
  providersAbi,
  withdrawFromFaults,
  type ChainClient,
  type ChainWriter,
  type Database,
  type Log,
} from '@encryptech/chain';
import { isEncryptechError, type Address, type Hex } from '@encryptech/base';
import type { SlotNow } from '../heartbeats/epoch-clock.ts';
import type { Metrics } from '../metrics.ts';

/** Proposals of one round: what a round can cost is bounded, whatever happens on the chain. */
const MOST_PROPOSALS = 8;
const MOST_EVENTS = 1_000;
const AT_ONCE = 50;

export interface ReporterDeps {
  client: ChainClient;
  writer: ChainWriter;
  db: Database;
  clock: () => Promise<SlotNow>;
  /** After a provider was reported as away, that many epochs pass before it is again. */
  restEpochs: number;
  metrics: Metrics;
  log: Log;
}

interface Found {
  kind: 'late' | 'unavailable';
  provider: Address;
  subject: Hex;
  attempt: number;
  evidence: Hex;
  reason: string;
}

/**
 * A keeper that proposes the faults for which the chain's clock alone is evidence and no excuse exists: a job that its provider
 * never started, and a provider that missed more heartbeats than it may while others were heard. Where an enclave started, the owner's
 * key may be what was missing: a provider can contest such a report, and whoever can't show the release loses its bond to it, so
 * that one is for the parties to bring. Each proposal puts up a bond of this account's ENC; it comes back with the execution, with a part
 * of the penalty.
 *
 * @throws `chain.unreachable` and faults of the database
 */
export function createFaultReporter(deps: ReporterDeps): () => Promise<void> {
  const { client, writer, metrics, log } = deps;
  const { contracts } = client.deployment;
  const { public: node } = client;
  const at = { address: contracts.faults, abi: faultsAbi } as const;
  const lastAway = new Map<Address, number>();
  let lookedAt = -1;
  let saidPoor = false;

  const isNew = async ({ kind, subject, attempt, provider }: Found): Promise<boolean> => {
    const args = [FAULT_KINDS.indexOf(kind), subject, attempt, provider] as const;
    return (await decodingErrors(node.readContract({ ...at, functionName: 'faultOf', args }))) === 0n;
  };

  /** ENC at hand for bonds; what lies in the faults' contract is fetched first. */
  const isCovered = async (bond: bigint): Promise<boolean> => {
    const own = (): Promise<bigint> =>
      decodingErrors(
        node.readContract({
          ...{ address: contracts.token, abi: encTokenAbi, functionName: 'balanceOf', args: [writer.account] },
        }),
      );
    const held = await own();
    if (held >= bond) return true;
    const amount = await faultBalance(client, writer.account);
    if (held + amount < bond) return false;
    const count = await decodingErrors(node.readContract({ ...at, functionName: 'count' }));
    await withdrawFromFaults(writer, { amount, key: `withdrawBonds:${count}:${amount}` });
    return true;
  };

  return async () => {
    const parameters = await decodingErrors(node.readContract({ ...at, functionName: 'parameters' }));
    const { epoch } = await deps.clock();
    const since = (await chainTime(client)) - parameters.reportWindow;
    const found = await lateAttempts(deps, since);
    const final = epoch - 2;
    if (final >= 0 && final !== lookedAt) {
      for (const fault of await absentProviders(deps, final, parameters.mostAbsentBps)) {
        if (final - (lastAway.get(fault.provider) ?? -Infinity) > deps.restEpochs) found.push(fault);
      }
      lookedAt = final;
    }
    let left = MOST_PROPOSALS;
    for (const fault of found) {
      if (left === 0) return;
      const { kind, provider, subject, attempt, evidence, reason } = fault;
      if (!(await isNew(fault))) continue;
      if (!(await isCovered(parameters.bond))) {
        if (!saidPoor) log.warn({ bond: String(parameters.bond) }, 'Faults are not proposed: no ENC for a bond');
        saidPoor = true;
        return;
      }
      saidPoor = false;
      left -= 1;
      try {
        const key = `fault:${kind}:${subject}:${attempt}:${provider}`;
        const { faultId } = await proposeFault(writer, { evidence, bond: parameters.bond, key });
        if (kind === 'unavailable') lastAway.set(provider, final);
        metrics.kept.inc({ action: 'proposeFault' });
        log.info({ faultId: faultId.toString(), kind, provider, subject, attempt, reason }, 'Proposed a fault');
      } catch (error) {
        if (!isEncryptechError(error) || error.code === 'chain.unreachable') throw error;
        log.warn({ kind, provider, subject, code: error.code }, 'A fault could not be proposed');
      }
    }
  };
}

/** Attempts of the report window that their providers never started. */
async function lateAttempts({ client, db }: ReporterDeps, since: number): Promise<Found[]> {
  const { contract, event, at, args } = eventsTable;
  const expired = await db
    .select({ args })
    .from(eventsTable)
    .where(and(eq(contract, 'jobs'), eq(event, 'Expired'), gte(at, since)))
    .limit(MOST_EVENTS);
  const found: Found[] = [];
  for (const { args: said } of expired) {
    const [jobId, attempt] = [said['jobId'] as Hex, Number(said['attempt'])];
    const { provider, enclaveKey, endedAt, atRisk } = await decodingErrors(
      client.public.readContract({
        ...{ address: client.deployment.contracts.providers, abi: providersAbi, functionName: 'missed' },
        args: [jobId, BigInt(attempt)],
      }),
    );
    if (endedAt === 0 || atRisk === 0n || enclaveKey !== zeroAddress) continue;
    found.push({
      ...{ kind: 'late', provider, subject: jobId, attempt },
      ...{ evidence: faultEvidence.late(jobId, attempt), reason: 'The job was not started in its start window' },
    });
  }
  return found;
}

/** Providers with capacity that missed more of an epoch's heartbeats than they may. */
async function absentProviders({ client, db }: ReporterDeps, epoch: number, mostAbsentBps: number): Promise<Found[]> {
  const at = { address: client.deployment.contracts.capacity, abi: capacityAbi } as const;
  const known = await listProviders(db, { limit: 10_000 });
  const found: Found[] = [];
  for (let from = 0; from < known.length; from += AT_ONCE) {
    const part = known.slice(from, from + AT_ONCE).map(({ account }) => account);
    const absences = await decodingErrors(
      Promise.all(
        part.map((account) =>
          client.public.readContract({
            ...{ ...at, functionName: 'unavailabilityBps', args: [account, BigInt(epoch)], blockTag: 'pending' },
          }),
        ),
      ),
    );
    part.forEach((provider, place) => {
      const [bps, isFinal] = absences[place]!;
      if (!isFinal || bps <= mostAbsentBps) return;
      found.push({
        ...{ kind: 'unavailable', provider, subject: `0x${epoch.toString(16).padStart(64, '0')}`, attempt: 0 },
        evidence: faultEvidence.unavailable(provider, BigInt(epoch)),
        reason: `It missed ${bps / 100} % of the epoch’s heartbeats while others were heard`,
      });
    });
  }
  return found;
}
