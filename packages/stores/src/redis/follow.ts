import type { FlagSource } from "@burgee/core";
import { createSubscribers } from "../subscribers.js";
import { type FollowOptions, type Pursuit, pursue } from "./pursue.js";

/** Follows a flag set in Redis while somebody subscribes. */
export function followRedis(options: FollowOptions): Required<FlagSource> {
  const { client } = options;
  let stopping = new AbortController();
  let pursuit: Pursuit | undefined;

  /** What the application's connection suffers, that of the store may suffer, too. */
  function probe(): void {
    pursuit?.probe();
  }

  const subscribers = createSubscribers({
    start() {
      stopping = new AbortController();
      client.on("error", probe);
      pursuit = pursue(options, subscribers, stopping.signal);
    },
    stop() {
      client.off("error", probe);
      stopping.abort(new Error("nobody listens any more"));
      pursuit = undefined;
    },
  });

  return {
    subscribe: subscribers.subscribe,
    refresh: async () => pursuit?.refresh(),
  };
}
