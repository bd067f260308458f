const C1 = 0xcc9e2d51;
const C2 = 0x1b873593;

/**
 * MurmurHash3_x86_32 (seed 0) of the text's UTF-8 bytes, as an unsigned 32-bit integer; a lone
 * surrogate counts as U+FFFD, as TextEncoder writes it.
 *
 * @see https://github.com/aappleby/smhasher/blob/master/src/MurmurHash3.cpp
 */
export function murmur3(text: string): number {
  let hash = 0;
  let block = 0;
  let length = 0;
  for (let index = 0; index < text.length; index++) {
    let bytes = text.charCodeAt(index);
    if (bytes >= 0x80) {
      const point = text.codePointAt(index) as number;
      if (point > 0xffff) index++;
      bytes = utf8(point);
    }
    // The character's bytes lie in `bytes`, the first lowest; none of them but a lone NUL is zero.
    do {
      block |= (bytes & 0xff) << ((length & 3) * 8);
      bytes >>>= 8;
      if ((++length & 3) === 0) {
        hash = rotate(hash ^ scramble(block), 13);
        hash = (Math.imul(hash, 5) + 0xe6546b64) | 0;
        block = 0;
      }
    } while (bytes !== 0);
  }
  hash ^= scramble(block) ^ length;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
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
