import { once } from "node:events";
import type { AddressInfo } from "node:net";
import {
  createFlags,
  defineFlags,
  type FlagDefinition,
  type FlagSource,
  type Flags,
  type FlagsOptions,
  type Settlement,
} from "@burgee/core";
import { memoryStore } from "@burgee/stores/memory";
import express, { type Express } from "express";
import express4 from "express-4";
import { onTestFinished, vi } from "vitest";

/** The versions of Express that every test runs on. */
export const versions = [
  ["Express 5", express],
  ["Express 4", express4],
] as const;

/** The flags of the applications under test. */
export const definitions = defineFlags({
  "new-checkout": { default: false },
  "search-ranking": { default: "bm25", variants: ["bm25", "hybrid"] },
  "page-size": { default: "small", variants: { small: 10, large: 50 } },
});

declare module "@burgee/core" {
  interface Register {
    shop: typeof definitions;
  }
}

/** An on/off flag of the document. */
export function onOff(
  defaultVariant: "on" | "off",
  targeting?: FlagDefinition["targeting"],
): FlagDefinition {
  return {
    state: "ENABLED",
    variants: { on: true, off: false },
    defaultVariant,
    ...(targeting !== undefined && { targeting }),
  };
}

/** Flags from a source, or from these flags of a document, and what was settled. */
export interface Shop {
  readonly flags: Flags<typeof definitions>;
  readonly settlements: readonly Settlement[];
  /** Waits for that many settlements. */
  settled(count: number): Promise<void>;
}

export function openShop(
  from: FlagSource | Record<string, FlagDefinition> = {},
  options: Partial<FlagsOptions> = {},
): Shop {
  const source = isSource(from) ? from : memoryStore({ flags: from });
  const flags = createFlags(definitions, { source, ...options });
  const settlements: Settlement[] = [];
  flags.observe({
    settled: (settlement) => void settlements.push(settlement),
    problem: () => {},
  });
  onTestFinished(() => flags.close());
  return {
    flags,
    settlements,
    settled: (count) =>
      vi.waitFor(() => {
        if (settlements.length < count) throw new Error(`${settlements.length} settled`);
      }),
  };
}

function isSource(from: FlagSource | Record<string, FlagDefinition>): from is FlagSource {
  return typeof from["subscribe"] === "function";
}

/** Serves an application on a free port until the test is finished; its URL. */
export async function serve(app: Express): Promise<string> {
  const server = app.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
