/**
 * What MessagePack bytes say, as far as Datadog's tracer writes them: maps, lists, texts, numbers.
 *
 * @see https://github.com/msgpack/msgpack/blob/master/spec.md
 */
export function decodeMsgpack(bytes: Buffer): unknown {
  let at = 0;
  const take = (size: number): number => {
    at += size;
    return at - size;
  };
  const uint = (size: number): number =>
    size === 8 ? Number(bytes.readBigUInt64BE(take(8))) : bytes.readUIntBE(take(size), size);
  const int = (size: number): number =>
    size === 8 ? Number(bytes.readBigInt64BE(take(8))) : bytes.readIntBE(take(size), size);
  const text = (size: number): string => bytes.toString("utf8", take(size), at);
  const list = (size: number): unknown[] => Array.from({ length: size }, value);
  const map = (size: number): object =>
    Object.fromEntries(Array.from({ length: size }, () => [value(), value()]));

  function value(): unknown {
    const kind = uint(1);
    if (kind < 0x80) return kind;
    if (kind < 0x90) return map(kind & 0x0f);
    if (kind < 0xa0) return list(kind & 0x0f);
    if (kind < 0xc0) return text(kind & 0x1f);
    if (kind >= 0xe0) return kind - 0x100;
    const read = READ.get(kind);
    if (read === undefined) throw new Error(`0x${kind.toString(16)} at ${at - 1} is not read`);
    return read();
  }

  const READ: ReadonlyMap<number, () => unknown> = new Map<number, () => unknown>([
    [0xc0, () => null],
    [0xc2, () => false],
    [0xc3, () => true],
    [0xca, () => bytes.readFloatBE(take(4))],
    [0xcb, () => bytes.readDoubleBE(take(8))],
    ...[1, 2, 4, 8].map((size, index) => [0xcc + index, () => uint(size)] as const),
    ...[1, 2, 4, 8].map((size, index) => [0xd0 + index, () => int(size)] as const),
    ...[1, 2, 4].map((size, index) => [0xc4 + index, () => text(uint(size))] as const),
    ...[1, 2, 4].map((size, index) => [0xd9 + index, () => text(uint(size))] as const),
    ...[2, 4].map((size, index) => [0xdc + index, () => list(uint(size))] as const),
    ...[2, 4].map((size, index) => [0xde + index, () => map(uint(size))] as const),
  ]);
  return value();
}
