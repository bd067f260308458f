import { createFlags, defineFlags } from "@burgee/core";
import { payloadOf } from "@burgee/ofrep";
import { Flag, FlagBoundary, FlagsProvider, useFlag, useFlagDetails } from "@burgee/react";
import { memoryStore } from "@burgee/stores/memory";
import { createElement, type ReactNode } from "react";
import { renderToString } from "react-dom/server";
import { afterAll, expect, test } from "vitest";
import { App, clientFlags } from "./page/app.js";
import { written } from "./site.js";

const hybrid = {
  flags: [{ key: "search-ranking", value: "hybrid", variant: "hybrid", reason: "STATIC" }],
};

function within(children: ReactNode, initial?: typeof hybrid): string {
  const props = { flags: clientFlags, url: "/flags", children, ...(initial && { initial }) };
  return renderToString(createElement(FlagsProvider, props));
}

test("without a payload the definitions' defaults are rendered", () => {
  expect(renderToString(createElement(App))).toContain('<p id="ranking">bm25</p>');
});

test("with a payload its values are rendered, and the defaults of what it lacks", () => {
  const html = renderToString(createElement(App, { initial: hybrid }));
  expect(html).toContain('<p id="ranking">hybrid</p>');
  expect(html).toContain("<h1>The shop</h1>");
});

const flags = createFlags(
  { ...clientFlags, ...defineFlags({ "secret-pricing": { default: false } }) },
  { source: memoryStore(JSON.parse(written("hybrid", "off"))), client: clientFlags },
);

afterAll(() => flags.close());

/** What is rendered in a scope for ada, and what it read there. */
function renderedFor(node: ReactNode, { defined = true, values = true } = {}) {
  const scope = flags.scope({ targetingKey: "ada" });
  const props = {
    url: "/flags",
    scope,
    children: node,
    ...(defined && { flags: clientFlags }),
    ...(values && { initial: payloadOf(flags, scope) }),
  };
  const html = renderToString(createElement(FlagsProvider, props));
  return { html, read: scope.exposures.map(({ flag, variant }) => `${flag}=${variant}`) };
}

test("what a component reads while a server renders is an exposure in the request's scope, once", () => {
  const Ranking = () => useFlag("search-ranking");
  const once = renderedFor(createElement(Ranking));
  expect(once).toEqual({ html: "hybrid", read: ["search-ranking=hybrid"] });
  const twice = renderedFor([Ranking, Ranking].map((One, key) => createElement(One, { key })));
  expect(twice.read).toEqual(["search-ranking=hybrid"]);
});

test("Flag and useFlagDetails read it, too", () => {
  const Details = () => useFlagDetails("search-ranking").variant;
  const shown = createElement(Flag<"new-header">, { name: "new-header", key: 1 }, "yes");
  const { html, read } = renderedFor([shown, createElement(Details, { key: 2 })]);
  expect(html).toContain("yes");
  expect(read).toEqual(["new-header=on", "search-ranking=hybrid"]);
});

test("a server flag and an unknown one are no exposure, and have no value", () => {
  for (const key of ["secret-pricing", "no-such-flag", "__proto__"]) {
    const Lost = () => String(useFlag(key as "new-header"));
    expect(renderedFor(createElement(Lost))).toEqual({ html: "undefined", read: [] });
  }
});

test("a default that shows for want of values is no exposure", () => {
  const Ranking = () => useFlag("search-ranking");
  const { html, read } = renderedFor(createElement(Ranking), { values: false });
  expect([html, read]).toEqual(["bm25", []]);
});

test("with a payload a provider needs no definitions", () => {
  const Ranking = () => useFlag("search-ranking");
  const { html, read } = renderedFor(createElement(Ranking), { defined: false });
  expect([html, read]).toEqual(["hybrid", ["search-ranking=hybrid"]]);
});

test("a boundary is nothing on a server", () => {
  const inside = createElement(FlagBoundary, { fallback: "failed" }, "well");
  expect(renderToString(inside)).toBe("well");
  const Failing = (): string => {
    throw new TypeError("no total");
  };
  const failing = createElement(FlagBoundary, { fallback: "failed" }, createElement(Failing));
  expect(() => renderToString(failing)).toThrow("no total");
});

test("two renders do not see each other's values", () => {
  const Ranking = () => useFlag("search-ranking");
  expect([
    within(createElement(Ranking), hybrid),
    within(createElement(Ranking)),
    within(createElement(Ranking), hybrid),
  ]).toEqual(["hybrid", "bm25", "hybrid"]);
});

test("details say the variant and the reason", () => {
  const Details = () => JSON.stringify(useFlagDetails("search-ranking")).replaceAll('"', "");
  const byDefault = "{key:search-ranking,value:bm25,variant:bm25,reason:DEFAULT}";
  expect(within(createElement(Details))).toBe(byDefault);
});

test("Flag shows its children where the variant is one of `is`, and the fallback elsewhere", () => {
  const shown = (is: "bm25" | "hybrid") =>
    within(
      createElement(Flag<"search-ranking">, { name: "search-ranking", is, fallback: "no" }, "yes"),
      hybrid,
    );
  expect([shown("hybrid"), shown("bm25")]).toEqual(["yes", "no"]);
});

test("a key that is not defined has no value, and throws nothing", () => {
  const Unknown = () => String(useFlag("no-such-flag" as "new-header"));
  expect(within(createElement(Unknown))).toBe("undefined");
});

test("a hook outside of a provider says what is missing", () => {
  const Lost = () => useFlag("search-ranking");
  expect(() => renderToString(createElement(Lost))).toThrow(/Put a <FlagsProvider> around/);
});
