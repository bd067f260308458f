/**
 * MurmurHash3 (x86, 32 bits) of an ASCII text, without allocation.
 *
 * @param {string} text
 * @param {number} seed
 */
export function murmur3(text, seed) {
  const length = text.length;
  const rest = length & 3;
  const whole = length - rest;
  let hash = seed;
  for (let index = 0; index < whole; index += 4) {
    hash ^= mixed(
      byte(text, index) |
        (byte(text, index + 1) << 8) |
        (byte(text, index + 2) << 16) |
        (byte(text, index + 3) << 24),
    );
    hash = (hash << 13) | (hash >>> 19);
    hash = (Math.imul(hash, 5) + 0xe6546b64) | 0;
  }
  if (rest > 0) {
    let tail = byte(text, whole);
    if (rest > 1) tail |= byte(text, whole + 1) << 8;
    if (rest > 2) tail |= byte(text, whole + 2) << 16;
    hash ^= mixed(tail);
  }
  hash ^= length;
  hash ^= hash >>> 16;
  hash = Math.imul(hash, 0x85ebca6b);
  hash ^= hash >>> 13;
  hash = Math.imul(hash, 0xc2b2ae35);
  hash ^= hash >>> 16;
  return hash >>> 0;
}

function byte(text, index) {
  return text.charCodeAt(index) & 255;
}

function mixed(block) {
  const scrambled = Math.imul(block, 0xcc9e2d51);
  return Math.imul((scrambled << 15) | (scrambled >>> 17), 0x1b873593);
}
