import type { Provider, ProviderEvents } from "@openfeature/web-sdk";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import type { PageGlobals } from "./page/main.js";
import { decided, failing, type Scenario, undecided } from "./scenarios.js";
import { bundlePage, launchBrowser, openSite } from "./site.js";

let bundle: string;
let browser: Browser;

beforeAll(async () => {
  [bundle, browser] = await Promise.all([bundlePage(), launchBrowser()]);
}, 60_000);

afterAll(() => browser?.close());

async function visit(url: string): Promise<Page> {
  const tab = await browser.newPage();
  onTestFinished(() => tab.close());
  await tab.goto(url);
  return tab;
}

/** What runs in the page. */
declare const page: PageGlobals & { told: unknown[]; provider: Provider };

/** Sets Burgee's provider, and notes its events; what it was refused with, if it was. */
function setProvider(tab: Page, context: Readonly<Record<string, string>> = {}, own = {}) {
  return tab.evaluate(
    async ([context, own]) => {
      const { OpenFeature, BurgeeWebProvider, createOfrepClient } = page;
      const told: unknown[] = [];
      page.told = told;
      const names = ["READY", "ERROR", "CONFIGURATION_CHANGED", "RECONCILING", "CONTEXT_CHANGED"];
      for (const name of names) {
        OpenFeature.addHandler(`PROVIDER_${name}` as ProviderEvents, (details) => {
          const { flagsChanged } = { flagsChanged: undefined, ...details };
          told.push(flagsChanged === undefined ? name : [name, flagsChanged]);
        });
      }
      told.length = 0;
      const provider = new BurgeeWebProvider(createOfrepClient({ url: "/flags", context: own }));
      return OpenFeature.setProviderAndWait(provider, context).then(
        () => "ready",
        (error: Error) => error.message,
      );
    },
    [context, own] as const,
  );
}

/** Evaluates in the page, by the SDK. */
function evaluate(tab: Page, scenario: Pick<Scenario, "key" | "defaultValue">) {
  return tab.evaluate((asked) => {
    const { key, defaultValue }: typeof scenario = JSON.parse(asked);
    const client = page.OpenFeature.getClient();
    const { value, variant, reason, errorCode, flagKey } =
      typeof defaultValue === "boolean"
        ? client.getBooleanDetails(key, defaultValue)
        : typeof defaultValue === "string"
          ? client.getStringDetails(key, defaultValue)
          : typeof defaultValue === "number"
            ? client.getNumberDetails(key, defaultValue)
            : client.getObjectDetails(key, defaultValue as never);
    return { flagKey, value, variant, reason, errorCode: errorCode as string | undefined };
  }, JSON.stringify(scenario));
}

const told = (tab: Page) => tab.evaluate(() => page.told);
const status = (tab: Page) => tab.evaluate(() => page.OpenFeature.getClient().providerStatus);

async function tells(tab: Page, event: unknown) {
  await tab.waitForFunction(
    (wanted) => page.told.some((one) => JSON.stringify(one) === wanted),
    JSON.stringify(event),
    { timeout: 15_000 },
  );
}

const staff = { email: "ada@burgee.example" };

