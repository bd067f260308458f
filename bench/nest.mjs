import "reflect-metadata";
import assert from "node:assert/strict";
import { IncomingMessage, ServerResponse } from "node:http";
import { Socket } from "node:net";
import { createFlags } from "@burgee/core";
import { carryScope } from "@burgee/core/node";
import { FlagsModule, RequireFlag, RequireFlagGuard } from "@burgee/nestjs";
import { memoryStore } from "@burgee/stores/memory";
import { Controller, Get, Module, UseGuards, UseInterceptors } from "@nestjs/common";
import { NestFactory } from "@nestjs/core";
import { ExecutionContextHost } from "@nestjs/core/helpers/execution-context-host.js";
import { burgee } from "./lib/adapters.mjs";
import { atMost } from "./lib/bounds.mjs";
import { exchange } from "./lib/exchange.mjs";
import { paired } from "./lib/paired.mjs";

export const title = "What does a route behind a flag cost in NestJS?";

export const figures = {
  guard: "@RequireFlag over a bare guard, µs",
  module: "the module over an empty interceptor, µs",
  control: "the same module again, µs",
  interceptor: "an empty interceptor, µs",
};

export const isFor = (name) => name === burgee;

const definitions = { "new-checkout": { default: false } };
const flagSet = {
  flags: {
    "new-checkout": {
      state: "ENABLED",
      variants: { on: true, off: false },
      defaultVariant: "on",
    },
  },
};

export async function measure() {
  const flags = createFlags(definitions, { source: memoryStore(flagSet) });
  const applications = {
    bare: await applicationOf([UseGuards(BareGuard)]),
    intercepted: await applicationOf([UseGuards(BareGuard), UseInterceptors(EmptyInterceptor)]),
    guarded: await applicationOf([RequireFlag("new-checkout")], FlagsModule.forRoot(flags)),
    same: await applicationOf([RequireFlag("new-checkout")], FlagsModule.forRoot(flags)),
  };
  const works = Object.entries(applications).map(([name, application]) => {
    const listener = application.getHttpAdapter().getInstance();
    return [name, () => exchange(listener)];
  });
  for (const [, work] of works) assert.equal((await work()).statusCode, 200);

  const costs = await paired(Object.fromEntries(works));
  const guards = await paired(guardsOf(flags));
  for (const application of Object.values(applications)) await application.close();
  flags.close();
  return {
    guard: (guards.flag - guards.bare) / 1000,
    module: (costs.guarded - costs.intercepted) / 1000,
    control: Math.abs(costs.same - costs.guarded) / 1000,
    interceptor: (costs.intercepted - costs.bare) / 1000,
  };
}

/** The guards by themselves: each is asked in a scope that is opened for it, as a request's is. */
function guardsOf(flags) {
  const request = new IncomingMessage(new Socket());
  const context = new ExecutionContextHost([request, new ServerResponse(request), () => {}]);
  const asking = (guard) => () => {
    carryScope(request, flags.scope({}));
    return guard.canActivate(context);
  };
  return { bare: asking(new BareGuard()), flag: asking(new RequireFlagGuard("new-checkout")) };
}

class BareGuard {
  canActivate() {
    return true;
  }
}

/** The module has one: Nest's own price for the first interceptor of a route is not the module's. */
class EmptyInterceptor {
  intercept(_context, next) {
    return next.handle();
  }
}

/** An application of one route. */
async function applicationOf(decorators, ...imports) {
  class Checkout {
    buy() {
      return "bought";
    }
  }
  const { prototype } = Checkout;
  const method = Object.getOwnPropertyDescriptor(prototype, "buy");
  for (const decorate of [Get(), ...decorators]) decorate(prototype, "buy", method);
  Controller()(Checkout);
  class Application {}
  Module({ imports, controllers: [Checkout] })(Application);
  const application = await NestFactory.create(Application, { logger: false });
  return application.init();
}

/** @type {import("./lib/ask.mjs").Question["bounds"]} */
export function bounds(answers) {
  return [atMost("Nest: @RequireFlag over a bare guard", "µs", answers[burgee]?.guard, 2)];
}
