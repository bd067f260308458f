import type { ClientFlag, ClientFlags } from "./client-flags.js";
import type { ProvidedFlags } from "./provided-flags.js";

/** A provider's flags, and which of them are read below a boundary. */
export interface RecordedFlags extends ProvidedFlags {
  /** The flags, once they have begun. */
  begun(): ClientFlags | undefined;
  /** The keys that were read by renders which have not come to the screen, or not yet. */
  tried(): readonly string[];
  /** Forgets them. */
  forget(): void;
}

/** Notes the reads of renders that fail, which no subscription tells of. */
export function recordFlags(provided: ProvidedFlags): RecordedFlags {
  /** How many on the screen have read each flag. */
  const shown = new Map<string, number>();
  const tried = new Set<string>();
  let begun: ClientFlags | undefined;

  function record({ client, subscribe, flag }: ClientFlags): ClientFlags {
    const flags = new Map<string, ClientFlag>();

    function count(changed: () => void, keys: readonly string[] = []): () => void {
      for (const key of keys) {
        shown.set(key, (shown.get(key) ?? 0) + 1);
        tried.delete(key);
      }
      const leave = subscribe(changed, keys);
      return () => {
        for (const key of keys) {
          const others = (shown.get(key) ?? 1) - 1;
          if (others === 0) shown.delete(key);
          else shown.set(key, others);
        }
        leave();
      };
    }

    function recorded(key: string): ClientFlag {
      const { now, rendered } = flag(key);
      const noting =
        <Answer>(read: () => Answer) =>
        () => {
          if (!shown.has(key)) tried.add(key);
          return read();
        };
      return {
        subscribe: (changed) => count(changed, [key]),
        now: noting(now),
        rendered: noting(rendered),
      };
    }

    return {
      client,
      subscribe: count,
      flag(key) {
        const known = flags.get(key) ?? recorded(key);
        flags.set(key, known);
        return known;
      },
    };
  }

  return {
    ...provided,
    begin(payload) {
      begun ??= record(provided.begin(payload));
      return begun;
    },
    begun: () => begun,
    tried: () => [...tried],
    forget: () => tried.clear(),
  };
}
