import type { Keystream } from '../noise/keystream.ts';
import type { PrivacyPlanJson } from '../plan/privacy-plan-json.ts';
import { chooseIndex } from './choose-index.ts';
import { sampleUnits } from './sample-units.ts';

/**
 * The function from a step to the units that take part in it, in order: each with the plan's sampling rate, independently; of one
 * group of them; or those whose turn it is.
 */
export function batchUnits(
  plan: Pick<PrivacyPlanJson, 'samplingRate' | 'steps' | 'correlation'>,
  count: number,
  keystreamOf: (purpose: { label: 'sample' | 'choose'; step: number; name?: string }) => Keystream,
): (step: number) => Uint32Array {
  const { samplingRate, steps, correlation } = plan;
  const sampled = (step: number, rate: number) => sampleUnits(keystreamOf({ label: 'sample', step }), rate, count);
  switch (correlation?.order) {
    case undefined:
      return (step) => sampled(step, samplingRate);
    case 'cyclic-poisson': {
      const { bands } = correlation;
      const deal = keystreamOf({ label: 'choose', step: 0, name: 'groups' });
      const groups = Uint16Array.from({ length: count }, () => chooseIndex(deal, bands));
      // Every unit is drawn, whatever its group, so that time doesn't tell the groups' sizes.
      return (step) => sampled(step, bands * samplingRate).filter((unit) => groups[unit] === step % bands);
    }
    case 'passes': {
      const perPass = steps / correlation.passes;
      return (step) => {
        const [from, to] = [0, 1].map((k) => Math.floor((count * ((step % perPass) + k)) / perPass)) as [
          number,
          number,
        ];
        return Uint32Array.from({ length: to - from }, (_, i) => from + i);
      };
    }
  }
}
