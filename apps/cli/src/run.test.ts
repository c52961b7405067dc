import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { utf8 } from '@encryptech/base';
import { addLora, readModel, writeModel } from '@encryptech/onnx';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { recordingTerminal } from '../test/recording-terminal.ts';
import { run } from './run.ts';

const VECTORS = join(import.meta.dirname, '../../../vectors/pytorch');
let folder: string;
beforeAll(async () => void (folder = await mkdtemp(join(tmpdir(), 'encryptech-cli-'))));
afterAll(() => rm(folder, { recursive: true }));

async function say(...argv: string[]): Promise<{ code: number; out: string; err: string }> {
  const terminal = recordingTerminal({ cwd: folder });
  const code = await run(argv, terminal);
  return { code, out: terminal.written.out.join('\n'), err: terminal.written.err.join('') };
}

describe('encryptech', () => {
  test('privacy epsilon prints the accountant’s value as JSON', async () => {
    const { code, out } = await say(
      'privacy',
      'epsilon',
      '--sigma',
      '1.1',
      '--q',
      '0.004',
      '--steps',
      '15000',
      '--delta',
      '1e-5',
      '--json',
    );
    expect(code).toBe(0);
    // 2.295 by two independent programs; see vectors/accountant.json.
    expect((JSON.parse(out) as { epsilon: number }).epsilon).toBeCloseTo(2.2953, 2);
  });

  test.each([
    [['--sigma', 'x', '--q', '0.1', '--steps', '1', '--delta', '1e-5'], 'cli.badOption'],
    [['--sigma', '1', '--q', '2', '--steps', '1', '--delta', '1e-5'], 'privacy.badParameter'],
    [['--sigma', '1', '--q', '0.1', '--steps', '1.5', '--delta', '1e-5'], 'privacy.badParameter'],
    [['--sigma', '1', '--q', '0.1', '--steps', '1', '--delta', '1e-5', '--accountant', 'gdp'], 'privacy.badParameter'],
    [
      ['--sigma', '1', '--q', '0.1', '--steps', '1', '--delta', '1e-5', '--adjacency', 'zero-out'],
      'privacy.badParameter',
    ],
  ])('privacy epsilon %j is refused with exit code 2', async (options, expected) => {
    const { code, out } = await say('privacy', 'epsilon', ...options, '--json');
    expect(code).toBe(2);
    expect(JSON.parse(out)).toMatchObject({ ok: false, code: expected });
  });

  test('model check gives facts, or code, node and reason with exit code 2', async () => {
    const good = await say('model', 'check', join(VECTORS, 'mnist-cnn/model.onnx'), '--json');
    expect(good.code).toBe(0);
    expect(JSON.parse(good.out)).toMatchObject({ ok: true, parameters: 26010 });
    const bad = await say('model', 'check', join(VECTORS, 'batchnorm-train/model.onnx'), '--json');
    expect(bad.code).toBe(2);
    expect(JSON.parse(bad.out)).toMatchObject({ ok: false, code: 'onnx.mixesBatch', node: '/1/BatchNormalization' });
  });

  test('model gradients agrees with PyTorch', async () => {
    const { code, out } = await say(
      'model',
      'gradients',
      join(VECTORS, 'mlp-relu/model.onnx'),
      join(VECTORS, 'mlp-relu/case.json'),
      '--json',
    );
    expect(code).toBe(0);
    const result = JSON.parse(out) as {
      perExampleLoss: number[];
      clippedGradientSum: Record<string, { shape: number[]; norm: number }>;
    };
    expect(result.perExampleLoss[0]).toBeCloseTo(0.6136636, 5);
    expect(result.clippedGradientSum['0.weight']).toMatchObject({ shape: [64, 30] });
    expect(result.clippedGradientSum['0.weight']!.norm).toBeCloseTo(1.98128, 4);
  });

  test('model check says what a selection trains, and what is then computed once a row', async () => {
    const deep = join(VECTORS, 'mlp-relu/model.onnx');
    const last = await say('model', 'check', deep, '--trainable', 'last:1', '--json');
    const facts = JSON.parse(last.out) as {
      parameters: number;
      stepFlopsPerExample: number;
      frozenFlopsPerRow: number;
    };
    // Weights of 32 × 2 and two biases behind layers of 30 × 64 and 64 × 32, whose products alone are 7936 operations.
    expect(facts.parameters).toBe(66);
    expect(facts.frozenFlopsPerRow).toBeGreaterThan(7936);
    expect(facts.stepFlopsPerExample).toBeLessThan(1000);
    expect((await say('model', 'check', deep, '--trainable', 'lora:2')).out).toContain('4.weight.lora_A [32, 2]');
    const unknown = await say('model', 'check', deep, '--trainable', 'nothing', '--json');
    expect(unknown.code).toBe(2);
  });

  test('model new cnn takes colours, other kinds refuse them', async () => {
    const size = ['--image', '16x16', '--outputs', '2'];
    const made = await say('model', 'new', 'cnn', ...size, '--channels', '3', '--out', 'colour.onnx');
    expect(made.code, made.out).toBe(0);
    expect((await say('model', 'check', 'colour.onnx')).out).toContain('0.weight [32, 3, 7, 7]');
    for (const [kind, channels] of [
      ['scattering', '3'],
      ['cnn', '2'],
    ] as const) {
      const refused = await say('model', 'new', kind, ...size, '--channels', channels, '--json');
      expect(JSON.parse(refused.out)).toMatchObject({ code: 'cli.badOption', place: '--channels' });
    }
  });

  test('model merge writes a plain model, and refuses one without adapters or over another file', async () => {
    const adapted = addLora(readModel(new Uint8Array(await readFile(join(VECTORS, 'mlp-relu/model.onnx')))), {
      rank: 2,
      seed: utf8('merge'),
    });
    await writeFile(join(folder, 'adapted.onnx'), writeModel(adapted));
    const merged = await say('model', 'merge', 'adapted.onnx', '--out', 'plain.onnx', '--json');
    expect(merged.code, merged.out).toBe(0);
    expect((await say('model', 'check', 'plain.onnx')).out).not.toContain('lora');
    const again = await say('model', 'merge', 'plain.onnx', '--out', 'twice.onnx', '--json');
    expect([again.code, (JSON.parse(again.out) as { code: string }).code]).toEqual([2, 'onnx.badRequest']);
    expect((await say('model', 'merge', 'adapted.onnx', '--out', 'plain.onnx')).code).toBe(2);
  });

  test('model gradients by a GPU are checked, or there is a typed error; other devices are no option', async () => {
    const files = [join(VECTORS, 'mlp-relu/model.onnx'), join(VECTORS, 'mlp-relu/case.json')];
    const { code, out, err } = await say('model', 'gradients', ...files, '--device', 'webgpu', '--json');
    if (code === 0) {
      const result = JSON.parse(out) as { engine: string; perExampleLoss: number[] };
      expect(result.engine).toBe('onnxruntime-node, webgpu');
      expect(result.perExampleLoss[0]).toBeCloseTo(0.6136636, 4);
    } else {
      expect(code).toBe(2);
      expect(`${out}${err}`).toMatch(/learning\.(noDevice|deviceDiffers)/);
    }
    expect((await say('model', 'gradients', ...files, '--device', 'abacus')).code).toBe(2);
  });

  test('model new writes a model that passes model check, and never over another file', async () => {
    const made = await say(
      'model',
      'new',
      'mlp',
      '--inputs',
      '4',
      '--hidden',
      '3',
      '--outputs',
      '2',
      '--out',
      'm.onnx',
      '--seed',
      '07'.repeat(32),
      '--json',
    );
    expect(made.code).toBe(0);
    expect(JSON.parse(made.out)).toMatchObject({ parameters: 4 * 3 + 3 + 3 * 2 + 2 });
    expect((await say('model', 'check', 'm.onnx')).code).toBe(0);
    const again = await say('model', 'new', 'mlp', '--inputs', '4', '--outputs', '2', '--out', 'm.onnx');
    expect(again.code).toBe(2);
    expect(again.err).toContain('cli.fileExists');
  });

  test('a truncated model and a missing file are refused with the place and the next step', async () => {
    await writeFile(join(folder, 'cut.onnx'), new Uint8Array([8, 8, 58]));
    const cut = await say('model', 'check', 'cut.onnx', '--json');
    expect(cut.code).toBe(2);
    expect((JSON.parse(cut.out) as { code: string }).code).toMatch(/^onnx\./);
    const missing = await say('model', 'check', 'nowhere.onnx');
    expect(missing.code).toBe(2);
    expect(missing.err).toContain('cli.fileMissing');
    expect(missing.err).toContain('next:');
  });

  test.each([['nope'], ['model', 'nope'], ['job', 'submit'], ['privacy', 'epsilon', '--nope']])(
    '%s %s is no command line: exit code 2',
    async (...argv) => {
      expect((await say(...argv)).code).toBe(2);
    },
  );

  test('without a network a command says how to start one', async () => {
    const { code, err } = await say('dataset', 'list', '--dir', folder);
    expect(code).toBe(2);
    expect(err).toContain('encryptech up');
  });
});
