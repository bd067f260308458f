import "reflect-metadata";
import type { IncomingMessage } from "node:http";
import { defineFlags } from "@burgee/core";
import { FlagsModule, RequireFlag } from "@burgee/nestjs";
import { openFeatureFlags } from "@burgee/openfeature/server";
import { Controller, Get, type INestApplication, Module } from "@nestjs/common";
import { NestFactory } from "@nestjs/core";
import { type EvaluationContext, InMemoryProvider } from "@openfeature/server-sdk";
import { expect, onTestFinished, test } from "vitest";

const definitions = defineFlags({ "new-checkout": { default: false } });

@Controller()
class Shop {
  @RequireFlag("new-checkout")
  @Get("checkout")
  checkout() {
    return "inside";
  }
}

test("a provider's flag guards a route of NestJS, from the first request on", async () => {
  const provider = new InMemoryProvider({
    "new-checkout": {
      variants: { on: true, off: false },
      defaultVariant: "off",
      disabled: false,
      contextEvaluator: ({ targetingKey }: EvaluationContext) =>
        targetingKey === "ada" ? "on" : "off",
    },
  });
  const flags = openFeatureFlags(provider, definitions);
  onTestFinished(() => flags.close());
  const context = ({ headers }: IncomingMessage) => ({ targetingKey: String(headers["x-user"]) });
  const imports = [FlagsModule.forRoot({ flags, context })];
  @Module({ imports, controllers: [Shop] })
  class App {}
  const app: INestApplication = await NestFactory.create(App, { logger: false });
  await app.listen(0, "127.0.0.1");
  onTestFinished(() => app.close());
  const ask = (user: string) => {
    return app.getUrl().then((url) => fetch(`${url}/checkout`, { headers: { "x-user": user } }));
  };
  expect(await (await ask("ada")).text()).toBe("inside");
  expect((await ask("bob")).status).toBe(404);
});
