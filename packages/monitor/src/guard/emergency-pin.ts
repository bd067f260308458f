import type { PinOptions } from "@burgee/core";

/** For how long a guard pins a flag, in milliseconds; renewed while the store cannot be written. */
const PINNED = 60_000;

/** What pins a flag in this process. */
export interface PinHost {
  pin(flag: string, variant: string, options: PinOptions): () => void;
  readonly now: () => number;
}

/** The pin of one guarded flag. */
export interface EmergencyPin {
  readonly held: boolean;
  /**
   * Pins the flag to its safe variant for another minute.
   *
   * @throws BurgeeError `INVALID_PIN` where the safe variant is not the flag's default
   */
  renew(reason: string): void;
  release(): void;
}

export function createEmergencyPin(host: PinHost, flag: string, safe: string): EmergencyPin {
  let undo: (() => void) | undefined;
  return {
    get held() {
      return undo !== undefined;
    },
    renew(reason) {
      undo = host.pin(flag, safe, { until: host.now() + PINNED, reason });
    },
    release() {
      undo?.();
      undo = undefined;
    },
  };
}
