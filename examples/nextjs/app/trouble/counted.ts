import type { FlagSource } from "@burgee/core";

/** How often flags were made in this process, and how many of them follow their source now. */
interface Sources {
  made: number;
  followed: number;
}

const holder = globalThis as { sources?: Sources };
holder.sources ??= { made: 0, followed: 0 };

/** The counts: one in this process, however often Next loads this file. */
export const sources = holder.sources;

/** The same source, counted. */
export function counted(source: FlagSource): FlagSource {
  sources.made++;
  return {
    subscribe(sink) {
      const leave = source.subscribe(sink);
      sources.followed++;
      return () => {
        sources.followed--;
        leave();
      };
    },
  };
}
