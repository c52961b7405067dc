import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { Option, type Command } from 'commander';
import { formatEnc, parseEnc, toHex, type Hex, type JobId, type Json } from '@encryptech/base';
import {
  answerFault,
  checkFaultEvidence,
  contestFault,
  dismissFault,
  executeFault,
  faultBond,
  faultEvidence,
  listFaults,
  proposeFault,
  withdrawFromFaults,
  type ChainWriter,
  type FaultFacts,
} from '@encryptech/chain';
import { confirm } from '../confirm.ts';
import { cliError } from '../errors.ts';
import { JOB_KINDS, jobEvidence, readFinding, readRelease, type FaultFiles } from '../fault-documents.ts';
import { leaf, type Outcome } from '../leaf.ts';
import { wholeNumberOption } from '../number-option.ts';
import { openWriter, unlockWallet, type Person } from '../network/person.ts';
import { addressOf } from '../network/address-of.ts';
import { openSession, type Session } from '../network/session.ts';
import { withChain } from '../network/with-chain.ts';
import { wei } from '../wei.ts';
import type { Terminal } from '../terminal.ts';
import { personNamed } from './account.ts';

interface Acting extends Record<string, unknown> {
  dir?: string;
  yes?: boolean;
  dryRun?: boolean;
}

const REPORT = `report a fault with a bond; the evidence is checked before anything is sent. Kinds:
  late JOB ATTEMPT               a deadline was missed
  unavailable PROVIDER EPOCH     heartbeats were missed
  not-served JOB                 the sealed result can’t be had
  attestation JOB                the enclave’s attestation ran out or was lowered while it worked
  wrong-result JOB               auditors found another result (--finding FILE …)
  privacy JOB                    more privacy loss than ordered (--receipt FILE), or another mechanism (--certificate FILE)
  two-results JOB                two receipts for one attempt (--receipt FILE --receipt FILE)`;
const collect = (value: string, before: string[]): string[] => [...before, value];
const enc = (amount: bigint): string => `${formatEnc(amount, 4)} ENC`;
const acting = (command: Command): Command =>
  command
    .option('--dir <folder>', 'state directory')
    .option('--yes', 'do not ask')
    .option('--dry-run', 'say what would be done, and stop');

