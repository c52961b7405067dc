/** A stream of 32-bit numbers from a seed: the same inputs in every run (xorshift32). */
export function randomNumbers(seed: number): (below: number) => number {
  let state = seed >>> 0 || 1;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
}

const EDGES = [0x00, 0x01, 0x7f, 0x80, 0x81, 0x82, 0x84, 0xfe, 0xff, 0x1f, 0x30, 0x5b, 0x7b, 0x22];

/**
 * One of the seeds with one to four changes of the kinds that break parsers: bits, edge values, lengths of two and four
 * bytes, cuts, pieces left out, doubled, moved in from another seed, or made of noise.
 */
export function mutateBytes(seeds: readonly Uint8Array[], random: (below: number) => number): Uint8Array {
  let bytes = seeds[random(seeds.length)]!.slice();
  for (let changes = 1 + random(4); changes > 0; changes--) bytes = change(bytes, seeds, random);
  return bytes;
}

function change(
  bytes: Uint8Array<ArrayBuffer>,
  seeds: readonly Uint8Array[],
  random: (below: number) => number,
): Uint8Array<ArrayBuffer> {
  if (bytes.length === 0) return Uint8Array.of(random(256));
  const at = random(bytes.length);
  const piece = 1 + random(Math.min(64, bytes.length - at));
  switch (random(9)) {
    case 0:
      bytes[at]! ^= 1 << random(8);
      return bytes;
    case 1:
      bytes[at] = EDGES[random(EDGES.length)]!;
      return bytes;
    case 2:
      bytes[at] = random(256);
      return bytes;
    case 3: {
      const width = random(2) === 0 ? 2 : 4;
      const edge = EDGES[random(EDGES.length)]!;
      for (let i = at; i < Math.min(at + width, bytes.length); i++) bytes[i] = i === at + random(width) ? edge : 0xff;
      return bytes;
    }
    case 4:
      return bytes.slice(0, at);
    case 5:
      return joined(bytes.subarray(0, at), bytes.subarray(at + piece));
    case 6:
      return joined(bytes.subarray(0, at + piece), bytes.subarray(at));
    case 7: {
      const other = seeds[random(seeds.length)]!;
      const from = random(other.length + 1);
      return joined(bytes.subarray(0, at), other.subarray(from, from + 64), bytes.subarray(at));
    }
    default: {
      const noise = Uint8Array.from({ length: piece }, () => random(256));
      bytes.set(noise, at);
      return bytes;
    }
  }
}

function joined(...parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const out = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}
