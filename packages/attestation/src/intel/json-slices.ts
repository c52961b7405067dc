import { attestationError } from '../errors.ts';

/**
 * The members of a JSON object, each with the exact text of its value: Intel signs that text, and writing parsed JSON again
 * would change it. Only where values begin and end is read here; `JSON.parse` of a slice says whether it is JSON.
 *
 * @throws `attestation.badEndorsement` for text that is no object, or has a member twice
 */
export function jsonSlices(text: string): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  let at = afterSpace(text, 0);
  if (text[at] !== '{') throw bad('is not a JSON object');
  at = afterSpace(text, at + 1);
  while (text[at] !== '}') {
    const nameEnd = afterString(text, at);
    const name = nameOf(text.slice(at, nameEnd));
    at = afterSpace(text, nameEnd);
    if (text[at] !== ':') throw bad('is not JSON');
    const start = afterSpace(text, at + 1);
    const end = afterValue(text, start);
    if (found.has(name)) throw bad(`has its member ${name.slice(0, 40)} twice`);
    found.set(name, text.slice(start, end));
    at = afterSpace(text, end);
    if (text[at] === ',') {
      at = afterSpace(text, at + 1);
      if (text[at] === '}') throw bad('is not JSON');
    } else if (text[at] !== '}') throw bad('is not JSON');
  }
  if (afterSpace(text, at + 1) !== text.length) throw bad('goes on after its object');
  return found;
}

const isSpace = (char: string | undefined): boolean => char === ' ' || char === '\n' || char === '\r' || char === '\t';

function afterSpace(text: string, from: number): number {
  let at = from;
  while (isSpace(text[at])) at++;
  return at;
}

function afterString(text: string, from: number): number {
  if (text[from] !== '"') throw bad('is not JSON');
  for (let at = from + 1; at < text.length; at++) {
    if (text[at] === '\\') at++;
    else if (text[at] === '"') return at + 1;
  }
  throw bad('ends inside a text');
}

function afterValue(text: string, from: number): number {
  if (text[from] === '"') return afterString(text, from);
  let depth = 0;
  for (let at = from; at < text.length; at++) {
    const char = text[at]!;
    if (char === '"') at = afterString(text, at) - 1;
    else if (char === '{' || char === '[') depth++;
    else if ((char === '}' || char === ']') && depth-- <= 1) return depth < 0 ? at : at + 1;
    else if (depth === 0 && (char === ',' || isSpace(char))) return at;
  }
  throw bad('ends inside a value');
}

function nameOf(text: string): string {
  try {
    return JSON.parse(text) as string;
  } catch {
    throw bad('is not JSON');
  }
}

const bad = (message: string): Error =>
  attestationError({ code: 'attestation.badEndorsement', message: `A document ${message}.` });