describe("Burgee's provider in a page", () => {
  test("resolves flags of every type as the server decides them for the context", async () => {
    const site = await openSite(bundle);
    const tab = await visit(site.url);
    expect(await setProvider(tab)).toBe("ready");
    for (const scenario of decided) {
      const { key, context = {}, value, variant, reason } = scenario;
      await tab.evaluate((context) => page.OpenFeature.setContext(context as never), context);
      const details = await evaluate(tab, scenario);
      expect(details).toEqual({ flagKey: key, value, variant, reason });
    }
  });

  test("serves the default of its definition for a flag that is undecided or fails", async () => {
    const site = await openSite(bundle);
    const tab = await visit(site.url);
    await setProvider(tab);
    const faulty = failing.filter(({ key }) => key.startsWith("broken"));
    for (const scenario of [...undecided.filter(({ context }) => !context), ...faulty]) {
      const { value } = scenario;
      expect(await evaluate(tab, scenario)).toMatchObject({ value, reason: "DEFAULT" });
    }
  });

  test("says which flag it does not know, and which is of another type", async () => {
    const site = await openSite(bundle);
    const tab = await visit(site.url);
    await setProvider(tab);
    const told = failing.filter(({ key }) => !key.startsWith("broken"));
    expect(told.length).toBeGreaterThan(10);
    for (const scenario of told) {
      const { value, errorCode } = scenario;
      expect(await evaluate(tab, scenario)).toMatchObject({ value, reason: "ERROR", errorCode });
    }
  });

  test("asks once to be initialized, and is ready with the values of its context", async () => {
    const site = await openSite(bundle);
    const tab = await visit(site.url);
    expect(await setProvider(tab, staff)).toBe("ready");
    expect(site.evaluations()).toBe(1);
    expect(await status(tab)).toBe("READY");
    const scenario = { key: "integer-for-staff", defaultValue: 7 };
    expect(await evaluate(tab, scenario)).toMatchObject({ value: 0 });
  });

  test("without a context of OpenFeature's, the client's own stays", async () => {
    const site = await openSite(bundle);
    const tab = await visit(site.url);
    await setProvider(tab, {}, staff);
    const scenario = { key: "integer-for-staff", defaultValue: 7 };
    expect(await evaluate(tab, scenario)).toMatchObject({ value: 0 });
  });

  test("reconciles with another context, and says so, not that the configuration changed", async () => {
    const site = await openSite(bundle);
    const tab = await visit(site.url);
    await setProvider(tab);
    const scenario = { key: "integer-for-staff", defaultValue: 7 };
    expect(await evaluate(tab, scenario)).toMatchObject({ value: 1 });
    await tab.evaluate((context) => page.OpenFeature.setContext(context), staff);
    expect(await evaluate(tab, scenario)).toMatchObject({ value: 0 });
    expect(await told(tab)).toEqual(["READY", "RECONCILING", "CONTEXT_CHANGED"]);
  });

  test("of two contexts at once the last counts", async () => {
    const site = await openSite(bundle);
    const tab = await visit(site.url);
    await setProvider(tab);
    await tab.evaluate(async (context) => {
      const { OpenFeature } = page;
      await Promise.all([OpenFeature.setContext({ email: "x" }), OpenFeature.setContext(context)]);
    }, staff);
    const scenario = { key: "integer-for-staff", defaultValue: 7 };
    expect(await evaluate(tab, scenario)).toMatchObject({ value: 0 });
    expect(await status(tab)).toBe("READY");
  });

  test("says which of the flags that were read have changed", async () => {
    const site = await openSite(bundle);
    const tab = await visit(site.url);
    await setProvider(tab);
    for (const [key, defaultValue] of Object.entries({ string: "?", integer: 1 })) {
      await evaluate(tab, { key, defaultValue });
    }
    await site.serveByDefault({ string: "parting", float: "tenth" });
    await tells(tab, ["CONFIGURATION_CHANGED", ["string"]]);
    expect(await evaluate(tab, { key: "string", defaultValue: "?" })).toMatchObject({
      value: "goodbye",
    });
  });

  test("rejects while it is unusable, and is ready once the server answers", async () => {
    const site = await openSite(bundle);
    const tab = await visit(site.url);
    await site.stop();
    expect(await setProvider(tab)).toMatch(/did not answer/);
    expect(await status(tab)).toBe("ERROR");
    const scenario = { key: "string", defaultValue: "?" };
    expect(await evaluate(tab, scenario)).toMatchObject({
      value: "?",
      reason: "ERROR",
      errorCode: "PROVIDER_NOT_READY",
    });
    await site.restart();
    await tells(tab, "READY");
    expect(await status(tab)).toBe("READY");
    expect(await evaluate(tab, scenario)).toMatchObject({ value: "hello" });
  }, 20_000);

  test("rejects a context whose values cannot be had: those of before serve", async () => {
    const site = await openSite(bundle);
    const tab = await visit(site.url);
    await setProvider(tab);
    await site.stop();
    await tab.evaluate((context) => page.OpenFeature.setContext(context), staff);
    expect(await status(tab)).toBe("ERROR");
    const scenario = { key: "integer-for-staff", defaultValue: 7 };
    expect(await evaluate(tab, scenario)).toMatchObject({ value: 1 });
    await site.restart();
    await tells(tab, ["CONFIGURATION_CHANGED", ["integer-for-staff"]]);
    expect(await status(tab)).toBe("READY");
    expect(await evaluate(tab, scenario)).toMatchObject({ value: 0 });
  }, 20_000);

  test("tells the server which flags were read, once each", async () => {
    const site = await openSite(bundle);
    const tab = await visit(site.url);
    await setProvider(tab);
    for (const key of ["string", "string", "no-such-flag"]) {
      await evaluate(tab, { key, defaultValue: "?" });
    }
    await tab.close();
    await expect
      .poll(() => site.reports)
      .toMatchObject([
        { verified: true, flags: [{ flag: "string", variant: "greeting" }], errorType: undefined },
      ]);
  });

  test("replaced before its values are there, it never listens", async () => {
    const site = await openSite(bundle);
    const tab = await visit(site.url);
    const listening = await tab.evaluate(async () => {
      const { OpenFeature, BurgeeWebProvider, createOfrepClient } = page;
      const client = createOfrepClient({ url: "/flags" });
      const { subscribe } = client;
      let subscribers = 0;
      client.subscribe = (...given) => {
        subscribers++;
        return subscribe(...given);
      };
      const ready = OpenFeature.setProviderAndWait(new BurgeeWebProvider(client));
      await OpenFeature.clearProviders();
      await ready.catch(() => {});
      return [client.pending, subscribers];
    });
    expect(listening).toEqual([false, 0]);
  });

  test("replaced, it stops listening, and can be set again", async () => {
    const site = await openSite(bundle);
    const tab = await visit(site.url);
    await setProvider(tab);
    await evaluate(tab, { key: "string", defaultValue: "?" });
    await tab.evaluate(async () => {
      const { OpenFeature } = page;
      page.provider = OpenFeature.getProvider();
      await OpenFeature.clearProviders();
    });
    const before = site.evaluations();
    await site.serveByDefault({ string: "parting" });
    await tab.evaluate(() => page.OpenFeature.setProviderAndWait(page.provider));
    await expect.poll(() => site.evaluations()).toBe(before + 1);
    expect(await evaluate(tab, { key: "string", defaultValue: "?" })).toMatchObject({
      value: "goodbye",
    });
  });
});

describe.each(["burgee", "ofrep"])("@openfeature/react-sdk on the %s provider", (provider) => {
  test("renders the server's values, follows a change, and a login", async () => {
    const site = await openSite(bundle);
    const tab = await visit(`${site.url}?react=${provider}`);
    const shows = (selector: string, text: string) =>
      tab.locator(selector, { hasText: new RegExp(`^${text}$`) }).waitFor({ timeout: 10_000 });
    await shows("#greeting", "hello");
    await shows("#staff", "guest");
    await site.serveByDefault({ string: "parting" });
    await shows("#greeting", "goodbye");
    await tab.locator("button").click();
    await shows("#staff", "staff");
  }, 30_000);
});
