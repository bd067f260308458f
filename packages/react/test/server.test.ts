import { Flag, FlagsProvider, useFlag, useFlagDetails } from "@burgee/react";
import { createElement, type ReactNode } from "react";
import { renderToString } from "react-dom/server";
import { expect, test } from "vitest";
import { App, clientFlags } from "./page/app.js";

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
  expect(() => renderToString(createElement(Lost))).toThrow(/put a <FlagsProvider> around/);
});
