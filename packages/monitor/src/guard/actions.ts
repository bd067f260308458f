import {
  type FlagDefinition,
  type FlagStore,
  freezeRamp,
  type HoldKind,
  type JsonValue,
} from "@burgee/core";
import { createEmergencyPin, type PinHost } from "./emergency-pin.js";
import type { Rules } from "./policy.js";
import type { GuardRecord } from "./record.js";
import { tellEvidence } from "./tell-evidence.js";
import { type GuardEvidence, thresholdFor } from "./trial.js";
import { type Held, holdFlag, type WrittenHold } from "./write-hold.js";

/** What a guard can do with a flag. */
export interface GuardActions {
  /** The evidence that everybody would know of, if the store could be written. */
  readonly owed: GuardEvidence | undefined;
  /** Holds a ramp that grows by itself. */
  warn(evidence: GuardEvidence): Promise<void>;
  /** Does what the policy says of a variant that is worse. */
  trip(evidence: GuardEvidence): Promise<void>;
  /** Leaves the flag to a person. */
  yieldTo(reason: string): void;
  /** Forgets what is owed; a pin is over. */
  renew(): void;
}

/** What it takes. */
export interface ActionHost extends PinHost {
  readonly store: FlagStore | undefined;
  readonly record: GuardRecord;
  /** The flag as the store held it last; undefined where that is not known. */
  readonly known: () => FlagDefinition | undefined;
}

export function createActions(rules: Rules, host: ActionHost): GuardActions {
  const { flag, safe, action } = rules;
  const { record, now } = host;
  const pin = createEmergencyPin(host, flag, safe);
  let owed: GuardEvidence | undefined;
  let warned = false;

  const heldSafe: Held = () => safe;
  const heldRule: Held = ({ targeting = null }, { $evaluators = {} }) =>
    freezeRamp(targeting, $evaluators, now());
  const heldRamp: Held = (definition, flagSet) => {
    const frozen = heldRule(definition, flagSet);
    return frozen !== undefined && sameText(frozen, definition.targeting) ? undefined : frozen;
  };

  async function write(kind: HoldKind, held: Held, evidence: GuardEvidence) {
    const { store } = host;
    const reason = tellEvidence(flag, safe, evidence);
    if (store === undefined) return { outcome: "held", reason } as const; // such a guard only notifies
    const wanted = { flag, kind, held, reason, decidedOn: host.known() };
    return { ...(await holdFlag(store, wanted)), reason };
  }

  function renew(): void {
    owed = undefined;
    pin.release();
  }

  function yieldTo(reason: string): void {
    renew();
    record.enter("overridden", reason);
  }

  function unreachable(error: unknown): void {
    const what = String(error);
    record.notify(`unreachable: ${what}`, `The store cannot be written: ${what}`);
  }

  function pinSafe(evidence: GuardEvidence, reason: string): void {
    const first = !pin.held;
    try {
      pin.renew(reason);
      owed = evidence;
      const where = `${safe} is served in this process alone, for a minute at a time.`;
      if (first) record.tell("pinned", `${where} ${reason}`, { evidence });
    } catch (error) {
      record.notify("unpinned", `It cannot be pinned: ${String(error)}`, { evidence });
    }
  }

  return {
    get owed() {
      return owed;
    },
    async warn(evidence) {
      if (warned) return;
      if (action === "notify") {
        return record.enter("warning", tellEvidence(flag, safe, evidence), { evidence });
      }
      const written = await write("ramp", heldRamp, evidence);
      if (written.outcome === "edited") return yieldTo(EDITED);
      if (written.outcome === "unreachable") unreachable(written.error);
      else warned = true;
      record.enter("warning", written.reason, { evidence, ...entryOf(written) });
    },
    async trip(evidence) {
      if (action === "notify") {
        const reason = tellEvidence(flag, safe, evidence);
        record.enter("warning", reason, { evidence });
        return record.notify("evident", reason, { evidence });
      }
      const [kind, held] =
        action === "hold" ? (["ramp", heldRule] as const) : (["guard", heldSafe] as const);
      const written = await write(kind, held, evidence);
      const { outcome, reason } = written;
      if (outcome === "edited") return yieldTo(EDITED);
      if (outcome === "unreachable") {
        unreachable(written.error);
        const strong = evidence.e >= 2 * thresholdFor(rules);
        if (action === "rollback" && strong) pinSafe(evidence, reason);
        return;
      }
      renew();
      const whose = outcome === "held" ? "It is held already. " : "";
      record.enter("tripped", whose + reason, { evidence, ...entryOf(written) });
    },
    yieldTo,
    renew() {
      renew();
      warned = false;
    },
  };
}

const EDITED = "Somebody has edited the flag meanwhile: that counts, and nothing was written.";

function entryOf(written: WrittenHold) {
  return written.outcome === "written" ? { entry: written.entry } : {};
}

function sameText(one: JsonValue, other: JsonValue | undefined): boolean {
  return JSON.stringify(one) === JSON.stringify(other ?? null);
}
