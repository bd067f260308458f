import type { FlagScope, Flags } from "@burgee/core";
import {
  FlagsModule,
  FlagsService,
  flagsServiceToken,
  InjectFlags,
  InjectFlagsService,
} from "@burgee/nestjs";
import { Injectable } from "@nestjs/common";
import { NestFactory } from "@nestjs/core";
import { expect, onTestFinished, test } from "vitest";
import { hybrid, moduleOf, onFor, onOff, openShop, type Shop } from "./shop.js";

@Injectable()
class Invoices {
  @InjectFlags() readonly flags!: Flags;
  @InjectFlags("billing") readonly billing!: Flags;
  @InjectFlagsService() readonly service!: FlagsService;
  @InjectFlagsService("billing") readonly billingService!: FlagsService;
}

/** What Nest's logger has said. */
const said: string[] = [];

async function open(shop: Shop, billing = openShop()) {
  said.length = 0;
  const note = (message: unknown) => void said.push(String(message));
  const logger = { log() {}, error: note, warn: note, debug() {}, verbose() {}, fatal: note };
  const root = moduleOf({
    imports: [
      FlagsModule.forRoot(shop.flags),
      FlagsModule.forRoot({ flags: billing.flags, name: "billing" }),
    ],
    providers: [Invoices],
  });
  const app = await NestFactory.createApplicationContext(root, { logger, abortOnError: false });
  onTestFinished(() => app.close());
  return app;
}

test("a job in flags.run has a scope that services read, and settles once", async () => {
  const shop = openShop({ "new-checkout": onFor("acme"), "search-ranking": hybrid });
  const { flags, service } = (await open(shop)).get(Invoices);
  const read = await flags.run({ targetingKey: "acme" }, async () => {
    await new Promise(setImmediate);
    return [
      service.get("new-checkout"),
      service.details("search-ranking").variant,
      service.choose("search-ranking", { bm25: "words", hybrid: "meaning" }),
    ];
  });
  expect(read).toEqual([true, "hybrid", "meaning"]);
  expect(shop.settlements).toHaveLength(1);
  expect(shop.settlements[0]?.outcome.status).toBe("ok");
});

test("a job that fails settles with its error, which is passed on", async () => {
  const shop = openShop();
  const { flags } = (await open(shop)).get(Invoices);
  const failing = flags.run({}, () => Promise.reject(new RangeError("no invoice")));
  await expect(failing).rejects.toThrow("no invoice");
  expect(shop.settlements).toMatchObject([{ outcome: { errorType: "RangeError" } }]);
});

test("named flags are injected by name, and their service runs jobs in their scope", async () => {
  const shop = openShop();
  const billing = openShop({ "new-checkout": onOff("on") });
  const app = await open(shop, billing);
  const invoices = app.get(Invoices);
  expect(invoices.flags).toBe(shop.flags);
  expect(invoices.billing).toBe(billing.flags);
  expect(invoices.service).toBe(app.get(FlagsService));
  expect(invoices.billingService).toBe(app.get(flagsServiceToken("billing")));
  const scopes: FlagScope[] = [];
  const read = await invoices.billingService.run({}, (scope) => {
    scopes.push(scope);
    return [invoices.billingService.get("new-checkout"), invoices.billingService.scope === scope];
  });
  expect(read).toEqual([true, true]);
  expect(billing.settlements.map(({ scope }) => scope)).toEqual(scopes);
  expect(shop.settlements).toEqual([]);
});

test("a read outside of any scope is anonymous, says so once, and throws nothing", async () => {
  const shop = openShop({ "new-checkout": onOff("on") });
  const { service } = (await open(shop)).get(Invoices);
  expect([service.get("new-checkout"), service.get("new-checkout")]).toEqual([true, true]);
  expect(said.filter((line) => line.includes("NO_SCOPE"))).toHaveLength(1);
  expect(shop.settlements).toEqual([]);
});
