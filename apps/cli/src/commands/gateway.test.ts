import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { recordingTerminal } from '../../test/recording-terminal.ts';
import { run } from '../run.ts';

const dir = mkdtempSync(join(tmpdir(), 'encryptech-gateway-cli-'));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

async function say(...argv: string[]): Promise<{ code: number; out: string; err: string }> {
  const terminal = recordingTerminal({ cwd: dir, env: { ENCRYPTECH_HOME: dir } });
  const code = await run(['gateway', 'start', ...argv], terminal);
  return { code, out: terminal.written.out.join('\n'), err: terminal.written.err.join('') };
}

test('gateway start says in its help what its configuration holds', async () => {
  const { code, out } = await say('--help');
  expect(code).toBe(0);
  expect(out).toContain('encryptech gateway start --config gateway/config.json');
  for (const member of ['dir', 'networkFile', 'listen', 'keystore', 'passphraseFile', 'secretsFile']) {
    expect(out).toContain(`"${member}"`);
  }
});

test('without a configuration, with a missing one and with a wrong one it refuses, says where, and starts nothing', async () => {
  expect(await say()).toMatchObject({ code: 2, err: expect.stringContaining('--config') as string });
  expect((await say('--config', join(dir, 'none.json'), '--json')).out).toContain('"sdk.noFile"');
  const file = join(dir, 'config.json');
  writeFileSync(file, JSON.stringify({ dir: 'state', listen: { port: 0 }, secret: 'whsec_x' }));
  const wrong = await say('--config', file, '--json');
  expect(JSON.parse(wrong.out)).toMatchObject({
    ok: false,
    code: 'sdk.badConfig',
    place: expect.any(String) as string,
  });
  expect(wrong.out).not.toContain('whsec_x');
});
