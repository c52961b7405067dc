import { resolve } from 'node:path';
import type { Command } from 'commander';
import {
  appraisalPolicyDigest,
  parseAppraisalPolicy,
  readEvidence,
  strictAppraisalPolicy,
  TEE_KINDS,
  type AppraisalPolicy,
  type TeeKind,
} from '@encryptech/attestation';
import type { Hex, Json } from '@encryptech/base';
import { readDevelopmentAnchor } from '../attest/read-development-anchor.ts';
import { readEndorsements } from '../attest/read-endorsements.ts';
import { verdictJson } from '../attest/verdict-json.ts';
import { verdictText } from '../attest/verdict-text.ts';
import { verifyFile } from '../attest/verify-file.ts';
import { cliError } from '../errors.ts';
import { EXIT } from '../exit-code.ts';
import { leaf } from '../leaf.ts';
import { readInput, readJsonInput } from '../read-input.ts';
import type { Terminal } from '../terminal.ts';

interface VerifyOptions extends Record<string, unknown> {
  kind?: string;
  endorsements?: string[];
  policy?: string;
  at?: string;
  development?: string;
}

/** `encryptech attest …`: look at evidence of enclaves with one's own eyes, and write policies for it. */
export function attestCommands(program: Command, terminal: Terminal): void {
  const attest = program.command('attest').description('evidence of enclaves, and the policies it is judged by');
  leaf<VerifyOptions>(terminal, attest, {
    usage: 'verify <evidence>',
    description:
      'verify a TDX or SGX quote, an SEV-SNP report, a Nitro document or evidence of a software enclave, and judge it by a policy; exit 2 when it is refused',
    example: 'encryptech attest verify quote.bin --endorsements collateral.json --at 2025-07-01T00:00:00Z',
    configure: (command) =>
      void command
        .option('--kind <kind>', `${TEE_KINDS.join(', ')}; found from the file if left out`)
        .option(
          '--endorsements <files...>',
          "the vendor's documents: Intel collateral in JSON, certificates and revocation lists in PEM or DER; FILE#member for one text of a JSON file",
        )
        .option('--policy <file>', 'appraisal policy; a strict one that allows the measurement found if left out')
        .option('--at <time>', 'the time to verify at, such as 2025-07-01T00:00:00Z; now if left out')
        .option('--development <file>', 'trust the development root in this network file or certificate, for level 0'),
    run: async ([file], options) => {
      const now = timeOption(options.at);
      const evidence = readEvidence(await readInput(resolve(terminal.cwd, file!)), kindOption(options.kind));
      const endorsements = await readEndorsements(terminal.cwd, options.endorsements ?? []);
      const development =
        options.development === undefined ? [] : [await readDevelopmentAnchor(terminal.cwd, options.development)];
      const policy = options.policy === undefined ? undefined : await readPolicy(terminal.cwd, options.policy);
      const result = await verifyFile({ evidence, endorsements, development, policy, now });
      const isAllowed = result.verified && result.verdict.decision === 'allow';
      return {
        json: verdictJson(evidence.kind, result, now),
        text: verdictText(result),
        exitCode: isAllowed ? EXIT.ok : EXIT.refused,
      };
    },
  });
  leaf<{ kind?: string[]; measurement?: string[]; minLevel?: string }>(terminal, attest, {
    usage: 'policy <action> [file]',
    description:
      'check FILE: whether it is a policy; digest FILE: what goes on chain; new: print a strict policy to start from',
    example: 'encryptech attest policy new --kind tdx --measurement 0x91eb… > policy.json',
    configure: (command) =>
      void command
        .option('--kind <kinds...>', 'for new: kinds of enclave that are accepted')
        .option('--measurement <hex...>', 'for new: measurements that are allowed, 32 or 48 bytes')
        .option('--min-level <level>', 'for new: the least level, 0 to 3'),
    run: async ([action, file], options) => {
      switch (action) {
        case 'check':
          return describePolicy(await readPolicy(terminal.cwd, required(file)));
        case 'digest': {
          const digest = appraisalPolicyDigest(await readPolicy(terminal.cwd, required(file)));
          return { json: { ok: true, digest }, text: digest };
        }
        case 'new': {
          const policy = newPolicy(options);
          return { json: policy as unknown as Json, text: JSON.stringify(policy, null, 2) };
        }
        case undefined:
        default:
          throw cliError({
            code: 'cli.badOption',
            message: `There is no "attest policy ${String(action).slice(0, 40)}".`,
            hint: 'Say check, digest or new.',
          });
      }
    },
  });
}

function describePolicy(policy: AppraisalPolicy): { json: Json; text: string } {
  const digest = appraisalPolicyDigest(policy);
  const loosened = Object.entries(policy)
    .filter(([name, value]) => name.startsWith('insecure') && value === true)
    .map(([name]) => name);
  const count = policy.measurements.length;
  return {
    json: { ok: true, digest, policy: policy as unknown as Json, loosened },
    text: [
      `a policy of version ${policy.version}: ${policy.kinds.join(', ') || 'no kind'}, ${count} measurement${count === 1 ? '' : 's'}, level ${policy.minLevel} and above`,
      ...(policy.kinds.length === 0 || count === 0 ? ['note: an empty list allows nothing'] : []),
      ...loosened.map((name) => `WARNING: ${name} loosens a rule`),
      `digest ${digest}`,
    ].join('\n'),
  };
}

function newPolicy({
  kind = [],
  measurement = [],
  minLevel,
}: {
  kind?: string[];
  measurement?: string[];
  minLevel?: string;
}) {
  const kinds = kind.flatMap((value) => kindOption(value) ?? []);
  const policy = strictAppraisalPolicy(
    kinds,
    measurement.map((value) => value.toLowerCase() as Hex),
  );
  return parseAppraisalPolicy({
    ...policy,
    ...(minLevel === undefined ? {} : { minLevel: Number(minLevel) }),
    ...(kinds.includes('software') ? { minLevel: Number(minLevel ?? 0), insecureAllowDevelopment: true } : {}),
  });
}

const readPolicy = async (cwd: string, name: string): Promise<AppraisalPolicy> =>
  parseAppraisalPolicy(await readJsonInput(resolve(cwd, name)));

function kindOption(value: string | undefined): TeeKind | undefined {
  if (value === undefined) return undefined;
  const kind = TEE_KINDS.find((known) => known === value);
  if (kind === undefined) {
    throw cliError({
      code: 'cli.badOption',
      message: `--kind: "${value.slice(0, 40)}" is no kind of enclave.`,
      hint: `Kinds are ${TEE_KINDS.join(', ')}.`,
    });
  }
  return kind;
}

function timeOption(value: string | undefined): Date {
  if (value === undefined) return new Date();
  const time = new Date(value);
  if (Number.isNaN(time.getTime())) {
    throw cliError({
      code: 'cli.badOption',
      message: `--at: "${value.slice(0, 40)}" is no time.`,
      hint: 'Write it like 2025-07-01T00:00:00Z.',
    });
  }
  return time;
}

function required(file: string | undefined): string {
  if (file !== undefined) return file;
  throw cliError({ code: 'cli.badOption', message: 'A policy file is needed.', hint: 'Give its path at the end.' });
}
