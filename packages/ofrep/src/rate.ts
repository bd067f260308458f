const MINUTE = 60_000;

/**
 * Lets so many through in a minute, in all and of one address. What is one too many of an address takes
 * nothing from the others.
 *
 * @returns whether one more may
 */
export function createRate(
  total: number,
  perAddress: number,
): (address: string | undefined) => boolean {
  const byAddress = new Map<string, number>();
  let minute = 0;
  let taken = 0;

  return (address) => {
    const now = Math.floor(performance.now() / MINUTE);
    if (now !== minute) {
      minute = now;
      taken = 0;
      byAddress.clear();
    }
    if (taken >= total) return false;
    if (address !== undefined) {
      const own = byAddress.get(address) ?? 0;
      if (own >= perAddress) return false;
      byAddress.set(address, own + 1);
    }
    taken++;
    return true;
  };
}
