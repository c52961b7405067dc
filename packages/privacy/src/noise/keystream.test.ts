import { describe, expect, it } from 'vitest';
import { chacha20Block } from './chacha20-block.ts';
import { deriveKeystream } from './derive-keystream.ts';
import { Keystream } from './keystream.ts';

const hex = (text: string) => Uint8Array.from(text.match(/../g)!.map((byte) => Number.parseInt(byte, 16)));
const bytesOf = (words: Uint32Array) => {
  const view = new DataView(new ArrayBuffer(4 * words.length));
  words.forEach((word, i) => view.setUint32(4 * i, word, true));
  return new Uint8Array(view.buffer);
};

describe('chacha20Block', () => {
  it('RFC 8439, section 2.3.2', () => {
    const input = Uint32Array.of(
      0x61707865,
      0x3320646e,
      0x79622d32,
      0x6b206574,
      0x03020100,
      0x07060504,
      0x0b0a0908,
      0x0f0e0d0c,
      0x13121110,
      0x17161514,
      0x1b1a1918,
      0x1f1e1d1c,
      1,
      0x09000000,
      0x4a000000,
      0,
    );
    const out = new Uint32Array(16);
    chacha20Block(input, out, 0);
    expect(bytesOf(out)).toEqual(
      hex(
        '10f1e7e4d13b5915500fdd1fa32071c4c7d1f4c733c068030422aa9ac3d46c4ed2826446079faa0914c2d705d98b02a2b5129cd1de164eb9cbd083e8a2503c4e',
      ),
    );
  });
});

describe('Keystream', () => {
  it('branches into keystreams that share nothing, and changes nothing by it', () => {
    const stem = new Keystream(new Uint8Array(32));
    const first = (keystream: Keystream) => Array.from({ length: 8 }, () => keystream.next());
    const branches = [0, 1, 2 ** 32 - 1].map((index) => first(stem.branch(index)).join());
    const own = first(stem).join();
    expect(own).toBe(first(new Keystream(new Uint8Array(32))).join());
    expect(new Set([own, ...branches]).size).toBe(4);
    expect(first(stem.branch(1)).join()).toBe(branches[1]);
  });

  // RFC 8439, appendix A.1, test vectors 1 to 3: nonce zero, counters 0 and 1, key zero; key …01 at counter 1.
  it('RFC 8439, appendix A.1: the zero key', () => {
    const words = new Uint32Array(32);
    new Keystream(new Uint8Array(32)).fill(words);
    expect(bytesOf(words.subarray(0, 16))).toEqual(
      hex(
        '76b8e0ada0f13d90405d6ae55386bd28bdd219b8a08ded1aa836efcc8b770dc7da41597c5157488d7724e03fb8d84a376a43b8f41518a11cc387b669b2ee6586',
      ),
    );
    expect(bytesOf(words.subarray(16))).toEqual(
      hex(
        '9f07e7be5551387a98ba977c732d080dcb0f29a048e3656912c6533e32ee7aed29b721769ce64e43d57133b074d839d531ed1f28510afb45ace10a1f4b794d6f',
      ),
    );
  });

  it('RFC 8439, appendix A.1: a key that ends in 01, second block', () => {
    const key = new Uint8Array(32);
    key[31] = 1;
    const words = new Uint32Array(32);
    new Keystream(key).fill(words);
    expect(bytesOf(words.subarray(16))).toEqual(
      hex(
        '3aeb5224ecf849929b9d828db1ced4dd832025e8018b8160b82284f3c949aa5a8eca00bbb4a73bdad192b5c42f73f2fd4e273644c8b36125a64addeb006c13a0',
      ),
    );
  });

  it('gives the same words one by one, and across its buffer', () => {
    const key = new Uint8Array(32).fill(7);
    const whole = new Uint32Array(5000);
    new Keystream(key).fill(whole);
    const stream = new Keystream(key);
    const pieces = new Uint32Array(5000);
    for (let at = 0; at < 5000;) {
      const count = Math.min(at % 3 === 0 ? 1 : 701, 5000 - at);
      if (count === 1) pieces[at] = stream.next();
      else stream.fill(pieces.subarray(at, at + count));
      at += count;
    }
    expect(pieces).toEqual(whole);
  });

  it('refuses a key of another size', () => {
    expect(() => new Keystream(new Uint8Array(16))).toThrow(expect.objectContaining({ code: 'privacy.badParameter' }));
  });
});

describe('deriveKeystream', () => {
  const root = new Uint8Array(32).fill(1);
  const context = new Uint8Array(32).fill(2);
  const first = (...args: Parameters<typeof deriveKeystream>) => deriveKeystream(...args).next();

  it('repeats for one purpose and differs between any two', () => {
    const purposes = [
      { label: 'sample', step: 1 },
      { label: 'sample', step: 11 },
      { label: 'choose', step: 1 },
      { label: 'noise', step: 1, name: 'a' },
      { label: 'noise', step: 1, name: 'ab' },
      { label: 'noise', step: 11, name: 'a' },
    ] as const;
    const firsts = purposes.map((purpose) => first(root, context, purpose));
    expect(new Set(firsts).size).toBe(purposes.length);
    expect(purposes.map((purpose) => first(root, context, purpose))).toEqual(firsts);
  });

  it('differs under another root or context', () => {
    const purpose = { label: 'noise', step: 0, name: 'w' } as const;
    expect(first(new Uint8Array(32).fill(3), context, purpose)).not.toBe(first(root, context, purpose));
    expect(first(root, new Uint8Array(32).fill(3), purpose)).not.toBe(first(root, context, purpose));
  });
});
