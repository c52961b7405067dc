import { Readable, pipeline } from 'node:stream';
import { parse } from 'csv-parse';
import { isEncryptechError } from '@encryptech/base';
import { learningError } from '../errors.ts';

/** Bytes of a file: at once, or in pieces as a stream or a decryption gives them. */
export type ByteSource = Uint8Array | AsyncIterable<Uint8Array> | Iterable<Uint8Array>;

/** One record of a CSV file and the line on which it starts, counted from 1 with the header. */
export interface CsvRecord {
  cells: string[];
  line: number;
}

const MAX_RECORD_CHARACTERS = 4 << 20;

// The parser's own messages quote the cell, which may be private; these do not.
const reasons: Record<string, string> = {
  CSV_QUOTE_NOT_CLOSED: 'A quoted cell has no closing quote.',
  CSV_INVALID_CLOSING_QUOTE: 'A closing quote is followed by more text.',
  INVALID_OPENING_QUOTE: 'A quote stands inside a cell that is not quoted.',
  CSV_MAX_RECORD_SIZE: `A record is longer than ${MAX_RECORD_CHARACTERS} characters.`,
};

/**
 * The records of a CSV file (RFC 4180; any line ending; a byte order mark, empty lines and blanks around cells are
 * dropped), one after another, holding no more than a record and what the source hands over at once.
 *
 * Messages never quote a cell: they may leave the machine that may see it.
 *
 * @throws `learning.malformedCsv` with the line; `learning.tooLarge` past `maxBytes`
 */
export async function* readRecords(source: ByteSource, maxBytes: number): AsyncGenerator<CsvRecord> {
  const parser = parse({
    bom: true,
    info: true,
    max_record_size: MAX_RECORD_CHARACTERS,
    record_delimiter: ['\r\n', '\n', '\r'],
    relax_column_count: true,
    skip_empty_lines: true,
    trim: true,
  });
  const pieces = source instanceof Uint8Array ? [source] : source;
  // A failure reaches the loop below through the parser, which the pipeline destroys with it.
  pipeline(Readable.from(capped(pieces, maxBytes)), parser, () => undefined);
  try {
    for await (const item of parser) {
      const { record, info } = item as { record: string[]; info: { lines: number } };
      yield { cells: record, line: info.lines - newlines(record) };
    }
  } catch (error) {
    const { code, lines } = error as { code?: string; lines?: number };
    if (isEncryptechError(error) || code === undefined || !(code in reasons)) throw error;
    throw learningError({ code: 'learning.malformedCsv', message: reasons[code]!, place: `line ${lines}` });
  }
}

/** Line ends inside quoted cells: the parser counts the line on which a record ends. */
function newlines(cells: string[]): number {
  let count = 0;
  for (const cell of cells)
    if (cell.includes('\n') || cell.includes('\r')) count += cell.split(/\r\n|\n|\r/).length - 1;
  return count;
}

async function* capped(pieces: AsyncIterable<Uint8Array> | Iterable<Uint8Array>, maxBytes: number) {
  let bytes = 0;
  for await (const piece of pieces) {
    bytes += piece.length;
    if (bytes > maxBytes) {
      throw learningError({
        code: 'learning.tooLarge',
        message: `The table is larger than ${maxBytes} bytes.`,
        data: { maxBytes },
      });
    }
    yield piece;
  }
}