/** `encryptech fault …`: what providers did wrong, said with evidence, contested, and paid for. */
export function faultCommands(program: Command, terminal: Terminal): void {
  const group = program.command('fault').description('faults of providers: report, contest, execute');

  const act = async (
    { yes, dryRun }: Acting,
    { session, person, words, json }: { session: Session; person: Person; words: string; json: Record<string, Json> },
    work: (writer: ChainWriter) => Promise<Record<string, Json>>,
  ): Promise<Outcome> => {
    if (dryRun === true) return { json: { ...json, dryRun: true }, text: `Would ${words}.` };
    await confirm(terminal, `${words}?`, yes);
    const account = await unlockWallet(terminal, session.home, person);
    const { writer, close } = await openWriter(session.client, person, account);
    try {
      const done = await work(writer);
      const fault = done['faultId'] === undefined ? '' : ` Fault ${String(done['faultId'])}.`;
      return { json: { ...json, ...done }, text: `Done: ${words}.${fault} Transaction ${String(done['transaction'])}` };
    } finally {
      await close();
    }
  };

  leaf<{ dir?: string; provider?: string }>(terminal, group, {
    usage: 'list',
    description: 'all faults with their state and penalty, newest first',
    example: 'encryptech fault list --provider alpha',
    configure: (command) =>
      void command
        .option('--dir <folder>', 'state directory')
        .option('--provider <who>', 'only of this provider (a name or an address)'),
    run: async (_args, { dir, provider }) => {
      const session = await openSession(terminal, dir);
      const whom = provider === undefined ? undefined : await addressOf(session, provider);
      const faults = await withChain(session, (client) => listFaults(client, whom));
      return {
        json: wei(faults),
        text: faults.length === 0 ? 'No faults.' : faults.map(lineOf).join('\n'),
      };
    },
  });

  leaf<{ dir?: string }>(terminal, group, {
    usage: 'show <id>',
    description: 'one fault: what, whose, with which evidence, what it costs, and what can still be done about it',
    example: 'encryptech fault show 3',
    configure: (command) => void command.option('--dir <folder>', 'state directory'),
    run: async ([id], { dir }) => {
      const session = await openSession(terminal, dir);
      const fault = await faultNumbered(session, id!);
      return { json: wei(fault), text: [lineOf(fault), ...detailsOf(fault)].join('\n') };
    },
  });

  leaf<Acting & FaultFiles>(terminal, group, {
    usage: 'report <name> <kind> <subject> [number]',
    description: REPORT,
    example: 'encryptech fault report developer late 0x51c2… 1 --yes',
    configure: (command) =>
      void acting(command)
        .option('--receipt <file>', 'a receipt with its signature; twice for two-results', collect, [])
        .option('--finding <file>', 'an auditor’s finding with its signature; again for more', collect, [])
        .option('--order <file>', 'the order, where the coordinator does not know it')
        .option('--certificate <file>', 'for privacy: the certificate that names another mechanism'),
    run: async ([name, kind, subject, number], options) => {
      const session = await openSession(terminal, options.dir);
      const person = await personNamed(terminal, options.dir, name!);
      const evidence = await evidenceOf(terminal, session, { kind: kind!, subject: subject!, number, files: options });
      const [bond, proven] = await withChain(session, (client) =>
        Promise.all([faultBond(client), checkFaultEvidence(client, evidence)]),
      );
      const what = number === undefined ? `${kind} of ${subject}` : `${kind} of ${subject} ${number}`;
      const words = `report ${what} by ${proven.provider}, with ${enc(proven.atRisk)} at risk and a bond of ${enc(bond)}, as ${person.name}`;
      const json = {
        ...{ action: 'report', name: person.name, kind: kind!, subject: subject!, bond: bond.toString() },
        ...{ provider: proven.provider, atRisk: proven.atRisk.toString() },
      };
      return act(options, { session, person, words, json }, async (writer) => {
        const { faultId, decideBy, hash } = await proposeFault(writer, {
          evidence,
          bond,
          key: `fault:${randomUUID()}`,
        });
        return { faultId: faultId.toString(), decideBy, transaction: hash };
      });
    },
  });

  leaf<Acting & { because: string; result?: string; finding: string[] }>(terminal, group, {
    usage: 'contest <name> <id>',
    description:
      'contest a fault: no key came, here is the result, a newer attestation restores the level, or auditors find the result right',
    example: 'encryptech fault contest alpha 3 --because no-key --yes',
    configure: (command) =>
      void acting(command)
        .addOption(
          new Option('--because <reason>', 'counter-evidence')
            .choices(['no-key', 'served', 'attested', 'right-result'])
            .makeOptionMandatory(),
        )
        .option('--result <file>', 'the sealed result, for --because served')
        .option('--finding <file>', 'an auditor’s finding with its signature, for right-result', collect, []),
    run: async ([name, id], options) => {
      const session = await openSession(terminal, options.dir);
      const person = await personNamed(terminal, options.dir, name!);
      const faultId = BigInt(wholeNumberOption('id', id!));
      const evidence = await counterEvidence(terminal, faultId, options);
      const bond = await withChain(session, faultBond);
      const words = `contest fault ${faultId} (${options.because}) with a bond of up to ${enc(bond)} as ${person.name}`;
      const json = { action: 'contest', name: person.name, faultId: faultId.toString(), because: options.because };
      return act(options, { session, person, words, json }, async (writer) => {
        const { hash } = await contestFault(writer, { faultId, evidence, bond, key: `fault:${randomUUID()}` });
        return { transaction: hash };
      });
    },
  });

  leaf<Acting & { release?: string; finding: string[] }>(terminal, group, {
    usage: 'answer <name> <id>',
    description:
      'answer a contest: the owner’s release shows that the key came, or more auditors find the result wrong',
    example: 'encryptech fault answer developer 3 --release release.json --yes',
    configure: (command) =>
      void acting(command)
        .option('--release <file>', 'the owner’s key release with its signature')
        .option('--finding <file>', 'an auditor’s finding with its signature; again for more', collect, []),
    run: async ([name, id], options) => {
      const session = await openSession(terminal, options.dir);
      const person = await personNamed(terminal, options.dir, name!);
      const faultId = BigInt(wholeNumberOption('id', id!));
      const { release, finding } = options;
      if ((release === undefined) === (finding.length === 0)) {
        throw badFault('Either a release or findings answer a contest.', 'Name --release FILE, or --finding FILE.');
      }
      const evidence =
        release === undefined
          ? faultEvidence.stillWrong(faultId, await Promise.all(finding.map((file) => readFinding(terminal, file))))
          : faultEvidence.keyGiven(faultId, await readRelease(terminal, release));
      await withChain(session, (client) => checkFaultEvidence(client, evidence));
      const words = `answer the contest of fault ${faultId} as ${person.name}`;
      const json = { action: 'answer', name: person.name, faultId: faultId.toString() };
      return act(options, { session, person, words, json }, async (writer) => {
        const { hash } = await answerFault(writer, { faultId, evidence, key: `fault:${randomUUID()}` });
        return { transaction: hash };
      });
    },
  });

  leaf<Acting>(terminal, group, {
    usage: 'execute <name> <id>',
    description: 'take the penalty once the window is over, or end a contest that nobody answered; anybody may',
    example: 'encryptech fault execute developer 3 --yes',
    configure: (command) => void acting(command),
    run: async ([name, id], options) => {
      const session = await openSession(terminal, options.dir);
      const person = await personNamed(terminal, options.dir, name!);
      const faultId = BigInt(wholeNumberOption('id', id!));
      const fault = (await listFaults(session.client)).find((one) => one.id === faultId);
      const isContested = fault?.state === 'contested';
      const words = `${isContested ? 'end the contest of' : 'execute'} fault ${faultId} as ${person.name}`;
      const json = { action: isContested ? 'dismiss' : 'execute', name: person.name, faultId: faultId.toString() };
      return act(options, { session, person, words, json }, async (writer) => {
        const call = { faultId, key: `fault:${randomUUID()}` };
        const { hash } = await (isContested ? dismissFault(writer, call) : executeFault(writer, call));
        return { transaction: hash };
      });
    },
  });

  leaf<Acting>(terminal, group, {
    usage: 'withdraw <name> <amount>',
    description: 'take out bonds that came back and shares of penalties',
    example: 'encryptech fault withdraw developer 1.35 --yes',
    configure: (command) => void acting(command),
    run: async ([name, text], options) => {
      const session = await openSession(terminal, options.dir);
      const person = await personNamed(terminal, options.dir, name!);
      const amount = parseEnc(text!);
      const words = `withdraw ${enc(amount)} from faults as ${person.name}`;
      const json = { action: 'withdraw', name: person.name, amount: amount.toString() };
      return act(options, { session, person, words, json }, async (writer) => {
        const { hash } = await withdrawFromFaults(writer, { amount, key: `fault:${randomUUID()}` });
        return { transaction: hash };
      });
    },
  });
}

