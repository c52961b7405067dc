import { execFileSync } from 'node:child_process';
import { appendFileSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Hex } from '@encryptech/base';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { describeEntry } from './describe-entry.ts';
import { openReleaseLog, type Decision } from './open-release-log.ts';
import { verifyReleaseLog } from './verify-release-log.ts';

const folder = mkdtempSync(join(tmpdir(), 'release-log-'));
afterAll(() => rmSync(folder, { recursive: true }));
let path = '';
let count = 0;
beforeEach(() => (path = join(folder, `log-${count++}.jsonl`)));

const id = (byte: string): Hex => `0x${byte.repeat(32)}`;
const now = () => 1_700_000_000_999;
const decision = (attempt: number, reasons: string[] = []): Decision => ({
  dataset: id('d1'),
  job: id('0b'),
  attempt,
  evidenceId: id('e1'),
  policyDigest: id('0f'),
  decision: reasons.length === 0 ? 'allow' : 'deny',
  reasons,
});

async function write(...attempts: number[]): Promise<Hex[]> {
  const log = await openReleaseLog(path, { now });
  const heads: Hex[] = [];
  for (const attempt of attempts) heads.push(await log.append(decision(attempt)));
  await log.close();
  return heads;
}

describe('release log', () => {
  test('an entry is one canonical line; its head is that line’s SHA-256, as sha256sum computes it', async () => {
    const [head] = await write(1);
    const text = readFileSync(path, 'utf8');
    expect(text).toBe(
      `{"attempt":1,"dataset":"${id('d1')}","decision":"allow","evidenceId":"${id('e1')}","job":"${id('0b')}","policyDigest":"${id('0f')}","previous":"${id('00')}","reasons":[],"seq":0,"time":1700000000}\n`,
    );
    const sum = execFileSync('sha256sum', { input: text.slice(0, -1), encoding: 'utf8' }).slice(0, 64);
    expect(head).toBe(`0x${sum}`);
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  test('goes on over restarts, and appends in the order of calls', async () => {
    await write(1, 2);
    const log = await openReleaseLog(path, { now });
    expect(log.entries).toBe(2);
    await Promise.all([3, 4, 5].map((attempt) => log.append(decision(attempt, ['policy.expired']))));
    await log.close();
    const attempts: number[] = [];
    const verified = await verifyReleaseLog(path, { onEntry: (entry) => attempts.push(entry.attempt) });
    expect(verified).toEqual({ entries: 5, head: log.head });
    expect(attempts).toEqual([1, 2, 3, 4, 5]);
  });

  test('a changed, removed, swapped or inserted line is found at its place', async () => {
    await write(1, 2, 3);
    const lines = readFileSync(path, 'utf8').trimEnd().split('\n');
    const cases: [string[], string][] = [
      [[lines[0]!, lines[1]!.replace('"allow"', '"deny"'), lines[2]!], 'line 3'],
      [[lines[0]!, lines[2]!], 'line 2'],
      [[lines[1]!, lines[0]!, lines[2]!], 'line 1'],
      [[lines[0]!, lines[0]!, lines[1]!, lines[2]!], 'line 2'],
      [[lines[0]!, lines[1]!.replace('"reasons":[]', '"reasons": []'), lines[2]!], 'line 2'],
      [[lines[0]!, lines[1]!.replace('"reasons":[]', '"key":"x","reasons":[]'), lines[2]!], 'line 2'],
      [[lines[0]!, 'nonsense', lines[2]!], 'line 2'],
    ];
    for (const [altered, place] of cases) {
      writeFileSync(path, `${altered.join('\n')}\n`);
      await expect(verifyReleaseLog(path)).rejects.toMatchObject({ code: 'owner.logAltered', place });
      await expect(openReleaseLog(path, { now })).rejects.toMatchObject({ code: 'owner.logAltered', place });
    }
  });

  test('lines missing at the end, or a last line rewritten, show against a head that is known from elsewhere', async () => {
    const heads = await write(1, 2, 3);
    const lines = readFileSync(path, 'utf8').trimEnd().split('\n');
    writeFileSync(path, `${lines.slice(0, 2).join('\n')}\n`);
    await expect(verifyReleaseLog(path, { knownHeads: [heads[1]!] })).resolves.toMatchObject({ entries: 2 });
    await expect(verifyReleaseLog(path, { knownHeads: [heads[0]!, heads[2]!] })).rejects.toMatchObject({
      code: 'owner.logTruncated',
      data: { head: heads[2], entries: 2 },
    });
  });

  test('a line that a crash left half written is cut off, and the log goes on', async () => {
    const [, head] = await write(1, 2);
    appendFileSync(path, '{"attempt":3,"dataset":"0xd1');
    const log = await openReleaseLog(path, { now, knownHeads: [head!] });
    expect(log.entries).toBe(2);
    await log.append(decision(4));
    await log.close();
    expect((await verifyReleaseLog(path)).entries).toBe(3);
  });
});

test('an entry in plain words has a sentence for each reason', () => {
  const entry = { seq: 0, previous: id('00'), time: 1_700_000_000 };
  expect(describeEntry({ ...entry, ...decision(2) })).toEqual([
    '2023-11-14T22:13:20Z  keys released for attempt 2 of job 0x0b0b0b0b… on dataset 0xd1d1d1d1…',
  ]);
  const reasons = ['policy.expired', 'evidence:debug', 'of.another.age'];
  expect(describeEntry({ ...entry, ...decision(2, reasons) }).slice(1)).toEqual([
    '    The policy allows no release at this time. (policy.expired)',
    expect.stringMatching(/^ {4}.*debug.*\(evidence:debug\)$/) as string,
    '    A reason that this version does not know. (of.another.age)',
  ]);
});
