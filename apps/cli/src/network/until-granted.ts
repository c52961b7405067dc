import type { DatasetId, Sha256 } from '@encryptech/base';
import type { DatasetView } from '@encryptech/protocol';
import { cliError } from '../errors.ts';
import type { Session } from './session.ts';

const TIMEOUT_MS = 60_000;
const POLL_MS = 200;

/**
 * The dataset, once its owner's agent has granted its use under that policy.
 *
 * @throws `cli.startFailed` when that takes longer than a minute
 */
export async function untilGranted(
  { coordinator }: Session,
  datasetId: DatasetId,
  policyDigest: Sha256,
): Promise<DatasetView> {
  const deadline = Date.now() + TIMEOUT_MS;
  while (Date.now() < deadline) {
    const view = (await coordinator.getDatasets()).datasets.find((one) => one.datasetId === datasetId);
    if (view?.policyDigest === policyDigest && view.grants.some(({ grant }) => grant.policyDigest === policyDigest))
      return view;
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
  throw cliError({
    code: 'cli.startFailed',
    message: 'The owner’s agent did not grant the use of the dataset.',
    place: datasetId,
    hint: 'Is the agent running? On an embedded network its log is logs/owner-hospital.log in the state directory.',
  });
}
