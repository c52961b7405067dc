import { errorsOf } from '@encryptech/base';

/** Every way in which this package refuses; the closed list of its error codes. */
export type LearningErrorCode =
  /** The schema isn't of version 1, or contradicts itself. */
  | 'learning.badSchema'
  /** The bytes are no CSV: an open quote, a record without an end. */
  | 'learning.malformedCsv'
  /** No header, or a header without rows. */
  | 'learning.emptyTable'
  /** More rows, bytes or cells than the caller allows. */
  | 'learning.tooLarge'
  /** A column of the schema isn't in the header. */
  | 'learning.missingColumn'
  /** A column of the header isn't in the schema. */
  | 'learning.extraColumn'
  /** A column is in the header twice. */
  | 'learning.duplicateColumn'
  /** A record has more or fewer cells than the header. */
  | 'learning.raggedRow'
  /** A cell is empty. */
  | 'learning.missingCell'
  /** A cell of a number column is not a decimal number. */
  | 'learning.badCell'
  /** A cell is NaN, infinite, or too large for a double. */
  | 'learning.nonFiniteCell'
  /** A cell of a feature column is none of the schema's categories. */
  | 'learning.unknownCategory'
  /** A cell of the target column is none of the schema's labels. */
  | 'learning.unknownLabel'
  /** A token list is longer than the schema says. */
  | 'learning.tooManyTokens'
  /** A token is no whole number of the public vocabulary. */
  | 'learning.unknownToken'
  /** A picture has another size or other channels than the schema says. */
  | 'learning.wrongImage'
  /** The bytes are no IDX file, or images and labels don't belong together. */
  | 'learning.malformedIdx'
  /** The bytes are no PNG, or one of a kind that isn't read. */
  | 'learning.malformedPng'
  /** The bytes are no Parquet file, or one of a kind that isn't read. */
  | 'learning.malformedParquet'
  | 'learning.unsupportedCompression'
  /** The bytes are no packed rows, or are cut short. */
  | 'learning.malformedRows'
  /** The rows were packed under another schema. */
  | 'learning.foreignRows'
  /** The source of rows can't hold what the schema declares. */
  | 'learning.unfitSource'
  /** These features can't be computed on such data. */
  | 'learning.badFeatures'
  /** The job, the graph and the table don't fit each other. */
  | 'learning.mismatch'
  /** A number of the job is out of its bounds. */
  | 'learning.badJob'
  /** The bytes are no checkpoint of this version. */
  | 'learning.badCheckpoint'
  /** The checkpoint was not written under this randomness root, or was altered. */
  | 'learning.forgedCheckpoint'
  /** The checkpoint belongs to another job or to other rows. */
  | 'learning.foreignCheckpoint'
  /** The caller's signal ended the work. */
  | 'learning.cancelled'
  /** The device that was asked for isn't on this machine, or can't run the graph. */
  | 'learning.noDevice'
  /** The device computes the graph otherwise than the processor does. */
  | 'learning.deviceDiffers'
  /** ONNX Runtime refused the graph or failed in it. */
  | 'learning.engineFailed';

export const learningError = errorsOf<LearningErrorCode>();
