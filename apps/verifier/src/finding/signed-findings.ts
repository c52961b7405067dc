import { open, readFile } from 'node:fs/promises';
import { canonicalJson, digestOf, utf8, type Hex } from '@encryptech/base';
import type { AttestationFinding } from '@encryptech/chain';
import { verifierError } from '../errors.ts';

/** What this verifier has signed, so that it never signs the contrary. */
export interface SignedFindings {
  /**
   * Notes a finding, on disk before this resolves.
   *
   * @throws `verifier.contradiction` when another answer to the same question, or other facts of the same evidence, were signed
   */
  note(finding: AttestationFinding): Promise<void>;
  close(): Promise<void>;
}

/** The notes in an append-only file (mode 0600, made if missing). A half-written last line was never signed on. */
export async function openSignedFindings(path: string): Promise<SignedFindings> {
  const known = new Map<string, Hex>();
  const text = await readFile(path, 'utf8').catch(() => '');
  for (const line of text.split('\n').slice(0, -1)) {
    const { key, answer } = JSON.parse(line) as { key: string; answer: Hex };
    known.set(key, answer);
  }
  const file = await open(path, 'a', 0o600);
  if (text !== '' && !text.endsWith('\n')) await file.truncate(text.lastIndexOf('\n') + 1);
  let queue: Promise<unknown> = Promise.resolve();

  const write = async (finding: AttestationFinding): Promise<void> => {
    const { evidenceId, policyDigest, issuedAt, subject, measurement, device, level, expiresAt } = finding;
    const facts = digest({ subject: subject.toLowerCase(), measurement, device });
    const entries: [string, Hex][] = [
      [evidenceId, facts],
      [`${evidenceId}:${policyDigest}:${issuedAt}`, digest({ facts, level, expiresAt: expiresAt.toString() })],
    ];
    for (const [key, answer] of entries) {
      if (known.get(key) === undefined || known.get(key) === answer) continue;
      throw verifierError({
        code: 'verifier.contradiction',
        message: 'This verifier has signed something else about the same evidence: it would contradict itself.',
        place: evidenceId,
        hint: 'Appraise at another second; vendors’ documents may have changed in between.',
      });
    }
    const fresh = entries.filter(([key]) => !known.has(key));
    if (fresh.length === 0) return;
    await file.appendFile(fresh.map(([key, answer]) => `${JSON.stringify({ key, answer })}\n`).join(''));
    await file.datasync();
    for (const [key, answer] of fresh) known.set(key, answer);
  };
  return {
    note: (finding) => {
      const written = queue.then(() => write(finding));
      queue = written.catch(() => undefined);
      return written;
    },
    close: async () => {
      await queue;
      await file.close();
    },
  };
}

const digest = (value: Record<string, string | number>): Hex => digestOf(utf8(canonicalJson(value)));
