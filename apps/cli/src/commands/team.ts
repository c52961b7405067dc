import { randomUUID } from 'node:crypto';
import type { Command } from 'commander';
import { formatEnc, type Hex } from '@encryptech/base';
import {
  cancelCall,
  executeCall,
  planChange,
  readScheduled,
  readTeam,
  roleNameOf,
  scheduleCall,
  type ScheduledCall,
  type Team,
} from '@encryptech/chain';
import { confirm } from '../confirm.ts';
import { cliError } from '../errors.ts';
import { leaf } from '../leaf.ts';
import { numberOption } from '../number-option.ts';
import { openSession } from '../network/session.ts';
import { withChain } from '../network/with-chain.ts';
import { withRoleHolder } from '../network/with-role-holder.ts';
import { wei } from '../wei.ts';
import type { Terminal } from '../terminal.ts';

interface Common extends Record<string, unknown> {
  dir?: string;
  as?: string;
  yes?: boolean;
  dryRun?: boolean;
}

const common = (command: Command): Command =>
  command
    .option('--dir <folder>', 'state directory')
    .option('--as <name>', 'whose keys; on the embedded network the team’s own are found by themselves')
    .option('--yes', 'do not ask')
    .option('--dry-run', 'say what would be done, and stop');

/** `encryptech team …`: what the team may do, what it has scheduled, and doing it. */
export function teamCommands(program: Command, terminal: Terminal): void {
  const group = program.command('team').description('what the team may change, within which bounds, after which delay');

  leaf<{ dir?: string }>(terminal, group, {
    usage: 'show',
    description: 'every role, parameter, bound and delay, and what is scheduled; read from the chain',
    example: 'encryptech team show',
    configure: (command) => void command.option('--dir <folder>', 'state directory'),
    run: async (_args, { dir }) => {
      const team = await withChain(await openSession(terminal, dir), readTeam);
      return { json: wei(team), text: textOf(team) };
    },
  });

  leaf<Common & { inSec?: string }>(terminal, group, {
    usage: 'schedule <what> [values...]',
    description: 'change a parameter or call a function of a role: scheduled, or at once where the role has no delay',
    example: 'encryptech team schedule jobs.feeBps 400 --dry-run',
    configure: (command) => void common(command).option('--in-sec <seconds>', 'not before that many seconds from now'),
    run: async ([what, ...values], { dir, as, yes, dryRun, inSec }) => {
      const session = await openSession(terminal, dir);
      const change = await planChange(session.client, what!, values);
      const holder = await withRoleHolder(terminal, session, { role: change.role, as });
      const { delaySec, account } = holder;
      const mode = delaySec === 0 ? 'execute' : 'schedule';
      const role = roleNameOf(change.role);
      const words = `${mode === 'execute' ? 'change at once' : `schedule, at the earliest in ${delaySec} s,`} ${change.words} with the role ${role}`;
      const json = { action: mode, change: change.words, role, account, delaySec };
      if (dryRun === true) return { json: { ...json, dryRun: true }, text: `Would ${words}.` };
      await confirm(terminal, `${words}?`, yes);
      return holder.work(async (writer) => {
        const key = `team:${randomUUID()}`;
        const wait = inSec === undefined ? 0 : numberOption('--in-sec', inSec);
        const when = wait === 0 ? 0 : Math.floor(Date.now() / 1000) + Math.max(delaySec, Math.ceil(wait));
        const { hash } =
          mode === 'execute'
            ? await executeCall(writer, { ...change, key })
            : await scheduleCall(writer, { ...change, when, key });
        const [waiting] = (await readScheduled(session.client)).filter(
          ({ data, target, caller }) => data === change.data && target === change.target && caller === account,
        );
        return {
          json: { ...json, transaction: hash, ...(waiting ? { id: waiting.id, from: waiting.from } : {}) },
          text:
            waiting === undefined
              ? `Done: ${change.words}. Transaction ${hash}`
              : `Scheduled: ${change.words}. From ${timeOf(waiting.from)} on: encryptech team execute ${waiting.id.slice(0, 10)}`,
        };
      });
    },
  });

  for (const verb of ['execute', 'cancel'] as const) {
    leaf<Common>(terminal, group, {
      usage: `${verb} <id>`,
      description: verb === 'execute' ? 'make a scheduled change whose time has come' : 'withdraw a scheduled change',
      example: `encryptech team ${verb} 0x3f5c21aa --yes`,
      configure: (command) => void common(command),
      run: async ([id], { dir, as, yes, dryRun }) => {
        const session = await openSession(terminal, dir);
        const call = scheduledNamed(await readScheduled(session.client), id!);
        const holder = await withRoleHolder(terminal, session, { account: call.caller, as });
        const words = `${verb} ${wordsOf(call)}`;
        const json = { action: verb, id: call.id, call: wordsOf(call), account: holder.account };
        if (dryRun === true) return { json: { ...json, dryRun: true }, text: `Would ${words}.` };
        await confirm(terminal, `${words}?`, yes);
        return holder.work(async (writer) => {
          const key = `team:${randomUUID()}`;
          const { hash } = await (verb === 'execute' ? executeCall : cancelCall)(writer, { ...call, key });
          return { json: { ...json, transaction: hash }, text: `Done: ${words}. Transaction ${hash}` };
        });
      },
    });
  }
}

