import { expect, test } from 'vitest';
import { codeOf, flipped } from '../../test/fixture.ts';
import { qvlVerdict } from '../../test/dcap-qvl.ts';
import { endorsementsWith, intelSample, verifySample, type IntelSample } from '../../test/intel-samples.ts';
import { TEE_SAMPLES_MISSING, teeSampleCases, teeSamplesFolder } from '../../test/tee-samples.ts';
import type { Endorsements } from '../verifier.ts';
import { utf8 } from '@encryptech/base';

const check = test.skipIf(teeSamplesFolder === undefined);
if (teeSamplesFolder === undefined) test.skip(`comparison with dcap-qvl: ${TEE_SAMPLES_MISSING}`, () => undefined);

const PLATFORM = 'Intel SGX PCK Platform CA';
const theirs = (sample: IntelSample, body = sample.body, endorsements: Endorsements = sample.context.endorsements) =>
  qvlVerdict(
    body,
    {
      tee: sample.tee,
      fmspc: String(sample.expect['fmspc']),
      authority: sample.id === 'sgx-v3-config-sw-hardening' ? 'Intel SGX PCK Processor CA' : PLATFORM,
    },
    endorsements,
    sample.context.now,
  );

/**
 * Where dcap-qvl 0.3.9 answers otherwise, and why ours is right. Policy in its verifier: it refuses debug TDs and TDs
 * without SEPT_VE_DISABLE, and throws for a TCB below all levels; ours are claims that the appraisal refuses. The index rule
 * of TDX components is Intel's library's, which dcap-qvl lacks: it finds a lower level, or none.
 */
const DIFFERENCES: Record<string, object> = {
  'tdx-v4-debug': { refused: 'Debug mode is enabled' },
  'tdx-v4-out-of-date': { refused: 'No matching TCB level found' },
  'tdx-v5-tcb-not-supported': { refused: 'No matching TCB level found' },
  'tdx-v4-module-index-rule': { status: 'OutOfDate' },
};

check('both say the same of every genuine quote, but for the listed differences', async () => {
  const different: string[] = [];
  for (const { id, expect: wanted } of teeSampleCases('tdx', 'sgx')) {
    if (wanted['signatures'] !== 'valid') continue;
    const sample = intelSample(id);
    const { tcb } = await verifySample(sample);
    const verdict = await theirs(sample);
    if (id in DIFFERENCES) {
      expect(verdict, id).toMatchObject(DIFFERENCES[id]!);
      different.push(id);
    } else {
      expect(verdict, id).toMatchObject({ status: tcb.status });
      expect(('advisories' in verdict ? verdict.advisories : []).toSorted(), id).toEqual(tcb.advisories.toSorted());
    }
  }
  expect(different.sort()).toEqual(Object.keys(DIFFERENCES).sort());
});

// Known difference: dcap-qvl leaves the root that travels with the quote unread; ours compares it with the pinned one.
check('what one refuses of changed quotes, the other refuses, but for the root that travels', async () => {
  for (const id of ['tdx-v4-uptodate', 'tdx-v5-td15-uptodate', 'sgx-v3-config-sw-hardening']) {
    const sample = intelSample(id);
    const whole = sample.body.length - Number(sample.expect['trailingBytes']);
    const travellingRoot = new TextDecoder('latin1').decode(sample.body).lastIndexOf('-----BEGIN');
    for (let at = 3; at < whole; at += 61) {
      const body = flipped(sample.body, at, 0x04);
      const ours = await codeOf(() => verifySample(sample, { body }));
      const verdict = await theirs(sample, body);
      const isRefused = 'refused' in verdict || (at >= travellingRoot && at < whole);
      expect(isRefused, `${id}, byte ${at}: ${ours}, ${JSON.stringify(verdict)}`).toBe(ours !== 'ok');
    }
  }
});

check(
  'known difference: dcap-qvl takes any bytes for a revocation list; ours says that revocation is unknown',
  async () => {
    const sample = intelSample('tdx-v4-uptodate');
    for (const list of [utf8('garbage'), new Uint8Array(0)]) {
      const endorsements = endorsementsWith(sample.context.endorsements, { [`revocation-list/${PLATFORM}`]: list });
      expect(await theirs(sample, sample.body, endorsements)).toMatchObject({ status: 'UpToDate' });
      expect((await verifySample(sample, { endorsements })).revocation).toBe('unknown');
    }
  },
);
