import "reflect-metadata";
import { createRequire } from "node:module";
import {
  createFlags,
  defineFlags,
  type EvaluationContext,
  type FlagDefinition,
  type FlagSource,
  type Flags,
  type FlagsOptions,
  type Settlement,
} from "@burgee/core";
import { memoryStore } from "@burgee/stores/memory";
import {
  type CanActivate,
  type ExecutionContext,
  type INestApplication,
  Injectable,
  Module,
  type ModuleMetadata,
  type Type,
} from "@nestjs/common";
import { type AbstractHttpAdapter, NestFactory } from "@nestjs/core";
import { ExpressAdapter } from "@nestjs/platform-express";
import { FastifyAdapter } from "@nestjs/platform-fastify";
import { onTestFinished, vi } from "vitest";

/** The flags of the applications under test. */
export const definitions = defineFlags({
  "new-checkout": { default: false },
  "one-click": { default: false },
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

/** A flag that is on for one user. */
export function onFor(user: string): FlagDefinition {
  return onOff("off", { if: [{ "===": [{ var: "targetingKey" }, user] }, "on", "off"] });
}

/** A search flag whose variant is hybrid. */
export const hybrid: FlagDefinition = {
  state: "ENABLED",
  variants: { bm25: "bm25", hybrid: "hybrid" },
  defaultVariant: "hybrid",
};

/** Flags from a source, or from these flags of a document, and what was settled. */
export interface Shop {
  readonly flags: Flags<typeof definitions>;
  readonly settlements: readonly Settlement[];
  /** Waits for that many settlements. */
  settled(count: number): Promise<void>;
}

export function openShop(
  from: FlagSource | Record<string, FlagDefinition> = {},
  options: Pick<FlagsOptions, "secret" | "workTimeout"> = {},
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
      }, 10_000),
  };
}

function isSource(from: FlagSource | Record<string, FlagDefinition>): from is FlagSource {
  return typeof from["subscribe"] === "function";
}

/** The version of Nest under test. */
export const nest = Number.parseInt(
  createRequire(import.meta.url)("@nestjs/core/package.json").version,
  10,
);

/** What Nest runs on. */
export const platforms: readonly (readonly [string, () => AbstractHttpAdapter])[] = [
  ["Express", () => new ExpressAdapter()],
  ["Fastify", () => new FastifyAdapter() as unknown as AbstractHttpAdapter],
];

/** A module of its own. */
export function moduleOf(metadata: ModuleMetadata): Type {
  class Root {}
  Module(metadata)(Root);
  return Root;
}

/** An application that runs until the test is finished. */
export interface Served {
  readonly app: INestApplication;
  readonly url: string;
}

/** Serves a module on a free port. */
export async function serve(
  adapter: () => AbstractHttpAdapter,
  metadata: ModuleMetadata,
  configure: (app: INestApplication) => unknown = () => {},
): Promise<Served> {
  const options = { logger: false, abortOnError: false, forceCloseConnections: true } as const;
  const app = await NestFactory.create(moduleOf(metadata), adapter(), options);
  await configure(app);
  onTestFinished(() => app.close());
  await app.listen(0, "127.0.0.1");
  return { app, url: await app.getUrl() };
}

/** What the authentication guard knows of a request. */
export interface Known {
  headers: Record<string, string | undefined>;
  user?: { readonly id: string };
}

/** The user that authentication has found is who asks. */
export function byUser(request: Known): EvaluationContext {
  return { targetingKey: request.user?.id };
}

/** Takes a request's user from its header, as late as a guard does. */
@Injectable()
export class AuthGuard implements CanActivate {
  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request =
      context.getType<string>() === "graphql"
        ? context.getArgByIndex<{ req: Known }>(2).req
        : context.switchToHttp().getRequest<Known>();
    await Promise.resolve();
    const id = request.headers["x-user"];
    if (id !== undefined) request.user = { id };
    return true;
  }
}