function lineOf({ id, kind, state, provider, subject, attempt, penaltyNow, taken, decideBy }: FaultFacts): string {
  const what =
    kind === 'unavailable' ? `in epoch ${BigInt(subject)}` : `job ${subject.slice(0, 10)}… attempt ${attempt}`;
  const money = state === 'executed' ? `paid ${enc(taken)}` : `penalty ${enc(penaltyNow)}`;
  return `${id}. ${kind} ${what} by ${provider}: ${state}, ${money}, window ends ${new Date(decideBy * 1000).toISOString()}`;
}

async function evidenceOf(
  terminal: Terminal,
  session: Session,
  { kind, subject, number, files }: { kind: string; subject: string; number: string | undefined; files: FaultFiles },
): Promise<Hex> {
  if (kind === 'unavailable') {
    const epoch = BigInt(wholeNumberOption('epoch', number ?? ''));
    return faultEvidence.unavailable(await addressOf(session, subject), epoch);
  }
  if (kind !== 'late' && !JOB_KINDS.some((known) => known === kind)) {
    throw badFault(`"${kind}" is no fault.`, `It takes: late, unavailable, ${JOB_KINDS.join(', ')}.`);
  }
  if (!/^0x[0-9a-fA-F]{64}$/.test(subject)) throw badFault(`"${subject}" is no job.`, 'Give the whole id of the job.');
  if (kind === 'late') return faultEvidence.late(subject as Hex, wholeNumberOption('attempt', number ?? ''));
  return jobEvidence(terminal, session, { kind, jobId: subject.toLowerCase() as JobId, files });
}

async function counterEvidence(
  terminal: Terminal,
  faultId: bigint,
  { because, result, finding }: { because: string; result?: string; finding: string[] },
): Promise<Hex> {
  if (because === 'no-key') return faultEvidence.noKey(faultId);
  if (because === 'attested') return faultEvidence.attested(faultId);
  if (because === 'right-result') {
    if (finding.length === 0) throw badFault('Findings of auditors are missing.', 'Name them with --finding.');
    return faultEvidence.rightResult(faultId, await Promise.all(finding.map((file) => readFinding(terminal, file))));
  }
  if (result === undefined) throw badFault('The sealed result is missing.', 'Name its file with --result.');
  return faultEvidence.served(faultId, toHex(new Uint8Array(await readFile(resolve(terminal.cwd, result)))));
}

async function faultNumbered(session: Session, text: string): Promise<FaultFacts> {
  const id = BigInt(wholeNumberOption('id', text));
  const fault = (await withChain(session, (client) => listFaults(client))).find((one) => one.id === id);
  if (fault !== undefined) return fault;
  throw badFault(`There is no fault ${id}.`, '`encryptech fault list` shows all.');
}

function detailsOf(fault: FaultFacts): string[] {
  const { state, atRisk, severityBps, bond, reporter, contester, injured, evidence, proposedAt } = fault;
  const nobody = /^0x0{40}$/;
  const next: Readonly<Record<string, string>> = {
    proposed: 'Until its window ends it can be contested; afterwards anybody executes it.',
    contested: 'Until its window ends the contest can be answered; afterwards anybody ends it, and the fault is void.',
    upheld: 'Anybody can execute it now.',
    executed: 'It is done.',
    voided: 'It is void.',
  };
  return [
    `   at risk ${enc(atRisk)}, at most ${severityBps / 100} % of it; bond ${enc(bond)}`,
    `   reported ${new Date(Number(proposedAt) * 1000).toISOString()} by ${reporter}; evidence ${evidence}`,
    ...(nobody.test(injured) ? [] : [`   harmed: ${injured}`]),
    ...(nobody.test(contester) ? [] : [`   contested by ${contester}`]),
    `   ${next[state] ?? ''}`,
  ];
}

const badFault = (message: string, hint: string): Error => cliError({ code: 'cli.badOption', message, hint });