/** The scheduled call whose id starts like that. */
function scheduledNamed(calls: readonly ScheduledCall[], id: string): ScheduledCall {
  const found = calls.filter((call) => id.length >= 6 && call.id.startsWith(id.toLowerCase() as Hex));
  if (found.length === 1) return found[0]!;
  throw cliError({
    code: 'cli.badOption',
    message: found.length === 0 ? `Nothing is scheduled under ${id}.` : `Several scheduled changes begin with ${id}.`,
    place: 'id',
    hint: '`encryptech team show` lists what is scheduled.',
  });
}

const timeOf = (seconds: number): string => new Date(seconds * 1000).toISOString();

const wordsOf = ({ contract, functionName, target, data, args }: ScheduledCall): string =>
  contract === undefined || functionName === undefined
    ? `${target} ${data.slice(0, 10)}`
    : `${contract}.${functionName}(${args.map((arg) => JSON.stringify(wei(arg))).join(', ')})`;

/** Parameters whose numbers are wei of ENC. `team schedule` takes them in wei. */
const WEI = new Set(['capacityRate', 'referenceRate', 'bond', 'leastBond', 'dailyEncLimit', 'minEncOut']);

function textOf({ roles, parameters, scheduled, closed }: Team): string {
  const delay = (seconds: number | undefined): string =>
    seconds === undefined ? 'nobody holds it' : seconds === 0 ? 'at once' : `after ${seconds} s`;
  return [
    'Parameters',
    ...parameters.map(({ name, member, value, bounds, role, delaySec }) => {
      const said = (number: bigint): string => (WEI.has(member) ? `${formatEnc(number)} ENC` : String(number));
      const range = bounds === undefined ? 'no bounds known' : bounds.map(said).join(' … ');
      return `  ${name.padEnd(30)} ${said(value).padStart(14)}  ${range.padEnd(32)} ${role}, ${delay(delaySec)}`;
    }),
    '',
    'Roles',
    ...roles.flatMap(({ role, holders, functions }) => [
      `  ${role}${functions.length === 0 ? '' : `: ${functions.join(', ')}`}`,
      ...(holders.length === 0 ? ['    nobody'] : []),
      ...holders.map(({ account, delaySec }) => `    ${account} ${delay(delaySec)}`),
    ]),
    '',
    scheduled.length === 0 ? 'Nothing is scheduled.' : 'Scheduled',
    ...scheduled.map(
      (call) =>
        `  ${call.id.slice(0, 10)} ${wordsOf(call)} ${call.isReady ? `ready, until ${timeOf(call.until)}` : `from ${timeOf(call.from)}`}`,
    ),
    ...(closed.length === 0 ? [] : ['', `Closed: ${closed.join(', ')}`]),
  ].join('\n');
}
