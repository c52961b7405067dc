import { isEncryptechError } from '@encryptech/base';
import { wireErrorOf, type WireError } from '@encryptech/protocol';

/** What the owner may be told about their own file; everybody on the way reads it too, so no word of it comes from the data. */
const DATA_FAULTS: Readonly<Record<string, readonly [message: string, hint: string]>> = {
  'learning.malformedCsv': ['The file is not CSV.', 'Look for a quote that is not closed.'],
  'learning.emptyTable': ['The table has no rows.', 'Publish the dataset again with rows.'],
  'learning.tooLarge': ['The table is too large.', 'Publish it in parts.'],
  'learning.missingColumn': ['A column of the schema is not in the file.', 'Compare the header with the schema.'],
  'learning.extraColumn': ['A column of the file is not in the schema.', 'Compare the header with the schema.'],
  'learning.duplicateColumn': ['A column is in the header twice.', 'Rename one of the two.'],
  'learning.raggedRow': ['A row has more or fewer cells than the header.', 'Look for a comma too many or too few.'],
  'learning.missingCell': ['A cell is empty.', 'Fill the cell or leave the row out.'],
  'learning.badCell': ['A cell is not a number.', 'Correct the cell or leave the row out.'],
  'learning.nonFiniteCell': ['A cell is not a finite number.', 'Correct the cell or leave the row out.'],
  'learning.unknownCategory': ['A cell is none of the categories of the schema.', 'Correct the cell or the schema.'],
  'learning.unknownLabel': ['A label is none of the labels of the schema.', 'Correct the cell or the schema.'],
  'learning.tooManyTokens': ['A list has more tokens than the schema says.', 'Cut the list or correct the schema.'],
  'learning.unknownToken': ['A token is not in the vocabulary of the schema.', 'Correct the list or the schema.'],
  'learning.malformedRows': ['The packed rows can not be read.', 'Publish the dataset again.'],
  'learning.foreignRows': ['The rows were packed under another schema.', 'Publish the dataset again.'],
  'learning.unfitSource': ['The data can not hold what the schema declares.', 'Compare the data with the schema.'],
  'learning.mismatch': [
    'The job, the graph and the table do not fit each other.',
    'Check inputs and outputs of the graph.',
  ],
  'learning.badCheckpoint': ['The checkpoint can not be read.', 'Start the job from its beginning.'],
  'learning.forgedCheckpoint': ['The checkpoint was not written by this job.', 'Start the job from its beginning.'],
  'learning.foreignCheckpoint': [
    'The checkpoint is of another job or other rows.',
    'Start the job from its beginning.',
  ],
  'learning.cancelled': ['The training was stopped.', 'Nothing is owed for steps without a checkpoint.'],
  'learning.engineFailed': ['ONNX Runtime failed in the graph.', 'Check the graph with `encryptech model check`.'],
  'sealing.wrongKey': [
    'The key does not open the encrypted file.',
    'Check that the right secret belongs to this dataset.',
  ],
  'sealing.truncated': ['The encrypted file is cut short.', 'Publish the dataset again.'],
  'sealing.altered': ['The encrypted file was altered.', 'Fetch or publish the dataset again.'],
  'sealing.notEncrypted': ['The file is not an encrypted one.', 'Publish the dataset again.'],
  'privacy.notFinite': ['A gradient sum is not finite.', 'Lower the learning rate.'],
};

/**
 * The failure that leaves the enclave. Before a key was released nothing private is known, and an error passes as it
 * is. After that only its code passes, with our own words, and a place of the form `line N, column "NAME"` (or `row N`) whose
 * column the public schema names: headers and cells of the file stay inside.
 */
export function describeFailure(
  error: unknown,
  { keysReleased, columns }: { keysReleased: boolean; columns: readonly string[] },
): WireError {
  if (!isEncryptechError(error)) return plain('enclave.internal', 'The enclave failed; its details stay inside.');
  if (!keysReleased || error.code.startsWith('enclave.')) return wireErrorOf(error);
  const [message, hint] = DATA_FAULTS[error.code] ?? ['The job failed; details stay inside the enclave.', undefined];
  const place = publicPlace(error.place, columns);
  return {
    ...plain(error.code, message),
    ...(place === undefined ? {} : { place }),
    ...(hint === undefined ? {} : { hint }),
  };
}

const plain = (code: string, message: string): WireError => ({ code, message, data: {}, retry: 'never' });

/** The part of a place that names only the number of a line or row and a column of the schema. */
function publicPlace(place: string | undefined, columns: readonly string[]): string | undefined {
  const match = /^((?:line|row) \d{1,12})?(?:(?:, )?column "(.*)")?$/s.exec(place ?? '');
  const [, line, column] = match ?? [];
  const named = column !== undefined && columns.includes(column) ? `column "${column}"` : undefined;
  return [line, named].filter((part) => part !== undefined).join(', ') || undefined;
}
