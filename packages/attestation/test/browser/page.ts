import { createEndorsementStore, verifyEvidenceBody } from '../../src/index.ts';
import { claimsText, decodeCase, type WrittenCase } from './written-case.ts';

/** Verifies every case that the test's server hands out, and posts back what was found, in the order of the cases. */
async function main(): Promise<string[]> {
  const cases = (await (await fetch('/cases.json')).json()) as WrittenCase[];
  const found: string[] = [];
  for (const written of cases) {
    const { evidence, documents, anchors, now } = decodeCase(written);
    try {
      const endorsements = createEndorsementStore(documents);
      found.push(claimsText(await verifyEvidenceBody(evidence, { now, anchors, endorsements })));
    } catch (error) {
      found.push(`error ${(error as { code?: string }).code ?? String(error)}`);
    }
  }
  return found;
}

const body = await main().then(
  (found) => JSON.stringify({ agent: navigator.userAgent, found }),
  (error: unknown) => JSON.stringify({ agent: navigator.userAgent, found: [`failed ${String(error)}`] }),
);
await fetch('/found', { method: 'POST', body });
