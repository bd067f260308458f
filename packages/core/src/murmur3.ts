const C1 = 0xcc9e2d51;
const C2 = 0x1b873593;

/** How far a hash has come: the state after a text, from which longer ones go on. */
export interface HashState {
  readonly hash: number;
  /** The bytes that do not fill a block yet, the first lowest. */
  readonly block: number;
  /** How many bytes have been read. */
  readonly length: number;
}

const START: HashState = { hash: 0, block: 0, length: 0 };

/**
 * MurmurHash3_x86_32 (seed 0) of the text's UTF-8 bytes, as a signed 32-bit integer, which V8 returns
 * without an allocation; a lone surrogate counts as U+FFFD, as TextEncoder writes it.
 *
 * @param state of a text that comes before it
 * @see https://github.com/aappleby/smhasher/blob/master/src/MurmurHash3.cpp
 */
export function murmur3(text: string, state = START): number {
  let { hash, block } = state;
  const end = text.length;
  let shift = (state.length & 3) * 8;
  let seen = 0;
  for (let index = 0; index < end; index++) {
    const byte = text.charCodeAt(index);
    seen |= byte;
    block |= byte << shift;
    shift += 8;
    if (shift === 32) {
      hash = mix(hash, block);
      block = 0;
      shift = 0;
    }
  }
  return seen > 0x7f ? hashBytes(text, state) : finish(hash, block, state.length + end);
}

/** The same for a text with characters of several bytes. */
function hashBytes(text: string, state: HashState): number {
  let { hash, block, length } = state;
  for (let index = 0; index < text.length; index++) {
    let bytes = text.charCodeAt(index);
    if (bytes > 0x7f) {
      const point = text.codePointAt(index) as number;
      if (point > 0xffff) index++;
      bytes = utf8(point);
    }
    // The character's bytes lie in `bytes`, the first lowest; none of them but a lone NUL is zero.
    do {
      block |= (bytes & 0xff) << ((length & 3) * 8);
      bytes >>>= 8;
      if ((++length & 3) === 0) {
        hash = mix(hash, block);
        block = 0;
      }
    } while (bytes !== 0);
  }
  return finish(hash, block, length);
}

/**
 * The state after a text, to hash what follows it. Undefined for one that ends in half a character,
 * which the next text may complete.
 */
export function murmur3State(text: string): HashState | undefined {
  if (/[\uD800-\uDBFF]$/.test(text)) return undefined;
  const bytes = new TextEncoder().encode(text);
  let { hash, block, length } = START;
  for (const byte of bytes) {
    block |= byte << ((length & 3) * 8);
    if ((++length & 3) === 0) {
      hash = mix(hash, block);
      block = 0;
    }
  }
  return { hash, block, length };
}

function mix(hash: number, block: number): number {
  return (Math.imul(rotate(hash ^ scramble(block), 13), 5) + 0xe6546b64) | 0;
}

function finish(before: number, block: number, length: number): number {
  let hash = before ^ scramble(block) ^ length;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return hash ^ (hash >>> 16);
}

function scramble(block: number): number {
  return Math.imul(rotate(Math.imul(block, C1), 15), C2);
}

function rotate(word: number, bits: number): number {
  return (word << bits) | (word >>> (32 - bits));
}

/** The UTF-8 bytes of a code point above U+007F, packed with the first byte lowest. */
function utf8(point: number): number {
  if (point < 0x800) return 0xc0 | (point >> 6) | (continuation(point) << 8);
  if (point >= 0xd800 && point <= 0xdfff) return utf8(0xfffd);
  if (point < 0x10000) {
    return 0xe0 | (point >> 12) | (continuation(point >> 6) << 8) | (continuation(point) << 16);
  }
  return (
    0xf0 |
    (point >> 18) |
    (continuation(point >> 12) << 8) |
    (continuation(point >> 6) << 16) |
    (continuation(point) << 24)
  );
}

function continuation(bits: number): number {
  return 0x80 | (bits & 0x3f);
}
