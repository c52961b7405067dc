import { createServer, type Server } from 'node:http';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'vite';
import { expect, test } from 'vitest';
import {
  createDevelopmentPki,
  createEndorsementStore,
  createSoftwareAttester,
  readEvidence,
  verifyEvidenceBody,
} from '../../src/index.ts';
import { AMD_TIME, amdChain, amdCrl, makeAmdKeys, snpReport } from '../amd-pki.ts';
import { runtimeBytes } from '../fixture.ts';
import { nitroDocument, nitroPki, NITRO_TIME } from '../nitro-document.ts';
import { teeSample, teeSampleCases } from '../tee-samples.ts';
import { intelSample } from '../intel-samples.ts';
import { contextOf } from '../verify-sample.ts';
import { chromiumPath, openChromium } from './chromium.ts';
import { claimsText, encodeCase, type BrowserCase } from './written-case.ts';

const MISSING = 'no Chromium on this machine: install one, or set CHROMIUM to its path, to run this test';

/** One case of each kind under roots of our own: these run wherever there is a browser. */
async function ownCases(): Promise<BrowserCase[]> {
  const pki = createDevelopmentPki(new Uint8Array(32).fill(3));
  const measurement = new Uint8Array(48).fill(4);
  const attester = createSoftwareAttester({ platform: pki.platform('browser'), measurement });
  const collateral = pki.collateral({ issuedAt: new Date('2026-06-20T00:00:00Z') });
  const keys = makeAmdKeys();
  const { vek, ask, ark, anchor } = amdChain(keys);
  const vendor = (kind: 'sev-snp' | 'nitro', root: typeof anchor) => ({ vendor: { [kind]: [root] }, development: [] });
  return [
    {
      id: 'software',
      evidence: await attester.attest(runtimeBytes),
      documents: collateral.documents,
      anchors: { vendor: {}, development: [pki.anchor] },
      now: NITRO_TIME,
    },
    {
      id: 'sev-snp',
      evidence: { kind: 'sev-snp', body: snpReport() },
      documents: [vek, ask, ark, amdCrl(keys)],
      anchors: vendor('sev-snp', anchor),
      now: AMD_TIME,
    },
    {
      id: 'nitro',
      evidence: { kind: 'nitro', body: nitroDocument() },
      documents: [],
      anchors: vendor('nitro', nitroPki().anchor),
      now: NITRO_TIME,
    },
  ];
}

/** Every genuine case, where the folder of them is at hand. */
function genuineCases(): BrowserCase[] {
  return teeSampleCases('tdx', 'sgx', 'sev-snp', 'nitro')
    .filter(({ id }) => id !== 'snp-turin-vcek')
    .map((sample) => {
      const intel = sample.tee === 'tdx' || sample.tee === 'sgx' ? intelSample(sample.id) : undefined;
      const { now, anchors } = intel?.context ?? contextOf(sample);
      const { kind, body } = readEvidence(teeSample(sample.evidence));
      const files = sample.collateral.filter((path) => !path.includes('bound-certificate'));
      return {
        id: sample.id,
        evidence: { kind, body },
        documents: intel?.documents ?? files.map((path) => teeSample(path)),
        anchors,
        now,
      };
    });
}

async function inNode({ evidence, documents, anchors, now }: BrowserCase): Promise<string> {
  try {
    const endorsements = createEndorsementStore(documents);
    return claimsText(await verifyEvidenceBody(evidence, { now, anchors, endorsements }));
  } catch (error) {
    return `error ${(error as { code?: string }).code ?? String(error)}`;
  }
}

async function bundlePage(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'encryptech-page-'));
  try {
    await build({
      configFile: false,
      logLevel: 'error',
      root: import.meta.dirname,
      build: {
        outDir: folder,
        emptyOutDir: true,
        target: 'es2022',
        lib: { entry: join(import.meta.dirname, 'page.ts'), formats: ['es'], fileName: () => 'page.js' },
      },
    });
    return await readFile(join(folder, 'page.js'), 'utf8');
  } finally {
    await rm(folder, { recursive: true });
  }
}

interface Found {
  readonly agent: string;
  readonly found: readonly string[];
}

/** A server on loopback for the page; `found` settles when the page has posted. */
async function servePage(
  script: string,
  cases: string,
): Promise<{ server: Server; url: string; found: Promise<Found> }> {
  const answers: Record<string, readonly [type: string, body: string]> = {
    '/': ['text/html', '<!doctype html><meta charset="utf-8"><script type="module" src="/page.js"></script>'],
    '/page.js': ['text/javascript', script],
    '/cases.json': ['application/json', cases],
  };
  let settle: (found: Found) => void;
  const found = new Promise<Found>((resolve) => (settle = resolve));
  const server = createServer((request, response) => {
    if (request.method === 'POST') {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        response.end();
        settle(JSON.parse(Buffer.concat(chunks).toString()) as Found);
      });
      return;
    }
    const [type, body] = answers[request.url ?? ''] ?? [];
    response.writeHead(body === undefined ? 404 : 200, { 'content-type': type ?? 'text/plain' }).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, found };
}

test.skipIf(chromiumPath === undefined)(
  `a real browser finds the same claims, check by check${chromiumPath === undefined ? `: ${MISSING}` : ''}`,
  { timeout: 120_000 },
  async () => {
    const cases = [...(await ownCases()), ...genuineCases()];
    const wanted = await Promise.all(cases.map(inNode));
    expect(wanted.slice(0, 3).map((text) => text.slice(0, 9))).toEqual(['{"kind":"', '{"kind":"', '{"kind":"']);
    const { server, url, found } = await servePage(await bundlePage(), JSON.stringify(cases.map(encodeCase)));
    const browser = openChromium(chromiumPath!, url);
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error(`The page did not answer. Chromium said:\n${browser.said()}`)), 90_000);
    });
    try {
      const { agent, found: inBrowser } = await Promise.race([found, late]);
      expect(agent).toMatch(/Chrome\//);
      for (const [index, { id }] of cases.entries()) expect(inBrowser[index], id).toBe(wanted[index]);
      expect(inBrowser).toHaveLength(cases.length);
    } finally {
      clearTimeout(timer);
      await browser.stop();
      server.close();
      server.closeAllConnections();
    }
  },
);
